/** What a view can be told beyond its date: how many weeks, how much of what comes next, how much of a timeline. */
import type { Context, State } from "./view";
import { make, one } from "../core/page";

const WEEKS = [2, 3, 4, 5, 6].map((weeks): [string, string] => [String(weeks), `${weeks} weeks`]);
const NEXT: [string, string][] = [
  ["7", "Next 7 days"],
  ["14", "Next 14 days"],
  ["30", "Next 30 days"],
  ["90", "Next 90 days"],
  ["20e", "Next 20 entries"],
  ["50e", "Next 50 entries"],
  ["100e", "Next 100 entries"],
];
const SPANS: [string, string][] = [
  ["day", "Day"],
  ["week", "Week"],
  ["fortnight", "2 weeks"],
  ["month", "Month"],
];

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
    const all: [string, string][] = known ? options : [...options, [value, `Next ${value} days`]];
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
        return ["Weeks", WEEKS, String(state.weeks), (value) => ({ weeks: Number(value) })];
      case "agenda":
        return ["Period", NEXT, state.next, (value) => ({ next: value })];
      case "people":
      case "resources":
        return ["Period", SPANS, state.span, (value) => ({ span: value as State["span"] })];
      default:
        return null;
    }
  };
  document.addEventListener("obcms:calendar", draw);
}
