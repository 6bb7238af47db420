/** Swipe to the side, which turns the page of the calendar. */

/** Pixels of the shortest swipe. */
const MIN_DISTANCE = 60;
/** Milliseconds of the slowest swipe. */
const MAX_DURATION = 500;

/** Starts swiping; `turn` gets -1 or 1. */
export function startSwipe(grid: HTMLElement, turn: (way: number) => void): void {
  grid.addEventListener(
    "touchstart",
    (event) => {
      const [touch] = event.touches;
      const target = event.target as Element;
      // A timeline is scrolled to the side, and two fingers enlarge.
      if (!touch || event.touches.length !== 1 || target.closest(".timeline")) return;
      const start = { x: touch.clientX, y: touch.clientY, at: event.timeStamp };
      const onEnd = (end: Event): void => {
        const [last] = (end as TouchEvent).changedTouches;
        if (!last || (end as TouchEvent).touches.length > 0 || document.body.hasAttribute("data-held"))
          return;
        const way = last.clientX - start.x;
        const isSideways =
          Math.abs(way) > MIN_DISTANCE && Math.abs(last.clientY - start.y) < Math.abs(way) / 2;
        if (isSideways && end.timeStamp - start.at < MAX_DURATION) turn(way > 0 ? -1 : 1);
      };
      // What is drawn meanwhile may take the touched element out of the page; it still hears the finger.
      target.addEventListener("touchend", onEnd, { passive: true, once: true });
      target.addEventListener("touchcancel", () => target.removeEventListener("touchend", onEnd), {
        once: true,
      });
    },
    { passive: true },
  );
}
