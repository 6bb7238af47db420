/** Strip of ongoing entries, those of more than a week. */
import { type Entry, isInactive, isOngoing, lastDay, timesOf } from "./entry";
import { formatShortDay } from "../core/days";
import { make, recall, remember } from "../core/page";
import { t } from "../core/words";

const MAX_SHOWN = 200;

/** Strip above the view. */
export class OngoingStrip {
  constructor(
    private readonly place: HTMLElement | null,
    private readonly zone: string,
    private readonly open: (entry: Entry, at: Element) => void,
  ) {}

  /** Shows the ongoing entries and returns the others. */
  show(entries: Entry[]): Entry[] {
    if (!this.place) return entries;
    const running: Entry[] = [];
    const rest: Entry[] = [];
    for (const entry of entries) (isOngoing(timesOf(entry, this.zone)) ? running : rest).push(entry);
    this.draw(running);
    return rest;
  }

  clear(): void {
    this.place?.replaceChildren();
  }

  private draw(running: Entry[]): void {
    if (running.length === 0) {
      this.clear();
      return;
    }
    running.sort((one, other) => ((one.end ?? "") < (other.end ?? "") ? -1 : 1));
    const words = t("calendar.ongoing", { count: running.length });
    const list = make("ul", { class: "running-list" });
    for (const entry of running.slice(0, MAX_SHOWN)) {
      const name = make(
        "button",
        { type: "button", class: "running-entry", "data-module": entry.module, title: entry.title },
        make("span", { class: "entry-card-dot" }),
        make("span", { class: isInactive(entry) ? "running-title off" : "running-title" }, entry.title),
        make("small", {}, t("date.until_day", { day: formatShortDay(lastDay(timesOf(entry, this.zone))) })),
      );
      name.addEventListener("click", () => this.open(entry, name));
      list.append(make("li", {}, name));
    }
    if (running.length > MAX_SHOWN)
      list.append(
        make("li", { class: "muted" }, t("calendar.ongoing_more", { count: running.length - MAX_SHOWN })),
      );
    const strip = make("details", { class: "calendar-running" }, make("summary", {}, words), list);
    strip.open = recall("calendar.showOngoing") === "open";
    strip.addEventListener("toggle", () => remember("calendar.showOngoing", strip.open ? "open" : ""));
    this.place?.replaceChildren(strip);
  }
}
