/** Rows of the timelines: people and resources. */
import type { Entry } from "./entry";
import type { Context } from "./view";
import { callApi } from "../core/page";
import { t } from "../core/words";

/** Row of a timeline. */
export interface TimelineRow {
  id: string;
  name: string;
  /** Text beneath the name. */
  note: string;
}

/** Description of the rows of a timeline. */
interface RowKind {
  /** Kind of their records. */
  kind: string;
  /** Returns the rows of an entry. */
  of(entry: Entry): string[];
  /** Parameters of the feed if the filters name no row. */
  query: Record<string, string>;
  /** Role of a row in whatever is created in it. */
  about: "person" | "resource";
  /** Heading of their column. */
  heading: string;
  /** Other kinds whose changes change the rows. */
  follows: string[];
  empty: string;
}

/** Rows of each timeline. */
export const ROW_KINDS: Record<"people" | "resources", RowKind> = {
  people: {
    kind: "user",
    of: (entry) => (entry.people ?? []).map(({ id }) => id),
    query: {},
    about: "person",
    heading: t("timeline.people"),
    follows: ["team"],
    empty: t("timeline.no_people"),
  },
  resources: {
    kind: "resource",
    of: (entry) => entry.resources ?? [],
    query: { resource: "any" },
    about: "resource",
    heading: t("timeline.resources"),
    follows: [],
    empty: t("timeline.no_resources"),
  },
};

/** Returns the rows that came with the page, once: they may change later. */
export function givenRows({ host }: Context, about: keyof typeof ROW_KINDS): TimelineRow[] | null {
  const given = JSON.parse(host.dataset.rows ?? "{}") as Record<string, TimelineRow[]>;
  delete host.dataset.rows;
  return given[about] ?? null;
}

/** Loads the rows that the filters name, or all. */
export async function fetchRows({ feed }: Context, about: keyof typeof ROW_KINDS): Promise<TimelineRow[]> {
  const query = new URLSearchParams({ ...feed.parameters, about });
  const { rows } = await callApi<{ rows: TimelineRow[] }>("GET", `/api/v1/calendar/rows?${query}`);
  return rows;
}
