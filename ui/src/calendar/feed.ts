/** Requests for the entries of a window, with the filters of the page. */
import type { Entry } from "./entry";
import { callApi, every, make, one } from "../core/page";
import { withOffset } from "../core/zone";

/** Number of entries of a day, by module. */
export interface DayCount {
  date: string;
  count: number;
  modules: Record<string, number>;
}

/** Entries of the window on the page. */
export class Feed {
  /** Entries of the window, those of hidden modules included. */
  loaded: Entry[] = [];
  private requests = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly zone: string,
    readonly parameters: Record<string, string>,
  ) {}

  private query(more: Record<string, string>): URLSearchParams {
    const query = new URLSearchParams({ ...this.parameters, ...more });
    const words = one<HTMLInputElement>("[data-search]", this.host)?.value;
    if (words) query.set("q", words);
    if (one<HTMLInputElement>("[data-mine]", this.host)?.checked) query.set("mine", "true");
    return query;
  }

  private bounds(first: string, afterLast: string): Record<string, string> {
    const midnight = (day: string): string => withOffset(`${day}T00:00:00`, this.zone);
    return { start: midnight(first), end: midnight(afterLast) };
  }

  /** Loads a window, its last day exclusive. Returns null if a later request was faster. */
  async load(first: string, afterLast: string, more: Record<string, string> = {}): Promise<Entry[] | null> {
    const entries = await this.fetch(first, afterLast, more);
    if (!entries) return null;
    this.loaded = entries;
    this.count();
    return this.shown();
  }

  /** Loads a window that follows and adds its entries. */
  async extend(first: string, afterLast: string): Promise<Entry[] | null> {
    const entries = await this.fetch(first, afterLast, {});
    if (!entries) return null;
    const known = new Set(this.loaded.map(({ id }) => id));
    this.loaded = [...this.loaded, ...entries.filter(({ id }) => !known.has(id))];
    this.count();
    return this.shown();
  }

  private async fetch(
    first: string,
    afterLast: string,
    more: Record<string, string>,
  ): Promise<Entry[] | null> {
    this.requests += 1;
    const request = this.requests;
    const query = this.query({ ...this.bounds(first, afterLast), ...more });
    const { entries } = await callApi<{ entries: Entry[] }>("GET", `/api/v1/calendar?${query}`);
    return request === this.requests ? entries : null;
  }

  /** Loads the counts of the days, of the shown modules only. */
  async days(first: string, afterLast: string): Promise<DayCount[] | null> {
    this.requests += 1;
    const request = this.requests;
    const query = this.query({ start: first, end: afterLast });
    const { days } = await callApi<{ days: DayCount[] }>("GET", `/api/v1/calendar/days?${query}`);
    if (request !== this.requests) return null;
    const totals = new Map<string, number>();
    for (const { modules } of days) {
      for (const [module, count] of Object.entries(modules))
        totals.set(module, (totals.get(module) ?? 0) + count);
    }
    this.write(totals);
    const shows = this.shows();
    return days.map((day) => {
      const modules = Object.entries(day.modules).filter(([module]) => shows(module));
      return {
        date: day.date,
        count: modules.reduce((sum, [, count]) => sum + count, 0),
        modules: Object.fromEntries(modules),
      };
    });
  }

  /** Returns the loaded entries of the shown modules. */
  shown(): Entry[] {
    const shows = this.shows();
    return this.loaded.filter(({ module }) => shows(module));
  }

  private shows(): (module: string) => boolean {
    const off = new Set(
      every<HTMLInputElement>(".calendar-modules [data-module-filter]:not(:checked)", this.host).map(
        (box) => box.dataset.moduleFilter ?? "",
      ),
    );
    return (module) => !off.has(module);
  }

  /** Writes the number of loaded entries beside the name of each module. */
  private count(): void {
    const counts = new Map<string, number>();
    for (const { module } of this.loaded) counts.set(module, (counts.get(module) ?? 0) + 1);
    this.write(counts);
  }

  private write(counts: Map<string, number>): void {
    for (const label of every(".module-check", this.host)) {
      const place =
        one("[data-count]", label) ?? label.appendChild(make("span", { class: "count", "data-count": "" }));
      place.textContent = String(counts.get(label.dataset.module ?? "") ?? 0);
    }
  }
}
