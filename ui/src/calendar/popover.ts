/** Cards of the calendar: one entry, and all entries of a day. */
import { cancelEntry, cancelLabel } from "./actions";
import { closeCard, showCard } from "./card";
import { type Entry, formatHoursOn, peopleNames, timesOf, formatTimes, humanize, kindLabel } from "./entry";
import { formatTime, formatDay } from "../core/days";
import { icon } from "../core/icons";
import { callApi, make } from "../core/page";
import { t } from "../core/words";

/** What the card of an entry offers beside the entry. */
interface CardOptions {
  zone: string;
  /** Starts copying the entry; null if it cannot be copied. */
  copy: (() => void) | null;
  /** Names of its vehicles and rooms. */
  booked: string[];
}

/** Shows an entry. */
export function showEntry(entry: Entry, { zone, copy, booked }: CardOptions, at: Element): void {
  const body = make("div", { class: "entry-card-body" });
  body.append(make("h2", {}, entry.title), make("p", { class: "muted" }, formatTimes(timesOf(entry, zone))));
  const facts: [string, string | null][] = [
    [t("card.place"), entry.location],
    [t("card.booked"), booked.join(", ")],
    [t("card.state"), entry.status && humanize(entry.status)],
    [t("card.kind"), kindLabel(entry.kind)],
    [t("card.people"), peopleNames(entry)],
  ];
  const list = make("dl", { class: "properties" });
  for (const [label, value] of facts) {
    if (value) list.append(make("div", {}, make("dt", {}, label), make("dd", {}, value)));
  }
  if (entry.source.kind === "task" && entry.editable) void addTaskValues(entry, list);
  if (entry.recurrence_id) {
    const text = make("dd", {}, t("card.series"));
    list.append(make("div", {}, make("dt", {}, t("card.repeats")), text));
    void describeRule(entry, text);
  }
  const open = make("a", { class: "button", "data-kind": "main", href: entry.url }, t("common.open"));
  const foot = make("div", { class: "entry-card-foot" }, open);
  if (entry.editable) {
    const [path, query] = entry.url.split("?");
    const href = `${path}/edit${query ? `?${query}` : ""}`;
    foot.append(make("a", { class: "button", href }, t("card.edit")));
  }
  if (copy) foot.append(button("copy", t("common.copy"), t("card.copy_title"), copy));
  const cancel = cancelLabel(entry);
  if (cancel) foot.append(button("x", cancel, "", () => void cancelEntry(entry)));
  if (entry.editable) foot.append(make("small", { class: "faint" }, t("card.move_help")));
  body.append(list, foot);
  showCard(body, at, entry.title, entry.module);
  open.focus();
}

/** Returns a button that closes the card and acts. */
function button(drawing: "copy" | "x", label: string, title: string, act: () => void): HTMLElement {
  const made = make("button", { type: "button", class: "button", title: title || undefined });
  made.append(icon(drawing), label);
  made.addEventListener("click", () => {
    closeCard();
    act();
  });
  return made;
}

interface Task {
  version: number;
  status: string;
  priority: string;
  due_date: string | null;
  due_time: string | null;
  progress: number;
}

/** Adds the values of a task to its card, where they are edited in place. */
async function addTaskValues(entry: Entry, list: HTMLElement): Promise<void> {
  try {
    const occurrence = entry.recurrence_id;
    const path = `/api/v1/tasks/${entry.source.id}`;
    const task = await callApi<Task>(
      "GET",
      occurrence ? `${path}/occurrences/${encodeURIComponent(occurrence)}` : path,
    );
    list.dataset.id = entry.source.id;
    list.dataset.version = String(task.version);
    const rows: [string, string, string, string][] = [
      [t("card.status"), "status", task.status, humanize(task.status)],
      [t("card.priority"), "priority", task.priority, humanize(task.priority)],
      [t("card.due"), "due_date", `${task.due_date ?? ""} ${task.due_time ?? ""}`, task.due_date ?? "–"],
      [t("card.progress"), "progress", String(task.progress), `${task.progress} %`],
    ];
    for (const [label, field, value, shown] of rows) {
      const content = make(
        "span",
        {
          class: "editable",
          role: "button",
          tabindex: "0",
          "data-edit": field,
          "data-occurrence": occurrence ?? undefined,
          "data-title": occurrence ? entry.title : undefined,
          "data-value": value,
        },
        shown,
      );
      list.append(make("div", {}, make("dt", {}, label), make("dd", {}, content)));
    }
  } catch {
    // The card says enough without it.
  }
}

/** Loads the description of the recurrence rule into the card. */
async function describeRule(entry: Entry, text: HTMLElement): Promise<void> {
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
    if (answer.text) text.textContent = answer.text;
  } catch {
    // The card says enough without it.
  }
}

/** Shows all entries of a day. */
export function showDay(
  date: string,
  entries: Entry[],
  zone: string,
  at: Element,
  open: (entry: Entry, at: Element) => void,
): void {
  const body = make("div", { class: "entry-card-body entry-card-day" });
  const day = formatDay(date);
  const many = t("common.entries", { count: entries.length });
  body.append(make("h2", { class: "menu-label" }, t("calendar.day_entries", { day, entries: many })));
  for (const entry of entries) {
    const link = make("a", { class: "menu-item", href: entry.url, "data-module": entry.module });
    const times = timesOf(entry, zone);
    const isHere = !entry.all_day && times.start.slice(0, 10) >= date;
    const time = isHere ? formatTime(times.start) : entry.all_day ? "" : formatHoursOn(date, times);
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
  showCard(body, at, t("card.all_entries", { day }));
  body.querySelector("a")?.focus();
}
