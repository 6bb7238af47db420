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
import { daysOf, entriesOn, restOf } from "./day-limit";
import { isClosed, isOngoing, timesOf } from "./entry";
import { countsItem, entryItem, showLines, startListKeys } from "./list";
import type { CalendarView, Context } from "./view";
import { icon } from "../core/icons";
import { afterPause } from "../core/live";
import type { OverviewDay } from "./feed";
import { announce, every, make, one } from "../core/page";
import { toastError } from "../core/toast";
import { t } from "../core/words";

/** Modules that a day shows as dots. */
const MAX_DOTS = 4;
/** Entries of the chosen day that are listed at once. */
const PER_DAY = 20;
/** Entries of the chosen day that are listed on demand. */
const ALL = 500;

/** Opens the month of a phone. */
export function openMonth(context: Context): CalendarView {
  const { grid, zone, state, feed, weekStart } = context;
  let perDay = PER_DAY;
  let chosen = "";
  /** Counts of the days of the window. */
  let counts = new Map<string, OverviewDay>();

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
    const [loaded] = await Promise.all([feed.overview(first, after, 0), loadDates(first, after)]);
    if (!loaded) return;
    counts = feed.days;
    context.showOngoing(first, after);
    await drawDay();
  };

  /** Loads the entries of the chosen day. */
  const drawDay = async (): Promise<void> => {
    const day = state.date;
    if (chosen !== day) perDay = PER_DAY;
    const loaded = await feed.overview(day, addDays(day, 1), perDay, false);
    // A line that is held would be let go, a button that is pressed would be gone.
    await afterPause();
    if (!loaded) return;
    const own = feed.days.get(day);
    if (own) counts.set(day, own);
    else counts.delete(day);
    show();
  };

  function show(): void {
    const { first, after } = window();
    const focused = (document.activeElement as HTMLElement | null)?.dataset.monthDay;
    chosen = state.date;
    const table = make("div", { class: "month-days", role: "group", "aria-label": t("calendar.days") });
    for (let number = 0; number < 7; number += 1) {
      const name = weekdayName(addDays(first, number));
      table.append(make("span", { class: "month-head", "aria-hidden": "true" }, name.slice(0, 1)));
    }
    for (let day = first; day < after; day = addDays(day, 1)) table.append(cell(day));
    showLines(grid, make("div", { class: "month" }, table, list()));
    if (focused) focusDay(chosen);
  }

  function cell(day: string): HTMLElement {
    const { count = 0, modules = {} } = counts.get(day) ?? {};
    const total = count === 0 ? t("common.nothing") : t("common.entries", { count });
    const info = dateInfo(day);
    const holidays = info?.holidays.map(({ name }) => name).join(", ");
    const dots = make("span", { class: "month-dots" });
    const largest = Object.entries(modules).sort((one, other) => other[1] - one[1]);
    for (const [module] of largest.slice(0, MAX_DOTS)) dots.append(make("i", { "data-module": module }));
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

  function list(): HTMLElement {
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
    const found = entriesOn(chosen, feed.shown(), zone);
    const day = counts.get(chosen);
    const folded = Object.entries(day?.folded ?? {});
    if (found.length === 0 && folded.length === 0)
      part.append(make("p", { class: "muted agenda-empty" }, t("calendar.no_entries")));
    // Closed entries last; the others keep their order.
    const lines = [...found].sort((one, other) => Number(isClosed(one)) - Number(isClosed(other)));
    const items = lines.map((entry) =>
      entryItem(context, { entry, day: chosen, note: isOngoing(timesOf(entry, zone)) ? "ends" : "" }),
    );
    items.push(
      ...countsItem(
        context,
        folded.map(([kind, count]) => ({ date: chosen, kind, count })),
      ),
    );
    part.append(make("ul", { class: "agenda-list" }, ...items));
    const listed = feed.loaded.filter((entry) => daysOf(entry, zone, chosen, addDays(chosen, 1)).length > 0);
    if (day && restOf(day, listed.length) > 0) {
      const more = make(
        "button",
        { type: "button", class: "button" },
        t("calendar.show_all", { count: day.count }),
      );
      more.addEventListener("click", () => {
        perDay = ALL;
        void drawDay().catch(toastError);
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
    mark(day);
    announce(one(`[data-month-day="${day}"]`, grid)?.getAttribute("aria-label") ?? formatDay(day));
    void drawDay().catch(toastError);
  }

  /** Marks the chosen day at once; its entries follow. */
  function mark(day: string): void {
    for (const cell of every("[data-month-day]", grid)) {
      const isIt = cell.dataset.monthDay === day;
      cell.setAttribute("aria-pressed", String(isIt));
      cell.tabIndex = isIt ? 0 : -1;
      if (isIt && cell.parentElement?.contains(document.activeElement)) cell.focus({ preventScroll: true });
    }
  }

  function focusDay(day: string): void {
    one(`[data-month-day="${day}"]`, grid)?.focus({ preventScroll: true });
  }

  const onClick = (event: Event): void => {
    const day = (event.target as Element).closest<HTMLElement>("[data-month-day]")?.dataset.monthDay;
    // A second touch leads into the day.
    if (day && day === state.date) context.go({ view: "day", date: day });
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
  document.addEventListener("obcms:hijri", () => show(), { signal: until.signal });
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
