/**
 * Entries as lines of a list, for the agenda and the month of a phone, with moving by keyboard. A list has no place to
 * drop on, so the held line shows its new time.
 */
import { ARROW_DAYS, addDays, formatDay } from "../core/days";
import {
  type Entry,
  type Times,
  formatHoursOn,
  isInactive,
  lastDay,
  shiftDays,
  peopleNames,
  timesOf,
  formatTimes,
  humanize,
} from "./entry";
import { holdEntry } from "./commit";
import { type CountLine, countText } from "./day-limit";
import type { Context } from "./view";
import { pauseUpdates } from "../core/live";
import { announce, every, make, one } from "../core/page";
import { isSaving, whileSaving } from "../core/saving";
import { t } from "../core/words";

const LINE = ".agenda-item > a";

/** Line of a list: an entry, its day, and which end of the entry the day is. */
export interface ListLine {
  day: string;
  entry: Entry;
  note: "starts" | "ends" | "";
}

/** Returns the element of a line. */
export function entryItem(context: Context, { entry, day, note }: ListLine): HTMLElement {
  const times = timesOf(entry, context.zone);
  const last = lastDay(times);
  const link = make("a", { href: entry.url, "data-entry": entry.id, "data-module": entry.module });
  if (note === "ends") link.dataset.end = "";
  link.append(
    make("span", { class: "agenda-time" }, formatHoursOn(day, times)),
    make("span", { class: "entry-card-dot" }),
    make(
      "span",
      { class: isInactive(entry) ? "agenda-title off" : "agenda-title" },
      note ? t("calendar.note_title", { note: t(`calendar.${note}`), title: entry.title }) : entry.title,
    ),
  );
  const facts = [
    !note && last > day ? t("date.until_day", { day: formatDay(last) }) : "",
    entry.location ?? "",
    peopleNames(entry),
  ].filter(Boolean);
  if (facts.length > 0) link.append(make("small", { class: "agenda-facts" }, facts.join(" · ")));
  if (entry.status) link.append(make("small", { class: "agenda-state" }, humanize(entry.status)));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    context.open(entry, link);
  });
  return make("li", { class: "agenda-item" }, link);
}

/** Returns the line of a day with the counts of what is not listed. Each opens the list of it. */
export function countsItem(context: Context, counts: CountLine[]): HTMLElement[] {
  if (counts.length === 0) return [];
  const buttons = counts.map((line) => {
    const button = make("button", { type: "button", class: "agenda-count" }, countText(line));
    button.addEventListener("click", () => void context.openDay(line.date, button, line.kind));
    return button;
  });
  return [make("li", { class: "agenda-counts" }, ...buttons)];
}

/** Draws the lines and keeps the focus: on the same entry, or on the one in its place. */
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
  /** Time that the line shows. */
  timeText: string;
  from: Times;
  days: number;
  /** Only the last day is moved. */
  ends: boolean;
}

/**
 * Starts the keys: Space picks a line up, arrows move it by days and weeks, Enter drops it. The returned function
 * stops them.
 */
export function startListKeys(context: Context): () => void {
  const { grid, zone, feed } = context;
  const until = new AbortController();
  const listen = { capture: true, signal: until.signal };
  let held: Held | null = null;

  const target = (): Times => {
    if (!held) return { start: "", end: "", allDay: true };
    const { from, days, ends } = held;
    return ends ? { ...from, end: later(from, days) } : shiftDays(from, days);
  };
  // An end before the start is none.
  const later = (from: Times, days: number): string => {
    const end = addDays(from.end, days) + from.end.slice(10);
    return end > from.start ? end : from.end;
  };
  const show = (): void => {
    const place = held && one(".agenda-time", held.line);
    if (held && place) place.textContent = formatTimes(target());
  };
  const release = (): void => {
    if (!held) return;
    const place = one(".agenda-time", held.line);
    if (place) place.textContent = held.timeText;
    held.line.removeAttribute("data-lifted");
    held = null;
    pauseUpdates(false);
  };
  const pickUp = (line: HTMLElement): void => {
    if (isSaving(line)) {
      announce(t("move.saving"));
      return;
    }
    const entry = feed.loaded.find(({ id }) => id === line.dataset.entry);
    if (!entry?.editable) {
      announce(t("move.cannot_move", { title: entry?.title ?? t("move.untitled") }));
      return;
    }
    const ends = line.dataset.end !== undefined && context.abilities.resizable.has(entry.kind);
    const timeText = one(".agenda-time", line)?.textContent ?? "";
    held = { entry, line, timeText, from: timesOf(entry, zone), days: 0, ends };
    line.setAttribute("data-lifted", "");
    holdEntry(entry);
    pauseUpdates(true);
    announce(
      t(ends ? "move.picked_up_end" : "move.picked_up_line", {
        title: entry.title,
        when: formatTimes(held.from),
      }),
    );
  };
  const drop = async (copies: boolean): Promise<void> => {
    if (!held) return;
    const { entry, line, from, ends } = held;
    const to = target();
    release();
    if (to.start === from.start && to.end === from.end) {
      announce(t("move.same_place"));
      return;
    }
    if (copies && !context.abilities.copyable.has(entry.kind)) {
      announce(t("move.cannot_copy", { title: entry.title }));
      return;
    }
    const last = lastDay(to);
    const saved = copies
      ? context.commit(entry, to, "copy")
      : ends
        ? context.commit(entry, { start: last, end: addDays(last, 1), allDay: true }, "end")
        : context.commit(entry, to, "move");
    if (!(await whileSaving(line, saved))) return;
    // The entry is elsewhere now, and the focus with it.
    document.activeElement?.scrollIntoView({ block: "nearest" });
    announce(t(copies ? "move.copied" : "move.dropped", { when: formatTimes(to) }));
  };

  grid.addEventListener(
    "keydown",
    (event) => {
      const line = (event.target as Element).closest<HTMLElement>(LINE);
      if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = ARROW_DAYS[event.key];
      if (!held) {
        if (event.key !== " ") return;
        pickUp(line);
      } else if (step) {
        held.days += step;
        show();
        announce(formatTimes(target()));
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
