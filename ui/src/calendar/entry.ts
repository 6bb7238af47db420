/** Entries of the calendar, their times, and how they are written. */
import { addDays, formatTime, formatDay, daysBetween } from "../core/days";
import { one } from "../core/page";
import { wallTime } from "../core/zone";
import { t } from "../core/words";

/** Person of an entry. */
interface Person {
  id: string;
  name: string;
}

/** Entry as the API returns it. */
export interface Entry {
  id: string;
  title: string;
  start: string;
  end: string | null;
  all_day: boolean;
  module: string;
  kind: string;
  status: string | null;
  priority: string | null;
  url: string;
  editable: boolean;
  source: { kind: string; id: string };
  recurrence_id: string | null;
  location: string | null;
  people: Person[] | null;
  /** Ids of its resources. */
  resources?: string[];
}

/** Kinds by what their entries allow beyond being moved. */
export interface Abilities {
  /** Entries can last longer than a day: their ends can be dragged. */
  resizable: Set<string>;
  /** Entries can have times, and become all-day entries and back. */
  timed: Set<string>;
  /** Entries are whole records, not one date of a record. */
  copyable: Set<string>;
  /** Entries have people. */
  reassignable: Set<string>;
}

/** Reads the abilities from the page. */
export function abilitiesOf(host: HTMLElement): Abilities {
  const list = (text: string | undefined): Set<string> => new Set((text ?? "").split(" ").filter(Boolean));
  return {
    resizable: list(host.dataset.spans),
    timed: list(host.dataset.timed),
    copyable: list(host.dataset.whole),
    reassignable: list(host.dataset.given),
  };
}

/** Times of an entry: wall times of the zone, or dates; the end is exclusive. */
export interface Times {
  start: string;
  end: string;
  allDay: boolean;
}

/** Days after which an entry counts as ongoing and leaves the grid. */
const ONGOING_DAYS = 7;

/** Returns the times of an entry in a zone. */
export function timesOf(entry: Entry, zone: string): Times {
  if (entry.all_day) return { start: entry.start, end: entry.end ?? addDays(entry.start, 1), allDay: true };
  const wall = (text: string): string => wallTime(new Date(text), zone);
  return { start: wall(entry.start), end: wall(entry.end ?? entry.start), allDay: false };
}

/** Returns true if both are the same time. */
export function isSame(one: Times, other: Times): boolean {
  return one.allDay === other.allDay && one.start === other.start && one.end === other.end;
}

/** Returns the last date that the times touch. */
export function lastDay({ start, end, allDay }: Times): string {
  if (allDay || (end.slice(11, 19) === "00:00:00" && end > start)) return addDays(end, -1);
  return end.slice(0, 10);
}

/** Returns the same hours some days later. */
export function shiftDays({ start, end, allDay }: Times, days: number): Times {
  const move = (text: string): string => addDays(text, days) + text.slice(10);
  return { start: move(start), end: move(end), allDay };
}

/** Hours from which a booking takes most of a day. */
const LONG_BOOKING_HOURS = 6;

/**
 * Returns true for timed entries that are drawn among the all-day entries: those of a day or more, and bookings of most
 * of a day, which would fill the hours.
 */
export function isInBand(entry: Entry, { start, end, allDay }: Times): boolean {
  const hours = (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 3_600_000;
  return !allDay && hours >= (entry.kind === "booking" ? LONG_BOOKING_HOURS : 24);
}

/** Returns true for all-day entries of more than a week. */
export function isOngoing(times: Times): boolean {
  return times.allDay && daysBetween(times.start, times.end) > ONGOING_DAYS;
}

/** Returns true for cancelled, rejected, withdrawn and archived entries. */
export function isInactive(entry: Entry): boolean {
  return ["cancelled", "rejected", "withdrawn", "archived"].includes(entry.status ?? "");
}

/** Returns true for inactive and completed entries. */
export function isClosed(entry: Entry): boolean {
  return isInactive(entry) || entry.status === "completed";
}

/** Returns "Mon 14 Dec, 9:00 AM – 11:00 AM". */
export function formatTimes(times: Times): string {
  const first = times.start.slice(0, 10);
  if (times.allDay) {
    const last = lastDay(times);
    return last > first ? `${formatDay(first)} – ${formatDay(last)}` : formatDay(first);
  }
  const begin = `${formatDay(first)}, ${formatTime(times.start)}`;
  if (times.end <= times.start) return begin;
  const sameDay = times.end.slice(0, 10) === first;
  return `${begin} – ${sameDay ? "" : `${formatDay(times.end)}, `}${formatTime(times.end)}`;
}

/** Returns the hours on one day: "9:00 AM – 11:00 AM", "from 9:00 AM", "until 11:00 AM" or "All day". */
export function formatHoursOn(day: string, times: Times): string {
  if (times.allDay) return t("date.all_day");
  const begins = times.start.slice(0, 10) >= day;
  const ends = lastDay(times) <= day;
  if (begins && !ends) return t("date.from_time", { time: formatTime(times.start) });
  if (begins)
    return `${formatTime(times.start)}${times.end > times.start ? ` – ${formatTime(times.end)}` : ""}`;
  return ends ? t("date.until_time", { time: formatTime(times.end) }) : t("date.all_day");
}

/** Returns "In progress" for `in_progress`. */
export function humanize(value: string): string {
  const spaced = value.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Returns the label of a kind of entries. */
export function kindLabel(kind: string): string {
  const host = one("[data-calendar]");
  const labels = JSON.parse(host?.dataset.kinds || "{}") as Record<string, string>;
  return labels[kind] ?? humanize(kind);
}

/** Returns the names of the people of an entry. */
export function peopleNames(entry: Entry): string {
  return (entry.people ?? []).map((person) => person.name).join(", ");
}
