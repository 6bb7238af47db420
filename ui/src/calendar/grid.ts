/** Day, week, several weeks and month: FullCalendar, with dragging, resizing and keys. */
import { Calendar, type EventApi, type EventInput, type ViewApi } from "@fullcalendar/core";
import dayGrid from "@fullcalendar/daygrid";
import interaction from "@fullcalendar/interaction";
import timeGrid from "@fullcalendar/timegrid";
import { type CountLine, DayLines } from "./day-limit";
import { clearDates, loadDates, markDates } from "./date-info";
import { addDays, daysBetween, formatTime, formatRange, weekOf } from "../core/days";
import {
  type Entry,
  isInBand,
  isClosed,
  isInactive,
  isOngoing,
  lastDay,
  timesOf,
  formatTimes,
  humanize,
} from "./entry";
import { entryOf, hoursOf, isEnd, timesIn } from "./event";
import { bandContent, hoursContent, restContent } from "./content";
import { ghostIn, startPlacing } from "./ghost";
import { holdEntry } from "./commit";
import { focusEntry, liftedEvent, mark, startGridKeys } from "./keys";
import { PHONE_DAYS, type CalendarView, type Context } from "./view";
import { pauseUpdates } from "../core/live";
import { make, one } from "../core/page";
import { toastError } from "../core/toast";
import { wallTime } from "../core/zone";
import { DATE_LOCALE, t } from "../core/words";

const TYPES: Record<string, string> = {
  month: "dayGridMonth",
  weeks: "dayGridWeeks",
  week: "timeGridWeek",
  day: "timeGridDay",
};
/** Pixels of an entry in the month, of the head of its day and of the head of the grid. */
const LINE = 21;
const DAY_HEAD = 27;
const GRID_HEAD = 32;
/** Weeks of most months. */
const USUAL_WEEKS = 5;
const HALF_HOUR = 1_800_000;
const WEEKS = {
  type: "dayGrid",
  dateAlignment: "week",
  dayHeaderFormat: { weekday: "short" },
  // "1 December" would not fit beside the Hijri date.
  monthStartFormat: { month: "short", day: "numeric" },
} as const;
const TIME_FORMAT = {
  hour: "numeric",
  minute: "2-digit",
  omitZeroMinute: true,
  hour12: true,
  meridiem: "short",
} as const;

/** Entries of a day that are loaded for the hours of a day and of a week. */
const DAY_ENTRIES = 60;
const WEEK_ENTRIES = 12;

