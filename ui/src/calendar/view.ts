/** Views of the calendar: their context and their interface. */
import type { Abilities, Entry, Times } from "./entry";
import type { Feed } from "./feed";
import type { Create } from "./create";

/** Days of the week view on a phone; seven columns would be too narrow. */
export const PHONE_DAYS = 3;

/** Name of a view, as the address has it. */
export type ViewName = "day" | "week" | "weeks" | "month" | "year" | "agenda" | "people" | "resources";

/** State of the calendar in the address. */
export interface State {
  view: ViewName;
  /** Current date. */
  date: string;
  /** Weeks of the view of several weeks. */
  weeks: number;
  /** Period of the agenda: a number of days, or of entries with an "e". */
  next: string;
  /** Span of a timeline. */
  span: "day" | "week" | "fortnight" | "month";
}

/** Person or resource of the row in which something is created. */
export interface RowTarget {
  person?: string;
  resource?: string;
}

/** Outline of a new entry where it will be. */
export interface Ghost {
  show(times: Times, title: string): void;
  remove(): void;
}

/** Change of an entry: its start, its ends, the last day of something long, or a copy. */
export type EntryAction = "move" | "resize" | "end" | "copy";

/** Person or resource that takes an entry over from another one. */
export interface Reassignment {
  about: "person" | "resource";
  id: string;
  name: string;
  insteadOf: string;
}

/** Everything that a view needs. */
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
  /** Current date in the zone. */
  today(): string;
  title(text: string): void;
  go(changes: Partial<State>): void;
  /** Turns the page; resolves when it is drawn. */
  turn(way: number): Promise<void>;
  /** Remembers a state that is drawn already. */
  remember(changes: Partial<State>): void;
  /** Offers creation at a time, or copies the entry that is being copied. */
  offerCreate(times: Times, at: Element | DOMRect, about?: RowTarget, ghost?: Ghost): void;
  /** Shows the card of an entry. */
  open(entry: Entry, at: Element): void;
  /** Returns true while a change is being saved. What is loaded meanwhile has the entry at its old place. */
  isSaving(): boolean;
  /** Moves, resizes, copies or reassigns an entry. Returns its new times; null when it was refused or cancelled. */
  commit(entry: Entry, to: Times, action: EntryAction, reassignment?: Reassignment): Promise<Times | null>;
  /** Shows the number of ongoing entries of a window in their strip. */
  showOngoing(first: string, afterLast: string): void;
  /** Shows all entries of a day in a card, or those that a line counts. */
  openDay(date: string, at: Element, kind?: string): Promise<void>;
}

/** View that is drawn in the grid element. */
export interface CalendarView {
  /** Draws the state with fresh entries. */
  draw(): Promise<void>;
  /** Removes the view. */
  close(): void;
}
