/** What the days are beside their number: the Hijri date, and holidays. */
import { addDays } from "./days";
import { callApi, one, recall } from "../core/page";

export interface DateInfo {
  date: string;
  is_off: boolean;
  hijri: { text: string; text_short: string };
  holidays: { name: string }[];
}

const known = new Map<string, DateInfo>();

/** Whether the person wants to see Hijri dates. */
export function showsHijri(): boolean {
  // What was chosen on this device counts before the preferences of the person.
  const chosen = recall("calendar.hijri");
  if (chosen) return chosen !== "off";
  return one("[data-calendar]")?.dataset.withoutHijri === undefined;
}

/** Fetches what is not known yet; without it the calendar is still one. */
export async function knowDates(first: string, afterLast: string): Promise<void> {
  let missing = false;
  for (let day = first; day < afterLast && !missing; day = addDays(day, 1)) missing = !known.has(day);
  if (!missing) return;
  try {
    const { days } = await callApi<{ days: DateInfo[] }>(
      "GET",
      `/api/v1/calendar/dates?start=${first}&end=${afterLast}`,
    );
    for (const day of days) known.set(day.date, day);
  } catch {
    // The days stay without it.
  }
}

/** Holidays may have moved. */
export function forgetDates(): void {
  known.clear();
}

export function infoOf(day: string): DateInfo | undefined {
  return known.get(day);
}

/** Puts it on the days of a grid, as attributes that the style shows: the cells belong to the grid. */
export function markDates(grid: HTMLElement): void {
  const set = (element: Element | null, name: string, value: string | undefined): void => {
    if (!element || (element.getAttribute(name) ?? undefined) === value) return;
    if (value) element.setAttribute(name, value);
    else element.removeAttribute(name);
  };
  const hijri = showsHijri();
  for (const cell of grid.querySelectorAll<HTMLElement>("[data-date]")) {
    const info = known.get(cell.dataset.date ?? "");
    const isDay = cell.matches(".fc-daygrid-day");
    const isHead = cell.matches(".fc-col-header-cell");
    if (!isDay && !isHead && !cell.matches(".fc-timegrid-col")) continue;
    set(cell, "data-holiday", info && info.holidays.length > 0 ? "true" : undefined);
    const words = isHead
      ? cell.querySelector(".fc-col-header-cell-cushion")
      : cell.querySelector(".fc-daygrid-day-top");
    if (!isDay && !isHead) continue;
    set(words, "data-hijri", hijri ? info?.hijri.text_short : undefined);
    // For where the month has no room.
    set(words, "data-hijri-day", hijri ? info?.hijri.text_short.split(" ")[0] : undefined);
    set(
      cell,
      "title",
      info && info.holidays.length > 0 ? info.holidays.map(({ name }) => name).join(", ") : undefined,
    );
  }
}
