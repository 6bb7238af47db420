/** Timelines: people or resources in rows, hours or days in columns. */
import {
  addDays,
  addMonths,
  formatTime,
  formatDay,
  daysBetween,
  monthOf,
  formatRange,
  weekOf,
  weekday,
} from "../core/days";
import {
  type Entry,
  type Times,
  isInactive,
  isClosed,
  isOngoing,
  lastDay,
  timesOf,
  formatTimes,
} from "./entry";
import { type TimelineRow, ROW_KINDS, fetchRows, givenRows } from "./rows";
import { startTimelineMoves } from "./timeline-moves";
import type { CalendarView, Context } from "./view";
import { every, make, one } from "../core/page";
import { t } from "../core/words";

/** Lanes of a row; further bars are folded. */
const MAX_LANES = 6;
/** Columns of a day, a quarter of an hour each. */
const QUARTERS = 96;

/** Window of a timeline: first day, number of days and of columns. */
export interface Window {
  first: string;
  days: number;
  columns: number;
  byHour: boolean;
}

interface Bar {
  entry: Entry;
  times: Times;
  /** First column, and the one after the last. */
  from: number;
  to: number;
}

/** Returns the window of the current state. */
export function windowOf({ state, weekStart }: Context): Window {
  const week = weekOf(state.date, weekStart);
  const month = monthOf(state.date);
  const days = { day: 1, week: 7, fortnight: 14, month: daysBetween(month, addMonths(month, 1)) }[state.span];
  const first = { day: state.date, week, fortnight: week, month }[state.span];
  const byHour = state.span === "day";
  return { first, days, columns: byHour ? QUARTERS : days, byHour };
}

