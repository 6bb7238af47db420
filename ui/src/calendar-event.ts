/** What stands in the grid, read back as an entry and as times. */
import type { EventApi } from "@fullcalendar/core";
import { addDays } from "./calendar-days";
import type { Entry, Times } from "./calendar-entry";

export function entryOf(event: EventApi): Entry {
  return event.extendedProps.entry as Entry;
}

/** When something in the grid is. */
export function timesIn(event: EventApi): Times {
  const start = event.allDay ? event.startStr.slice(0, 10) : event.startStr.slice(0, 19);
  if (event.allDay) return { start, end: event.endStr.slice(0, 10) || addDays(start, 1), allDay: true };
  return { start, end: event.endStr.slice(0, 19) || start, allDay: false };
}

/** Whether it stands for the last day of something long, so that moving it moves the end alone. */
export function isEnd(event: EventApi): boolean {
  return event.extendedProps.ends === true;
}
