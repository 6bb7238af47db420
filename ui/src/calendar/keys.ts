/** Keyboard of the grid: Space picks an entry up, arrows move it, Enter drops it, C drops a copy, Escape cancels. */
import type { Calendar, EventApi } from "@fullcalendar/core";
import { holdEntry } from "./commit";
import { formatTimes } from "./entry";
import { entryOf, isEnd, timesIn } from "./event";
import type { Context } from "./view";
import { pauseUpdates } from "../core/live";
import { announce } from "../core/page";
import { t } from "../core/words";

interface Lifted {
  id: string;
  start: Date;
  end: Date | null;
  allDay: boolean;
}

let lifted: Lifted | null = null;

/** Returns the held event. */
export function liftedEvent(calendar: Calendar): EventApi | null {
  return lifted ? calendar.getEventById(lifted.id) : null;
}

/** Starts the keys; the returned function stops them. */
export function startGridKeys(calendar: Calendar, grid: HTMLElement, context: Context): () => void {
  const until = new AbortController();
  const listen = { capture: true, signal: until.signal };
  // Before the grid's own handling, for which Space is a click.
  grid.addEventListener("keydown", (event) => onEntryKey(event, calendar, grid), listen);
  // A redraw may take the focus for a moment: what is held hears the keys wherever they are pressed.
  document.addEventListener("keydown", (event) => onHeldKey(event, calendar, grid, context), listen);
  // Turning to something else puts the entry back; a redraw, which leaves the focus nowhere, does not.
  document.addEventListener(
    "focusin",
    (event) => {
      if (lifted && !grid.contains(event.target as Node)) cancelMove(calendar, grid);
    },
    { signal: until.signal },
  );
  document.addEventListener(
    "pointerdown",
    () => {
      if (lifted) cancelMove(calendar, grid);
    },
    { signal: until.signal },
  );
  return () => {
    if (lifted) clearLifted(grid);
    until.abort();
  };
}

function onEntryKey(event: KeyboardEvent, calendar: Calendar, grid: HTMLElement): void {
  const element = (event.target as Element).closest<HTMLElement>("[data-entry]");
  if (!element || lifted || event.key !== " ") return;
  consume(event);
  pickUp(calendar.getEventById(element.dataset.entry ?? ""), grid);
}

function onHeldKey(event: KeyboardEvent, calendar: Calendar, grid: HTMLElement, context: Context): void {
  const held = liftedEvent(calendar);
  if (!held || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") cancelMove(calendar, grid);
  else if (event.key === " " || event.key === "Enter") void drop(calendar, held, grid, context, false);
  else if (event.key.toLowerCase() === "c") void drop(calendar, held, grid, context, true);
  else if (event.key.startsWith("Arrow")) move(calendar, held, event, grid);
  else return;
  consume(event);
}

function consume(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function pickUp(event: EventApi | null, grid: HTMLElement): void {
  if (!event?.start) return;
  if (!event.startEditable) {
    announce(t("move.cannot_move", { title: event.title }));
    return;
  }
  lifted = { id: event.id, start: event.start, end: event.end, allDay: event.allDay };
  event.setExtendedProp("place", -1);
  holdEntry(entryOf(event));
  pauseUpdates(true);
  mark(grid);
  announce(t("move.picked_up_grid", { title: event.title, when: formatTimes(timesIn(event)) }));
}

function move(
  calendar: Calendar,
  event: EventApi,
  { key, shiftKey }: KeyboardEvent,
  grid: HTMLElement,
): void {
  const inTime = calendar.view.type.startsWith("timeGrid") && !event.allDay;
  const steps: Record<string, object> = {
    ArrowLeft: { days: -1 },
    ArrowRight: { days: 1 },
    ArrowUp: inTime ? { minutes: -30 } : { days: -7 },
    ArrowDown: inTime ? { minutes: 30 } : { days: 7 },
  };
  const step = steps[key];
  if (!step) return;
  if (shiftKey) {
    const before = event.end;
    if (event.durationEditable) event.moveEnd(step);
    // An end before the start is none.
    if (event.start && event.end && event.end <= event.start) event.setEnd(before);
  } else {
    event.moveDates(step);
  }
  const { activeStart, activeEnd } = calendar.view;
  if (event.start && (event.start < activeStart || event.start >= activeEnd)) calendar.gotoDate(event.start);
  announce(formatTimes(timesIn(event)));
  mark(grid);
}

async function drop(
  calendar: Calendar,
  event: EventApi,
  grid: HTMLElement,
  context: Context,
  copies: boolean,
): Promise<void> {
  const before = lifted;
  event.setExtendedProp("place", 0);
  clearLifted(grid);
  if (!before) return;
  const entry = entryOf(event);
  const to = timesIn(event);
  const back = (): void => event.setDates(before.start, before.end, { allDay: before.allDay });
  if (copies) {
    back();
    if (!context.abilities.copyable.has(entry.kind)) {
      announce(t("move.cannot_copy", { title: event.title }));
    } else if (await context.commit(entry, to, "copy")) {
      announce(t("move.copied", { when: formatTimes(to) }));
      calendar.refetchEvents();
    }
    return;
  }
  const stays = +before.start === +(event.start ?? 0);
  if (stays && +(before.end ?? 0) === +(event.end ?? 0)) {
    announce(t("move.same_place"));
    return;
  }
  const pulled = +(before.end ?? 0) - +before.start !== +(event.end ?? 0) - +(event.start ?? 0);
  if (await context.commit(entry, to, isEnd(event) ? "end" : pulled ? "resize" : "move")) {
    announce(t("move.dropped", { when: formatTimes(to) }));
  } else {
    back();
    announce(t("move.back", { title: event.title, when: formatTimes(timesIn(event)) }));
  }
}

function cancelMove(calendar: Calendar, grid: HTMLElement): void {
  const event = liftedEvent(calendar);
  if (event && lifted) {
    event.setExtendedProp("place", 0);
    event.setDates(lifted.start, lifted.end, { allDay: lifted.allDay });
    announce(t("move.back", { title: event.title, when: formatTimes(timesIn(event)) }));
  }
  const id = lifted?.id;
  clearLifted(grid);
  if (id && document.activeElement === document.body) focusEntry(grid, id);
}

function clearLifted(grid: HTMLElement): void {
  const id = lifted?.id;
  lifted = null;
  pauseUpdates(false);
  for (const element of grid.querySelectorAll("[data-lifted]")) element.removeAttribute("data-lifted");
  if (id) focusEntry(grid, id);
}

/** Marks the held entry after the grid drew it, and focuses it. */
export function mark(grid: HTMLElement): void {
  requestAnimationFrame(() => {
    if (!lifted) return;
    focusEntry(grid, lifted.id);
    for (const element of grid.querySelectorAll(`[data-entry="${CSS.escape(lifted.id)}"]`)) {
      element.setAttribute("data-lifted", "");
    }
  });
}

/** Focuses an entry after the next frame. */
export function focusEntry(grid: HTMLElement, id: string): void {
  requestAnimationFrame(() => {
    const element = grid.querySelector<HTMLElement>(`[data-entry="${CSS.escape(id)}"]`);
    if (element && document.activeElement !== element) element.focus({ preventScroll: true });
  });
}
