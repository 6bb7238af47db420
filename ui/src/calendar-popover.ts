/** The small cards of the calendar: what an entry is, and everything of a full day. */
import { closeCard, showCard } from "./calendar-card";
import { type Entry, peopleOf, timesOf, whenWords, words } from "./calendar-entry";
import { clock } from "./calendar-days";
import { icon } from "./icon";
import { make } from "./page";

/** What an entry is; `copy` begins to copy it, where it can be copied. */
export function showEntry(entry: Entry, zone: string, at: Element, copy: (() => void) | null): void {
  const body = make("div", { class: "entry-card-body" });
  body.append(make("h2", {}, entry.title), make("p", { class: "muted" }, whenWords(timesOf(entry, zone))));
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
  if (copy) {
    const button = make("button", { type: "button", class: "button", title: "Or drag with Ctrl held" });
    button.append(icon("copy"), "Copy");
    button.addEventListener("click", () => {
      closeCard();
      copy();
    });
    foot.append(button);
  }
  if (entry.editable) foot.append(make("small", { class: "faint" }, "Drag to move, or Space and arrows"));
  body.append(list, foot);
  showCard(body, at, entry.title, entry.module);
  open.focus();
}

/** Everything of a full day. */
export function showDay(
  day: string,
  entries: Entry[],
  zone: string,
  at: Element,
  open: (entry: Entry, at: Element) => void,
): void {
  const body = make("div", { class: "entry-card-body entry-card-day" });
  const many = entries.length === 1 ? "1 entry" : `${entries.length} entries`;
  body.append(make("h2", { class: "menu-label" }, `${day}: ${many}`));
  for (const entry of entries) {
    const link = make("a", { class: "menu-item", href: entry.url, "data-module": entry.module });
    const time = entry.all_day ? "" : clock(timesOf(entry, zone).start);
    link.append(make("span", { class: "entry-card-dot" }));
    if (time) link.append(make("span", { class: "muted" }, time));
    link.append(make("span", { class: "grow" }, entry.title));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(entry, at);
    });
    body.append(link);
  }
  showCard(body, at, `Everything on ${day}`);
  body.querySelector("a")?.focus();
}
