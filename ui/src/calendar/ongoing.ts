/** Strip of ongoing entries, those of more than a week. */
import { type Entry, isInactive, lastDay, timesOf } from "./entry";
import { formatShortDay } from "../core/days";
import { make, recall, remember } from "../core/page";
import { toastError } from "../core/toast";
import { t } from "../core/words";

const MAX_SHOWN = 200;

/** Strip above the view. */
export class OngoingStrip {
  constructor(
    private readonly place: HTMLElement | null,
    private readonly zone: string,
    private readonly open: (entry: Entry, at: Element) => void,
  ) {}

  /** Shows the number of ongoing entries, which are loaded when the strip is opened. */
  show(count: number, load: () => Promise<Entry[]>): void {
    if (!this.place) return;
    if (count === 0) {
      this.clear();
      return;
    }
    const list = make("ul", { class: "running-list" });
    const strip = make(
      "details",
      { class: "calendar-running" },
      make("summary", {}, t("calendar.ongoing", { count })),
      list,
    );
    strip.open = recall("calendar.showOngoing") === "open";
    const fill = (): void => {
      if (strip.open && !list.hasChildNodes()) load().then((entries) => this.fill(list, entries), toastError);
    };
    fill();
    strip.addEventListener("toggle", () => {
      remember("calendar.showOngoing", strip.open ? "open" : "");
      fill();
    });
    this.place.replaceChildren(strip);
  }

  clear(): void {
    this.place?.replaceChildren();
  }

  private fill(list: HTMLElement, entries: Entry[]): void {
    const running = [...entries].sort((one, other) => ((one.end ?? "") < (other.end ?? "") ? -1 : 1));
    list.replaceChildren();
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
  }
}
