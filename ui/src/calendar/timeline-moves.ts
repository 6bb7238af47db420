/** Moving what stands in a timeline, along it and from row to row: by dragging it, or by Space and the arrows. */
import { addDays, daysBetween } from "./days";
import { type Entry, type Times, timesOf, whenWords } from "./entry";
import type { Window } from "./timeline";
import { startTimelineDrag } from "./timeline-drag";
import type { Context, Reassignment } from "./view";
import { hold } from "../core/live";
import { announce, every, one } from "../core/page";
import { t } from "../core/words";

/** Columns of the day by which something moves: half an hour. */
export const HALF_HOUR = 2;

/** What is pulled: the whole bar along the timeline, or one of its ends. */
export type Part = "whole" | "start" | "end";

interface Held {
  entry: Entry;
  bar: HTMLElement;
  from: Times;
  /** Columns by which each end has moved. */
  start: number;
  end: number;
  /** The track that it stood in, and the one that it is over. */
  home: HTMLElement;
  over: HTMLElement;
  /** The page that it was taken from: its date, its first day, and the column in which the bar began. */
  date: string;
  first: string;
  column: number;
  /** Columns by which pages were turned since. */
  turned: number;
  /** Whether it stands on a page that was drawn since. */
  carried: boolean;
}

/** What the hand on a bar may do with it. */
export interface DragHandle {
  lift(bar: HTMLElement): boolean;
  /** Moves it to so many columns from where it was, and over a track. */
  shift(part: Part, columns: number, over?: HTMLElement): void;
  drop(copies: boolean): void;
  release(): void;
  columnWidth(): number;
  /** Columns of one step. */
  step(): number;
  /** Turns the page and takes along what is held. */
  turn(way: number): Promise<void>;
  /** Columns by which pages were turned since it was taken. */
  turned(): number;
}

/** What moves in a timeline. */
export interface Moves {
  /** Whether a page is being turned with something held, so that it is drawn in spite of that. */
  isTurning(): boolean;
  /** Puts what is held onto the page that was drawn. */
  carry(table: HTMLElement): void;
  close(): void;
}

/** Listens until it is closed. `about` says what the rows are. */
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
  /** Whether it may go to another row. */
  const changesRow = ({ kind }: Entry): boolean => about === "resource" || context.abilities.given.has(kind);

  /** Where it is held now. */
  const timesIn = ({ from, start, end }: Held): Times => {
    const { byHour } = windowOf();
    if (byHour && from.allDay) return from;
    const move = (text: string, columns: number): string =>
      byHour
        ? new Date(Date.parse(`${text}Z`) + columns * 15 * 60_000).toISOString().slice(0, 19)
        : addDays(text, columns) + text.slice(10);
    return { ...from, start: move(from.start, start), end: move(from.end, end) };
  };
  /** To whom it goes, when it is over another row. */
  const goesOf = ({ home, over }: Held): Reassignment | undefined =>
    home === over
      ? undefined
      : { about, id: over.dataset.row ?? "", name: nameOf(over), insteadOf: home.dataset.row ?? "" };
  const said = (it: Held): string => [goesOf(it)?.name, whenWords(timesIn(it))].filter(Boolean).join(", ");

  const lift = (bar: HTMLElement): boolean => {
    const entry = entryOf(bar);
    const home = trackOf(bar);
    if (!entry?.editable || !home) return false;
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
    bar.setAttribute("data-lifted", "");
    hold(true);
    return true;
  };

  const shift = (part: Part, columns: number, over?: HTMLElement): void => {
    if (!held) return;
    const { from, home } = held;
    const before = { start: held.start, end: held.end };
    // What lasts all day has no hour to go to.
    const stands = windowOf().byHour && from.allDay;
    const pulled = held.end - held.start;
    if (part !== "end") held.start = stands ? 0 : columns;
    if (part !== "start") held.end = part === "whole" ? held.start + pulled : columns;
    const { start, end } = timesIn(held);
    // An end before the start is none.
    if (part !== "whole" && start >= end) Object.assign(held, before);
    if (over && changesRow(held.entry)) held.over = over;
    place(held);
    for (const track of every("[data-over]", grid))
      if (track !== held.over) track.removeAttribute("data-over");
    if (held.over !== home) held.over.setAttribute("data-over", "");
  };

  /** Draws it where it is held; on a page that was turned to, its bar begins in the first column. */
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
    // One goes on where the page before ended.
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

  const straighten = (bar: HTMLElement): void => {
    bar.style.transform = "";
    bar.style.marginRight = "";
    delete bar.dataset.goes;
  };
  const letGo = (): void => {
    held?.bar.removeAttribute("data-lifted");
    held?.over.removeAttribute("data-over");
    held = null;
    hold(false);
  };
  const release = (): void => {
    if (!held) return;
    const { bar, carried, date } = held;
    if (!carried) straighten(bar);
    letGo();
    if (carried) context.go({ date });
  };

  const drop = async (copies: boolean): Promise<void> => {
    if (!held) return;
    const { entry, bar, start, end, from, carried } = held;
    const to = timesIn(held);
    const goes = goesOf(held);
    // What takes its resource by a booking beside it is copied without.
    const books = context.creates.some((create) => create.resource && isOf(entry, create.collection));
    const copied = copies && context.abilities.whole.has(entry.kind);
    const given = copied && about === "resource" && !books ? undefined : goes;
    const stays = to.start === from.start && to.end === from.end;
    if (!carried && (copied || (stays && !given))) straighten(bar);
    letGo();
    if (stays && !given) {
      if (carried) context.go({});
      return;
    }
    // The bar stays where it was put down until it is drawn there; refused, it goes back.
    bar.dataset.goes = given?.id ?? "";
    if (!given) delete bar.dataset.goes;
    const how = copied ? "copy" : start === end ? "move" : "resize";
    const kept = await context.commit(entry, to, how, given);
    if (!kept) {
      if (carried) context.go({});
      else straighten(bar);
    } else {
      const when = whenWords(kept);
      announce(given ? t("move.dropped_for", { name: given.name, when }) : t("move.dropped", { when }));
    }
  };

  const pulls = (bar: HTMLElement, part: Part): boolean => (bar.dataset.pull ?? "").split(" ").includes(part);

  /** Along the timeline, or with Shift the end alone. */
  function stepAlong(it: Held, way: number, pullsEnd: boolean): void {
    if (pullsEnd && !pulls(it.bar, "end")) {
      announce(t("move.no_end"));
      return;
    }
    if (pullsEnd) shift("end", it.end + way * step());
    else shift("whole", it.start + way * step());
    announce(said(it));
    const { columns } = windowOf();
    const at = pullsEnd ? it.column + it.end - it.turned : it.column + it.start - it.turned;
    // What is moved by keyboard takes the page along.
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
    announce(said(it));
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
        if (lift(bar)) {
          const pull = pulls(bar, "end") ? t("move.bar_end") : "";
          const give = entry && changesRow(entry) ? t("move.bar_row") : "";
          announce(t("move.picked_up_bar", { title: entry?.title ?? "", more: pull + give }));
        } else announce(t("move.cannot_move", { title: entry?.title ?? t("move.untitled") }));
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

  const hand: DragHandle = {
    lift,
    shift,
    drop: (copies) => void drop(copies),
    release,
    columnWidth,
    step,
    turn,
    turned: () => held?.turned ?? 0,
  };
  startTimelineDrag(grid, hand, until.signal);
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
