/**
 * The month, or several weeks, on a phone: how full each day is, and beneath it what is on the day that was chosen. The
 * entries themselves would be three letters wide.
 */
import { infoOf, knowDates, showsHijri } from "./date-info";
import {
  ARROW_DAYS,
  addDays,
  addMonths,
  dayWords,
  daysBetween,
  longDay,
  monthOf,
  monthWords,
  stretch,
  weekOf,
  weekdayName,
} from "./days";
import { entriesOn } from "./day-limit";
import { type Entry, isOver, isRunning, lastDay, timesOf } from "./entry";
import { entryItem, showLines, startListKeys } from "./list";
import type { CalendarView, Context } from "./view";
import { icon } from "../core/icons";
import { afterHold } from "../core/live";
import { announce, make, one } from "../core/page";
import { t } from "../core/words";

/** Modules that a day shows as dots. */
const DOTS = 4;
/** Lines of the chosen day that are drawn at once. */
const AT_ONCE = 60;

export function openMonth(context: Context): CalendarView {
  const { grid, zone, state, feed, weekStart } = context;
  let room = AT_ONCE;
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
      state.view === "weeks" ? stretch(first, addDays(after, -1)) : monthWords(monthOf(state.date)),
    );
    const [loaded] = await Promise.all([feed.load(first, after), knowDates(first, after)]);
    // A line that is held would be let go.
    await afterHold();
    if (loaded) show(loaded);
  };

  function show(shown: Entry[]): void {
    const { first, after } = window();
    context.running(shown);
    // What runs for weeks stands in its strip and on its last day.
    const entries = shown.filter((entry) => !isRunning(timesOf(entry, zone)));
    const ends = shown.filter((entry) => isRunning(timesOf(entry, zone)));
    const focused = (document.activeElement as HTMLElement | null)?.dataset.monthDay;
    if (chosen !== state.date) room = AT_ONCE;
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

  function onDay(day: string, entries: Entry[], ends: Entry[]): { entry: Entry; note: string }[] {
    return [
      ...entriesOn(day, entries, zone).map((entry) => ({ entry, note: "" })),
      ...ends
        .filter((entry) => lastDay(timesOf(entry, zone)) === day)
        .map((entry) => ({ entry, note: t("calendar.ends") })),
    ];
  }

  function cell(day: string, found: { entry: Entry }[]): HTMLElement {
    const count = found.length;
    const said = count === 0 ? t("common.nothing") : t("common.entries", { count });
    const info = infoOf(day);
    const holidays = info?.holidays.map(({ name }) => name).join(", ");
    const modules = new Map<string, number>();
    for (const { entry } of found) modules.set(entry.module, (modules.get(entry.module) ?? 0) + 1);
    const dots = make("span", { class: "month-dots" });
    for (const [module] of [...modules].sort((one, other) => other[1] - one[1]).slice(0, DOTS))
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
          day: [longDay(day), holidays].filter(Boolean).join(", "),
          entries: said,
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

  function list(found: { entry: Entry; note: string }[]): HTMLElement {
    const info = infoOf(chosen);
    const near = { "-1": t("date.yesterday"), 0: t("date.today"), 1: t("date.tomorrow") }[
      daysBetween(context.today(), chosen)
    ];
    const facts = [showsHijri() ? info?.hijri.text : "", ...(info?.holidays.map(({ name }) => name) ?? [])];
    const head = make("h2", { class: "agenda-day" });
    const name = make("span", { class: "grow" }, near ? make("b", {}, near) : "", ` ${dayWords(chosen)}`);
    name.append(make("small", {}, facts.filter(Boolean).join(" · ")));
    head.append(name);
    const part = make("section", { class: "month-list" }, head);
    if (context.creates.length > 0) {
      const label = t("calendar.add_on", { day: dayWords(chosen) });
      const add = make("button", {
        type: "button",
        class: "button",
        "data-kind": "quiet",
        "aria-label": label,
      });
      add.append(icon("plus"));
      add.addEventListener("click", () =>
        context.offer({ start: chosen, end: addDays(chosen, 1), allDay: true }, add),
      );
      head.append(add);
    }
    if (found.length === 0) part.append(make("p", { class: "muted agenda-empty" }, t("calendar.no_entries")));
    // What is over comes last; the hours come first as they are.
    const lines = [...found].sort((one, other) => Number(isOver(one.entry)) - Number(isOver(other.entry)));
    const items = lines
      .slice(0, room)
      .map(({ entry, note }) => entryItem(context, { entry, day: chosen, note }));
    part.append(make("ul", { class: "agenda-list" }, ...items));
    if (lines.length > room) {
      const more = make(
        "button",
        { type: "button", class: "button" },
        t("calendar.show_all", { count: lines.length }),
      );
      more.addEventListener("click", () => {
        room = lines.length;
        show(feed.shown());
      });
      part.append(more);
    }
    return part;
  }

  /** Shows another day; another month is fetched. */
  function choose(day: string): void {
    const { first, after } = window();
    const stays =
      day >= first && day < after && (state.view === "weeks" || monthOf(day) === monthOf(state.date));
    if (!stays) {
      context.go({ date: day });
      return;
    }
    context.note({ date: day });
    show(feed.shown());
    announce(one(`[data-month-day="${day}"]`, grid)?.getAttribute("aria-label") ?? dayWords(day));
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

  /** The chosen day takes the focus by Tab; arrows choose another. */
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
