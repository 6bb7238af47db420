/** The calendar by keyboard: Space picks an entry up, arrows move it, Enter puts it down, Escape puts it back. */
import type { Calendar, EventApi } from "@fullcalendar/core";
import { entryOf, save, whenOf } from "./calendar-entry";
import { hold } from "./live";
import { announce, dialogIsOpen, isTyping } from "./page";
import { isFollowing } from "./shortcuts";

interface Lifted {
  id: string;
  start: Date;
  end: Date | null;
  allDay: boolean;
}

let lifted: Lifted | null = null;

/** The id of the entry that is held, so that a fetch does not put it back. */
export function liftedEvent(calendar: Calendar): EventApi | null {
  return lifted ? calendar.getEventById(lifted.id) : null;
}

export function startCalendarKeys(
  calendar: Calendar,
  grid: HTMLElement,
  zone: string,
  actions: { step: (where: string) => void; view: (name: string) => void },
): void {
  // Before the grid's own handling, for which Space is a click.
  grid.addEventListener("keydown", (event) => onEntryKey(event, calendar, grid), { capture: true });
  // A redraw may take the focus for a moment: what is held hears the keys wherever they are pressed.
  document.addEventListener("keydown", (event) => onHeldKey(event, calendar, grid, zone), { capture: true });
  // Turning to something else puts the entry back; a redraw, which leaves the focus nowhere, does not.
  document.addEventListener("focusin", (event) => {
    if (lifted && !grid.contains(event.target as Node)) putBack(calendar, grid);
  });
  document.addEventListener("pointerdown", () => {
    if (lifted) putBack(calendar, grid);
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || dialogIsOpen() || isFollowing() || lifted) return;
    // Within menus and cards the arrows have a use of their own.
    if ((event.target as Element).closest?.("details.menu[open], [popover]:popover-open, .card-menu-panel"))
      return;
    const views: Record<string, string> = { m: "month", w: "week", d: "day", l: "list" };
    const key = event.key.toLowerCase();
    if (key === "arrowleft") actions.step("previous");
    else if (key === "arrowright") actions.step("next");
    else if (key === "t") actions.step("today");
    else if (views[key]) actions.view(views[key]);
    else return;
    event.preventDefault();
  });
}

function onEntryKey(event: KeyboardEvent, calendar: Calendar, grid: HTMLElement): void {
  const element = (event.target as Element).closest<HTMLElement>("[data-entry]");
  if (!element || lifted || event.key !== " ") return;
  consume(event);
  lift(calendar.getEventById(element.dataset.entry ?? ""), grid);
}

function onHeldKey(event: KeyboardEvent, calendar: Calendar, grid: HTMLElement, zone: string): void {
  const held = liftedEvent(calendar);
  if (!held) return;
  if (event.key === "Escape") putBack(calendar, grid);
  else if (event.key === " " || event.key === "Enter") drop(held, grid, zone);
  else if (event.key.startsWith("Arrow")) move(calendar, held, event.key, grid);
  else return;
  consume(event);
}

function consume(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function lift(event: EventApi | null, grid: HTMLElement): void {
  if (!event?.start) return;
  if (!entryOf(event).editable) {
    announce(`${event.title} cannot be moved.`);
    return;
  }
  if (event.extendedProps.until) {
    announce(`${event.title} lasts several days; move it in the month, week or day.`);
    return;
  }
  lifted = { id: event.id, start: event.start, end: event.end, allDay: event.allDay };
  event.setExtendedProp("place", -1);
  hold(true);
  mark(grid);
  announce(
    `Picked up ${event.title}, ${whenOf(event)}. Arrow keys move it, Enter puts it down, Escape puts it back.`,
  );
}

function move(calendar: Calendar, event: EventApi, key: string, grid: HTMLElement): void {
  const inTime = calendar.view.type.startsWith("timeGrid") && !event.allDay;
  const steps: Record<string, object> = {
    ArrowLeft: { days: -1 },
    ArrowRight: { days: 1 },
    ArrowUp: inTime ? { minutes: -30 } : { days: -7 },
    ArrowDown: inTime ? { minutes: 30 } : { days: 7 },
  };
  const step = steps[key];
  if (!step) return;
  event.moveDates(step);
  const { activeStart, activeEnd } = calendar.view;
  if (event.start && (event.start < activeStart || event.start >= activeEnd)) calendar.gotoDate(event.start);
  announce(whenOf(event));
  mark(grid);
}

function drop(event: EventApi, grid: HTMLElement, zone: string): void {
  const before = lifted;
  event.setExtendedProp("place", 0);
  release(grid);
  if (!before) return;
  if (+before.start === +(event.start ?? 0)) {
    announce("Put down where it was.");
    return;
  }
  announce(`Put down on ${whenOf(event)}.`);
  void save(event, zone, () => event.setDates(before.start, before.end, { allDay: before.allDay }));
}

function putBack(calendar: Calendar, grid: HTMLElement): void {
  const event = liftedEvent(calendar);
  if (event && lifted) {
    event.setExtendedProp("place", 0);
    event.setDates(lifted.start, lifted.end, { allDay: lifted.allDay });
    announce(`${event.title} is back on ${whenOf(event)}.`);
  }
  const id = lifted?.id;
  release(grid);
  if (id && document.activeElement === document.body) focusEntry(grid, id);
}

function release(grid: HTMLElement): void {
  const id = lifted?.id;
  lifted = null;
  hold(false);
  for (const element of grid.querySelectorAll("[data-lifted]")) element.removeAttribute("data-lifted");
  if (id) focusEntry(grid, id);
}

/** After the grid has drawn the entry anew: marks it and gives it the focus back. */
export function mark(grid: HTMLElement): void {
  requestAnimationFrame(() => {
    if (!lifted) return;
    focusEntry(grid, lifted.id);
    for (const element of grid.querySelectorAll(`[data-entry="${CSS.escape(lifted.id)}"]`)) {
      element.setAttribute("data-lifted", "");
    }
  });
}

export function focusEntry(grid: HTMLElement, id: string): void {
  requestAnimationFrame(() => {
    const element = grid.querySelector<HTMLElement>(`[data-entry="${CSS.escape(id)}"]`);
    if (element && document.activeElement !== element) element.focus({ preventScroll: true });
  });
}
