/** Ghost of a new entry in the grid, and placing one by keyboard. */
import type { Calendar } from "@fullcalendar/core";
import { addDays } from "../core/days";
import { type Times, formatTimes } from "./entry";
import type { Context, Ghost } from "./view";
import { announce, one } from "../core/page";
import { t } from "../core/words";

const ID = "ghost";
/** Hour at which a new entry is placed on a day. */
const FIRST_HOUR = "09:00:00";
const HALF_HOUR = 1_800_000;
const DAY = 86_400_000;

/** Returns the ghost of a grid. */
export function ghostIn(calendar: Calendar): Ghost {
  return {
    show: ({ start, end, allDay }, title) => {
      const shown = calendar.getEventById(ID);
      const words = title || t("create.ghost");
      if (shown?.startStr.startsWith(start) && shown.endStr.startsWith(end)) {
        shown.setProp("title", words);
        return;
      }
      shown?.remove();
      calendar.addEvent({
        id: ID,
        title: words,
        start,
        end,
        allDay,
        editable: false,
        classNames: ["entry-ghost"],
        extendedProps: { place: -1, rank: -1 },
      });
    },
    remove: () => calendar.getEventById(ID)?.remove(),
  };
}

function shifted({ start, end, allDay }: Times, milliseconds: number, endAlone: boolean): Times {
  const move = (text: string): string => {
    const moved = new Date(Date.parse(`${text}${allDay ? "T00:00:00" : ""}Z`) + milliseconds).toISOString();
    return moved.slice(0, allDay ? 10 : 19);
  };
  const to = { start: endAlone ? start : move(start), end: move(end), allDay };
  return to.end > to.start ? to : { start, end, allDay };
}

/** Starts placing a new entry by keyboard: Enter on a day or on its hours, arrows, Enter. The function stops it. */
export function startPlacing(calendar: Calendar, context: Context, ghost: Ghost): () => void {
  const { grid } = context;
  const until = new AbortController();
  let placed: Times | null = null;

  const say = (): void => {
    if (!placed) return;
    ghost.show(placed, "");
    announce(formatTimes(placed));
    if (!placed.allDay) calendar.scrollToTime(placed.start.slice(11));
  };
  const begin = (cell: HTMLElement): void => {
    const date = cell.dataset.date ?? "";
    placed = cell.matches(".fc-timegrid-col")
      ? { start: `${date}T${FIRST_HOUR}`, end: `${date}T10:00:00`, allDay: false }
      : { start: date, end: addDays(date, 1), allDay: true };
    ghost.show(placed, "");
    if (!placed.allDay) calendar.scrollToTime(FIRST_HOUR);
    announce(t("create.placing", { when: formatTimes(placed) }));
  };
  const cancel = (): void => {
    if (!placed) return;
    placed = null;
    ghost.remove();
    announce(t("common.move_cancelled"));
  };
  const offer = (cell: HTMLElement): void => {
    if (!placed) return;
    const times = placed;
    placed = null;
    context.offerCreate(times, one(".entry-ghost", grid) ?? cell, {}, ghost);
  };
  const move = (key: string, endAlone: boolean): void => {
    if (!placed) return;
    const inHours = !placed.allDay;
    const steps: Record<string, number> = {
      ArrowLeft: -DAY,
      ArrowRight: DAY,
      ArrowUp: inHours ? -HALF_HOUR : -7 * DAY,
      ArrowDown: inHours ? HALF_HOUR : 7 * DAY,
    };
    placed = shifted(placed, steps[key] ?? 0, endAlone);
    const { activeStart, activeEnd } = calendar.view;
    const day = placed.start.slice(0, 10);
    if (day < activeStart.toISOString().slice(0, 10) || day >= activeEnd.toISOString().slice(0, 10))
      calendar.gotoDate(day);
    say();
  };

  grid.addEventListener(
    "keydown",
    (event) => {
      const cell = event.target as HTMLElement;
      if (!cell.matches(".fc-timegrid-col[data-date], .fc-daygrid-day[data-date]")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!placed && event.key === "Enter") begin(cell);
      else if (placed && event.key === "Enter") offer(cell);
      else if (placed && event.key === "Escape") cancel();
      else if (placed && event.key.startsWith("Arrow")) move(event.key, event.shiftKey);
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true, signal: until.signal },
  );
  grid.addEventListener(
    "focusout",
    (event) => {
      const cell = event.target as HTMLElement;
      if (placed && cell.isConnected && cell.matches("[data-date]")) cancel();
    },
    { signal: until.signal },
  );
  return () => {
    cancel();
    until.abort();
  };
}
