/** Options of a view: number of weeks, period of the agenda, span of a timeline. */
import type { Context, State } from "./view";
import { make, one } from "../core/page";
import { t } from "../core/words";

const WEEKS = [2, 3, 4, 5, 6].map((weeks): [string, string] => [
  String(weeks),
  t("date.weeks", { count: weeks }),
]);
const NEXT: [string, string][] = [
  ["7", t("calendar.next_days", { count: 7 })],
  ["14", t("calendar.next_days", { count: 14 })],
  ["30", t("calendar.next_days", { count: 30 })],
  ["90", t("calendar.next_days", { count: 90 })],
  ["20e", t("calendar.next_entries", { count: 20 })],
  ["50e", t("calendar.next_entries", { count: 50 })],
  ["100e", t("calendar.next_entries", { count: 100 })],
];
const SPANS: [string, string][] = [
  ["day", t("calendar.span_day")],
  ["week", t("calendar.span_week")],
  ["fortnight", t("calendar.span_fortnight")],
  ["month", t("calendar.span_month")],
];

/** Starts the select with the options of the current view. */
export function startOptions({ host, state, go }: Context): void {
  const place = one("[data-options]", host);
  const draw = (): void => {
    const shown = control();
    if (!place) return;
    if (!shown) {
      place.replaceChildren();
      return;
    }
    const [label, options, value, change] = shown;
    const known = options.some(([name]) => name === value);
    const all: [string, string][] = known
      ? options
      : [...options, [value, t("calendar.next_days", { count: value })]];
    const select = make("select", { class: "input", "aria-label": label });
    for (const [name, words] of all) {
      const option = make("option", { value: name }, words);
      option.selected = name === value;
      select.append(option);
    }
    select.addEventListener("change", () => go(change(select.value)));
    const held = place.contains(document.activeElement);
    place.replaceChildren(select);
    if (held) select.focus();
  };
  const control = (): [string, [string, string][], string, (value: string) => Partial<State>] | null => {
    switch (state.view) {
      case "weeks":
        return [t("calendar.weeks"), WEEKS, String(state.weeks), (value) => ({ weeks: Number(value) })];
      case "agenda":
        return [t("calendar.period"), NEXT, state.next, (value) => ({ next: value })];
      case "people":
      case "resources":
        return [t("calendar.period"), SPANS, state.span, (value) => ({ span: value as State["span"] })];
      default:
        return null;
    }
  };
  document.addEventListener("obcms:calendar", draw);
}
