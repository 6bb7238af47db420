/** Year: twelve small months that show the number of entries of each day. */
import {
  ARROW_DAYS,
  addDays,
  addMonths,
  formatDay,
  monthName,
  monthOf,
  weekOf,
  weekdayName,
} from "../core/days";
import type { DayCount } from "./feed";
import type { CalendarView, Context } from "./view";
import { every, make } from "../core/page";
import { t } from "../core/words";

/** Opens the year. */
export function openYear(context: Context): CalendarView {
  const { grid, state, feed, weekStart } = context;
  let current = "";

  const draw = async (): Promise<void> => {
    const first = `${state.date.slice(0, 4)}-01-01`;
    context.title(first.slice(0, 4));
    const days = await feed.dayCounts(first, addMonths(first, 12));
    if (!days) return;
    const counts = new Map(days.map((day) => [day.date, day]));
    const most = busiest(days);
    const held = (document.activeElement as HTMLElement | null)?.dataset.yearDay;
    current = held ?? (context.today().startsWith(first.slice(0, 4)) ? context.today() : state.date);
    const months = Array.from({ length: 12 }, (_, number) => month(addMonths(first, number), counts, most));
    grid.replaceChildren(make("div", { class: "year" }, ...months));
    if (held) focusDay(held);
  };

  function month(first: string, counts: Map<string, DayCount>, most: number): HTMLElement {
    const name = make("button", { type: "button", class: "year-month" }, monthName(first));
    name.addEventListener("click", () => context.go({ view: "month", date: first }));
    const head = make("tr");
    const start = weekOf(first, weekStart);
    for (let number = 0; number < 7; number += 1) {
      const word = weekdayName(addDays(start, number));
      head.append(make("th", { scope: "col", abbr: word }, word.slice(0, 1)));
    }
    const body = make("tbody");
    for (let week = start; monthOf(week) <= first; week = addDays(week, 7)) {
      const row = make("tr");
      for (let number = 0; number < 7; number += 1) {
        const day = addDays(week, number);
        row.append(monthOf(day) === first ? cell(day, counts.get(day), most) : make("td"));
      }
      body.append(row);
    }
    const table = make("table", {}, make("caption", {}, name), make("thead", {}, head), body);
    return make("section", { class: "year-part" }, table);
  }

  function cell(day: string, found: DayCount | undefined, most: number): HTMLElement {
    const count = found?.count ?? 0;
    const level = count === 0 ? 0 : Math.min(4, Math.ceil((count / most) * 4));
    const total = count === 0 ? t("common.nothing") : t("common.entries", { count });
    const button = make(
      "button",
      {
        type: "button",
        class: "year-day",
        "data-year-day": day,
        "data-level": String(level),
        "aria-label": t("calendar.day_entries", { day: formatDay(day), entries: total }),
        title: t("calendar.day_entries", { day: formatDay(day), entries: total }),
        tabindex: day === current ? "0" : "-1",
        "aria-current": day === context.today() ? "date" : undefined,
      },
      String(Number(day.slice(8))),
    );
    return make("td", {}, button);
  }

  const onClick = (event: Event): void => {
    const day = (event.target as Element).closest<HTMLElement>("[data-year-day]")?.dataset.yearDay;
    if (day) context.go({ view: "day", date: day });
  };

  /** Moves between days by arrow key. Only the current day is reached by Tab. */
  const onKey = (event: KeyboardEvent): void => {
    const day = (event.target as HTMLElement).dataset.yearDay;
    const step = ARROW_DAYS[event.key];
    if (!day || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    focusDay(addDays(day, step));
  };

  function focusDay(day: string): void {
    const button = grid.querySelector<HTMLElement>(`[data-year-day="${day}"]`);
    if (!button) return;
    for (const old of every('[data-year-day][tabindex="0"]', grid)) old.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }

  grid.addEventListener("click", onClick);
  grid.addEventListener("keydown", onKey);
  return {
    draw,
    close: () => {
      grid.removeEventListener("click", onClick);
      grid.removeEventListener("keydown", onKey);
      grid.replaceChildren();
    },
  };
}

/** Count of a full day: the 95th percentile, so that one extreme day does not make the others look empty. */
function busiest(days: DayCount[]): number {
  const counts = days.map(({ count }) => count).sort((one, other) => one - other);
  return Math.max(1, counts[Math.floor(counts.length * 0.95)] ?? 1);
}
