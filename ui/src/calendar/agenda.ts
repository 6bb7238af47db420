/** Agenda: entries by day, as many as requested, and more on demand. */
import { dateInfo, loadDates, showsHijri } from "./date-info";
import { addDays, formatDay, daysBetween, formatRange } from "../core/days";
import { type Entry, isOngoing, lastDay, timesOf } from "./entry";
import { daysOf, restOf } from "./day-limit";
import { countsItem, entryItem, showLines, startListKeys, type ListLine } from "./list";
import type { CalendarView, Context } from "./view";
import { afterPause } from "../core/live";
import { make, one } from "../core/page";
import { toastError } from "../core/toast";
import { t } from "../core/words";

/** Entries of a day that are listed at once. A day of a large office has hundreds. */
const PER_DAY = 8;
/** Lines drawn at once. */
const PAGE_SIZE = 150;
/** Days of the longest window that the API accepts. */
const MAX_DAYS = 400;

/** Opens the agenda. */
export function openAgenda(context: Context): CalendarView {
  const { grid, zone, state, feed } = context;
  let until = "";
  let limit = PAGE_SIZE;
  /** What "Show more" added to the period. It stays when others' changes draw the list anew. */
  let extra = { period: "", days: 0, lines: 0 };

  const wanted = (): { days: number; entries: number } => {
    const number = Number.parseInt(state.next, 10) || 30;
    return state.next.endsWith("e") ? { days: 14, entries: number } : { days: number, entries: 0 };
  };

  const draw = async (): Promise<void> => {
    const { days, entries } = wanted();
    const period = `${state.date} ${days} ${entries}`;
    if (extra.period !== period) extra = { period, days: 0, lines: 0 };
    let length = Math.min(days + extra.days, MAX_DAYS);
    for (;;) {
      until = addDays(state.date, length);
      const loaded = await feed.overview(state.date, until, PER_DAY);
      if (!loaded) return;
      if (rows(loaded).length >= entries || length >= MAX_DAYS) break;
      length = Math.min(length * 3, MAX_DAYS);
    }
    limit = (entries || PAGE_SIZE) + extra.lines;
    await loadDates(state.date, until);
    // A line that is held would be let go, a button that is pressed would be gone.
    await afterPause();
    show();
  };

  /** Lines by day. A long entry has a line on its first and on its last day, any other one line. */
  function rows(entries: Entry[]): ListLine[] {
    const found: ListLine[] = [];
    for (const entry of entries) {
      const times = timesOf(entry, zone);
      const first = times.start.slice(0, 10);
      const last = lastDay(times);
      if (isOngoing(times)) {
        if (first >= state.date && first < until) found.push({ day: first, entry, note: "starts" });
        if (last >= state.date && last < until) found.push({ day: last, entry, note: "ends" });
      } else {
        found.push({ day: first < state.date ? state.date : first, entry, note: "" });
      }
    }
    const hour = ({ day, entry }: ListLine): string => {
      const { start, allDay } = timesOf(entry, zone);
      if (allDay) return "";
      // An entry that continues from the day before begins with the day.
      return start.slice(0, 10) < day ? "00:00:00" : start.slice(11);
    };
    return found.sort((one, other) => {
      if (one.day !== other.day) return one.day < other.day ? -1 : 1;
      const [early, late] = [hour(one), hour(other)];
      // Timed entries first, in order; then the others in theirs.
      if (early === late) return 0;
      return early === "" ? 1 : late === "" ? -1 : early < late ? -1 : 1;
    });
  }

  function show(): void {
    context.showOngoing(state.date, until);
    const all = rows(feed.shown());
    const shown = all.slice(0, limit);
    const body = make("div", { class: "agenda" });
    // A day whose entries are all counted has a heading, too.
    const reach = all.length > shown.length ? (shown.at(-1)?.day ?? "") : until;
    const counted = [...feed.days.keys()].filter((day) => day >= state.date && day <= reach);
    const days = [...new Set([...counted, ...shown.map(({ day }) => day)])].sort();
    for (const day of days) {
      const items = shown.filter((row) => row.day === day).map((row) => entryItem(context, row));
      items.push(...countsOf(day));
      if (items.length > 0) body.append(section(day, items));
    }
    // The title has the requested number of days, even if their end is behind "Show more".
    const last = wanted().entries ? shown.at(-1)?.day : undefined;
    context.title(formatRange(state.date, last ?? addDays(until, -1)));
    if (days.length === 0) body.append(nothing());
    const more = make(
      "button",
      { type: "button", class: "button", "data-agenda-more": "" },
      t("calendar.show_more"),
    );
    more.addEventListener("click", () => void showMore(all.length > limit));
    const reached = daysBetween(state.date, until) >= MAX_DAYS && all.length <= limit;
    if (!reached) body.append(make("div", { class: "agenda-more" }, more));
    const scrolled = grid.scrollTop;
    showLines(grid, body);
    grid.scrollTop = scrolled;
  }

  /** Says that the period is empty; of one's own entries, that there may be those of others. */
  function nothing(): HTMLElement {
    const range = formatRange(state.date, addDays(until, -1));
    const isMine = one<HTMLInputElement>("[data-mine]", context.host)?.checked ?? false;
    const text = t(isMine ? "calendar.no_own_events" : "calendar.no_events", { range });
    const empty = make("p", { class: "muted agenda-empty" }, text);
    if (!isMine) return empty;
    const all = make("button", { type: "button", class: "button" }, t("calendar.show_everyone"));
    all.addEventListener("click", () => one("[data-whose]:not([data-mine])", context.host)?.click());
    empty.append(" ", all);
    return empty;
  }

  function section(day: string, items: HTMLElement[]): HTMLElement {
    const near = { 0: t("date.today"), 1: t("date.tomorrow") }[daysBetween(context.today(), day)];
    const head = make("h2", { class: "agenda-day", "data-day": day });
    head.append(near ? make("b", {}, near) : "", ` ${formatDay(day)}`);
    const info = dateInfo(day);
    const facts = [showsHijri() ? info?.hijri.text : "", ...(info?.holidays.map(({ name }) => name) ?? [])];
    head.append(make("small", {}, facts.filter(Boolean).join(" · ")));
    return make("section", { class: "agenda-section" }, head, make("ul", { class: "agenda-list" }, ...items));
  }

  /** Lines for the entries of a day that are counted instead of listed. */
  function countsOf(date: string): HTMLElement[] {
    const day = feed.days.get(date);
    if (!day) return [];
    const listed = feed.loaded.filter((entry) => daysOf(entry, zone, date, addDays(date, 1)).length > 0);
    const lines = Object.entries(day.folded).map(([kind, count]) => ({ date, kind, count }));
    const count = restOf(day, listed.length);
    if (count > 0) lines.push({ date, kind: "", count });
    return countsItem(context, lines);
  }

  async function showMore(isLoaded: boolean): Promise<void> {
    const place = grid.querySelectorAll(".agenda-item").length;
    const before = extra;
    extra = { ...extra, days: extra.days + (isLoaded ? 0 : wanted().days), lines: extra.lines + PAGE_SIZE };
    try {
      await draw();
    } catch (error) {
      extra = before;
      toastError(error);
    }
    // Reading continues where the list ended.
    grid.querySelectorAll<HTMLElement>(".agenda-item > a")[place]?.focus();
  }

  const release = startListKeys(context);
  return {
    draw,
    close: () => {
      release();
      grid.replaceChildren();
    },
  };
}
