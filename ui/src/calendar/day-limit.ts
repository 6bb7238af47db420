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

/** Lines of the days of a window. */
export class DayLines {
  /** Number of entries that each line of a day stands for, in the order in which they are drawn. */
  private readonly weights = new Map<string, { rank: number; weight: number; isTimed: boolean }[]>();
  private days = new Map<string, OverviewDay>();

  /** Returns the lines beside the entries, which come in their order. `openCount` of the entries are not closed. */
  make(
    events: EventInput[],
    days: Map<string, OverviewDay>,
    window: [string, string],
    zone: string,
  ): EventInput[] {
    this.weights.clear();
    this.days = days;
    let openCount = 0;
    const listed = new Map<string, number>();
    for (const event of events) {
      const entry = event.extendedProps?.entry as Entry;
      const rank = Number(event.extendedProps?.rank ?? 0);
      if (event.extendedProps?.isOpen) openCount = Math.max(openCount, rank + 1);
      for (const day of daysOf(entry, zone, ...window)) {
        listed.set(day, (listed.get(day) ?? 0) + 1);
        this.weigh(day, rank, 1, !event.allDay);
      }
    }
    const lines: EventInput[] = [];
    for (const day of days.values()) {
      const { date } = day;
      if (date < window[0] || date >= window[1]) continue;
      const folded = Object.entries(day.folded).map(([kind, count]) => ({ date, kind, count }));
      for (const line of folded) lines.push(this.line(line, openCount - 0.5));
      const count = restOf(day, listed.get(date) ?? 0);
      if (count > 0) lines.push(this.line({ date, kind: "", count }, LAST));
    }
    for (const weights of this.weights.values()) weights.sort((one, other) => one.rank - other.rank);
    return lines;
  }

  private line(line: CountLine, rank: number): EventInput {
    this.weigh(line.date, rank, line.count, false);
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

  private weigh(day: string, rank: number, weight: number, isTimed: boolean): void {
    const weights = this.weights.get(day) ?? [];
    weights.push({ rank, weight, isTimed });
    this.weights.set(day, weights);
  }

  /** Returns the number of entries behind the last lines of a day. `band` is true above the hours of a day. */
  behind(day: string | undefined, lines: number, band: boolean): number {
    const weights = (this.weights.get(day ?? "") ?? []).filter(({ isTimed }) => !band || !isTimed);
    return weights.slice(Math.max(0, weights.length - lines)).reduce((sum, { weight }) => sum + weight, 0);
  }

  /** Returns the modules of a day with their counts, the largest first. */
  modulesOf(day: string | undefined): [string, number][] {
    const modules = this.days.get(day ?? "")?.modules ?? {};
    return Object.entries(modules).sort((one, other) => other[1] - one[1]);
  }
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
