/** Calendars of the program as ical.js reads and expands them, and as the program shows them. */

import ICAL from "ical.js";

/** Days that are compared. */
const WINDOW = { start: "2027-01-01", end: "2028-01-01" };

/** Answer with the calendar file of the window, as a role gets it; `more` are filters. */
export function calendarFile(running, role, more = "") {
  const address = `${running.address}/calendar.ics?start=${WINDOW.start}&end=${WINDOW.end}${more}`;
  return fetch(address, { headers: { authorization: `Bearer ${running.token(role)}` } });
}

/** The calendar of the window as ical.js reads it: each series with the dates that differ. */
export function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  // Given none, it would take every changed date of the calendar for one of every series.
  const event = (component) => new ICAL.Event(component, { exceptions: [] });
  const all = calendar.getAllSubcomponents("vevent").map(event);
  const masters = all.filter((event) => !event.isRecurrenceException());
  for (const master of masters) {
    for (const event of all) {
      if (event.uid === master.uid && event.isRecurrenceException()) master.relateException(event);
    }
  }
  return masters;
}

const moment = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());

/** The dates of an event within the window, as ical.js expands it. */
export function expanded(event) {
  if (!event.isRecurring()) {
    return [{ title: event.summary, start: moment(event.startDate), end: moment(event.endDate) }];
  }
  const dates = [];
  const iterator = event.iterator();
  for (let next = iterator.next(); next && next.year < 2029; next = iterator.next()) {
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    dates.push({ title: item.summary, start: moment(startDate), end: moment(endDate) });
  }
  return dates.filter(isWithin);
}

/** True for a date within the window. */
export const isWithin = ({ start, end }) => start < WINDOW.end && end > WINDOW.start;

/** The dates of the window as our own calendar expands them, of all records or of one; `more` are filters. */
export async function own(client, id, more = "") {
  const { entries } = await client("GET", `calendar?start=${WINDOW.start}&end=${WINDOW.end}${more}`);
  const plain = (entry, time) => (entry.all_day ? time : new Date(time).toISOString());
  return entries
    .filter((entry) => !id || entry.source.id === id)
    .map((entry) => ({
      title: entry.title,
      start: plain(entry, entry.start),
      end: plain(entry, entry.end),
    }));
}
