/**
 * Entries as lines of a list, in the agenda and beneath the month of a phone: how a line looks, and moving it by
 * keyboard. A list has no place to put something, so what is held says where it would stand.
 */
import { ARROW_DAYS, addDays, dayWords } from "./days";
import {
  type Entry,
  type Times,
  hoursOn,
  isOff,
  lastDay,
  movedBy,
  peopleOf,
  timesOf,
  whenWords,
  words,
} from "./entry";
import type { Context } from "./view";
import { hold } from "../core/live";
import { announce, every, make, one } from "../core/page";
import { t } from "../core/words";

const LINE = ".agenda-item > a";

/** A line: an entry, the day it stands under, and what is said before its title ("Ends", "Starts", or nothing). */
export interface Row {
  day: string;
  entry: Entry;
  note: string;
}

export function entryItem(context: Context, { entry, day, note }: Row): HTMLElement {
  const times = timesOf(entry, context.zone);
  const last = lastDay(times);
  const link = make("a", { href: entry.url, "data-entry": entry.id, "data-module": entry.module });
  if (note === t("calendar.ends")) link.dataset.end = "";
  link.append(
    make("span", { class: "agenda-time" }, hoursOn(day, times)),
    make("span", { class: "entry-card-dot" }),
    make(
      "span",
      { class: isOff(entry) ? "agenda-title off" : "agenda-title" },
      note ? t("calendar.note_title", { note, title: entry.title }) : entry.title,
    ),
  );
  const facts = [
    !note && last > day ? t("date.until_day", { day: dayWords(last) }) : "",
    entry.location ?? "",
    peopleOf(entry),
  ].filter(Boolean);
  if (facts.length > 0) link.append(make("small", { class: "agenda-facts" }, facts.join(" · ")));
  if (entry.status) link.append(make("small", { class: "agenda-state" }, words(entry.status)));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    context.open(entry, link);
  });
  return make("li", { class: "agenda-item" }, link);
}

/** Draws the lines anew. Whoever was on one of them stays on it, or, when it has gone, on the one in its place. */
export function showLines(grid: HTMLElement, body: HTMLElement): void {
  const before = every<HTMLElement>(LINE, grid);
  const place = before.indexOf(document.activeElement as HTMLElement);
  const { entry, end } = before[place]?.dataset ?? {};
  grid.replaceChildren(body);
  if (place < 0) return;
  const after = every<HTMLElement>(LINE, grid);
  const same = after.find(({ dataset }) => dataset.entry === entry && dataset.end === end);
  const next = after[Math.min(place, after.length - 1)] ?? one('[data-month-day][tabindex="0"]', grid);
  (same ?? next)?.focus({ preventScroll: true });
}

interface Held {
  entry: Entry;
  line: HTMLElement;
  /** What the line said of its time. */
  said: string;
  from: Times;
  days: number;
  /** Only its last day is moved. */
  ends: boolean;
}

/** Space picks a line up, arrows move it by days and weeks, Enter puts it down. Listens until the answer is called. */
export function startListKeys(context: Context): () => void {
  const { grid, zone, feed } = context;
  const until = new AbortController();
  const listen = { capture: true, signal: until.signal };
  let held: Held | null = null;

  const target = (): Times => {
    if (!held) return { start: "", end: "", allDay: true };
    const { from, days, ends } = held;
    return ends ? { ...from, end: later(from, days) } : movedBy(from, days);
  };
  // An end before the start is none.
  const later = (from: Times, days: number): string => {
    const end = addDays(from.end, days) + from.end.slice(10);
    return end > from.start ? end : from.end;
  };
  const show = (): void => {
    const place = held && one(".agenda-time", held.line);
    if (held && place) place.textContent = whenWords(target());
  };
  const release = (): void => {
    if (!held) return;
    const place = one(".agenda-time", held.line);
    if (place) place.textContent = held.said;
    held.line.removeAttribute("data-lifted");
    held = null;
    hold(false);
  };
  const lift = (line: HTMLElement): void => {
    const entry = feed.loaded.find(({ id }) => id === line.dataset.entry);
    if (!entry?.editable) {
      announce(t("move.cannot_move", { title: entry?.title ?? t("move.untitled") }));
      return;
    }
    const ends = line.dataset.end !== undefined && context.abilities.spans.has(entry.kind);
    const said = one(".agenda-time", line)?.textContent ?? "";
    held = { entry, line, said, from: timesOf(entry, zone), days: 0, ends };
    line.setAttribute("data-lifted", "");
    hold(true);
    announce(
      t(ends ? "move.picked_up_end" : "move.picked_up_line", {
        title: entry.title,
        when: whenWords(held.from),
      }),
    );
  };
  const drop = async (copies: boolean): Promise<void> => {
    if (!held) return;
    const { entry, from, ends } = held;
    const to = target();
    release();
    if (to.start === from.start && to.end === from.end) {
      announce(t("move.same_place"));
      return;
    }
    if (copies && !context.abilities.whole.has(entry.kind)) {
      announce(t("move.cannot_copy", { title: entry.title }));
      return;
    }
    const last = lastDay(to);
    const kept = copies
      ? await context.commit(entry, to, "copy")
      : ends
        ? await context.commit(entry, { start: last, end: addDays(last, 1), allDay: true }, "end")
        : await context.commit(entry, to, "move");
    if (!kept) return;
    // It stands elsewhere now, and so does the focus.
    document.activeElement?.scrollIntoView({ block: "nearest" });
    announce(t(copies ? "move.copied" : "move.dropped", { when: whenWords(to) }));
  };

  grid.addEventListener(
    "keydown",
    (event) => {
      const line = (event.target as Element).closest<HTMLElement>(LINE);
      if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = ARROW_DAYS[event.key];
      if (!held) {
        if (event.key !== " ") return;
        lift(line);
      } else if (step) {
        held.days += step;
        show();
        announce(whenWords(target()));
      } else if (event.key === "Escape") {
        release();
        announce(t("common.move_cancelled"));
      } else if (event.key === " " || event.key === "Enter") void drop(false);
      else if (event.key.toLowerCase() === "c") void drop(true);
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    listen,
  );
  grid.addEventListener("focusout", (event) => event.target === held?.line && release(), listen);
  return () => {
    release();
    until.abort();
  };
}
