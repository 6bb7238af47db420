/** The calendar page: the grid, its toolbar, its filters, and the address that remembers them. */
import { Calendar, type EventApi, type EventInput } from "@fullcalendar/core";
import dayGrid from "@fullcalendar/daygrid";
import interaction from "@fullcalendar/interaction";
import list from "@fullcalendar/list";
import timeGrid from "@fullcalendar/timegrid";
import { abilitiesOf, entryOf, onceInList, save, toEvent, words, type Entry } from "./calendar-entry";
import { Dense, entriesOn } from "./calendar-dense";
import { focusEntry, liftedEvent, mark, startCalendarKeys } from "./calendar-keys";
import { closeCard, showCreate, showDay, showEntry, type Create } from "./calendar-popover";
import { hold } from "./live";
import { callApi, debounce, every, make, one } from "./page";
import { toastRefusal } from "./toast";
import { wallTime, withOffset } from "./zone";

/** A month of a whole office is too long a list for a phone. */
const isPhone = matchMedia("(max-width: 760px)").matches;
const VIEWS: Record<string, string> = {
  month: "dayGridMonth",
  week: "timeGridWeek",
  day: "timeGridDay",
  list: isPhone ? "listWeek" : "listMonth",
};

for (const host of every("[data-calendar]")) start(host);

