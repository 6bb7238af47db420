/**
 * Full days. A grid that is given hundreds of entries for a day draws every one of them, only to hide nearly all; so it
 * is given what it has room for, the rest is counted, and "more" lists the whole day.
 */
import type { EventInput } from "@fullcalendar/core";
import { addDays } from "./days";
import { type Entry, lastDay, timesOf } from "./entry";

const LINE = 20;

export class Dense {
  /** How many entries of each day the grid was not given. */
  private readonly left = new Map<string, number>();
  /** How many entries each module has on each day. */
  private readonly parts = new Map<string, Map<string, number>>();

  /** Counts what the days are made of. */
  compose(entries: Entry[], zone: string): void {
    this.parts.clear();
    for (const entry of entries) {
      const times = timesOf(entry, zone);
      const last = lastDay(times);
      for (let day = times.start.slice(0, 10); day <= last; day = addDays(day, 1)) {
        const modules = this.parts.get(day) ?? new Map<string, number>();
        modules.set(entry.module, (modules.get(entry.module) ?? 0) + 1);
        this.parts.set(day, modules);
      }
    }
  }

  /** The modules of the day with how much each has, the largest first. */
  modulesOf(day: string | undefined): [string, number][] {
    return [...(this.parts.get(day ?? "") ?? [])].sort((one, other) => other[1] - one[1]);
  }

  /** What of the days the grid is given; entries with hours, and the one that is held, are always there. */
  thin(events: EventInput[], height: number, held: string | undefined): EventInput[] {
    this.left.clear();
    // More than a day can show, whatever its height, so that "more" stands there wherever something is left out.
    const room = Math.max(6, Math.ceil(height / 2 / LINE));
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

/** The days of an all-day event, which are few: what runs for weeks stands elsewhere. */
function daysOf(event: EventInput): string[] {
  const end = String(event.end).slice(0, 10);
  const days = [];
  for (let day = String(event.start).slice(0, 10); day < end; day = addDays(day, 1)) days.push(day);
  return days;
}

/** What of the entries is on the day, told in the zone; the hours first. */
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