/** Opens a timeline. */
export function openTimeline(context: Context, about: "people" | "resources"): CalendarView {
  const { grid, zone, feed } = context;
  const kind = ROW_KINDS[about];
  let rows = givenRows(context, about);
  let window = windowOf(context);
  const unfolded = new Set<string>();
  let scrolled = false;

  const draw = async (): Promise<void> => {
    window = windowOf(context);
    context.title(formatRange(window.first, addDays(window.first, window.days - 1)));
    // Rows are shown while their entries are loading.
    if (rows && !one(".timeline", grid)) show(null, rows);
    const more = Object.entries(kind.query).filter(([name]) => !feed.parameters[name]);
    const [entries, found] = await Promise.all([
      feed.load(window.first, addDays(window.first, window.days), Object.fromEntries(more)),
      rows ?? fetchRows(context, about),
    ]);
    rows = found;
    if (!entries) return;
    // A bar is not redrawn while it is held or saved.
    const isHeld = document.body.hasAttribute("data-held") && !moves.isTurning();
    if (isHeld || context.isSaving()) setTimeout(() => void draw(), 300);
    else show(entries, rows);
  };

  /** Draws the rows, with their entries once they are known. */
  function show(entries: Entry[] | null, rows: TimelineRow[]): void {
    if (rows.length === 0) {
      grid.replaceChildren(make("p", { class: "muted timeline-empty" }, kind.empty));
      return;
    }
    const bars = new Map<string, Bar[]>();
    for (const entry of entries ?? []) {
      const bar = barOf(entry);
      if (!bar) continue;
      for (const id of kind.of(entry)) {
        const own = bars.get(id) ?? [];
        own.push(bar);
        bars.set(id, own);
      }
    }
    const table = make("div", { class: "timeline-table", "data-span": context.state.span });
    table.style.setProperty("--columns", String(window.columns));
    table.style.setProperty("--units", String(window.byHour ? 24 : window.columns));
    table.append(drawHead(), ...rows.map((row) => drawRow(row, entries && (bars.get(row.id) ?? []))));
    const kept = one(".timeline", grid);
    const outer = kept ?? make("div", { class: "timeline" });
    const { entry: focused, newRow } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
    const inRow = newRow ?? document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
    // A held bar moves to the new page before the old one is removed, or it would lose the focus.
    outer.append(table);
    moves.carry(table);
    for (const old of [...outer.children]) if (old !== table) old.remove();
    if (!kept) grid.replaceChildren(outer);
    if (focused) {
      const same = every(`[data-entry="${CSS.escape(focused)}"]`, outer);
      const own = same.find((bar) => bar.closest<HTMLElement>("[data-row]")?.dataset.row === inRow);
      (own ?? same[0])?.focus({ preventScroll: true });
    }
    // The day begins with the hours of work.
    if (window.byHour && !scrolled) outer.scrollLeft = (table.scrollWidth / 24) * 6.5;
    scrolled = window.byHour;
  }

  function drawHead(): HTMLElement {
    const cells: HTMLElement[] = [];
    if (window.byHour) {
      for (let hour = 0; hour < 24; hour += 1) {
        const word = formatTime(`${window.first}T${String(hour).padStart(2, "0")}:00:00`).replace(":00", "");
        cells.push(make("span", { class: "timeline-unit" }, word));
      }
    } else {
      for (let number = 0; number < window.days; number += 1) {
        const day = addDays(window.first, number);
        const cell = make(
          "button",
          {
            type: "button",
            class: "timeline-unit",
            "data-today": day === context.today() ? "" : undefined,
            "data-rest": [0, 6].includes(weekday(day)) ? "" : undefined,
            "aria-label": formatDay(day),
          },
          context.state.span === "month" ? String(Number(day.slice(8))) : formatDay(day),
        );
        cell.addEventListener("click", () => context.go({ span: "day", date: day }));
        cells.push(cell);
      }
    }
    const corner = make("span", { class: "timeline-corner" }, kind.heading);
    return make(
      "div",
      { class: "timeline-head" },
      corner,
      make("div", { class: "timeline-units" }, ...cells),
    );
  }

  function drawRow(row: TimelineRow, known: Bar[] | null): HTMLElement {
    const bars = known ?? [];
    const busy = bars.filter(({ entry }) => !isInactive(entry)).length;
    const name = make("h2", { class: "timeline-name" }, make("span", {}, row.name));
    const count = busy === 0 ? t("timeline.free") : t("common.entries", { count: busy });
    // A drawRow ends between these, not within them.
    const words = [...row.note.split(" · "), known ? count : ""].filter(Boolean);
    const kept = words.map((word) => (word.length < 16 ? word.replaceAll(" ", "\u00a0") : word));
    name.append(make("small", {}, kept.join("\u00a0· ")));
    const add = make(
      "button",
      { type: "button", class: "timeline-add", "aria-label": t("timeline.add_for", { name: row.name }) },
      "+",
    );
    add.addEventListener("click", () => offer(row, null, add));
    const title = make("div", { class: "timeline-title" }, name);
    if (context.creates.length > 0) title.append(add);
    const track = make("div", { class: "timeline-track", "data-row": row.id });
    const lanes: [number, number][][] = [];
    let folded = 0;
    // Short entries first; ongoing and closed ones beneath.
    const rank = ({ entry, times }: Bar): number =>
      Number(window.byHour ? times.allDay : isOngoing(times)) + 2 * Number(isClosed(entry));
    bars.sort((one, other) => rank(one) - rank(other) || one.from - other.from || other.to - one.to);
    for (const bar of bars) {
      let lane = lanes.findIndex((taken) => taken.every(([from, to]) => bar.to <= from || to <= bar.from));
      if (lane < 0) lane = lanes.length;
      if (lane >= MAX_LANES && !unfolded.has(row.id)) {
        folded += 1;
        continue;
      }
      const taken = lanes[lane] ?? [];
      taken.push([bar.from, bar.to]);
      lanes[lane] = taken;
      track.append(drawBar(bar, lane));
    }
    if (folded > 0) {
      const more = make(
        "button",
        { type: "button", class: "timeline-more" },
        t("common.more_count", { count: folded }),
      );
      more.addEventListener("click", () => {
        unfolded.add(row.id);
        if (rows) show(feed.shown(), rows);
      });
      track.append(more);
    }
    track.addEventListener("click", (event) => {
      if (event.target === track) offer(row, event.clientX, track);
    });
    return make("section", { class: "timeline-row", "aria-label": row.name }, title, track);
  }

  function drawBar({ entry, times, from, to }: Bar, lane: number): HTMLElement {
    const pulled = pullsOf(entry, times);
    const bar = make("button", {
      type: "button",
      class: isInactive(entry) ? "timeline-bar off" : "timeline-bar",
      "data-entry": entry.id,
      "data-module": entry.module,
      "data-cut": times.start.slice(0, 10) < window.first ? "" : undefined,
      "data-pull": pulled.length > 0 ? pulled.join(" ") : undefined,
      title: `${entry.title}, ${formatTimes(times)}`,
    });
    if (!times.allDay && ["week", "fortnight"].includes(context.state.span))
      bar.append(make("small", {}, formatTime(times.start).replace(":00", "")));
    bar.append(make("span", {}, entry.title));
    bar.style.gridColumn = `${from + 1} / ${to + 1}`;
    bar.style.gridRow = String(lane + 1);
    bar.addEventListener("click", () => context.open(entry, bar));
    return bar;
  }

  /** Ends of an entry that can be dragged in this window. */
  function pullsOf(entry: Entry, { allDay, start, end }: Times): string[] {
    const fits = entry.editable && context.abilities.resizable.has(entry.kind) && allDay !== window.byHour;
    if (!fits) return [];
    const after = addDays(window.first, window.days);
    const ends: [string, boolean][] = [
      ["start", start >= window.first],
      ["end", end.slice(0, 10) < after || end === after || end === `${after}T00:00:00`],
    ];
    return ends.filter(([, inside]) => inside).map(([name]) => name);
  }

  /** Bar of an entry; null if it is outside the window. */
  function barOf(entry: Entry): Bar | null {
    const times = timesOf(entry, zone);
    const column = (text: string, isEnd: boolean): number => {
      const days = daysBetween(window.first, text);
      if (!window.byHour) return days;
      const [hours = 0, minutes = 0] = text.slice(11, 16).split(":").map(Number);
      const quarters = (hours * 60 + minutes) / 15;
      return days * QUARTERS + (isEnd ? Math.ceil(quarters) : Math.floor(quarters));
    };
    const from = column(times.start, false);
    const after = window.byHour ? column(times.end, true) : daysBetween(window.first, lastDay(times)) + 1;
    const to = Math.max(after, from + 1);
    if (to <= 0 || from >= window.columns) return null;
    return { entry, times, from: Math.max(0, from), to: Math.min(window.columns, to) };
  }

  /** Offers creation in a row, at the place of the click or on the current date. */
  function offer(row: TimelineRow, x: number | null, at: HTMLElement): void {
    const own = { [kind.about]: row.id };
    const box = at.getBoundingClientRect();
    const column =
      x === null ? 0 : Math.floor(((x - box.left) / box.width) * (window.byHour ? 24 : window.days));
    const place = x === null ? at : new DOMRect(x, box.top, 0, box.height);
    if (window.byHour) {
      const hour = x === null ? 9 : Math.min(22, column);
      const wall = (hours: number): string => `${window.first}T${String(hours).padStart(2, "0")}:00:00`;
      context.offerCreate({ start: wall(hour), end: wall(hour + 1), allDay: false }, place, own);
      return;
    }
    const inside =
      context.state.date >= window.first && context.state.date < addDays(window.first, window.days);
    const day = x !== null ? addDays(window.first, column) : inside ? context.state.date : window.first;
    if (about === "resources") {
      // A room is booked for hours, not for days.
      context.offerCreate({ start: `${day}T09:00:00`, end: `${day}T10:00:00`, allDay: false }, place, own);
    } else {
      context.offerCreate({ start: day, end: addDays(day, 1), allDay: true }, place, own);
    }
  }

  const moves = startTimelineMoves(context, kind.about, () => window);
  const until = new AbortController();
  document.addEventListener(
    "obcms:change",
    (event) => {
      const changed = (event as CustomEvent<{ kind: string }>).detail.kind;
      if (["*", kind.kind, ...kind.follows].includes(changed)) rows = null;
    },
    { signal: until.signal },
  );
  return {
    draw,
    close: () => {
      moves.close();
      until.abort();
      grid.replaceChildren();
    },
  };
}
