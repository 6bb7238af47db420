/** Gantt chart: bars and their ends move by pointer and by arrow key, in whole days. */
import { addDays } from "../core/days";
import { pauseUpdates } from "../core/live";
import { announce, every, one } from "../core/page";
import { isSaving, whileSaving } from "../core/saving";
import { t } from "../core/words";
import { dayText, moveTask } from "./changes";

interface Drag {
  bar: SVGGElement;
  edge: "start" | "due" | null;
  from: number;
  days: number;
}

const PAUSE = 600;

let drag: Drag | null = null;
/** Move by keyboard that is saved after a pause. */
let held: { bar: SVGGElement; start: number; due: number; timer: number } | null = null;

const chart = one("#gantt");
if (chart) start(chart);

function start(host: HTMLElement): void {
  host.addEventListener("pointerdown", (event) => onDown(host, event));
  host.addEventListener("pointermove", (event) => onMove(host, event));
  host.addEventListener("pointerup", () => void onUp());
  host.addEventListener("pointercancel", cancel);
  host.addEventListener("keydown", (event) => onKey(host, event));
  host.addEventListener("dblclick", (event) => {
    const bar = barOf(event.target);
    if (bar) open(host, bar);
  });
  showToday(host);
}

function barOf(target: EventTarget | null): SVGGElement | null {
  return target instanceof Element ? target.closest<SVGGElement>(".gantt-bar") : null;
}

function dayWidth(host: HTMLElement): number {
  return Number(host.dataset.day) || 1;
}

/** Scrolls today into view, with some days before it. */
function showToday(host: HTMLElement): void {
  const scroll = one(".gantt-scroll", host);
  const today = one<SVGLineElement>(".gantt-today", host);
  if (scroll && today)
    scroll.scrollLeft = Math.max(0, Number(today.getAttribute("x1")) - scroll.clientWidth / 3);
}

function open(host: HTMLElement, bar: SVGGElement): void {
  const place = Number(bar.dataset.place);
  const link = every<HTMLAnchorElement>(".gantt-names a", host)[place];
  if (link) location.assign(link.href);
}

function onDown(host: HTMLElement, event: PointerEvent): void {
  const bar = barOf(event.target);
  if (!bar || event.button !== 0 || "fixed" in bar.dataset || isSaving(bar)) return;
  event.preventDefault();
  host.setPointerCapture(event.pointerId);
  const edge = (event.target as Element).getAttribute("data-edge") as Drag["edge"];
  drag = { bar, edge, from: event.clientX, days: 0 };
  pauseUpdates(true);
}

function onMove(host: HTMLElement, event: PointerEvent): void {
  if (!drag) return;
  drag.days = Math.round((event.clientX - drag.from) / dayWidth(host));
  shift(host, drag.bar, drag.edge, drag.days);
}

/** Shows a bar moved by days, or one of its ends. */
function shift(host: HTMLElement, bar: SVGGElement, edge: Drag["edge"], days: number): void {
  const pixels = days * dayWidth(host);
  bar.classList.add("moving");
  if (!edge) {
    bar.setAttribute("transform", `translate(${pixels} 0)`);
    return;
  }
  const body = one<SVGRectElement>(".gantt-body", bar);
  if (!body) return;
  body.dataset.x ??= body.getAttribute("x") ?? "0";
  body.dataset.width ??= body.getAttribute("width") ?? "0";
  const [x, width] = [Number(body.dataset.x), Number(body.dataset.width)];
  const least = dayWidth(host);
  if (edge === "due") {
    body.setAttribute("width", String(Math.max(least, width + pixels)));
  } else {
    const moved = Math.min(pixels, width - least);
    body.setAttribute("x", String(x + moved));
    body.setAttribute("width", String(width - moved));
  }
}

/** Puts a bar back to its dates. */
function reset(bar: SVGGElement): void {
  bar.classList.remove("moving");
  bar.removeAttribute("transform");
  const body = one<SVGRectElement>(".gantt-body", bar);
  if (body?.dataset.x !== undefined) {
    body.setAttribute("x", body.dataset.x);
    body.setAttribute("width", body.dataset.width ?? "0");
  }
}

async function onUp(): Promise<void> {
  if (!drag) return;
  const { bar, edge, days } = drag;
  drag = null;
  if (days === 0) {
    reset(bar);
    pauseUpdates(false);
    bar.focus();
    return;
  }
  await save(bar, edge === "due" ? 0 : days, edge === "start" ? 0 : days, edge !== null);
  pauseUpdates(false);
}

function cancel(): void {
  if (!drag) return;
  reset(drag.bar);
  drag = null;
  pauseUpdates(false);
}

/** Saves new dates; the bar returns when it is refused. An end that was dragged gives a task without start one. */
async function save(bar: SVGGElement, start: number, due: number, isResized: boolean): Promise<void> {
  const { task: id = "", start: first, due: last } = bar.dataset;
  const dates: Record<string, string> = {};
  const from = first ?? (isResized ? last : undefined);
  const to = last ?? (isResized ? first : undefined);
  if (from && (start !== 0 || (isResized && !first))) dates.start_date = addDays(from, start);
  if (to && (due !== 0 || (isResized && !last))) dates.due_date = addDays(to, due);
  // Moved away and back again, nothing is new.
  const isNew = Object.keys(dates).length > 0;
  if (!isNew || !(await whileSaving(bar, moveTask(id, dates)))) reset(bar);
}

function onKey(host: HTMLElement, event: KeyboardEvent): void {
  const bar = barOf(event.target);
  if (!bar) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const walk = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (walk) {
    const bars = every<SVGGElement & HTMLElement>(".gantt-bar", host);
    bars[bars.indexOf(bar as SVGGElement & HTMLElement) + walk]?.focus();
  } else if (event.key === "Enter") {
    open(host, bar);
  } else if (event.key === "Escape" && held) {
    clearTimeout(held.timer);
    reset(held.bar);
    held = null;
    pauseUpdates(false);
    announce(t("common.move_cancelled"));
  } else if (step && !("fixed" in bar.dataset)) {
    nudge(host, bar, step, event.shiftKey);
  } else {
    return;
  }
  event.preventDefault();
}

/** Moves a bar by a day, or its end with Shift; several presses are one move. */
function nudge(host: HTMLElement, bar: SVGGElement, step: number, isEnd: boolean): void {
  if (held && held.bar !== bar) return;
  if (isSaving(bar)) {
    announce(t("move.saving"));
    return;
  }
  if (!held) pauseUpdates(true);
  held ??= { bar, start: 0, due: 0, timer: 0 };
  clearTimeout(held.timer);
  held.due += step;
  if (!isEnd) held.start += step;
  if (held.start !== held.due) shift(host, bar, "due", held.due);
  else shift(host, bar, null, held.due);
  const day = bar.dataset.due ?? bar.dataset.start;
  if (day) announce(dayText(addDays(day, held.due)));
  held.timer = window.setTimeout(() => {
    const moved = held;
    held = null;
    if (!moved) return;
    const isResized = moved.start !== moved.due;
    void save(moved.bar, moved.start, moved.due, isResized).then(() => {
      pauseUpdates(false);
      const id = CSS.escape(moved.bar.dataset.task ?? "");
      window.setTimeout(() => one<SVGGElement & HTMLElement>(`.gantt-bar[data-task="${id}"]`)?.focus(), 400);
    });
  }, PAUSE);
}
