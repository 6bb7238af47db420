/** Saves what was done to an entry, says so, and offers to take it back. */
import { addDays } from "./calendar-days";
import { type Entry, type Times, whenWords } from "./calendar-entry";
import { callApi } from "./page";
import { askScope } from "./scope";
import { toast, toastRefusal } from "./toast";
import { withOffset } from "./zone";

export type How = "move" | "resize" | "end" | "copy";

/** A time as the interface takes it. */
export function wire(text: string, allDay: boolean, zone: string): string {
  return allDay ? text.slice(0, 10) : withOffset(text, zone);
}

/** Sends the new times. What is only moved keeps its exact length; of `end`, only the last day is new. */
export async function commit(entry: Entry, to: Times, how: How, zone: string): Promise<boolean> {
  const body: Record<string, unknown> = { all_day: to.allDay };
  // One date of a series: how far does it reach? A copy is a thing of its own.
  if (entry.recurrence_id && how !== "copy") {
    const scope = await askScope(`Move “${entry.title}”`);
    if (!scope) return false;
    body.scope = scope;
  }
  if (how === "end") {
    body.end = addDays(to.start, 1);
  } else {
    body.start = wire(to.start, to.allDay, zone);
    if (how === "resize") body.end = wire(to.end, to.allDay, zone);
  }
  const address = `/api/v1/calendar/entries/${encodeURIComponent(entry.id)}`;
  try {
    const answer = await callApi<{ undo?: string | null } | undefined>(
      how === "copy" ? "POST" : "PATCH",
      how === "copy" ? `${address}/copy` : address,
      body,
    );
    const done = { move: "Moved", resize: "Changed", end: "Moved the end of", copy: "Copied" }[how];
    toast(`${done} “${entry.title}” to ${whenWords(to)}`, { undo: answer?.undo });
    return true;
  } catch (error) {
    toastRefusal(error);
    return false;
  }
}
