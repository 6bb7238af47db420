/** Month or several weeks on a phone: the number of entries of each day, and a list of the chosen one. */
import { dateInfo, loadDates, showsHijri } from "./date-info";
import {
  ARROW_DAYS,
  addDays,
  addMonths,
  formatDay,
  daysBetween,
  formatLongDay,
  monthOf,
  formatMonth,
  formatRange,
  weekOf,
  weekdayName,
} from "../core/days";
import { entriesOn } from "./day-limit";
import { type Entry, isClosed, isOngoing, lastDay, timesOf } from "./entry";
import { type ListLine, entryItem, showLines, startListKeys } from "./list";
import type { CalendarView, Context } from "./view";
import { icon } from "../core/icons";
import { afterPause } from "../core/live";
import { announce, make, one } from "../core/page";
import { t } from "../core/words";

/** Modules that a day shows as dots. */
const MAX_DOTS = 4;
/** Lines of the chosen day that are drawn at once. */
const PAGE_SIZE = 60;

/** Opens the month of a phone. */
export function openMonth(context: Context): CalendarView {
  const { grid, zone, state, feed, weekStart } = context;
  let limit = PAGE_SIZE;
  let chosen = "";

  const window = (): { first: string; after: string } => {
    if (state.view === "weeks") {
      const first = weekOf(state.date, weekStart);
      return { first, after: addDays(first, 7 * state.weeks) };
    }
    const month = monthOf(state.date);
    const first = weekOf(month, weekStart);
    const last = addDays(addMonths(month, 1), -1);
    return { first, after: addDays(weekOf(last, weekStart), 7) };
  };

  const draw = async (): Promise<void> => {
    const { first, after } = window();
    context.title(
      state.view === "weeks" ? formatRange(first, addDays(after, -1)) : formatMonth(monthOf(state.date)),
    );
    const [loaded] = await Promise.all([feed.load(first, after), loadDates(first, after)]);
    // A line that is held would be let go.
    await afterPause();
    if (loaded) show(loaded);
  };

  function show(shown: Entry[]): void {
    const { first, after } = window();
    context.showOngoing(shown);
    // Ongoing entries are in their strip and on their last day.
    const entries = shown.filter((entry) => !isOngoing(timesOf(entry, zone)));
    const ends = shown.filter((entry) => isOngoing(timesOf(entry, zone)));
    const focused = (document.activeElement as HTMLElement | null)?.dataset.monthDay;
    if (chosen !== state.date) limit = PAGE_SIZE;
    chosen = state.date;
    const table = make("div", { class: "month-days", role: "group", "aria-label": t("calendar.days") });
    for (let number = 0; number < 7; number += 1) {
      const name = weekdayName(addDays(first, number));
      table.append(make("span", { class: "month-head", "aria-hidden": "true" }, name.slice(0, 1)));
    }
    for (let day = first; day < after; day = addDays(day, 1))
      table.append(cell(day, onDay(day, entries, ends)));
    showLines(grid, make("div", { class: "month" }, table, list(onDay(chosen, entries, ends))));
    if (focused) focusDay(chosen);
  }

  function onDay(day: string, entries: Entry[], ends: Entry[]): { entry: Entry; note: ListLine["note"] }[] {
    return [
      ...entriesOn(day, entries, zone).map((entry) => ({ entry, note: "" as const })),
      ...ends
        .filter((entry) => lastDay(timesOf(entry, zone)) === day)
        .map((entry) => ({ entry, note: "ends" as const })),
    ];
  }

  function cell(day: string, found: { entry: Entry }[]): HTMLElement {
    const count = found.length;
    const total = count === 0 ? t("common.nothing") : t("common.entries", { count });
    const info = dateInfo(day);
    const holidays = info?.holidays.map(({ name }) => name).join(", ");
    const modules = new Map<string, number>();
    for (const { entry } of found) modules.set(entry.module, (modules.get(entry.module) ?? 0) + 1);
    const dots = make("span", { class: "month-dots" });
    for (const [module] of [...modules].sort((one, other) => other[1] - one[1]).slice(0, MAX_DOTS))
      dots.append(make("i", { "data-module": module }));
    const other = state.view !== "weeks" && monthOf(day) !== monthOf(chosen);
    return make(
      "button",
      {
        type: "button",
        class: "month-day",
        "data-month-day": day,
        "data-other": other ? "" : undefined,
        "data-holiday": holidays ? "" : undefined,
        "aria-label": t("calendar.day_entries", {
          day: [formatLongDay(day), holidays].filter(Boolean).join(", "),
          entries: total,
        }),
        "aria-pressed": String(day === chosen),
        "aria-current": day === context.today() ? "date" : undefined,
        tabindex: day === chosen ? "0" : "-1",
      },
      make("b", {}, String(Number(day.slice(8)))),
      dots,
      // Written by the style: what the button is called says it in words.
      make("small", { "data-count": count > 0 ? String(count) : undefined }),
    );
  }

  function list(found: { entry: Entry; note: ListLine["note"] }[]): HTMLElement {
    const info = dateInfo(chosen);
    const near = { "-1": t("date.yesterday"), 0: t("date.today"), 1: t("date.tomorrow") }[
      daysBetween(context.today(), chosen)
    ];
    const facts = [showsHijri() ? info?.hijri.text : "", ...(info?.holidays.map(({ name }) => name) ?? [])];
    const head = make("h2", { class: "agenda-day" });
    const name = make("span", { class: "grow" }, near ? make("b", {}, near) : "", ` ${formatDay(chosen)}`);
    name.append(make("small", {}, facts.filter(Boolean).join(" · ")));
    head.append(name);
    const part = make("section", { class: "month-list" }, head);
    if (context.creates.length > 0) {
      const label = t("calendar.add_on", { day: formatDay(chosen) });
      const add = make("button", {
        type: "button",
        class: "button",
        "data-kind": "quiet",
        "aria-label": label,
      });
      add.append(icon("plus"));
      add.addEventListener("click", () =>
        context.offerCreate({ start: chosen, end: addDays(chosen, 1), allDay: true }, add),
      );
      head.append(add);
    }
    if (found.length === 0) part.append(make("p", { class: "muted agenda-empty" }, t("calendar.no_entries")));
    // Closed entries last; the others keep their order.
    const lines = [...found].sort(
      (one, other) => Number(isClosed(one.entry)) - Number(isClosed(other.entry)),
    );
    const items = lines
      .slice(0, limit)
      .map(({ entry, note }) => entryItem(context, { entry, day: chosen, note }));
    part.append(make("ul", { class: "agenda-list" }, ...items));
    if (lines.length > limit) {
      const more = make(
        "button",
        { type: "button", class: "button" },
        t("calendar.show_all", { count: lines.length }),
      );
      more.addEventListener("click", () => {
        limit = lines.length;
        show(feed.shown());
      });
      part.append(more);
    }
    return part;
  }

  /** Chooses another day, and loads its month if need be. */
  function choose(day: string): void {
    const { first, after } = window();
    const stays =
      day >= first && day < after && (state.view === "weeks" || monthOf(day) === monthOf(state.date));
    if (!stays) {
      context.go({ date: day });
      return;
    }
    context.remember({ date: day });
    show(feed.shown());
    announce(one(`[data-month-day="${day}"]`, grid)?.getAttribute("aria-label") ?? formatDay(day));
  }

  function focusDay(day: string): void {
    one(`[data-month-day="${day}"]`, grid)?.focus({ preventScroll: true });
  }

  const onClick = (event: Event): void => {
    const day = (event.target as Element).closest<HTMLElement>("[data-month-day]")?.dataset.monthDay;
    // A second touch leads into the day.
    if (day && day === chosen) context.go({ view: "day", date: day });
    else if (day) choose(day);
  };

  /** Chooses another day by arrow key. Only the chosen day is reached by Tab. */
  const onKey = (event: KeyboardEvent): void => {
    const day = (event.target as HTMLElement).dataset.monthDay;
    const step = ARROW_DAYS[event.key];
    if (!day || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    choose(addDays(day, step));
  };

  const until = new AbortController();
  grid.addEventListener("click", onClick, { signal: until.signal });
  grid.addEventListener("keydown", onKey, { signal: until.signal });
  document.addEventListener("obcms:hijri", () => show(feed.shown()), { signal: until.signal });
  const release = startListKeys(context);
  return {
    draw,
    close: () => {
      release();
      until.abort();
      grid.replaceChildren();
    },
  };
}
