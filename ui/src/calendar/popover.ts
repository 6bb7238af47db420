/** The small cards of the calendar: what an entry is, and everything of a full day. */
import { closeCard, showCard } from "./card";
import { type Entry, hoursOn, peopleOf, timesOf, whenWords, words } from "./entry";
import { clock, dayWords } from "./days";
import { icon } from "../core/icons";
import { callApi, make } from "../core/page";

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
  if (entry.recurrence_id) {
    const said = make("dd", {}, "Part of a series");
    list.append(make("div", {}, make("dt", {}, "Repeats"), said));
    void sayRule(entry, said);
  }
  const open = make("a", { class: "button", "data-kind": "main", href: entry.url }, "Open");
  const foot = make("div", { class: "entry-card-foot" }, open);
  if (copy) {
    const button = make("button", { type: "button", class: "button", title: "Or drag while holding Ctrl" });
    button.append(icon("copy"), "Copy");
    button.addEventListener("click", () => {
      closeCard();
      copy();
    });
    foot.append(button);
  }
  if (entry.editable)
    foot.append(make("small", { class: "faint" }, "Drag to move, or press Space and use the arrow keys"));
  body.append(list, foot);
  showCard(body, at, entry.title, entry.module);
  open.focus();
}

/** Puts the rule of the series into the card, in the words of the server. */
async function sayRule(entry: Entry, said: HTMLElement): Promise<void> {
  try {
    const series = await callApi<{ rrule?: string | null; timezone?: string }>(
      "GET",
      `/api/v1${entry.url.split("?")[0]}`,
    );
    if (!series.rrule) return;
    const asked = {
      dtstart: entry.recurrence_id,
      timezone: series.timezone ?? null,
      rrule: series.rrule,
      limit: 1,
    };
    const answer = await callApi<{ text?: string }>("POST", "/api/v1/recurrence/preview", asked);
    if (answer.text) said.textContent = answer.text;
  } catch {
    // The card says enough without it.
  }
}

/** Everything of a full day. */
export function showDay(
  date: string,
  entries: Entry[],
  zone: string,
  at: Element,
  open: (entry: Entry, at: Element) => void,
): void {
  const body = make("div", { class: "entry-card-body entry-card-day" });
  const day = dayWords(date);
  const many = entries.length === 1 ? "1 entry" : `${entries.length} entries`;
  body.append(make("h2", { class: "menu-label" }, `${day}: ${many}`));
  for (const entry of entries) {
    const link = make("a", { class: "menu-item", href: entry.url, "data-module": entry.module });
    const times = timesOf(entry, zone);
    const isHere = !entry.all_day && times.start.slice(0, 10) >= date;
    const time = isHere ? clock(times.start) : entry.all_day ? "" : hoursOn(date, times);
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
  showCard(body, at, `All entries on ${day}`);
  body.querySelector("a")?.focus();
}
