/** The small cards of the calendar: what an entry is, and what can be made on a day. */
import type { EventApi } from "@fullcalendar/core";
import { entryOf, peopleOf, whenOf, words, type Entry } from "./calendar-entry";
import { icon } from "./icon";
import { make } from "./page";

let card: HTMLElement | null = null;

export function closeCard(): void {
  card?.remove();
  card = null;
}

export function showEntry(event: EventApi, at: Element): void {
  const entry = entryOf(event);
  const body = make("div", { class: "entry-card-body" });
  body.append(make("h2", {}, event.title), make("p", { class: "muted" }, whenOf(event)));
  const facts: [string, string | null][] = [
    ["Place", entry.location],
    ["State", entry.status && words(entry.status)],
    ["Kind", words(entry.kind)],
    ["People", peopleOf(entry)],
  ];
  const list = make("dl", { class: "properties" });
  for (const [label, value] of facts) {
    if (value) list.append(make("div", {}, make("dt", {}, label), make("dd", {}, value)));
  }
  const open = make("a", { class: "button", "data-kind": "main", href: entry.url }, "Open");
  const foot = make("div", { class: "entry-card-foot" }, open);
  if (entry.editable) {
    foot.append(make("small", { class: "faint" }, "Drag to move, or press Space on the entry"));
  }
  body.append(list, foot);
  show(body, at, event.title, entry.module);
  open.focus();
}

/** Everything of a full day, as links. */
export function showDay(
  words: string,
  entries: Entry[],
  timeOf: (entry: Entry) => string,
  at: Element,
): void {
  const body = make("div", { class: "entry-card-body entry-card-day" });
  body.append(make("h2", { class: "menu-label" }, `${words}: ${entries.length} entries`));
  for (const entry of entries) {
    const link = make("a", { class: "menu-item", href: entry.url, "data-module": entry.module });
    const dot = make("span", { class: "entry-card-dot" });
    link.append(dot, make("span", { class: "muted" }, timeOf(entry)), entry.title);
    body.append(link);
  }
  show(body, at, `Everything on ${words}`, undefined);
  body.querySelector("a")?.focus();
}

/** Something that can be made on a day, and the fields of its form that the day goes into. */
export interface Create {
  label: string;
  href: string;
  start: string;
  end: string;
  timed: boolean;
  due: boolean;
}

/** A time that was chosen: days with the day after the last one, or instants; no end means what is usual. */
export interface Chosen {
  start: string;
  end: string | null;
  allDay: boolean;
  words: string;
}

/** Offers what can be made at a time; `creates` comes from the server. */
export function showCreate(creates: Create[], chosen: Chosen, at: Element | DOMRect): void {
  if (creates.length === 0) return;
  const body = make("div", { class: "entry-card-body" });
  body.append(make("p", { class: "menu-label" }, chosen.words));
  for (const create of creates) {
    const link = make("a", { class: "menu-item", href: addressOf(create, chosen) });
    link.append(icon("plus"), create.label);
    body.append(link);
  }
  show(body, at, `Create on ${chosen.words}`, undefined);
  body.querySelector("a")?.focus();
}

function addressOf(create: Create, chosen: Chosen): string {
  const address = new URL(create.href, location.href);
  const put = (name: string, value: string): void => {
    if (name) address.searchParams.set(name, value);
  };
  if (create.timed) {
    put(create.start, chosen.start);
    if (chosen.end) put(create.end, chosen.end);
    put("all_day", String(chosen.allDay));
    return address.pathname + address.search;
  }
  const first = chosen.start.slice(0, 10);
  const last = chosen.allDay && chosen.end ? dayBefore(chosen.end) : first;
  if (!create.due || last > first) put(create.start, first);
  put(create.end, last);
  return address.pathname + address.search;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

function show(body: HTMLElement, at: Element | DOMRect, label: string, module: string | undefined): void {
  closeCard();
  const holder = at instanceof Element ? (at as HTMLElement) : null;
  const shell = make("div", { class: "entry-card", popover: "auto", role: "dialog", "aria-label": label });
  if (module) shell.dataset.module = module;
  shell.append(body);
  document.body.append(shell);
  shell.showPopover();
  place(shell, at instanceof Element ? at.getBoundingClientRect() : at);
  shell.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    shell.remove();
    if (card === shell) card = null;
    // Closing by Escape leaves the focus nowhere; it goes back to the entry.
    if (document.activeElement === document.body) holder?.focus({ preventScroll: true });
  });
  card = shell;
}

/** Beside the place where there is room, always inside the window. On the phone the style puts it at the bottom. */
function place(shell: HTMLElement, at: DOMRect): void {
  const own = shell.getBoundingClientRect();
  const room = 8;
  let left = at.right + room;
  if (left + own.width > innerWidth - room) left = at.left - own.width - room;
  if (left < room) left = Math.min(Math.max(room, at.left), innerWidth - own.width - room);
  const top = Math.min(Math.max(room, at.top), innerHeight - own.height - room);
  shell.style.setProperty("--left", `${left}px`);
  shell.style.setProperty("--top", `${top}px`);
}