function start(host: HTMLElement): void {
  const grid = one("[data-grid]", host);
  if (!grid) return;
  const zone = host.dataset.timezone || "Asia/Manila";
  const parameters = JSON.parse(host.dataset.parameters ?? "{}") as Record<string, string>;
  const creates = JSON.parse(host.dataset.creates ?? "[]") as Create[];
  const abilities = abilitiesOf(host);
  const search = one<HTMLInputElement>("[data-search]", host);
  const mine = one<HTMLInputElement>("[data-mine]", host);
  let loaded: Entry[] = [];
  const dense = new Dense();
  let arrived = false;
  let drawn = VIEWS[host.dataset.view ?? ""] ?? (isPhone ? "listWeek" : "dayGridMonth");
  // The grid sets its own height; ours is that of the element around it.
  const inner = make("div");
  grid.replaceChildren(inner);

  const shownModules = (): Set<string> =>
    new Set(
      every<HTMLInputElement>(".calendar-modules [data-module-filter]:checked", host).map(
        (box) => box.dataset.moduleFilter ?? "",
      ),
    );

  const load = async (info: { startStr: string; endStr: string }): Promise<EventInput[]> => {
    const query = new URLSearchParams({
      ...parameters,
      start: withOffset(`${info.startStr.slice(0, 10)}T00:00:00`, zone),
      end: withOffset(`${info.endStr.slice(0, 10)}T00:00:00`, zone),
    });
    if (search?.value) query.set("q", search.value);
    if (mine?.checked) query.set("mine", "true");
    const answer = await callApi<{ entries: Entry[] }>("GET", `/api/v1/calendar?${query}`);
    loaded = answer.entries;
    count(host, loaded);
    const held = liftedEvent(calendar);
    const isList = drawn.startsWith("list");
    const events = shown().map((entry) => {
      const event = toEvent(entry, zone, abilities);
      if (held?.id === entry.id)
        return { ...event, start: held.startStr, end: held.endStr, extendedProps: held.extendedProps };
      return isList ? onceInList(event, info.startStr.slice(0, 10)) : event;
    });
    return isList ? events : dense.thin(events, grid.clientHeight, held?.id);
  };

  /** What is loaded and in a module that is ticked. */
  function shown(): Entry[] {
    const modules = shownModules();
    return loaded.filter(
      ({ module }) => modules.has(module) || !one(`[data-module-filter="${CSS.escape(module)}"]`, host),
    );
  }

  const calendar = new Calendar(inner, {
    plugins: [dayGrid, timeGrid, list, interaction],
    // Entries come as wall times of the office's zone; the grid adds nothing to them.
    timeZone: "UTC",
    now: () => wallTime(new Date(), zone),
    initialView: drawn,
    // A list is given its entries differently from a grid.
    lazyFetching: false,
    initialDate: host.dataset.date || wallTime(new Date(), zone).slice(0, 10),
    firstDay: Number(host.dataset.weekStart ?? 0),
    headerToolbar: false,
    height: "100%",
    dayMaxEvents: true,
    fixedWeekCount: false,
    nowIndicator: true,
    navLinks: true,
    navLinkDayClick: (date) => show("day", date),
    scrollTime: "07:00:00",
    slotDuration: "00:30:00",
    // What is held by keyboard comes first, so that it is never behind "more".
    eventOrder: ["place", "rank", "start", "-duration", "title"],
    eventDisplay: "block",
    eventInteractive: true,
    forceEventDuration: true,
    defaultTimedEventDuration: "01:00:00",
    eventTimeFormat: {
      hour: "numeric",
      minute: "2-digit",
      omitZeroMinute: true,
      hour12: true,
      meridiem: "short",
    },
    slotLabelFormat: {
      hour: "numeric",
      minute: "2-digit",
      omitZeroMinute: true,
      hour12: true,
      meridiem: "short",
    },
    views: {
      dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
      timeGrid: { eventMaxStack: 3, slotEventOverlap: false },
      timeGridWeek: { dayHeaderFormat: { weekday: "short", day: "numeric" } },
      list: {
        listDayFormat: { weekday: "short", day: "numeric", month: "short" },
        listDaySideFormat: false,
      },
    },
    locale: "en-GB",
    allDayText: "All day",
    noEventsText: "Nothing in this time. Choose another month, or more modules.",
    moreLinkContent: ({ num }) => {
      const link = make("span", {}, moreText(num));
      // It stands in its day only after it was drawn.
      requestAnimationFrame(() => {
        link.textContent = moreText(num + dense.leftOf(dayOf(link)));
      });
      return { domNodes: [link] };
    },
    moreLinkClick: ({ jsEvent }) => {
      const link = (jsEvent.target as Element).closest<HTMLElement>(".fc-more-link, .fc-daygrid-more-link");
      const date = link && dayOf(link);
      if (!link || !date || dense.leftOf(date) === 0) return "popover";
      showDay(dayInWords(date), entriesOn(date, shown(), wall), timeOf, link);
      // Anything that is no name of a view keeps the grid from answering itself.
      return true as unknown as void;
    },
    moreLinkDidMount: ({ el }) => el.setAttribute("role", "button"),
    selectable: creates.length > 0,
    selectMinDistance: 6,
    unselectAuto: true,
    longPressDelay: 350,
    events: load,
    eventSourceFailure: toastRefusal,
    datesSet: ({ view }) => {
      const title = one("[data-title]", host);
      if (title) title.textContent = view.title;
      pressViewButton(host, view.type);
      remember();
      arrived = true;
    },
    // Named by its number alone, a cell would hide from screen readers what stands in it: its content is its name.
    dayCellDidMount: ({ el }) => el.removeAttribute("aria-labelledby"),
    eventDidMount: ({ el, event }) => {
      const entry = entryOf(event);
      el.dataset.entry = event.id;
      el.dataset.module = entry.module;
      const state = entry.status ? `, ${words(entry.status)}` : "";
      el.title = `${event.title}${state}`;
      const until = event.extendedProps.until as string | undefined;
      if (until) one(".fc-list-event-title", el)?.append(make("small", { class: "faint" }, ` ${until}`));
      if (entry.priority === "critical" || entry.priority === "high") el.dataset.priority = entry.priority;
    },
    eventClick: ({ event, el, jsEvent }) => {
      jsEvent.preventDefault();
      if (jsEvent.ctrlKey || jsEvent.metaKey) window.open(entryOf(event).url, "_blank", "noopener");
      else showEntry(event, el);
    },
    dateClick: ({ dateStr, allDay, dayEl }) => {
      offer(dateStr, null, allDay, dayEl.getBoundingClientRect());
    },
    select: ({ startStr, endStr, allDay, jsEvent }) => {
      const at = new DOMRect(jsEvent?.clientX ?? innerWidth / 2, jsEvent?.clientY ?? innerHeight / 3, 0, 0);
      offer(startStr, endStr, allDay, at);
    },
    // A day does not become an hour by being dropped there, except where the record has both.
    eventAllow: ({ allDay }, event) =>
      !event || event.allDay === allDay || abilities.timed.has(entryOf(event).kind),
    eventDragStart: () => hold(true),
    eventDragStop: () => hold(false),
    eventResizeStart: () => hold(true),
    eventResizeStop: () => hold(false),
    eventDrop: ({ event, revert }) => void save(event, zone, revert),
    eventResize: ({ event, revert }) => void save(event, zone, revert, true),
    eventsSet: restoreFocus,
  });

  const show = (name: string, date?: Date): void => {
    closeCard();
    const view = VIEWS[name];
    if (!view) return;
    drawn = view;
    calendar.changeView(view, date);
  };
  const step = (where: string): void => {
    closeCard();
    if (where === "previous") calendar.prev();
    else if (where === "next") calendar.next();
    else calendar.today();
  };

  function offer(start: string, end: string | null, allDay: boolean, at: DOMRect): void {
    const said = dayInWords(start);
    const wire = (text: string): string => (allDay ? text.slice(0, 10) : withOffset(text, zone));
    showCreate(creates, { start: wire(start), end: end && wire(end), allDay, words: said }, at);
  }

  const wall = (text: string): string => wallTime(new Date(text), zone);
  const timeOf = (entry: Entry): string => (entry.all_day ? "" : wall(entry.start).slice(11, 16));

  /** Keeps view, date and filters in the address. */
  function remember(): void {
    const address = new URL(location.href);
    const view = Object.entries(VIEWS).find(([, name]) => name === calendar.view.type)?.[0] ?? "month";
    address.searchParams.set("view", view);
    address.searchParams.set("date", calendar.getDate().toISOString().slice(0, 10));
    const boxes = every<HTMLInputElement>(".calendar-modules [data-module-filter]", host);
    const shown = boxes.filter((box) => box.checked).map((box) => box.dataset.moduleFilter ?? "");
    setOrDrop(address, "modules", shown.length === boxes.length ? "" : shown.join(",") || "none");
    setOrDrop(address, "q", search?.value ?? "");
    setOrDrop(address, "mine", mine?.checked ? "true" : "");
    history.replaceState(history.state, "", address);
  }

  // A fetch draws every entry anew; the one that had the focus gets it back.
  let focused: string | null = null;
  function restoreFocus(_events: EventApi[]): void {
    if (arrived && grid) scrollToToday(grid);
    arrived = false;
    if (grid && liftedEvent(calendar)) mark(grid);
    else if (focused && grid) focusEntry(grid, focused);
    focused = null;
  }
  const fetchAgain = (): void => {
    focused = document.activeElement?.closest<HTMLElement>("[data-entry]")?.dataset.entry ?? null;
    calendar.refetchEvents();
  };

  const changed = debounce(200, () => {
    if (document.body.hasAttribute("data-held")) changed();
    else fetchAgain();
  });
  document.addEventListener("obcms:change", changed);

  const filtered = debounce(200, () => {
    fetchAgain();
    remember();
  });
  search?.addEventListener("input", filtered);
  mine?.addEventListener("change", filtered);
  host.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (!box.dataset.moduleFilter) return;
    // The same filter stands beside the grid and, where there is no room, in a menu.
    const name = CSS.escape(box.dataset.moduleFilter);
    for (const twin of every<HTMLInputElement>(`[data-module-filter="${name}"]`, host))
      twin.checked = box.checked;
    filtered();
  });
  host.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>(".calendar-toolbar button");
    if (button?.dataset.step) step(button.dataset.step);
    if (button?.dataset.view) show(button.dataset.view);
  });

  startCalendarKeys(calendar, grid, zone, { step, view: show });
  calendar.render();
}

