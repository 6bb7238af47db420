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

/** Counts of a day of an overview. */
export interface OverviewDay extends DayCount {
  /** Lesser entries that are counted instead of listed, by kind. */
  folded: Record<string, number>;
}

interface Answer {
  entries: Entry[];
  days: OverviewDay[];
  modules: Record<string, number>;
  ongoing: number;
  resources: Record<string, string>;
}

/** Records that were changed here last, whose entries are listed in any case. */
const MAX_RECENT = 5;

/** Entries of the window on the page. */
export class Feed {
  /** Entries of the window, the most important of each day or all. Of all, those of hidden modules are among them. */
  loaded: Entry[] = [];
  /** Counts by day of the last overview. */
  days = new Map<string, OverviewDay>();
  /** Number of ongoing entries of the last overview. */
  ongoing = 0;
  private readonly names = new Map<string, string>();
  private recent: string[] = [];
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

  /** Returns the parameter for the shown modules; null if none is shown. */
  private modules(): Record<string, string> | null {
    const boxes = every<HTMLInputElement>(".calendar-modules [data-module-filter]", this.host);
    const shown = boxes.filter((box) => box.checked).map((box) => box.dataset.moduleFilter ?? "");
    if (shown.length === boxes.length) return {};
    return shown.length > 0 ? { modules: shown.join(",") } : null;
  }

  /** Lists the entries of a record in any case: it was changed here, and the person looks for it. */
  include(record: string): void {
    this.recent = [record, ...this.recent.filter((known) => known !== record)].slice(0, MAX_RECENT);
  }

  /**
   * Loads the most important entries of each day, in order of importance, and counts of all. Returns null if a later
   * request was faster. With `isWhole` the window is all that the view shows, so that its numbers are those of the page.
   */
  async overview(first: string, afterLast: string, perDay: number, isWhole = true): Promise<Entry[] | null> {
    this.requests += 1;
    const request = this.requests;
    const modules = this.modules();
    const query = this.query({
      ...this.bounds(first, afterLast),
      ...modules,
      per_day: String(modules ? perDay : 0),
    });
    if (this.recent.length > 0 && modules) query.set("include", this.recent.join(","));
    const answer = await callApi<Answer>("GET", `/api/v1/calendar?${query}`);
    if (request !== this.requests) return null;
    this.loaded = modules ? answer.entries : [];
    this.days = new Map(modules ? answer.days.map((day) => [day.date, day]) : []);
    for (const [id, name] of Object.entries(answer.resources)) this.names.set(id, name);
    if (!isWhole) return this.loaded;
    this.ongoing = modules ? answer.ongoing : 0;
    this.write(new Map(Object.entries(answer.modules)));
    return this.loaded;
  }

  /** Loads all entries of the shown modules on a day. */
  async day(date: string, afterLast: string): Promise<Entry[]> {
    const modules = this.modules();
    if (!modules) return [];
    const query = this.query({ ...this.bounds(date, afterLast), ...modules });
    const { entries } = await callApi<{ entries: Entry[] }>("GET", `/api/v1/calendar?${query}`);
    return entries;
  }

  /** Loads the ongoing entries of the shown modules. */
  async ongoingEntries(first: string, afterLast: string): Promise<Entry[]> {
    const modules = this.modules();
    if (!modules) return [];
    const query = this.query({ ...this.bounds(first, afterLast), ...modules, ongoing: "true" });
    const { entries } = await callApi<{ entries: Entry[] }>("GET", `/api/v1/calendar?${query}`);
    return entries;
  }

  /** Returns the known names of the resources of an entry. */
  resourceNames(entry: Entry): string[] {
    return (entry.resources ?? []).flatMap((id) => this.names.get(id) ?? []);
  }

  /** Loads all entries of a window, its last day exclusive. Returns null if a later request was faster. */
  async load(first: string, afterLast: string, more: Record<string, string> = {}): Promise<Entry[] | null> {
    const entries = await this.fetch(first, afterLast, more);
    if (!entries) return null;
    this.loaded = entries;
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
  async dayCounts(first: string, afterLast: string): Promise<DayCount[] | null> {
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
