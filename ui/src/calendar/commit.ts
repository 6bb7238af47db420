/** Saves a change of an entry, with a message and Undo. */
import { resolveConflict, isConflict } from "./conflict";
import { toastWithClashes } from "./clashes";
import { addDays } from "../core/days";
import { refresh } from "../core/live";
import { type Entry, type Times, timesOf, formatTimes, isSame } from "./entry";
import type { EntryAction, Reassignment } from "./view";
import { ApiError, callApi } from "../core/page";
import { type Scope, askScope } from "./scope";
import { toast, toastError } from "../core/toast";
import { withOffset } from "../core/zone";
import { type Dates, moveTask } from "../tasks/changes";
import { t } from "../core/words";

type Saved = { undo?: string | null; source?: { id: string } } | undefined;

/** Returns a time as the API takes it. */
export function toApiTime(text: string, allDay: boolean, zone: string): string {
  return allDay ? text.slice(0, 10) : withOffset(text, zone);
}

/** Version of the record of the entry that is held, as it was when it was picked up. */
let held: { id: string; version: Promise<number | null> } | null = null;

/** Notes the version of an entry that is picked up, so that a change of someone else meanwhile is not overwritten. */
export function holdEntry(entry: Entry): void {
  const path = entry.url.split("?")[0];
  const read = callApi<{ version?: number }>("GET", `/api/v1${path}`);
  held = { id: entry.id, version: read.then(({ version }) => version ?? null).catch(() => null) };
}

/** Takes the version that was noted for the entry. */
async function heldVersion(entry: Entry): Promise<number | null> {
  const noted = held?.id === entry.id ? held.version : null;
  held = null;
  return noted;
}

/**
 * Saves new times and a new row. A move keeps the exact length; the action `end` changes the last day alone. Returns
 * the times that were saved, which differ when the person chose another time after a conflict; null when nothing was.
 */
export async function commit(
  entry: Entry,
  to: Times,
  action: EntryAction,
  zone: string,
  reassignment?: Reassignment,
): Promise<Times | null> {
  const version = await heldVersion(entry);
  const isOpenTask = entry.source.kind === "task" && !["completed", "cancelled"].includes(entry.status ?? "");
  if (isOpenTask && !entry.recurrence_id && !reassignment && to.allDay && action !== "copy")
    return moveOpenTask(entry, to, action);
  // An occurrence of a series needs a scope. A copy is a record of its own.
  if (!entry.recurrence_id || action === "copy")
    return send(entry, to, action, zone, reassignment, null, version);
  const { title } = entry;
  const question = reassignment
    ? t("scope.assign", { title, name: reassignment.name })
    : t("scope.move", { title });
  // A booking has one resource for all following occurrences; the resource of an event is that of all occurrences.
  const ofResource: Scope[] = entry.source.kind === "booking" ? ["following", "all"] : ["all"];
  const scope = await askScope(question, reassignment?.about === "resource" ? ofResource : undefined);
  return scope && send(entry, to, action, zone, reassignment, scope, version);
}

/** Moves a task with its dates; the tasks that depend on it are offered to move with it. */
async function moveOpenTask(entry: Entry, to: Times, action: EntryAction): Promise<Times | null> {
  try {
    const task = await callApi<{ start_date?: string | null }>("GET", `/api/v1/tasks/${entry.source.id}`);
    const dates: Dates = {};
    if (action !== "end" && task.start_date) dates.start_date = to.start.slice(0, 10);
    // A task that lasts several days gets a start by being stretched.
    if (action === "resize" && !task.start_date) dates.start_date = to.start.slice(0, 10);
    dates.due_date = action === "end" ? to.start.slice(0, 10) : addDays(to.end.slice(0, 10), -1);
    const message = t(`saved.${action}`, { title: entry.title, where: formatTimes(to) });
    return (await moveTask(entry.source.id, dates, message)) ? to : null;
  } catch (error) {
    toastError(error);
    return null;
  }
}

async function send(
  entry: Entry,
  to: Times,
  action: EntryAction,
  zone: string,
  reassignment: Reassignment | undefined,
  scope: Scope | null,
  version: number | null,
  resources?: string[],
): Promise<Times | null> {
  const body: Record<string, unknown> = {};
  if (resources) body.resources = resources;
  if (scope) body.scope = scope;
  if (reassignment)
    Object.assign(body, { [reassignment.about]: reassignment.id, instead_of: reassignment.insteadOf });
  const from = timesOf(entry, zone);
  const stays = isSame(to, from);
  if (!reassignment || !stays || action === "copy") {
    body.all_day = to.allDay;
    if (action === "end") {
      body.end = addDays(to.start, 1);
    } else {
      body.start = toApiTime(to.start, to.allDay, zone);
      if (action === "resize") body.end = toApiTime(to.end, to.allDay, zone);
    }
  }
  const address = `/api/v1/calendar/entries/${encodeURIComponent(entry.id)}`;
  try {
    const answer = await (action === "copy"
      ? callApi<Saved>("POST", `${address}/copy`, body)
      : callApi<Saved>("PATCH", address, body, version));
    const where = [reassignment?.name, stays && reassignment ? "" : formatTimes(to)]
      .filter(Boolean)
      .join(", ");
    const message = t(`saved.${action}`, { title: entry.title, where });
    const record = answer?.source?.id ?? entry.source.id;
    toastWithClashes(message, record, to, zone, answer?.undo);
    return to;
  } catch (error) {
    if (error instanceof ApiError && error.status === 412) {
      toast(t("saved.meanwhile", { title: entry.title }), { tone: "bad" });
      refresh();
      return null;
    }
    if (!(error instanceof ApiError) || !isConflict(error)) {
      toastError(error);
      return null;
    }
    const instead = reassignment?.about === "resource" ? reassignment.insteadOf : entry.resources?.[0];
    // For several occurrences the free times are those of the first conflict, not of the moved one. The present time of an
    // entry is free for it, but no way out, unless it moves to another resource.
    const isOffered = (time: Times): boolean =>
      (!scope || scope === "this") && (Boolean(reassignment) || !isSame(time, from));
    const resolution = await resolveConflict(error, zone, instead, isOffered);
    if (!resolution) return null;
    const again = resolution.to && action === "move" ? "resize" : action;
    const chosen = resolution.resources ?? resources;
    // The list of resources takes the place of a reassignment.
    const assigned = chosen ? undefined : (resolution.reassignment ?? reassignment);
    return send(entry, resolution.to ?? to, again, zone, assigned, scope, version, chosen);
  }
}
