/** What the views of the calendar have in common: what they are given, and what they can be told. */
import type { Abilities, Entry, Times } from "./entry";
import type { Feed } from "./feed";
import type { Create } from "./create";

/** The days that the week shows on a phone: seven columns would be too narrow to read. */
export const PHONE_DAYS = 3;

export type ViewName = "day" | "week" | "weeks" | "month" | "year" | "agenda" | "people" | "resources";

/** What the address says of the view. */
export interface State {
  view: ViewName;
  /** The day that it is about. */
  date: string;
  /** Weeks of the view of several weeks. */
  weeks: number;
  /** What the agenda shows: so many days, or so many entries with an "e". */
  next: string;
  /** How much a timeline shows. */
  span: "day" | "week" | "fortnight" | "month";
}

/** What a time is made for beyond itself: a person or a resource of the row that was clicked. */
export interface About {
  person?: string;
  resource?: string;
}

/** Who or what an entry goes to, and in whose place. */
export interface Reassignment {
  about: "person" | "resource";
  id: string;
  name: string;
  insteadOf: string;
}

/** Everything a view needs. */
export interface Context {
  host: HTMLElement;
  grid: HTMLElement;
  zone: string;
  /** First day of the week: 0 is Sunday. */
  weekStart: number;
  state: State;
  feed: Feed;
  abilities: Abilities;
  creates: Create[];
  readonly isPhone: boolean;
  /** The person's date now. */
  today(): string;
  title(text: string): void;
  go(changes: Partial<State>): void;
  /** Turns the page, and is done when it stands there. */
  turn(way: number): Promise<void>;
  /** Remembers what the view shows already. */
  note(changes: Partial<State>): void;
  /** Offers what can be made at the time, or copies what is being copied. */
  offer(times: Times, at: Element | DOMRect, about?: About): void;
  /** Shows the card of an entry. */
  open(entry: Entry, at: Element): void;
  /**
   * Moves an entry, or copies it there, and gives it to somebody else; answers where it is then, or nothing when it was
   * refused or thought better of.
   */
  commit(
    entry: Entry,
    to: Times,
    how: "move" | "resize" | "end" | "copy",
    goes?: Reassignment,
  ): Promise<Times | null>;
  /** Puts what runs for more than a week into its strip, and answers the rest. */
  running(entries: Entry[]): Entry[];
}

export interface CalendarView {
  /** Draws the state anew, from the server. */
  draw(): Promise<void>;
  /** Takes everything away, for another view to take the place. */
  close(): void;
}
