/** Pointer in a timeline: a mouse drags bars and their ends, a long press of a finger drags a bar. */
import type { DragHandle, Part } from "./timeline-moves";
import { pauseUpdates } from "../core/live";
import { every, one } from "../core/page";

/** Pixels after which a mouse drags rather than clicks. */
const DRAG_THRESHOLD = 5;
/** Milliseconds until a finger picks a bar up. */
const LONG_PRESS = 350;
/** Pixels after which a finger scrolls instead. */
const TOUCH_SLOP = 8;
/** Pixels from the end of a bar within which it is resized. */
const RESIZE_EDGE = 7;
/** Width in pixels below which a bar is only moved. */
const MIN_RESIZE_WIDTH = 24;
/** Pixels from the edge within which the timeline scrolls. */
const SCROLL_EDGE = 40;
/** Pixels from the edge, and milliseconds, after which the page is turned if there is nothing to scroll. */
const TURN_EDGE = 8;
const TURN_DELAY = 600;

/** Starts dragging, until the signal. */
export function startTimelineDrag(grid: HTMLElement, handle: DragHandle, signal: AbortSignal): void {
  let touched = false;

  grid.addEventListener(
    "pointerdown",
    (down) => {
      const bar = (down.target as Element).closest<HTMLElement>(".timeline-bar");
      if (!bar || down.button !== 0 || !down.isPrimary) return;
      const outer = one(".timeline", grid);
      if (!outer) return;
      const isTouch = down.pointerType === "touch";
      const part = isTouch ? "whole" : partOf(bar, down.clientX);
      const gesture = new AbortController();
      const during = { signal: gesture.signal };
      const scrolledAt = outer.scrollLeft;
      let at = { x: down.clientX, y: down.clientY };
      let dragged = false;
      let longPress = 0;

      // A pressed bar is not redrawn.
      pauseUpdates(true);
      const end = (): void => {
        gesture.abort();
        if (!dragged) pauseUpdates(false);
        clearTimeout(longPress);
        cancelAnimationFrame(scrolling);
        touched = false;
      };
      const follow = (): void => {
        const way = at.x - down.clientX + outer.scrollLeft - scrolledAt;
        const step = handle.step();
        const columns = Math.round(way / handle.columnWidth() / step) * step + handle.turned();
        handle.shift(part, columns, part === "whole" ? trackAt(grid, at.y) : undefined);
      };
      let scrolling = 0;
      // The page is turned once for each time that the pointer comes to its edge.
      let turning = { way: 0, since: 0, turned: false };
      const scroll = (now: number): void => {
        if (scrollAlong(outer, at)) follow();
        const leaves = turnDirection(outer, at.x);
        // A bar that was picked up at the edge and moves down does not leave.
        const beyond = leaves * (at.x - down.clientX) > DRAG_THRESHOLD ? leaves : 0;
        if (beyond !== turning.way) turning = { way: beyond, since: now, turned: false };
        if (beyond && !turning.turned && now - turning.since > TURN_DELAY) {
          turning.turned = true;
          void handle.turn(beyond).then(() => dragged && follow());
        }
        scrolling = requestAnimationFrame(scroll);
      };
      const pickUp = (): void => {
        dragged = handle.pickUp(bar);
        if (!dragged) return;
        touched = isTouch;
        scrolling = requestAnimationFrame(scroll);
      };
      if (isTouch) {
        longPress = window.setTimeout(() => {
          pickUp();
          if (dragged) navigator.vibrate?.(12);
        }, LONG_PRESS);
      }

      document.addEventListener(
        "pointermove",
        (move) => {
          if (move.pointerId !== down.pointerId) return;
          at = { x: move.clientX, y: move.clientY };
          const way = Math.hypot(at.x - down.clientX, at.y - down.clientY);
          if (!dragged && isTouch && way > TOUCH_SLOP) end();
          else if (!dragged && !isTouch && way > DRAG_THRESHOLD) pickUp();
          if (dragged) follow();
        },
        during,
      );
      document.addEventListener(
        "pointerup",
        (up) => {
          if (up.pointerId !== down.pointerId) return;
          end();
          if (!dragged) return;
          // A drag is no click.
          const stop = new AbortController();
          grid.addEventListener("click", (click) => click.stopPropagation(), {
            capture: true,
            signal: stop.signal,
          });
          setTimeout(() => stop.abort());
          handle.drop(up.ctrlKey || up.altKey);
        },
        during,
      );
      document.addEventListener(
        "pointercancel",
        () => {
          end();
          handle.release();
        },
        during,
      );
      document.addEventListener(
        "keydown",
        (key) => {
          if (key.key !== "Escape" || !dragged) return;
          key.stopPropagation();
          end();
          handle.release();
        },
        { ...during, capture: true },
      );
    },
    { signal },
  );
  // A drag by finger neither scrolls nor opens the menu of the browser.
  grid.addEventListener("touchmove", (event) => touched && event.preventDefault(), {
    signal,
    passive: false,
  });
  grid.addEventListener("contextmenu", (event) => touched && event.preventDefault(), { signal });
}

/** Part of a bar under the mouse. */
function partOf(bar: HTMLElement, x: number): Part {
  const ends = (bar.dataset.pull ?? "").split(" ");
  const { left, right, width } = bar.getBoundingClientRect();
  if (width < MIN_RESIZE_WIDTH) return "whole";
  if (ends.includes("end") && right - x <= RESIZE_EDGE) return "end";
  return ends.includes("start") && x - left <= RESIZE_EDGE ? "start" : "whole";
}

/** Track of the row at a height. */
function trackAt(grid: HTMLElement, y: number): HTMLElement | undefined {
  return every(".timeline-track", grid).find((track) => {
    const { top, bottom } = track.getBoundingClientRect();
    return top <= y && y < bottom;
  });
}

/** Direction in which the pointer leaves a timeline that cannot scroll further; 0 while it is inside. */
function turnDirection(outer: HTMLElement, x: number): number {
  const box = outer.getBoundingClientRect();
  const names = one(".timeline-corner", outer)?.getBoundingClientRect();
  if (x < (names?.right ?? box.left) + TURN_EDGE) return outer.scrollLeft <= 0 ? -1 : 0;
  const isAtEnd = outer.scrollLeft + outer.clientWidth >= outer.scrollWidth - 1;
  return x > Math.min(box.right, innerWidth) - TURN_EDGE && isAtEnd ? 1 : 0;
}

/** Scrolls if the pointer is at an edge. Returns true if it did. */
function scrollAlong(outer: HTMLElement, { x, y }: { x: number; y: number }): boolean {
  const box = outer.getBoundingClientRect();
  // The names of the rows, and the head, stay where they are.
  const names = one(".timeline-corner", outer)?.getBoundingClientRect();
  const speed = (low: number, high: number, at: number): number =>
    at < low + SCROLL_EDGE ? -10 : at > high - SCROLL_EDGE ? 10 : 0;
  const before = [outer.scrollLeft, outer.scrollTop];
  outer.scrollLeft += speed(names?.right ?? box.left, Math.min(box.right, innerWidth), x);
  outer.scrollTop += speed(names?.bottom ?? box.top, Math.min(box.bottom, innerHeight), y);
  return outer.scrollLeft !== before[0] || outer.scrollTop !== before[1];
}
