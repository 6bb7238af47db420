/**
 * Limit of entries per day. FullCalendar draws every entry it is given, to hide most of them; so it is given as many
 * as fit, the rest is counted, and the link "more" lists the whole day.
 */
import type { EventInput } from "@fullcalendar/core";
import { addDays } from "../core/days";
import { type Entry, lastDay, timesOf } from "./entry";

const LINE_HEIGHT = 20;

/** Limit of entries per day of a grid. */
export class DayLimit {
  /** Hidden entries by day. */
  private readonly hidden = new Map<string, number>();
  /** Entries by day and module. */
  private readonly counts = new Map<string, Map<string, number>>();

  /** Counts the entries of each day by module. */
  countModules(entries: Entry[], zone: string): void {
    this.counts.clear();
    for (const entry of entries) {
      const times = timesOf(entry, zone);
      const last = lastDay(times);
      for (let day = times.start.slice(0, 10); day <= last; day = addDays(day, 1)) {
        const modules = this.counts.get(day) ?? new Map<string, number>();
        modules.set(entry.module, (modules.get(entry.module) ?? 0) + 1);
        this.counts.set(day, modules);
      }
    }
  }

  /** Returns the modules of a day with their counts, the largest first. */
  modulesOf(day: string | undefined): [string, number][] {
    return [...(this.counts.get(day ?? "") ?? [])].sort((one, other) => other[1] - one[1]);
  }

  /** Returns the events that the grid is given. Timed events and the held one are always among them. */
  limit(events: EventInput[], height: number, held: string | undefined): EventInput[] {
    this.hidden.clear();
    // More than a day can show, so that the link "more" appears wherever an entry is hidden.
    const room = Math.max(6, Math.ceil(height / 2 / LINE_HEIGHT));
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
      for (const day of days) this.hidden.set(day, (this.hidden.get(day) ?? 0) + 1);
      return false;
    });
  }

  /** Returns the number of entries of a day that the grid was not given. */
  hiddenOn(day: string | undefined): number {
    return this.hidden.get(day ?? "") ?? 0;
  }
}

/** Days of an all-day event, a few at most: long entries are not in the grid. */
function daysOf(event: EventInput): string[] {
  const end = String(event.end).slice(0, 10);
  const days = [];
  for (let day = String(event.start).slice(0, 10); day < end; day = addDays(day, 1)) days.push(day);
  return days;
}

/** Returns the entries on a day of the zone, timed ones first. */
export function entriesOn(day: string, entries: Entry[], zone: string): Entry[] {
  return entries
    .map((entry) => ({ entry, times: timesOf(entry, zone) }))
    .filter(({ times }) => times.start.slice(0, 10) <= day && day <= lastDay(times))
    .sort(
      (one, other) =>
        Number(one.times.allDay) - Number(other.times.allDay) ||
        (one.times.start < other.times.start ? -1 : 1),
    )
    .map(({ entry }) => entry);
}
