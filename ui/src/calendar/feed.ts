/** What stands in a window of time, asked of the server with the filters of the page. */
import type { Entry } from "./entry";
import { callApi, every, make, one } from "../core/page";
import { withOffset } from "../core/zone";

/** How full a day is. */
export interface DayCount {
  date: string;
  count: number;
  modules: Record<string, number>;
}

export class Feed {
  /** Everything of the window, whether its module is ticked or not. */
  loaded: Entry[] = [];
  private asked = 0;

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

  /** Fetches the window, the last day exclusive; nothing when a later question was quicker. */
  async load(first: string, afterLast: string, more: Record<string, string> = {}): Promise<Entry[] | null> {
    const entries = await this.fetch(first, afterLast, more);
    if (!entries) return null;
    this.loaded = entries;
    this.count();
    return this.shown();
  }

  /** Fetches what follows the window and adds it. */
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
    this.asked += 1;
    const own = this.asked;
    const query = this.query({ ...this.bounds(first, afterLast), ...more });
    const { entries } = await callApi<{ entries: Entry[] }>("GET", `/api/v1/calendar?${query}`);
    return own === this.asked ? entries : null;
  }

  /** How full the days of the window are, counting the ticked modules only. */
  async days(first: string, afterLast: string): Promise<DayCount[] | null> {
    this.asked += 1;
    const own = this.asked;
    const query = this.query({ start: first, end: afterLast });
    const { days } = await callApi<{ days: DayCount[] }>("GET", `/api/v1/calendar/days?${query}`);
    if (own !== this.asked) return null;
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

  /** What is loaded and in a module that is ticked. */
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

  /** How many entries of the loaded window each module has, beside its name. */
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
