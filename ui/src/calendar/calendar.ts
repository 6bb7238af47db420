/** Calendar page: toolbar, filters and address. The code of a view is loaded when it is needed. */
import { startOccurrenceChanges } from "./actions";
import { readAddress, writeAddress } from "./address";
import { closeCard } from "./card";
import { commit } from "./commit";
import { showCreate, type Create } from "./create";
import { addDays, addMonths, formatLongDay } from "../core/days";
import { abilitiesOf, type Entry, type Times } from "./entry";
import { showsHijri } from "./date-info";
import { Feed } from "./feed";
import { foldFilters, startFilters } from "./filters";
import { startMemory } from "./memory";
import { startOptions } from "./options";
import { showDay, showEntry } from "./popover";
import { entriesOn } from "./day-limit";
import { startPanels } from "./panels";
import { startSavedViews } from "./saved-views";
import { OngoingStrip } from "./ongoing";
import { startSwipe } from "./swipe";
import { PHONE_DAYS, type CalendarView, type Context, type State, type ViewName } from "./view";
import { announce, debounce, dialogIsOpen, every, isTyping, make, one, remember as keep } from "../core/page";
import { isKeySequence } from "../core/shortcuts";
import { toastError } from "../core/toast";
import { officeZone, wallTime } from "../core/zone";
import { t } from "../core/words";
import { noteWrite } from "../core/writes";

const KEYS: Record<string, ViewName> = {
  d: "day",
  w: "week",
  x: "weeks",
  m: "month",
  y: "year",
  a: "agenda",
  l: "agenda",
  p: "people",
  r: "resources",
};
/** Code that draws a view. Views of the same code change without being closed. */
type Drawn = "grid" | "month" | "year" | "agenda" | "people" | "resources";

function drawnAs(view: ViewName, isPhone: boolean): Drawn {
  if (view === "day" || view === "week") return "grid";
  if (view === "month" || view === "weeks") return isPhone ? "month" : "grid";
  return view;
}

async function opened(context: Context): Promise<CalendarView> {
  const view = drawnAs(context.state.view, context.isPhone);
  if (view === "month") return (await import("./month")).openMonth(context);
  if (view === "agenda") return (await import("./agenda")).openAgenda(context);
  if (view === "year") return (await import("./year")).openYear(context);
  if (view === "people" || view === "resources") {
    return (await import("./timeline")).openTimeline(context, view);
  }
  return (await import("./grid")).openGrid(context);
}

for (const host of every("[data-calendar]")) start(host);
startOccurrenceChanges();

