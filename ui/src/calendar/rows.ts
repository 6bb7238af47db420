/** The rows of the timelines: people and resources, with their names. */
import type { Entry } from "./entry";
import type { Context } from "./view";
import { callApi } from "../core/page";
import { t } from "../core/words";

export interface Row {
  id: string;
  name: string;
  /** What stands beneath the name. */
  note: string;
}

/** What the rows of a timeline are about. */
export interface Rows {
  /** The kind of the records that they are of. */
  kind: string;
  /** Which rows an entry stands in. */
  of(entry: Entry): string[];
  /** What to ask the feed for where the filters name no row. */
  query: Record<string, string>;
  /** What a row is for whatever is made in it. */
  about: "person" | "resource";
  /** The heading of their column. */
  heading: string;
  /** What else changes them. */
  follows: string[];
  empty: string;
}

export const ROWS: Record<"people" | "resources", Rows> = {
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

/** The rows that came with the page, once: afterwards they may have changed. */
export function givenRows({ host }: Context, about: keyof typeof ROWS): Row[] | null {
  const given = JSON.parse(host.dataset.rows ?? "{}") as Record<string, Row[]>;
  delete host.dataset.rows;
  return given[about] ?? null;
}

/** Those that the filters name, or all. */
export async function fetchRows({ feed }: Context, about: keyof typeof ROWS): Promise<Row[]> {
  const query = new URLSearchParams({ ...feed.parameters, about });
  const { rows } = await callApi<{ rows: Row[] }>("GET", `/api/v1/calendar/rows?${query}`);
  return rows;
}
