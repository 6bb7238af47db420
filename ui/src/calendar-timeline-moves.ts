/** Moving what stands in a timeline: by dragging it along, or by Space and the arrows. */
import { addDays } from "./calendar-days";
import { type Entry, type Times, timesOf, whenWords } from "./calendar-entry";
import type { Window } from "./calendar-timeline";
import type { Context } from "./calendar-view";
import { hold } from "./live";
import { announce } from "./page";

/** Columns of the day by which something moves: half an hour. */
const HALF_HOUR = 2;
/** Further than this the pointer drags rather than clicks. */
const THRESHOLD = 5;

interface Held {
  entry: Entry;
  bar: HTMLElement;
  from: Times;
  steps: number;
}

/** Listens until the answer is called. */
export function startTimelineMoves(context: Context, windowOf: () => Window): () => void {
  const { grid, zone, feed } = context;
  const until = new AbortController();
  const listen = { capture: true, signal: until.signal };
  let held: Held | null = null;

  const barOf = (target: EventTarget | null): HTMLElement | null =>
    (target as Element | null)?.closest<HTMLElement>(".timeline-bar") ?? null;
  const entryOf = (bar: HTMLElement): Entry | undefined =>
    feed.loaded.find(({ id }) => id === bar.dataset.entry);
  const columnWidth = (bar: HTMLElement): number =>
    (bar.parentElement?.getBoundingClientRect().width ?? 1) / windowOf().columns;

  const shifted = ({ entry, from, steps }: Held): Times => {
    if (!windowOf().byHour || from.allDay || entry.all_day) {
      const days = windowOf().byHour ? 0 : steps;
      const move = (text: string): string => addDays(text, days) + text.slice(10);
      return { ...from, start: move(from.start), end: move(from.end) };
    }
    const move = (text: string): string =>
      new Date(Date.parse(`${text}Z`) + steps * 15 * 60_000).toISOString().slice(0, 19);
    return { ...from, start: move(from.start), end: move(from.end) };
  };

  const lift = (bar: HTMLElement): boolean => {
    const entry = entryOf(bar);
    if (!entry?.editable) return false;
    held = { entry, bar, from: timesOf(entry, zone), steps: 0 };
    bar.setAttribute("data-lifted", "");
    hold(true);
    return true;
  };
  const shift = (steps: number): void => {
    if (!held) return;
    held.steps = steps;
    held.bar.style.transform = `translateX(${steps * columnWidth(held.bar)}px)`;
  };
  const letGo = (): void => {
    held?.bar.removeAttribute("data-lifted");
    held = null;
    hold(false);
  };
  const release = (): void => {
    if (!held) return;
    held.bar.style.transform = "";
    letGo();
  };
  const drop = async (copies: boolean): Promise<void> => {
    if (!held) return;
    const { entry, bar, steps } = held;
    const to = shifted(held);
    const copied = copies && context.abilities.whole.has(entry.kind);
    if (copied || steps === 0) bar.style.transform = "";
    letGo();
    if (steps === 0) return;
    // The bar stays where it was put down until it is drawn there; refused, it goes back.
    if (await context.commit(entry, to, copied ? "copy" : "move")) announce(`Put down on ${whenWords(to)}.`);
    else bar.style.transform = "";
  };

  grid.addEventListener(
    "keydown",
    (event) => {
      const bar = barOf(event.target);
      if (!bar) return;
      if (!held) {
        if (event.key !== " ") return;
        const entry = entryOf(bar);
        if (lift(bar)) {
          announce(
            `Picked up ${entry?.title}. Left and right move it, Enter puts it down, C puts a copy down, Escape puts it back.`,
          );
        } else announce(`${entry?.title ?? "This"} cannot be moved.`);
      } else if (event.key === "Escape") {
        release();
        announce("Put back.");
      } else if (event.key === " " || event.key === "Enter") void drop(false);
      else if (event.key.toLowerCase() === "c") void drop(true);
      else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        const step = windowOf().byHour ? HALF_HOUR : 1;
        shift(held.steps + (event.key === "ArrowLeft" ? -step : step));
        announce(whenWords(shifted(held)));
      } else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    listen,
  );
  grid.addEventListener("focusout", (event) => event.target === held?.bar && release(), listen);

  grid.addEventListener(
    "pointerdown",
    (down) => {
      const bar = barOf(down.target);
      // A finger scrolls.
      if (!bar || down.button !== 0 || down.pointerType === "touch") return;
      const gesture = new AbortController();
      const during = { signal: gesture.signal };
      let dragged = false;
      document.addEventListener(
        "pointermove",
        (move) => {
          const way = move.clientX - down.clientX;
          if (!dragged && Math.abs(way) > THRESHOLD) dragged = lift(bar);
          if (!dragged) return;
          const steps = Math.round(way / columnWidth(bar));
          shift(windowOf().byHour ? Math.round(steps / HALF_HOUR) * HALF_HOUR : steps);
        },
        during,
      );
      document.addEventListener(
        "pointerup",
        (up) => {
          gesture.abort();
          if (!dragged) return;
          // What was dragged is not clicked.
          grid.addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
          setTimeout(() => grid.dispatchEvent(new Event("click")));
          void drop(up.ctrlKey || up.altKey);
        },
        during,
      );
      document.addEventListener("pointercancel", () => (gesture.abort(), release()), during);
    },
    { signal: until.signal },
  );

  return () => {
    release();
    until.abort();
  };
}
