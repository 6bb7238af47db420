/** The rows of the timelines: people and resources, with their names. */
import type { Entry } from "./entry";
import type { Context } from "./view";
import { callApi } from "../core/page";

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
    heading: "People",
    follows: ["team"],
    empty: "No people. Select a team or people under “Add filter”.",
  },
  resources: {
    kind: "resource",
    of: (entry) => entry.resources ?? [],
    query: { resource: "any" },
    about: "resource",
    heading: "Resources",
    follows: [],
    empty: "No resources yet. Add rooms, vehicles and equipment under Resources.",
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
