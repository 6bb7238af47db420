/** The rows of the timelines: people and resources, with their names. */
import type { Entry } from "./calendar-entry";
import type { Context } from "./calendar-view";
import { callApi } from "./page";

export interface Row {
  id: string;
  name: string;
  /** What stands beneath the name. */
  note: string;
}

export interface Rows {
  list: Row[];
  /** Which rows an entry stands in. */
  of(entry: Entry): string[];
  /** What to ask the feed for beyond the filters. */
  query: Record<string, string>;
  /** What a row is for whatever is made in it. */
  about: "person" | "resource";
  empty: string;
}

interface Page {
  items: Item[];
  next_cursor: string | null;
}

interface Item {
  id: string;
  full_name?: string;
  name?: string;
  position?: string | null;
  resource_type?: string | null;
  capacity?: number | null;
  lead?: string | null;
  members?: string[];
}

const MOST = 400;

async function all(collection: string): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | null = "";
  while (cursor !== null && found.length < MOST) {
    const query = new URLSearchParams({ limit: "200", ...(cursor ? { cursor } : {}) });
    const page: Page = await callApi<Page>("GET", `/api/v1/${collection}?${query}`);
    found.push(...page.items);
    cursor = page.next_cursor || null;
  }
  return found;
}

const listed = (text: string | undefined): string[] => (text ?? "").split(",").filter(Boolean);

/** The people that the filters name, the members of the teams they name, or everybody. */
export async function peopleRows({ feed }: Context): Promise<Rows> {
  const wanted = new Set(listed(feed.parameters.person));
  const teams = listed(feed.parameters.team);
  const found = await Promise.all(teams.map((team) => callApi<Item>("GET", `/api/v1/teams/${team}`)));
  for (const { lead, members } of found) {
    for (const id of [lead, ...(members ?? [])]) if (id) wanted.add(id);
  }
  const users = (await all("users")).filter(({ id }) => wanted.size === 0 || wanted.has(id));
  const list = users.map((user) => ({ id: user.id, name: user.full_name ?? "", note: user.position ?? "" }));
  return {
    list: sorted(list),
    of: (entry) => (entry.people ?? []).map(({ id }) => id),
    query: {},
    about: "person",
    empty: "Nobody to show. Choose a team or people under “Add filter”.",
  };
}

/** The resources that the filters name, or all of them. */
export async function resourceRows({ feed }: Context): Promise<Rows> {
  const wanted = new Set(listed(feed.parameters.resource));
  const resources = (await all("resources")).filter(({ id }) => wanted.size === 0 || wanted.has(id));
  const list = resources.map(({ id, name, resource_type, capacity }) => ({
    id,
    name: name ?? "",
    note: [resource_type, capacity ? `for ${capacity}` : ""].filter(Boolean).join(", "),
  }));
  return {
    list: sorted(list),
    of: (entry) => entry.resources ?? [],
    query: list.length > 0 ? { resource: list.map(({ id }) => id).join(",") } : {},
    about: "resource",
    empty: "No resources yet. Rooms, vehicles and equipment are made under Resources.",
  };
}

function sorted(rows: Row[]): Row[] {
  return rows.sort((one, other) => one.name.localeCompare(other.name));
}
