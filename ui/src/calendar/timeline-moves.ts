/** Moving bars in a timeline, along it and between rows, by pointer or by keyboard. */
import { addDays, daysBetween } from "../core/days";
import { holdEntry } from "./commit";
import { type Entry, type Times, timesOf, formatTimes } from "./entry";
import type { Window } from "./timeline";
import { startTimelineDrag } from "./timeline-drag";
import type { Context, Reassignment } from "./view";
import { pauseUpdates } from "../core/live";
import { announce, every, one } from "../core/page";
import { isSaving, whileSaving } from "../core/saving";
import { t } from "../core/words";

/** Columns of half an hour, the step of the day. */
export const HALF_HOUR = 2;

/** Part of a bar that is dragged. */
export type Part = "whole" | "start" | "end";

interface Held {
  entry: Entry;
  bar: HTMLElement;
  from: Times;
  /** Columns by which each end has moved. */
  start: number;
  end: number;
  /** Track of the bar, and the track under the pointer. */
  home: HTMLElement;
  over: HTMLElement;
  /** Page of the bar: its date, its first day, and the first column of the bar. */
  date: string;
  first: string;
  column: number;
  /** Columns by which pages were turned since. */
  turned: number;
  /** The bar is on a page that was drawn since. */
  carried: boolean;
}

/** Operations of a drag. */
export interface DragHandle {
  pickUp(bar: HTMLElement): boolean;
  /** Moves a part by columns from its origin, and over a track. */
  shift(part: Part, columns: number, over?: HTMLElement): void;
  drop(copies: boolean): void;
  release(): void;
  columnWidth(): number;
  /** Columns of one step. */
  step(): number;
  /** Turns the page and takes the held bar along. */
  turn(way: number): Promise<void>;
  /** Columns by which pages were turned since the bar was picked up. */
  turned(): number;
}

/** State of the moves, for the timeline that draws the bars. */
export interface Moves {
  /** Returns true while a page is turned with a held bar; it is drawn nevertheless. */
  isTurning(): boolean;
  /** Puts the held bar onto the page that was drawn. */
  carry(table: HTMLElement): void;
  close(): void;
}

