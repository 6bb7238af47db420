/** Entries of the calendar: what the feed says, how the grid draws them, how a move is saved. */
import type { EventApi, EventInput } from "@fullcalendar/core";
import { callApi } from "./page";
import { askScope } from "./scope";
import { toast, toastRefusal } from "./toast";
import { wallTime, withOffset } from "./zone";

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
  /** Names one date of a series. */
  recurrence_id: string | null;
  location: string | null;
  people: (string | { name?: string; full_name?: string })[] | null;
}

/** What kinds of entries can do beyond being moved. */
export interface Abilities {
  /** May last longer than a day: their ends can be pulled. */
  spans: Set<string>;
  /** May have times: can go from the days to the hours and back. */
  timed: Set<string>;
}

export function abilitiesOf(host: HTMLElement): Abilities {
  const list = (text: string | undefined): Set<string> => new Set((text ?? "").split(" ").filter(Boolean));
  return { spans: list(host.dataset.spans), timed: list(host.dataset.timed) };
}

/** What the grid is given for an entry. */
export function toEvent(entry: Entry, zone: string, abilities: Abilities): EventInput {
  const wall = (text: string): string =>
    entry.all_day || !/[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : wallTime(new Date(text), zone);
  return {
    id: entry.id,
    title: entry.title,
    start: wall(entry.start),
    end: entry.end ? wall(entry.end) : undefined,
    allDay: entry.all_day,
    startEditable: entry.editable,
    durationEditable: entry.editable && abilities.spans.has(entry.kind),
    classNames: isOff(entry) ? ["entry", "entry-off"] : ["entry"],
    extendedProps: { entry, place: 0, rank: rankOf(entry) },
  };
}

/**
 * What a full day shows first: what has its hour, then what is of this day, then what lasts; what is over comes last,
 * and what goes on for weeks stands behind "more" rather than hiding everything else.
 */
function rankOf(entry: Entry): number {
  const days = (Date.parse(entry.end ?? entry.start) - Date.parse(entry.start)) / 86_400_000;
  const lasting = !entry.all_day ? 0 : days <= 1 ? 1 : days <= 7 ? 2 : 3;
  return lasting + (isOff(entry) || entry.status === "completed" ? 4 : 0);
}

/** In a list an entry of several days stands once, on its first day within the window, and says until when. */
export function onceInList(event: EventInput, windowStart: string): EventInput {
  if (!event.allDay) return event;
  const start = String(event.start).slice(0, 10);
  const first = start < windowStart ? windowStart : start;
  const next = new Date(Date.parse(`${first}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  if (first === start && String(event.end).slice(0, 10) <= next) return event;
  const last = new Date(Date.parse(`${String(event.end).slice(0, 10)}T00:00:00Z`) - 86_400_000);
  const until = `until ${day.format(last).replace(",", "")}`;
  return { ...event, start: first, end: next, extendedProps: { ...event.extendedProps, until } };
}

export function entryOf(event: EventApi): Entry {
  return event.extendedProps.entry as Entry;
}

function isOff(entry: Entry): boolean {
  return ["cancelled", "rejected", "archived"].includes(entry.status ?? "");
}

/** Sends the new times; puts the entry back when they are refused. What is only moved keeps its exact length. */
export async function save(
  event: EventApi,
  zone: string,
  revert: () => void,
  resized = false,
): Promise<void> {
  const wire = (text: string): string => (event.allDay ? text.slice(0, 10) : withOffset(text, zone));
  // One date of a series: how far does it reach?
  const scope = entryOf(event).recurrence_id ? await askScope(`Move “${event.title}”`) : undefined;
  if (scope === null) {
    revert();
    return;
  }
  const body = {
    ...(scope ? { scope } : {}),
    start: wire(event.startStr),
    all_day: event.allDay,
    ...(resized ? { end: wire(event.endStr || event.startStr) } : {}),
  };
  try {
    const answer = await callApi<{ undo?: string | null } | undefined>(
      "PATCH",
      `/api/v1/calendar/entries/${encodeURIComponent(event.id)}`,
      body,
    );
    toast(`Moved “${event.title}” to ${whenOf(event)}`, { undo: answer?.undo });
  } catch (error) {
    revert();
    toastRefusal(error);
  }
}

const day = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "short",
  day: "numeric",
  month: "short",
});
const clock = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", hour: "numeric", minute: "2-digit" });

/** When an entry is, in words: "Mon 14 Dec, 9:00 AM – 11:00 AM". */
export function whenOf(event: EventApi): string {
  const start = event.start;
  if (!start) return "";
  const dayOf = (date: Date): string => day.format(date).replace(",", "");
  if (event.allDay) {
    const last = new Date((event.end ?? new Date(+start + 86_400_000)).getTime() - 86_400_000);
    return +last > +start ? `${dayOf(start)} – ${dayOf(last)}` : dayOf(start);
  }
  if (!event.end) return `${dayOf(start)}, ${clock.format(start)}`;
  const sameDay = dayOf(start) === dayOf(event.end);
  const end = sameDay ? clock.format(event.end) : `${dayOf(event.end)}, ${clock.format(event.end)}`;
  return `${dayOf(start)}, ${clock.format(start)} – ${end}`;
}

/** A value of the feed as words: `in_progress` is "In progress". */
export function words(value: string): string {
  const spaced = value.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function peopleOf(entry: Entry): string {
  return (entry.people ?? [])
    .map((person) => (typeof person === "string" ? person : (person.full_name ?? person.name ?? "")))
    .filter(Boolean)
    .join(", ");
}
