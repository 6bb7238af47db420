/** Saves what was done to an entry, says so, and offers to take it back. */
import { resolveConflict, isClash } from "./conflict";
import { addDays } from "./days";
import { type Entry, type Times, timesOf, whenWords } from "./entry";
import type { Reassignment } from "./view";
import { Refusal, callApi } from "../core/page";
import { type Scope, askScope } from "./scope";
import { toast, toastRefusal } from "../core/toast";
import { withOffset } from "../core/zone";
import { t } from "../core/words";

export type How = "move" | "resize" | "end" | "copy";

/** A time as the interface takes it. */
export function wire(text: string, allDay: boolean, zone: string): string {
  return allDay ? text.slice(0, 10) : withOffset(text, zone);
}

/**
 * Sends the new times, and to whom it goes. What is only moved keeps its exact length; of `end`, only the last day is
 * new. Answers where it is then: where the time was taken, that may be another one; nothing when it stays.
 */
export async function commit(
  entry: Entry,
  to: Times,
  how: How,
  zone: string,
  goes?: Reassignment,
): Promise<Times | null> {
  // One date of a series: how far does it reach? A copy is a thing of its own.
  if (!entry.recurrence_id || how === "copy") return send(entry, to, how, zone, goes, null);
  const { title } = entry;
  const question = goes ? t("scope.assign", { title, name: goes.name }) : t("scope.move", { title });
  // All dates of a booking are of one resource; those of an event that is booked for all go together.
  const ofResource: Scope[] = entry.source.kind === "booking" ? ["following", "all"] : ["all"];
  const scope = await askScope(question, goes?.about === "resource" ? ofResource : undefined);
  return scope && send(entry, to, how, zone, goes, scope);
}

async function send(
  entry: Entry,
  to: Times,
  how: How,
  zone: string,
  goes: Reassignment | undefined,
  scope: Scope | null,
): Promise<Times | null> {
  const body: Record<string, unknown> = {};
  if (scope) body.scope = scope;
  if (goes) Object.assign(body, { [goes.about]: goes.id, instead_of: goes.insteadOf });
  const from = timesOf(entry, zone);
  const stays = to.allDay === from.allDay && to.start === from.start && to.end === from.end;
  if (!goes || !stays || how === "copy") {
    body.all_day = to.allDay;
    if (how === "end") {
      body.end = addDays(to.start, 1);
    } else {
      body.start = wire(to.start, to.allDay, zone);
      if (how === "resize") body.end = wire(to.end, to.allDay, zone);
    }
  }
  const address = `/api/v1/calendar/entries/${encodeURIComponent(entry.id)}`;
  try {
    const answer = await callApi<{ undo?: string | null } | undefined>(
      how === "copy" ? "POST" : "PATCH",
      how === "copy" ? `${address}/copy` : address,
      body,
    );
    const where = [goes?.name, stays && goes ? "" : whenWords(to)].filter(Boolean).join(", ");
    toast(t(`saved.${how}`, { title: entry.title, where }), { undo: answer?.undo });
    return to;
  } catch (error) {
    if (!(error instanceof Refusal) || !isClash(error)) {
      toastRefusal(error);
      return null;
    }
    const instead = goes?.about === "resource" ? goes.insteadOf : entry.resources?.[0];
    // Of several dates the free times are those of the first that is taken, not of the one that was moved.
    const way = await resolveConflict(error, zone, instead, !scope || scope === "this");
    if (!way) return null;
    const again = way.to && how === "move" ? "resize" : how;
    return send(entry, way.to ?? to, again, zone, way.goes ?? goes, scope);
  }
}