/** Starts moving. `about` is the kind of the rows. */
export function startTimelineMoves(
  context: Context,
  about: Reassignment["about"],
  windowOf: () => Window,
): Moves {
  const { grid, zone, feed } = context;
  const until = new AbortController();
  let held: Held | null = null;
  let turning = false;

  const entryOf = (bar: HTMLElement): Entry | undefined =>
    feed.loaded.find(({ id }) => id === bar.dataset.entry);
  const trackOf = (element: Element): HTMLElement | null => element.closest<HTMLElement>(".timeline-track");
  const nameOf = (track: HTMLElement): string =>
    track.closest<HTMLElement>(".timeline-row")?.getAttribute("aria-label") ?? "";
  const columnWidth = (): number => (held?.home.getBoundingClientRect().width || 1) / windowOf().columns;
  const step = (): number => (windowOf().byHour ? HALF_HOUR : 1);
  /** Returns true if the entry can change its row. */
  const changesRow = ({ kind }: Entry): boolean =>
    about === "resource" || context.abilities.reassignable.has(kind);

  /** Times at which the bar is held. */
  const timesIn = ({ from, start, end }: Held): Times => {
    const { byHour } = windowOf();
    if (byHour && from.allDay) return from;
    const move = (text: string, columns: number): string =>
      byHour
        ? new Date(Date.parse(`${text}Z`) + columns * 15 * 60_000).toISOString().slice(0, 19)
        : addDays(text, columns) + text.slice(10);
    return { ...from, start: move(from.start, start), end: move(from.end, end) };
  };
  /** New row of the bar, if it is over another one. */
  const reassignmentOf = ({ home, over }: Held): Reassignment | undefined =>
    home === over
      ? undefined
      : { about, id: over.dataset.row ?? "", name: nameOf(over), insteadOf: home.dataset.row ?? "" };
  const placeText = (it: Held): string =>
    [reassignmentOf(it)?.name, formatTimes(timesIn(it))].filter(Boolean).join(", ");

  const pickUp = (bar: HTMLElement): boolean => {
    const entry = entryOf(bar);
    const home = trackOf(bar);
    if (!entry?.editable || !home || isSaving(bar)) return false;
    held = {
      entry,
      bar,
      from: timesOf(entry, zone),
      start: 0,
      end: 0,
      home,
      over: home,
      date: context.state.date,
      first: windowOf().first,
      column: Number.parseInt(bar.style.gridColumnStart, 10) - 1,
      turned: 0,
      carried: false,
    };
    holdEntry(entry);
    bar.setAttribute("data-lifted", "");
    pauseUpdates(true);
    return true;
  };

  const shift = (part: Part, columns: number, over?: HTMLElement): void => {
    if (!held) return;
    const { from, home } = held;
    const before = { start: held.start, end: held.end };
    // An all-day entry has no hour.
    const isFixed = windowOf().byHour && from.allDay;
    const pulled = held.end - held.start;
    if (part !== "end") held.start = isFixed ? 0 : columns;
    if (part !== "start") held.end = part === "whole" ? held.start + pulled : columns;
    const { start, end } = timesIn(held);
    // The end stays after the start.
    if (part !== "whole" && start >= end) Object.assign(held, before);
    if (over && changesRow(held.entry)) held.over = over;
    place(held);
    for (const track of every("[data-over]", grid))
      if (track !== held.over) track.removeAttribute("data-over");
    if (held.over !== home) held.over.setAttribute("data-over", "");
  };

  /** Draws the bar where it is held. On a page that was turned to, it begins in the first column. */
  const place = ({ bar, home, over, start, end, column, turned, carried }: Held): void => {
    const width = columnWidth();
    const top = (track: HTMLElement): number => track.getBoundingClientRect().top;
    const columns = start + (carried ? column - turned : 0);
    bar.style.transform = `translate(${columns * width}px, ${top(over) - top(home)}px)`;
    bar.style.marginRight = `${2 + (start - end) * width}px`;
  };

  const turn = async (way: number): Promise<void> => {
    if (!held || turning) return;
    turning = true;
    try {
      await context.turn(way);
    } finally {
      turning = false;
    }
    const outer = one(".timeline", grid);
    // The new page continues where the last one ended.
    if (held && outer) outer.scrollLeft = way > 0 ? 0 : outer.scrollWidth;
  };

  const carry = (table: HTMLElement): void => {
    if (!held) return;
    const own = (track: HTMLElement): HTMLElement | null =>
      one(`.timeline-track[data-row="${CSS.escape(track.dataset.row ?? "")}"]`, table);
    const home = own(held.home);
    if (!home) return;
    const { bar, entry } = held;
    const { first, columns, byHour } = windowOf();
    const over = own(held.over) ?? home;
    for (const same of every(`[data-entry="${CSS.escape(entry.id)}"]`, home)) if (same !== bar) same.remove();
    const length =
      Number.parseInt(bar.style.gridColumnEnd, 10) - Number.parseInt(bar.style.gridColumnStart, 10);
    bar.style.gridColumn = `1 / ${1 + Math.min(length, columns)}`;
    bar.style.gridRow = "1";
    Object.assign(held, {
      home,
      over,
      carried: true,
      turned: daysBetween(held.first, first) * (byHour ? columns : 1),
    });
    const hadFocus = document.activeElement === bar;
    const going = held;
    // Moved to another place in the page it loses the focus for a moment.
    held = null;
    home.append(bar);
    if (hadFocus) bar.focus({ preventScroll: true });
    held = going;
    place(held);
    if (over !== home) over.setAttribute("data-over", "");
  };

  const resetPosition = (bar: HTMLElement): void => {
    bar.style.transform = "";
    bar.style.marginRight = "";
    delete bar.dataset.newRow;
  };
  const clearHeld = (): void => {
    held?.bar.removeAttribute("data-lifted");
    held?.over.removeAttribute("data-over");
    held = null;
    pauseUpdates(false);
  };
  const release = (): void => {
    if (!held) return;
    const { bar, carried, date } = held;
    if (!carried) resetPosition(bar);
    clearHeld();
    if (carried) context.go({ date });
  };

  const drop = async (copies: boolean): Promise<void> => {
    if (!held) return;
    const { entry, bar, start, end, from, carried } = held;
    const to = timesIn(held);
    const reassignment = reassignmentOf(held);
    // An entry whose resource comes from a separate booking is copied without it.
    const books = context.creates.some((create) => create.resource && isOf(entry, create.collection));
    const copied = copies && context.abilities.copyable.has(entry.kind);
    const reassigned = copied && about === "resource" && !books ? undefined : reassignment;
    const stays = to.start === from.start && to.end === from.end;
    if (!carried && (copied || (stays && !reassigned))) resetPosition(bar);
    clearHeld();
    if (stays && !reassigned) {
      if (carried) context.go({});
      return;
    }
    // The bar stays where it was dropped until it is drawn there; if refused, it returns.
    bar.dataset.newRow = reassigned?.id ?? "";
    if (!reassigned) delete bar.dataset.newRow;
    const action = copied ? "copy" : start === end ? "move" : "resize";
    const saved = await whileSaving(bar, context.commit(entry, to, action, reassigned));
    if (!saved) {
      if (carried) context.go({});
      else resetPosition(bar);
    } else {
      const when = formatTimes(saved);
      announce(
        reassigned ? t("move.dropped_for", { name: reassigned.name, when }) : t("move.dropped", { when }),
      );
    }
  };

  const pulls = (bar: HTMLElement, part: Part): boolean => (bar.dataset.pull ?? "").split(" ").includes(part);

  /** Moves along the timeline; with Shift the end alone. */
  function stepAlong(it: Held, way: number, pullsEnd: boolean): void {
    if (pullsEnd && !pulls(it.bar, "end")) {
      announce(t("move.no_end"));
      return;
    }
    if (pullsEnd) shift("end", it.end + way * step());
    else shift("whole", it.start + way * step());
    announce(placeText(it));
    const { columns } = windowOf();
    const at = pullsEnd ? it.column + it.end - it.turned : it.column + it.start - it.turned;
    // The page follows a move by keyboard.
    const page = at < 0 ? -1 : at >= columns ? 1 : 0;
    if (page && !pullsEnd) void turn(page).then(() => scrollTo(it));
    else scrollTo(it);
  }

  function scrollTo({ bar }: Held): void {
    bar.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function stepAcross(it: Held, way: number): void {
    if (!changesRow(it.entry)) {
      announce(t("move.no_row"));
      return;
    }
    const tracks = every(".timeline-track", grid);
    const over = tracks[tracks.indexOf(it.over) + way];
    if (!over) return;
    shift("whole", it.start, over);
    over.closest(".timeline-row")?.scrollIntoView({ block: "nearest" });
    announce(placeText(it));
  }

  grid.addEventListener(
    "keydown",
    (event) => {
      const bar = (event.target as Element).closest<HTMLElement>(".timeline-bar");
      if (!bar) return;
      const ways: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };
      const way = ways[event.key];
      if (!held) {
        if (event.key !== " ") return;
        const entry = entryOf(bar);
        if (pickUp(bar)) {
          const pull = pulls(bar, "end") ? t("move.bar_end") : "";
          const give = entry && changesRow(entry) ? t("move.bar_row") : "";
          announce(t("move.picked_up_bar", { title: entry?.title ?? "", more: pull + give }));
        } else if (isSaving(bar)) announce(t("move.saving"));
        else announce(t("move.cannot_move", { title: entry?.title ?? t("move.untitled") }));
      } else if (event.key === "Escape") {
        release();
        announce(t("common.move_cancelled"));
      } else if (event.key === " " || event.key === "Enter") void drop(false);
      else if (event.key.toLowerCase() === "c") void drop(true);
      else if (!way) return;
      else if (event.key === "ArrowUp" || event.key === "ArrowDown") stepAcross(held, way);
      else stepAlong(held, way, event.shiftKey);
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true, signal: until.signal },
  );
  grid.addEventListener("focusout", (event) => event.target === held?.bar && release(), {
    capture: true,
    signal: until.signal,
  });

  const handle: DragHandle = {
    pickUp,
    shift,
    drop: (copies) => void drop(copies),
    release,
    columnWidth,
    step,
    turn,
    turned: () => held?.turned ?? 0,
  };
  startTimelineDrag(grid, handle, until.signal);
  return {
    isTurning: () => turning && held !== null,
    carry,
    close: () => {
      release();
      until.abort();
    },
  };
}

function isOf({ url }: Entry, collection: string): boolean {
  return url.startsWith(`/${collection}/`);
}