const moreText = (more: number): string => (isPhone ? `+${more}` : `${more} more`);

/** The day of the month, or of the row of whole days, that the element stands in. */
function dayOf(element: Element): string | undefined {
  return element.closest<HTMLElement>(".fc-daygrid-day")?.dataset.date;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "short",
  day: "numeric",
  month: "short",
});

function dayInWords(date: string): string {
  return dayFormat.format(new Date(`${date.slice(0, 10)}T00:00:00Z`)).replace(",", "");
}

/** A list that has today in it begins there; what is earlier is above. */
function scrollToToday(grid: HTMLElement): void {
  requestAnimationFrame(() => {
    const row = one(".fc-list-day.fc-day-today", grid);
    const scroller = row?.closest<HTMLElement>(".fc-scroller");
    if (row && scroller) scroller.scrollTop = row.offsetTop;
  });
}

function setOrDrop(address: URL, name: string, value: string): void {
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
}

function pressViewButton(host: HTMLElement, type: string): void {
  for (const button of every(".calendar-toolbar button[data-view]", host)) {
    button.setAttribute("aria-pressed", String(VIEWS[button.dataset.view ?? ""] === type));
  }
}

/** How many entries of the loaded window each module has. */
function count(host: HTMLElement, entries: Entry[]): void {
  const counts = new Map<string, number>();
  for (const { module } of entries) counts.set(module, (counts.get(module) ?? 0) + 1);
  for (const label of every(".module-check", host)) {
    const place =
      one("[data-count]", label) ?? label.appendChild(make("span", { class: "count", "data-count": "" }));
    place.textContent = String(counts.get(label.dataset.module ?? "") ?? 0);
  }
}
