/** The agenda: what comes next, by day, as much as was asked for and then more. */
import { infoOf, knowDates, showsHijri } from "./date-info";
import { addDays, dayWords, daysBetween, stretch } from "./days";
import { type Entry, isRunning, lastDay, timesOf } from "./entry";
import { entryItem, showLines, startListKeys, type Row } from "./list";
import type { CalendarView, Context } from "./view";
import { afterHold } from "../core/live";
import { make } from "../core/page";
import { toastRefusal } from "../core/toast";
import { t } from "../core/words";

/** Rows drawn at once; a day of a large office has hundreds. */
const AT_ONCE = 150;
/** A window of the interface has at most so many days. */
const FARTHEST = 400;

export function openAgenda(context: Context): CalendarView {
  const { grid, zone, state, feed } = context;
  let until = "";
  let room = AT_ONCE;

  const wanted = (): { days: number; entries: number } => {
    const number = Number.parseInt(state.next, 10) || 30;
    return state.next.endsWith("e") ? { days: 14, entries: number } : { days: number, entries: 0 };
  };

  const draw = async (): Promise<void> => {
    const { days, entries } = wanted();
    let length = days;
    for (;;) {
      until = addDays(state.date, length);
      const loaded = await feed.load(state.date, until);
      if (!loaded) return;
      if (rows(loaded).length >= entries || length >= FARTHEST) break;
      length = Math.min(length * 3, FARTHEST);
    }
    room = entries || AT_ONCE;
    await knowDates(state.date, until);
    // A line that is held would be let go.
    await afterHold();
    show();
  };

  /** What stands on which day: what lasts stands once, what runs for weeks where it begins and ends. */
  function rows(entries: Entry[]): Row[] {
    const found: Row[] = [];
    for (const entry of entries) {
      const times = timesOf(entry, zone);
      const first = times.start.slice(0, 10);
      const last = lastDay(times);
      if (isRunning(times)) {
        if (first >= state.date && first < until)
          found.push({ day: first, entry, note: t("calendar.starts") });
        if (last >= state.date && last < until) found.push({ day: last, entry, note: t("calendar.ends") });
      } else {
        found.push({ day: first < state.date ? state.date : first, entry, note: "" });
      }
    }
    const hour = ({ day, entry }: Row): string => {
      const { start, allDay } = timesOf(entry, zone);
      if (allDay) return "";
      // What goes on from the day before is there from its first hour on.
      return start.slice(0, 10) < day ? "00:00:00" : start.slice(11);
    };
    return found.sort((one, other) => {
      if (one.day !== other.day) return one.day < other.day ? -1 : 1;
      const [early, late] = [hour(one), hour(other)];
      // What has its hour comes first, in order; then the rest as it came.
      if (early === late) return 0;
      return early === "" ? 1 : late === "" ? -1 : early < late ? -1 : 1;
    });
  }

  function show(): void {
    context.running(feed.shown());
    const all = rows(feed.shown());
    const shown = all.slice(0, room);
    const body = make("div", { class: "agenda" });
    let day = "";
    let list: HTMLElement | null = null;
    for (const row of shown) {
      if (row.day !== day || !list) {
        day = row.day;
        const near = { 0: t("date.today"), 1: t("date.tomorrow") }[daysBetween(context.today(), day)];
        const head = make("h2", { class: "agenda-day", "data-day": day });
        head.append(near ? make("b", {}, near) : "", ` ${dayWords(day)}`);
        const info = infoOf(day);
        const facts = [
          showsHijri() ? info?.hijri.text : "",
          ...(info?.holidays.map(({ name }) => name) ?? []),
        ];
        head.append(make("small", {}, facts.filter(Boolean).join(" · ")));
        list = make("ul", { class: "agenda-list" });
        body.append(make("section", { class: "agenda-section" }, head, list));
      }
      list.append(entryItem(context, row));
    }
    // A number of days is what was asked for, also where its end waits behind "Show more".
    const last = wanted().entries ? shown.at(-1)?.day : undefined;
    context.title(stretch(state.date, last ?? addDays(until, -1)));
    if (all.length === 0) {
      body.append(
        make(
          "p",
          { class: "muted agenda-empty" },
          t("calendar.no_events", { range: stretch(state.date, addDays(until, -1)) }),
        ),
      );
    }
    const more = make(
      "button",
      { type: "button", class: "button", "data-agenda-more": "" },
      t("calendar.show_more"),
    );
    more.addEventListener("click", () => void showMore(all.length > room));
    const reached = daysBetween(state.date, until) >= FARTHEST && all.length <= room;
    if (!reached) body.append(make("div", { class: "agenda-more" }, more));
    const scrolled = grid.scrollTop;
    showLines(grid, body);
    grid.scrollTop = scrolled;
  }

  async function showMore(isLoaded: boolean): Promise<void> {
    const place = grid.querySelectorAll(".agenda-item").length;
    const before = until;
    try {
      if (!isLoaded) {
        until = addDays(until, Math.min(wanted().days, FARTHEST - daysBetween(state.date, until)));
        if (!(await feed.extend(before, until))) return;
        await knowDates(before, until);
      }
      room += AT_ONCE;
    } catch (error) {
      until = before;
      toastRefusal(error);
    }
    show();
    // One goes on reading where the list ended.
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