function start(host: HTMLElement): void {
  const grid = one("[data-grid]", host);
  if (!grid) return;
  const narrow = matchMedia("(max-width: 760px)");
  let isPhone = narrow.matches;
  const zone = host.dataset.timezone || officeZone();
  const today = (): string => wallTime(new Date(), zone).slice(0, 10);
  const creates = JSON.parse(host.dataset.creates ?? "[]") as Create[];
  const parameters = JSON.parse(host.dataset.parameters ?? "{}") as Record<string, string>;
  const state: State = {
    // A month of a whole office is too much for a phone.
    view: (host.dataset.view as ViewName | undefined) || (isPhone ? "agenda" : "month"),
    date: host.dataset.date || today(),
    weeks: Number(host.dataset.weeks) || 4,
    next: host.dataset.next || "30",
    span: (host.dataset.span as State["span"] | undefined) || "week",
  };
  let view: CalendarView | null = null;
  let drawnBy: Drawn | "" = "";
  let copied: Entry | null = null;
  /** Changes that are not saved yet. */
  let unsaved = 0;

  const open = (entry: Entry, at: Element): void => {
    const copies = context.abilities.copyable.has(entry.kind) && creates.length > 0;
    const copy = copies ? () => beginCopy(entry) : null;
    showEntry(entry, { zone, copy, booked: context.feed.resourceNames(entry) }, at);
  };
  const ongoing = new OngoingStrip(one("[data-running]", host), zone, open);
  const context: Context = {
    host,
    grid,
    zone,
    weekStart: Number(host.dataset.weekStart ?? 0),
    state,
    feed: new Feed(host, zone, parameters),
    abilities: abilitiesOf(host),
    creates,
    get isPhone() {
      return isPhone;
    },
    today,
    title: (text) => {
      const title = one("[data-title]", host);
      if (title && title.textContent !== text) title.textContent = text;
    },
    go,
    turn: (way) => {
      Object.assign(state, { date: stepped(state, way, isPhone) });
      remember();
      return draw();
    },
    remember: (changes) => {
      Object.assign(state, changes);
      remember();
    },
    offerCreate: (times, at, about = {}, ghost) => {
      if (copied) {
        const entry = copied;
        endCopy();
        ghost?.remove();
        void context.commit(entry, asLongAs(entry, times), "copy");
      } else {
        showCreate(creates, times, zone, about, at, created, ghost);
      }
    },
    open,
    isSaving: () => unsaved > 0,
    commit: async (entry, to, action, reassignment) => {
      unsaved += 1;
      const saved = await noteWrite(commit(entry, to, action, zone, reassignment)).finally(
        () => (unsaved -= 1),
      );
      if (saved) context.feed.include(entry.source.id);
      // The grid shows a move already.
      const shows = action !== "copy" && saved === to && drawnAs(state.view, isPhone) === "grid";
      if (saved && !shows) await draw();
      return saved;
    },
    showOngoing: (first, afterLast) => {
      const { feed } = context;
      ongoing.show(feed.ongoing, () => feed.ongoingEntries(first, afterLast));
    },
    openDay: async (date, at, kind) => {
      const { feed } = context;
      try {
        const entries = entriesOn(date, await feed.day(date, addDays(date, 1)), zone);
        const listed = new Set(feed.loaded.map(({ id }) => id));
        const shown = kind
          ? entries.filter((entry) => entry.kind === kind && !listed.has(entry.id))
          : entries;
        showDay(date, shown, zone, at, open);
      } catch (error) {
        toastError(error);
      }
    },
  };

  /** Changes the state and draws it. Going back returns to the state before. */
  function go(changes: Partial<State>): void {
    closeCard();
    Object.assign(state, changes);
    remember(true);
    void draw();
  }

  let drawing = Promise.resolve();
  function draw(): Promise<void> {
    drawing = drawing.then(drawNow).catch(toastError);
    return drawing;
  }

  async function drawNow(): Promise<void> {
    const by = drawnAs(state.view, isPhone);
    host.dataset.view = state.view;
    press(host, state.view);
    if (drawnBy !== by || !view) {
      view?.close();
      ongoing.clear();
      drawnBy = by;
      view = await opened(context);
      // The grid asks for its entries by itself when it is made.
      if (by === "grid") return;
    }
    await view.draw();
  }

  function step(where: string): void {
    if (where === "today") {
      go({ date: today() });
      return;
    }
    const way = where === "previous" ? -1 : 1;
    go({ date: stepped(state, way, isPhone) });
  }

  /** Writes the state into the address, as a new entry of the history if it is a step. */
  function remember(isStep = false): void {
    writeAddress(host, state, isStep);
  }

  /** Draws the state of the address after a step back or forward. */
  function restore(): void {
    readAddress(host, state, today());
    closeCard();
    remember();
    void draw();
  }

  function beginCopy(entry: Entry): void {
    copied = entry;
    const cancel = make(
      "button",
      { type: "button", class: "button", "data-kind": "quiet" },
      t("common.cancel"),
    );
    cancel.addEventListener("click", endCopy);
    const text = t("calendar.copy_target", { title: entry.title });
    one(".calendar-copying", host)?.remove();
    grid?.before(make("div", { class: "calendar-copying", role: "status" }, text, cancel));
    announce(text);
    // Only the grid has days to choose from.
    if (drawnAs(state.view, isPhone) !== "grid") go({ view: isPhone ? "day" : "week" });
  }

  function endCopy(): void {
    copied = null;
    one(".calendar-copying", host)?.remove();
  }

  /** Times of a copy: as long as the original, with its hours if only a day was chosen. */
  function asLongAs(entry: Entry, times: Times): Times {
    if (entry.all_day) {
      const start = times.start.slice(0, 10);
      const length = (Date.parse(entry.end ?? entry.start) - Date.parse(entry.start)) / 86_400_000;
      return { start, end: addDays(start, Math.max(1, length)), allDay: true };
    }
    const own = wallTime(new Date(entry.start), zone);
    const start = times.allDay ? times.start + own.slice(10) : times.start;
    const length = Date.parse(entry.end ?? entry.start) - Date.parse(entry.start);
    const end = new Date(Date.parse(`${start}Z`) + length).toISOString().slice(0, 19);
    return { start, end, allDay: false };
  }

  const again = (): void => void draw();
  const created = (record: string): void => {
    context.feed.include(record);
    again();
  };
  const changed = debounce(200, () => {
    if (document.body.hasAttribute("data-held") || unsaved > 0) changed();
    else again();
  });
  document.addEventListener("obcms:change", changed);
  document.addEventListener("obcms:hijri", () => {
    if (state.view === "agenda") again();
  });

  const filtered = debounce(200, () => {
    remember();
    again();
  });
  host.addEventListener("input", (event) => {
    if ((event.target as Element).matches("[data-search]")) filtered();
  });
  host.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches("[data-whose]")) filtered();
    if (!box.dataset.moduleFilter) return;
    // The same filter is beside the grid and, in a narrow window, in a menu.
    const name = CSS.escape(box.dataset.moduleFilter);
    for (const twin of every<HTMLInputElement>(`[data-module-filter="${name}"]`, host))
      twin.checked = box.checked;
    filtered();
  });
  host.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>(".calendar-toolbar button");
    if (button?.dataset.step) step(button.dataset.step);
    if (!button?.dataset.view) return;
    const menu = button.closest<HTMLDetailsElement>("details.menu");
    if (menu) menu.open = false;
    go({ view: button.dataset.view as ViewName });
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (
      isTyping(event.target) ||
      dialogIsOpen() ||
      isKeySequence() ||
      document.body.hasAttribute("data-held")
    )
      return;
    // Menus and cards use the arrow keys themselves.
    const within = "details.menu[open], [popover]:popover-open, .card-menu-panel";
    if ((event.target as Element).closest?.(within)) return;
    const key = event.key.toLowerCase();
    const wanted = KEYS[key];
    if (key === "escape" && copied) endCopy();
    else if (key === "arrowleft") step("previous");
    else if (key === "arrowright") step("next");
    else if (key === "t") step("today");
    else if (wanted) go({ view: wanted });
    else return;
    event.preventDefault();
  });

  window.addEventListener("popstate", restore);
  startFilters(host);
  const fold = foldFilters(host);
  const suit = (): void => {
    fold(isPhone);
    const week = one('.menu-item[data-view="week"]', host)?.firstChild;
    if (week) week.textContent = isPhone ? t("date.days", { count: PHONE_DAYS }) : t("calendar.week");
  };
  suit();
  // A new width of the window has its own views.
  narrow.addEventListener("change", () => {
    isPhone = narrow.matches;
    suit();
    drawnBy = "";
    closeCard();
    again();
  });
  startPanels(host);
  startSavedViews(host);
  startPrint(host);
  startOptions(context);
  startSwipe(grid, (way) => {
    step(way < 0 ? "previous" : "next");
    announce(formatLongDay(state.date));
  });
  remember();
  startMemory();
  void draw();
}