/** Opens the grid. */
export function openGrid(context: Context): CalendarView {
  const { grid, zone, abilities, isPhone, state, feed } = context;
  const isCoarse = matchMedia("(pointer: coarse)").matches;
  const dayLines = new DayLines();
  // The grid sets its own height; ours is that of the element around it.
  const inner = make("div");
  grid.replaceChildren(inner);
  let focused: string | null = null;

  const toEvent = (entry: Entry, rank: number): EventInput => {
    const times = timesOf(entry, zone);
    const long = isInBand(entry, times);
    return {
      id: entry.id,
      title: entry.title,
      start: long ? times.start.slice(0, 10) : times.start,
      end: long ? addDays(lastDay(times), 1) : times.end,
      allDay: times.allDay || long,
      startEditable: entry.editable,
      durationEditable: entry.editable && abilities.resizable.has(entry.kind),
      classNames: isInactive(entry) ? ["entry", "entry-off"] : ["entry"],
      extendedProps: { entry, place: 0, rank, isOpen: !isClosed(entry), hours: long ? times : undefined },
    };
  };

  /** Event for the last day of an ongoing entry, which itself is in the strip above. */
  const endOf = (entry: Entry, rank: number): EventInput => {
    const last = lastDay(timesOf(entry, zone));
    return {
      ...toEvent(entry, rank),
      title: t("calendar.note_title", { note: t("calendar.ends"), title: entry.title }),
      start: last,
      end: addDays(last, 1),
      startEditable: entry.editable && abilities.resizable.has(entry.kind),
      durationEditable: false,
      extendedProps: { entry, place: 0, rank, isOpen: !isClosed(entry), ends: true },
    };
  };

  const load = async (info: { startStr: string; endStr: string }): Promise<EventInput[]> => {
    const first = info.startStr.slice(0, 10);
    const after = info.endStr.slice(0, 10);
    void loadDates(first, after).then(() => markDates(grid));
    const shown = (await feed.overview(first, after, perDay(first, after))) ?? feed.loaded;
    const held = liftedEvent(calendar);
    context.showOngoing(first, after);
    const events = shown.map((entry, rank) =>
      isOngoing(timesOf(entry, zone)) ? endOf(entry, rank) : toEvent(entry, rank),
    );
    const isMonth = state.view === "month" || state.view === "weeks";
    const rows = isMonth ? linesOf(daysBetween(first, after) / 7) : undefined;
    const drawn = dayLines.make(events, feed.days, [first, after], zone, rows);
    if (!held) return drawn;
    const moved = { start: held.startStr, end: held.endStr, extendedProps: held.extendedProps };
    const before = events.find(({ id }) => id === held.id) ?? toEvent(entryOf(held), 0);
    return [...drawn.filter(({ id }) => id !== held.id), { ...before, ...moved }];
  };

  /** Returns the number of lines that each day of so many weeks has room for. */
  const linesOf = (weeks: number): number => {
    const height = (grid.clientHeight - GRID_HEAD) / Math.max(1, weeks) - DAY_HEAD;
    return Math.max(2, Math.floor(height / LINE));
  };

  /** Returns the number of entries of a day that are worth loading. */
  const perDay = (first: string, after: string): number => {
    if (state.view === "day") return DAY_ENTRIES;
    if (state.view === "week") return WEEK_ENTRIES;
    return linesOf(daysBetween(first, after) / 7);
  };

  /** Sets the number of lines that the days of the month have room for. */
  const fit = ({ type, activeStart, activeEnd }: ViewApi): void => {
    if (type.startsWith("timeGrid")) return;
    const lines = linesOf(Math.round((+activeEnd - +activeStart) / 604_800_000));
    if (calendar.getOption("dayMaxEventRows") !== lines) calendar.setOption("dayMaxEventRows", lines);
  };

  /** Returns true if the view shows the date; weeks, and the days of a phone, begin with it. */
  const isAt = ({ type, currentStart, currentEnd }: ViewApi, date: string): boolean => {
    const first = dayIn(currentStart);
    if (type === "dayGridWeeks") return weekOf(date, context.weekStart) === first;
    if (type === "timeGridWeek" && isPhone) return date === first;
    return date >= first && date < dayIn(currentEnd);
  };

  const calendar = new Calendar(inner, {
    plugins: [dayGrid, timeGrid, interaction],
    // Entries come as wall times of the person's zone; the grid adds nothing to them.
    timeZone: "UTC",
    now: () => wallTime(new Date(), zone),
    initialView: TYPES[state.view] ?? "dayGridMonth",
    initialDate: state.date,
    lazyFetching: false,
    firstDay: context.weekStart,
    headerToolbar: false,
    height: "100%",
    dayMaxEventRows: linesOf(state.view === "weeks" ? state.weeks : USUAL_WEEKS),
    fixedWeekCount: false,
    nowIndicator: true,
    navLinks: true,
    navLinkDayClick: (date) => context.go({ view: "day", date: dayIn(date) }),
    scrollTime: "07:00:00",
    slotDuration: "00:30:00",
    // The held entry comes first, so that it is never behind "more".
    eventOrder: ["place", "rank", "start", "-duration", "title"],
    eventDisplay: "block",
    eventInteractive: true,
    forceEventDuration: true,
    defaultTimedEventDuration: "01:00:00",
    eventTimeFormat: TIME_FORMAT,
    slotLabelFormat: TIME_FORMAT,
    views: {
      dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
      dayGridWeeks: { ...WEEKS, duration: { weeks: state.weeks } },
      timeGrid: { eventMaxStack: isPhone ? 3 : 8, slotEventOverlap: false, dayMaxEventRows: 5 },
      timeGridWeek: {
        type: "timeGrid",
        duration: isPhone ? { days: PHONE_DAYS } : { weeks: 1 },
        // Beside a second one, titles on a phone would be cut after five letters.
        eventMaxStack: isPhone ? 1 : 2,
        dayHeaderFormat: { weekday: "short", day: "numeric" },
      },
    },
    locale: DATE_LOCALE,
    allDayText: t("date.all_day"),
    moreLinkContent: ({ num }) => {
      const text = make("span", {}, moreText(num, isPhone));
      const bar = make("span", { class: "more-bar", "aria-hidden": "true" });
      // Their day is known after they were drawn.
      requestAnimationFrame(() => {
        const date = dayOf(text);
        // Among the hours there is only a margin for it.
        const inBand = Boolean(text.closest(".fc-timegrid"));
        text.textContent = moreText(date ? dayLines.behind(date, num, inBand) : num, isPhone || !date);
        for (const [module, count] of dayLines.modulesOf(date)) {
          const part = make("i", { "data-module": module });
          part.style.flexGrow = String(count);
          bar.append(part);
        }
      });
      return { domNodes: [text, bar] };
    },
    moreLinkClick: ({ jsEvent }) => {
      const link = (jsEvent.target as Element).closest<HTMLElement>(".fc-more-link, .fc-daygrid-more-link");
      const date = link && dayOf(link);
      if (!link || !date) return "popover";
      void context.openDay(date, link);
      // Any value that names no view keeps the grid from handling the click.
      return true as unknown as undefined;
    },
    moreLinkDidMount: ({ el }) => el.setAttribute("role", "button"),
    selectable: context.creates.length > 0,
    // A long press selects at once; a click of the mouse selects nothing.
    selectMinDistance: isCoarse ? 0 : 6,
    unselectAuto: true,
    longPressDelay: 350,
    events: load,
    eventSourceFailure: toastError,
    datesSet: ({ view }) => {
      // The view follows a move by keyboard.
      if (!isAt(view, state.date)) context.remember({ date: dayIn(view.currentStart) });
      context.title(titleOf(view.type, view.currentStart, view.currentEnd, view.title));
      requestAnimationFrame(() => {
        fit(view);
        markDates(grid);
      });
    },
    windowResize: ({ view }) => fit(view),
    eventContent: ({ event, isStart, timeText, view }) => {
      const line = lineOf(event);
      if (line && !line.kind && !isPhone) return restContent(event.title, dayLines.modulesOf(line.date));
      if (line || !entryOf(event)) return true;
      const hours = isStart ? hoursOf(event) : null;
      if (!hours)
        return event.allDay || !view.type.startsWith("timeGrid")
          ? true
          : hoursContent(event.title, timeText, placeOf(entryOf(event)));
      return bandContent(event.title, shortTime(hours.start));
    },
    // The name of a cell is its content; the number alone would hide its entries from screen readers.
    dayCellDidMount: ({ el }) => el.removeAttribute("aria-labelledby"),
    eventDidMount: ({ el, event }) => {
      const entry = entryOf(event);
      if (!entry) return;
      el.dataset.entry = event.id;
      el.dataset.module = entry.module;
      const status = entry.status ? `, ${humanize(entry.status)}` : "";
      el.title = `${event.title}, ${formatTimes(timesOf(entry, zone))}${status}`;
      if (entry.priority === "critical" || entry.priority === "high") el.dataset.priority = entry.priority;
    },
    eventClick: ({ event, el, jsEvent }) => {
      jsEvent.preventDefault();
      const line = lineOf(event);
      if (!line && !entryOf(event)) return;
      if (line) void context.openDay(line.date, el, line.kind);
      else if (jsEvent.ctrlKey || jsEvent.metaKey) window.open(entryOf(event).url, "_blank", "noopener");
      else context.open(entryOf(event), el);
    },
    dateClick: ({ dateStr, allDay, dayEl, jsEvent }) => {
      const start = allDay ? dateStr.slice(0, 10) : dateStr.slice(0, 19);
      const at = allDay ? dayEl.getBoundingClientRect() : new DOMRect(jsEvent.clientX, jsEvent.clientY, 0, 0);
      const times = { start, end: allDay ? addDays(start, 1) : hourLater(start), allDay };
      context.offerCreate(times, at, {}, ghost);
    },
    select: ({ start, end, startStr, endStr, allDay, jsEvent }) => {
      // A long press without a move is a click.
      if (isCoarse && +end - +start <= (allDay ? 86_400_000 : HALF_HOUR)) return;
      const at = new DOMRect(jsEvent?.clientX ?? innerWidth / 2, jsEvent?.clientY ?? innerHeight / 3, 0, 0);
      const cut = (text: string): string => text.slice(0, allDay ? 10 : 19);
      // The release of the pointer, which is still on its way, would close the card.
      const times = { start: cut(startStr), end: cut(endStr), allDay };
      setTimeout(() => context.offerCreate(times, at, {}, ghost));
    },
    // A day does not become an hour by being dropped there, except where the record has both.
    eventAllow: ({ allDay }, event) =>
      !event || event.allDay === allDay || (!hoursOf(event) && abilities.timed.has(entryOf(event).kind)),
    eventDragStart: ({ event }) => {
      holdEntry(entryOf(event));
      pauseUpdates(true);
    },
    eventDragStop: () => pauseUpdates(false),
    eventResizeStart: ({ event }) => {
      holdEntry(entryOf(event));
      pauseUpdates(true);
    },
    eventResizeStop: () => pauseUpdates(false),
    eventDrop: ({ event, oldEvent, revert, jsEvent }) => void drop(event, oldEvent, revert, jsEvent),
    eventResize: ({ event, revert }) => {
      void context
        .commit(entryOf(event), timesIn(event), "resize")
        .then((kept) => !kept && takeBack(event, revert));
    },
    eventsSet: () => {
      markDates(grid);
      // Hours without entries are reached, and scrolled, by keyboard too.
      one(".fc-timegrid-col[data-date]", grid)?.setAttribute("tabindex", "0");
      reachDay();
      if (liftedEvent(calendar)) mark(grid);
      else if (focused) focusEntry(grid, focused);
      focused = null;
    },
  });

  /** Returns the vehicles and rooms of an entry, or its place. */
  function placeOf(entry: Entry): string {
    const names = feed.resourceNames(entry);
    return names.length > 0 ? names.join(", ") : (entry.location ?? "");
  }

  /** Lets Tab reach one day of the month, where Enter begins a new entry. */
  function reachDay(): void {
    if (calendar.view.type.startsWith("timeGrid") || context.creates.length === 0) return;
    const day = one(`.fc-daygrid-day[data-date="${state.date}"]`, grid);
    (day ?? one(".fc-daygrid-day[data-date]", grid))?.setAttribute("tabindex", "0");
  }

  /** Saves a drop. With Ctrl or Alt it is a copy, and the original stays. */
  async function drop(
    event: EventApi,
    old: EventApi,
    revert: () => void,
    pointer: MouseEvent,
  ): Promise<void> {
    const entry = entryOf(event);
    const to = timesIn(event);
    const copies = (pointer.ctrlKey || pointer.altKey) && abilities.copyable.has(entry.kind);
    if (copies) {
      takeBack(event, revert);
      if (await context.commit(entry, to, "copy")) calendar.refetchEvents();
      return;
    }
    if (!(await context.commit(entry, to, isEnd(old) ? "end" : "move"))) takeBack(event, revert);
  }

  /**
   * Puts an entry back. Where the entries were loaded meanwhile it is back already, and the library would show it a second
   * time beside the loaded one.
   */
  function takeBack(event: EventApi, revert: () => void): void {
    const shown = calendar.getEventById(event.id);
    if (shown?.startStr === event.startStr && shown.endStr === event.endStr) revert();
    calendar.refetchEvents();
  }

  const ghost = ghostIn(calendar);
  const release = startGridKeys(calendar, grid, context);
  const stopPlacing = context.creates.length > 0 ? startPlacing(calendar, context, ghost) : () => undefined;
  const until = new AbortController();
  document.addEventListener("obcms:hijri", () => markDates(grid), { signal: until.signal });
  document.addEventListener(
    "obcms:change",
    (event) => {
      const { kind } = (event as CustomEvent<{ kind: string }>).detail;
      if (["*", "holiday", "hijri_adjustment"].includes(kind)) clearDates();
    },
    { signal: until.signal },
  );
  let shownWeeks = state.weeks;
  calendar.render();

  return {
    draw: () => {
      focused = document.activeElement?.closest<HTMLElement>("[data-entry]")?.dataset.entry ?? null;
      const type = TYPES[state.view] ?? "dayGridMonth";
      if (state.weeks !== shownWeeks) {
        shownWeeks = state.weeks;
        calendar.setOption("views", {
          ...calendar.getOption("views"),
          dayGridWeeks: { ...WEEKS, duration: { weeks: state.weeks } },
        });
      }
      if (type === calendar.view.type && isAt(calendar.view, state.date)) calendar.refetchEvents();
      else calendar.changeView(type, state.date);
      return Promise.resolve();
    },
    close: () => {
      release();
      stopPlacing();
      until.abort();
      calendar.destroy();
      grid.replaceChildren();
    },
  };
}

/** Returns the line of an event that counts entries, null for an entry. */
function lineOf(event: EventApi): CountLine | null {
  return (event.extendedProps.line as CountLine | undefined) ?? null;
}

const dayIn = (date: Date): string => date.toISOString().slice(0, 10);

function titleOf(type: string, start: Date, end: Date, usual: string): string {
  if (type === "dayGridMonth" || type === "timeGridDay") return usual;
  return formatRange(dayIn(start), addDays(dayIn(end), -1));
}

/** Returns "7am" of a wall time, as the grid writes it. */
const shortTime = (wall: string): string =>
  formatTime(wall).replace(":00", "").replace(" ", "").toLowerCase();

const moreText = (more: number, isPhone: boolean): string =>
  t(isPhone ? "calendar.more_short" : "common.more_count", { count: more });

function hourLater(wall: string): string {
  return new Date(Date.parse(`${wall}Z`) + 3_600_000).toISOString().slice(0, 19);
}

/** Returns the date of the cell around an element. */
function dayOf(element: Element): string | undefined {
  return element.closest<HTMLElement>(".fc-daygrid-day")?.dataset.date;
}
