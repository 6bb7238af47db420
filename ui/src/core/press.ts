/**
 * Mouse presses. Scripts move nothing between mouse down and mouse up, and a press counts for the control on which it
 * began, even if the page moved it.
 */

/** Pixels that the pointer may move during a press. */
const SLACK = 8;
const CONTROLS =
  "button, a[href], summary, label, input[type=checkbox], input[type=radio], input[type=submit]";

let isDown = false;
/** Number of presses so far. */
let presses = 0;
/** The browser has turned the press into a drag of its own. */
let isDragging = false;
let waiting: (() => void)[] = [];
let began: { control: HTMLElement; x: number; y: number; clicked: boolean } | null = null;

/** Starts watching the pointer. */
export function startPresses(): void {
  document.addEventListener("pointerdown", onDown, true);
  window.addEventListener("pointerup", onUp, true);
  window.addEventListener("pointercancel", onCancel, true);
  window.addEventListener("dragstart", () => (isDragging = true), true);
  window.addEventListener("dragend", release, true);
  window.addEventListener("blur", release);
  window.addEventListener(
    "click",
    (event) => {
      if (began?.control.contains(event.target as Node)) began.clicked = true;
    },
    true,
  );
}

/** Resolves once no mouse button is down and nothing is dragged. */
export function afterPress(): Promise<void> {
  if (!isDown) return Promise.resolve();
  return new Promise((resolve) => waiting.push(resolve));
}

function onDown(event: PointerEvent): void {
  if (event.button !== 0) return;
  isDown = true;
  presses += 1;
  isDragging = false;
  const control = (event.target as Element).closest<HTMLElement>(CONTROLS);
  const counts =
    control && event.pointerType === "mouse" && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  began = counts ? { control, x: event.clientX, y: event.clientY, clicked: false } : null;
}

function onUp(event: PointerEvent): void {
  const press = began;
  const number = presses;
  const stayed =
    press && Math.abs(event.clientX - press.x) <= SLACK && Math.abs(event.clientY - press.y) <= SLACK;
  // The browser sends its click between this event and the next task.
  window.setTimeout(() => {
    if (press && stayed && !press.clicked && press.control.isConnected) press.control.click();
    // The next press, as of a double click, may have begun.
    if (number !== presses) return;
    began = null;
    release();
  });
}

/** A drag of the browser cancels the pointer at once, and lasts until it ends. */
function onCancel(): void {
  if (!isDragging) release();
}

function release(): void {
  isDown = false;
  isDragging = false;
  const ready = waiting;
  waiting = [];
  for (const resolve of ready) resolve();
}
