/** The pointer in a timeline: a mouse drags bars and pulls their ends, a finger that rests on a bar takes it along. */
import type { DragHandle, Part } from "./timeline-moves";
import { hold } from "../core/live";
import { every, one } from "../core/page";

/** Further than this the mouse drags rather than clicks. */
const THRESHOLD = 5;
/** So long a finger rests before it takes along what lies under it, in milliseconds. */
const REST = 350;
/** Further than this it scrolls instead. */
const SLIP = 8;
/** So near to its end a bar is pulled. */
const END = 7;
/** A bar that is narrower is only moved. */
const NARROW = 24;
/** So near to the edge the timeline scrolls along. */
const EDGE = 40;
/** So near to it, and so long in milliseconds, the page is turned where there is nothing to scroll. */
const BRINK = 8;
const DWELL = 600;

/** Listens until the signal. */
export function startTimelineDrag(grid: HTMLElement, hand: DragHandle, signal: AbortSignal): void {
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
      let rest = 0;

      // What is pressed is not drawn anew under the pointer.
      hold(true);
      const end = (): void => {
        gesture.abort();
        if (!dragged) hold(false);
        clearTimeout(rest);
        cancelAnimationFrame(scrolling);
        touched = false;
      };
      const follow = (): void => {
        const way = at.x - down.clientX + outer.scrollLeft - scrolledAt;
        const step = hand.step();
        const columns = Math.round(way / hand.columnWidth() / step) * step + hand.turned();
        hand.shift(part, columns, part === "whole" ? trackAt(grid, at.y) : undefined);
      };
      let scrolling = 0;
      // The page is turned once for each time that the pointer comes to its edge.
      let brink = { way: 0, since: 0, turned: false };
      const scroll = (now: number): void => {
        if (scrollAlong(outer, at)) follow();
        const leaves = brinkAt(outer, at.x);
        // What is taken at the edge and goes down is not on its way out.
        const beyond = leaves * (at.x - down.clientX) > THRESHOLD ? leaves : 0;
        if (beyond !== brink.way) brink = { way: beyond, since: now, turned: false };
        if (beyond && !brink.turned && now - brink.since > DWELL) {
          brink.turned = true;
          void hand.turn(beyond).then(() => dragged && follow());
        }
        scrolling = requestAnimationFrame(scroll);
      };
      const take = (): void => {
        dragged = hand.lift(bar);
        if (!dragged) return;
        touched = isTouch;
        scrolling = requestAnimationFrame(scroll);
      };
      if (isTouch) {
        rest = window.setTimeout(() => {
          take();
          if (dragged) navigator.vibrate?.(12);
        }, REST);
      }

      document.addEventListener(
        "pointermove",
        (move) => {
          if (move.pointerId !== down.pointerId) return;
          at = { x: move.clientX, y: move.clientY };
          const way = Math.hypot(at.x - down.clientX, at.y - down.clientY);
          if (!dragged && isTouch && way > SLIP) end();
          else if (!dragged && !isTouch && way > THRESHOLD) take();
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
          // What was dragged is not clicked.
          const stop = new AbortController();
          grid.addEventListener("click", (click) => click.stopPropagation(), {
            capture: true,
            signal: stop.signal,
          });
          setTimeout(() => stop.abort());
          hand.drop(up.ctrlKey || up.altKey);
        },
        during,
      );
      document.addEventListener(
        "pointercancel",
        () => {
          end();
          hand.release();
        },
        during,
      );
      document.addEventListener(
        "keydown",
        (key) => {
          if (key.key !== "Escape" || !dragged) return;
          key.stopPropagation();
          end();
          hand.release();
        },
        { ...during, capture: true },
      );
    },
    { signal },
  );
  // A finger that holds something does not scroll, and opens no menu of the browser.
  grid.addEventListener("touchmove", (event) => touched && event.preventDefault(), {
    signal,
    passive: false,
  });
  grid.addEventListener("contextmenu", (event) => touched && event.preventDefault(), { signal });
}

/** The part of a bar under the mouse. */
function partOf(bar: HTMLElement, x: number): Part {
  const ends = (bar.dataset.pull ?? "").split(" ");
  const { left, right, width } = bar.getBoundingClientRect();
  if (width < NARROW) return "whole";
  if (ends.includes("end") && right - x <= END) return "end";
  return ends.includes("start") && x - left <= END ? "start" : "whole";
}

/** The track of the row at a height. */
function trackAt(grid: HTMLElement, y: number): HTMLElement | undefined {
  return every(".timeline-track", grid).find((track) => {
    const { top, bottom } = track.getBoundingClientRect();
    return top <= y && y < bottom;
  });
}

/** The way in which the pointer leaves the timeline, where it cannot be scrolled further; 0 while it is inside. */
function brinkAt(outer: HTMLElement, x: number): number {
  const box = outer.getBoundingClientRect();
  const names = one(".timeline-corner", outer)?.getBoundingClientRect();
  if (x < (names?.right ?? box.left) + BRINK) return outer.scrollLeft <= 0 ? -1 : 0;
  const isAtEnd = outer.scrollLeft + outer.clientWidth >= outer.scrollWidth - 1;
  return x > Math.min(box.right, innerWidth) - BRINK && isAtEnd ? 1 : 0;
}

/** Scrolls when the pointer is at an edge; answers whether it did. */
function scrollAlong(outer: HTMLElement, { x, y }: { x: number; y: number }): boolean {
  const box = outer.getBoundingClientRect();
  // The names of the rows, and the head, stay where they are.
  const names = one(".timeline-corner", outer)?.getBoundingClientRect();
  const speed = (low: number, high: number, at: number): number =>
    at < low + EDGE ? -10 : at > high - EDGE ? 10 : 0;
  const before = [outer.scrollLeft, outer.scrollTop];
  outer.scrollLeft += speed(names?.right ?? box.left, Math.min(box.right, innerWidth), x);
  outer.scrollTop += speed(names?.bottom ?? box.top, Math.min(box.bottom, innerHeight), y);
  return outer.scrollLeft !== before[0] || outer.scrollTop !== before[1];
}