/** Adds the current view to the links for print and feeds, and remembers the box for Hijri dates. */
function startPrint(host: HTMLElement): void {
  for (const link of every<HTMLAnchorElement>("[data-print-link]", host)) {
    link.addEventListener("click", () => {
      const query = new URLSearchParams(location.search);
      query.set("view", link.dataset.printLink ?? "brief");
      link.href = `/calendar/print?${query}`;
    });
  }
  for (const link of every<HTMLAnchorElement>("[data-filter-link]", host)) {
    link.addEventListener("click", () => {
      const shown = new URLSearchParams(location.search);
      const query = new URLSearchParams();
      for (const name of link.dataset.filterLink?.split(" ") ?? []) {
        // "q:text" is called `text` where the link leads.
        const [here = name, there = here] = name.split(":");
        const value = shown.get(here);
        if (value && value !== "none") query.set(there, value);
      }
      link.search = query.toString();
    });
  }
  const hijri = one<HTMLInputElement>("[data-hijri-box]", host);
  if (!hijri) return;
  hijri.checked = showsHijri();
  hijri.addEventListener("change", () => {
    keep("calendar.hijri", hijri.checked ? "on" : "off");
    document.dispatchEvent(new CustomEvent("obcms:hijri"));
  });
}

/** Returns the date one step of the view earlier or later. */
function stepped({ view, date, weeks, next, span }: State, way: number, isPhone: boolean): string {
  switch (view) {
    case "day":
      return addDays(date, way);
    case "week":
      return addDays(date, (isPhone ? PHONE_DAYS : 7) * way);
    case "weeks":
      return addDays(date, 7 * weeks * way);
    case "month":
      return addMonths(date, way);
    case "year":
      return addMonths(date, 12 * way);
    case "agenda":
      return addDays(date, (next.endsWith("e") ? 14 : Number(next) || 30) * way);
    default:
      return span === "month"
        ? addMonths(date, way)
        : addDays(date, { day: 1, week: 7, fortnight: 14 }[span] * way);
  }
}

function press(host: HTMLElement, view: ViewName): void {
  let name = t("common.more");
  const usual = every(".calendar-views > button[data-view]", host).map((button) => button.dataset.view);
  for (const button of every(".calendar-toolbar button[data-view]", host)) {
    const isIt = button.dataset.view === view;
    button.setAttribute("aria-pressed", String(isIt));
    if (isIt && button.matches(".menu-item")) name = button.firstChild?.textContent ?? name;
  }
  const place = one("[data-view-name]", host);
  if (!place) return;
  place.textContent = name;
  // Beside the usual views the menu shows its own label instead of repeating one of them.
  place.closest("summary")?.toggleAttribute("data-usual", usual.includes(view));
}
