/**
 * Lines of the days of a grid. FullCalendar draws every entry it is given, to hide most of them; so it is given the most
 * important ones, a line for each folded kind, and one for the rest. The link "more" counts what they stand for.
 */
import type { EventInput } from "@fullcalendar/core";
import { addDays } from "../core/days";
import { type Entry, isOngoing, kindLabel, lastDay, timesOf } from "./entry";
import type { OverviewDay } from "./feed";
import { t } from "../core/words";

/** Line of a day that stands for several entries. */
export interface CountLine {
  date: string;
  /** Kind of the folded entries; empty for the rest of the day. */
  kind: string;
  count: number;
}

/** Rank of the line for the rest of a day: after everything. */
const LAST = 1_000_000;

/** Returns the words of a line: "12 tasks due", "Assessment: report due (3)", "9 more". */
export function countText({ kind, count }: CountLine): string {
  if (kind === "task") return t("calendar.folded_tasks", { count });
  if (kind === "booking") return t("calendar.folded_bookings", { count });
  return kind ? t("calendar.folded", { count, kind: kindLabel(kind) }) : t("common.more_count", { count });
}

/** Returns the days of a window that an entry is drawn on. An ongoing one has its last day. */
export function daysOf(entry: Entry, zone: string, first: string, after: string): string[] {
  const times = timesOf(entry, zone);
  const last = lastDay(times);
  const days: string[] = [];
  const begin = isOngoing(times) ? last : times.start.slice(0, 10);
  for (let day = begin > first ? begin : first; day <= last && day < after; day = addDays(day, 1))
    days.push(day);
  return days;
}

/** Returns the number of entries of a day that are neither listed nor folded. */
export function restOf(day: OverviewDay, listed: number): number {
  const folded = Object.values(day.folded).reduce((sum, count) => sum + count, 0);
  return Math.max(0, day.count - folded - listed);
}

/** Item of a day: an entry, or a line that counts several. */
interface Item {
  rank: number;
  /** Number of entries that it stands for. */
  weight: number;
  isTimed: boolean;
  /** Event of an entry. */
  event?: EventInput;
  line?: CountLine;
}

/** Lines of the days of a window. */
export class DayLines {
  /** Items of each day in the order in which they are drawn. */
  private readonly items = new Map<string, Item[]>();
  private days = new Map<string, OverviewDay>();

  /**
   * Returns the events that are drawn: entries, which come in their order, and lines. With `rows` a day has at most so
   * many, of which the last counts what has no room.
   */
  make(
    events: EventInput[],
    days: Map<string, OverviewDay>,
    window: [string, string],
    zone: string,
    rows?: number,
  ): EventInput[] {
    this.items.clear();
    this.days = days;
    let openCount = 0;
    for (const event of events) {
      const entry = event.extendedProps?.entry as Entry;
      const rank = Number(event.extendedProps?.rank ?? 0);
      if (event.extendedProps?.isOpen) openCount = Math.max(openCount, rank + 1);
      for (const day of daysOf(entry, zone, ...window))
        this.add(day, { rank, weight: 1, isTimed: !event.allDay, event });
    }
    for (const day of days.values()) {
      const { date } = day;
      if (date < window[0] || date >= window[1]) continue;
      const count = restOf(day, this.items.get(date)?.length ?? 0);
      for (const [kind, folded] of Object.entries(day.folded))
        this.add(date, lineItem({ date, kind, count: folded }, openCount - 0.5));
      if (count > 0) this.add(date, lineItem({ date, kind: "", count }, LAST));
    }
    for (const [date, items] of this.items) {
      items.sort((one, other) => one.rank - other.rank);
      if (rows && items.length > rows) this.items.set(date, cut(date, items, rows));
    }
    const drawn = [...this.items.values()].flat();
    return [
      ...new Set(drawn.flatMap(({ event }) => event ?? [])),
      ...drawn.flatMap(({ line, rank }) => (line ? eventOf(line, rank) : [])),
    ];
  }

  private add(day: string, item: Item): void {
    const items = this.items.get(day);
    if (items) items.push(item);
    else this.items.set(day, [item]);
  }

  /** Returns the number of entries behind the last lines of a day. `band` is true above the hours of a day. */
  behind(day: string | undefined, lines: number, band: boolean): number {
    const items = (this.items.get(day ?? "") ?? []).filter(({ isTimed }) => !band || !isTimed);
    return items.slice(Math.max(0, items.length - lines)).reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Returns the modules of a day with their counts, the largest first. */
  modulesOf(day: string | undefined): [string, number][] {
    const modules = this.days.get(day ?? "")?.modules ?? {};
    return Object.entries(modules).sort((one, other) => other[1] - one[1]);
  }
}

function lineItem(line: CountLine, rank: number): Item {
  return { rank, weight: line.count, isTimed: false, line };
}

/** Returns the first items of a day, and a line for the others. */
function cut(date: string, items: Item[], rows: number): Item[] {
  const count = items.slice(rows - 1).reduce((sum, { weight }) => sum + weight, 0);
  return [...items.slice(0, rows - 1), lineItem({ date, kind: "", count }, LAST)];
}

function eventOf(line: CountLine, rank: number): EventInput {
  return {
    id: `count.${line.date}.${line.kind}`,
    title: countText(line),
    start: line.date,
    end: addDays(line.date, 1),
    allDay: true,
    editable: false,
    classNames: line.kind ? ["entry-count"] : ["entry-count", "entry-rest"],
    extendedProps: { line, place: 0, rank },
  };
}

/** Returns the entries on a day of the zone, timed ones first. An ongoing one is on its last day. */
export function entriesOn(day: string, entries: Entry[], zone: string): Entry[] {
  return entries
    .map((entry) => ({ entry, times: timesOf(entry, zone) }))
    .filter(({ times }) => (isOngoing(times) ? lastDay(times) === day : true))
    .filter(({ times }) => times.start.slice(0, 10) <= day && day <= lastDay(times))
    .sort(
      (one, other) =>
        Number(one.times.allDay) - Number(other.times.allDay) ||
        (one.times.start < other.times.start ? -1 : 1),
    )
    .map(({ entry }) => entry);
}
