/** Swipe to the side, which turns the page of the calendar. */

/** Pixels of the shortest swipe. */
const MIN_DISTANCE = 60;
/** Milliseconds of the slowest swipe. */
const MAX_DURATION = 500;

/** Starts swiping; `turn` gets -1 or 1. */
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
      const isSideways =
        Math.abs(way) > MIN_DISTANCE && Math.abs(touch.clientY - start.y) < Math.abs(way) / 2;
      if (isSideways && event.timeStamp - start.at < MAX_DURATION) turn(way > 0 ? -1 : 1);
      start = null;
    },
    { passive: true },
  );
}
