/** A swipe to the side turns the page of the calendar. */

/** Shorter than this it is a touch, not a swipe. */
const FAR = 60;
/** Slower than this, in milliseconds, something is dragged. */
const QUICK = 500;

export function startSwipe(grid: HTMLElement, turn: (way: number) => void): void {
  let start: { x: number; y: number; at: number } | null = null;
  grid.addEventListener(
    "touchstart",
    (event) => {
      const [touch] = event.touches;
      const inside = (event.target as Element).closest(".timeline");
      // A timeline is scrolled to the side, and two fingers enlarge.
      start =
        touch && event.touches.length === 1 && !inside
          ? { x: touch.clientX, y: touch.clientY, at: event.timeStamp }
          : null;
    },
    { passive: true },
  );
  grid.addEventListener(
    "touchend",
    (event) => {
      const [touch] = event.changedTouches;
      if (!start || !touch || document.body.hasAttribute("data-held")) return;
      const way = touch.clientX - start.x;
      const isSideways = Math.abs(way) > FAR && Math.abs(touch.clientY - start.y) < Math.abs(way) / 2;
      if (isSideways && event.timeStamp - start.at < QUICK) turn(way > 0 ? -1 : 1);
      start = null;
    },
    { passive: true },
  );
}
