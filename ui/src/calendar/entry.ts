/** Entries of the calendar: what the feed says of them, when they are, and in which words. */
import { addDays, clock, dayWords, daysBetween } from "./days";
import { wallTime } from "../core/zone";
import { t } from "../core/words";

export interface Person {
  id: string;
  name: string;
}

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
  /** Ids of the resources that it takes. */
  resources?: string[];
}

/** What kinds of entries can do beyond being moved. */
export interface Abilities {
  /** May last longer than a day: their ends can be pulled. */
  spans: Set<string>;
  /** May have times: can go from the days to the hours and back. */
  timed: Set<string>;
  /** Are the thing itself and not one date of it: can be copied. */
  whole: Set<string>;
  /** Say who is on them: can be given to another person. */
  given: Set<string>;
}

export function abilitiesOf(host: HTMLElement): Abilities {
  const list = (text: string | undefined): Set<string> => new Set((text ?? "").split(" ").filter(Boolean));
  return {
    spans: list(host.dataset.spans),
    timed: list(host.dataset.timed),
    whole: list(host.dataset.whole),
    given: list(host.dataset.given),
  };
}

/** When something is, as wall times of the person's zone, or as days; the end is exclusive. */
export interface Times {
  start: string;
  end: string;
  allDay: boolean;
}

/** What lasts longer than this many days runs beneath the days rather than standing on each of them. */
export const RUNNING_DAYS = 7;

export function timesOf(entry: Entry, zone: string): Times {
  if (entry.all_day) return { start: entry.start, end: entry.end ?? addDays(entry.start, 1), allDay: true };
  const wall = (text: string): string => wallTime(new Date(text), zone);
  return { start: wall(entry.start), end: wall(entry.end ?? entry.start), allDay: false };
}

/** The last day that something touches. */
export function lastDay({ start, end, allDay }: Times): string {
  if (allDay || (end.slice(11, 19) === "00:00:00" && end > start)) return addDays(end, -1);
  return end.slice(0, 10);
}

/** The same hours so many days later. */
export function movedBy({ start, end, allDay }: Times, days: number): Times {
  const move = (text: string): string => addDays(text, days) + text.slice(10);
  return { start: move(start), end: move(end), allDay };
}

/** Hours that reach over days, as a journey does, stand among the whole days: as hours they would fill the columns. */
export function isLong({ start, end, allDay }: Times): boolean {
  return !allDay && Date.parse(`${end}Z`) - Date.parse(`${start}Z`) >= 86_400_000;
}

export function isRunning(times: Times): boolean {
  return times.allDay && daysBetween(times.start, times.end) > RUNNING_DAYS;
}

export function isOff(entry: Entry): boolean {
  return ["cancelled", "rejected", "withdrawn", "archived"].includes(entry.status ?? "");
}

export function isOver(entry: Entry): boolean {
  return isOff(entry) || entry.status === "completed";
}

/**
 * What a full day shows first: what has its hour, then what is of this day, then what lasts; what is over comes last.
 */
export function rankOf(entry: Entry): number {
  // What day it is comes before what happens on it.
  if (entry.module === "holidays") return -1;
  const days = (Date.parse(entry.end ?? entry.start) - Date.parse(entry.start)) / 86_400_000;
  const lasting = !entry.all_day && days < 1 ? 0 : days <= 1 ? 1 : days <= 7 ? 2 : 3;
  return lasting + (isOver(entry) ? 4 : 0);
}

/** When something is, in words: "Mon 14 Dec, 9:00 AM – 11:00 AM". */
export function whenWords(times: Times): string {
  const first = times.start.slice(0, 10);
  if (times.allDay) {
    const last = lastDay(times);
    return last > first ? `${dayWords(first)} – ${dayWords(last)}` : dayWords(first);
  }
  const begin = `${dayWords(first)}, ${clock(times.start)}`;
  if (times.end <= times.start) return begin;
  const sameDay = times.end.slice(0, 10) === first;
  return `${begin} – ${sameDay ? "" : `${dayWords(times.end)}, `}${clock(times.end)}`;
}

/** What of its hours lies on the day, in words: "9:00 AM – 11:00 AM", "from 9:00 AM", "until 11:00 AM" or "All day". */
export function hoursOn(day: string, times: Times): string {
  if (times.allDay) return t("date.all_day");
  const begins = times.start.slice(0, 10) >= day;
  const ends = lastDay(times) <= day;
  if (begins && !ends) return t("date.from_time", { time: clock(times.start) });
  if (begins) return `${clock(times.start)}${times.end > times.start ? ` – ${clock(times.end)}` : ""}`;
  return ends ? t("date.until_time", { time: clock(times.end) }) : t("date.all_day");
}

/** A value of the feed as words: `in_progress` is "In progress". */
export function words(value: string): string {
  const spaced = value.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function peopleOf(entry: Entry): string {
  return (entry.people ?? []).map((person) => person.name).join(", ");
}
