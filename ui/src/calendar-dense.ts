/**
 * Full days. A grid that is given hundreds of entries for a day draws every one of them, only to hide nearly all; so it
 * is given what it has room for, the rest is counted, and "more" lists the whole day.
 */
import type { EventInput } from "@fullcalendar/core";
import type { Entry } from "./calendar-entry";

const DAY = 86_400_000;
const LINE = 22;

export class Dense {
  /** How many entries of each day the grid was not given. */
  private readonly left = new Map<string, number>();

  /** What of the days the grid is given; entries with hours, and the one that is held, are always there. */
  thin(events: EventInput[], height: number, held: string | undefined): EventInput[] {
    this.left.clear();
    // More than a day can show, whatever its height, so that "more" stands there wherever something is left out.
    const room = Math.max(6, Math.ceil(height / 4 / LINE));
    const taken = new Map<string, number>();
    const rank = (event: EventInput): number => Number(event.extendedProps?.rank ?? 0);
    const inOrder = [...events].sort((one, other) => rank(one) - rank(other));
    return inOrder.filter((event) => {
      if (!event.allDay) return true;
      const days = daysOf(event);
      if (event.id === held || days.some((day) => (taken.get(day) ?? 0) < room)) {
        for (const day of days) taken.set(day, (taken.get(day) ?? 0) + 1);
        return true;
      }
      for (const day of days) this.left.set(day, (this.left.get(day) ?? 0) + 1);
      return false;
    });
  }

  /** How many entries of the day the grid knows nothing of. */
  leftOf(day: string | undefined): number {
    return this.left.get(day ?? "") ?? 0;
  }
}

/** The days of an all-day event; a window has at most a few weeks, so what is longer is cut. */
function daysOf(event: EventInput): string[] {
  const start = Date.parse(String(event.start).slice(0, 10));
  const end = Math.min(Date.parse(String(event.end).slice(0, 10)), start + 400 * DAY);
  const days = [];
  for (let day = start; day < end; day += DAY) days.push(new Date(day).toISOString().slice(0, 10));
  return days;
}

/** What of the entries is on the day, told in the zone; the hours first. */
export function entriesOn(day: string, entries: Entry[], wall: (text: string) => string): Entry[] {
  const starts = (entry: Entry): string => (entry.all_day ? entry.start : wall(entry.start));
  return entries
    .filter((entry) => {
      const start = starts(entry);
      if (entry.all_day) return start <= day && day < (entry.end ?? "9999");
      return start.slice(0, 10) <= day && `${day}T00:00:00` < wall(entry.end ?? entry.start);
    })
    .sort(
      (one, other) => Number(one.all_day) - Number(other.all_day) || (starts(one) < starts(other) ? -1 : 1),
    );
}
