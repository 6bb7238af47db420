/** Events of FullCalendar, read back as entries and times. */
import type { EventApi } from "@fullcalendar/core";
import { addDays, daysBetween } from "../core/days";
import { type Entry, type Times, lastDay } from "./entry";

/** Returns the entry of an event. */
export function entryOf(event: EventApi): Entry {
  return event.extendedProps.entry as Entry;
}

/** Returns the current times of an event. */
export function timesIn(event: EventApi): Times {
  const hours = hoursOf(event);
  if (hours) {
    const first = event.startStr.slice(0, 10);
    const last = addDays(event.endStr.slice(0, 10) || addDays(first, 1), -1);
    const pulled = daysBetween(lastDay(hours), last);
    return {
      start: first + hours.start.slice(10),
      end: addDays(hours.end, pulled) + hours.end.slice(10),
      allDay: false,
    };
  }
  const start = event.allDay ? event.startStr.slice(0, 10) : event.startStr.slice(0, 19);
  if (event.allDay) return { start, end: event.endStr.slice(0, 10) || addDays(start, 1), allDay: true };
  return { start, end: event.endStr.slice(0, 19) || start, allDay: false };
}

/** Returns true if the event marks the last day of an ongoing entry; moving it moves the end alone. */
export function isEnd(event: EventApi): boolean {
  return event.extendedProps.ends === true;
}

/** Returns the times of a timed event that is drawn among the all-day ones, null for any other. */
export function hoursOf(event: EventApi): Times | null {
  return (event.extendedProps.hours as Times | undefined) ?? null;
}
