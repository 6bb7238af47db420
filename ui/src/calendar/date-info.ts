/** Facts about dates: Hijri date and holidays. */
import { addDays } from "../core/days";
import { callApi, one, recall } from "../core/page";

/** Facts about one date. */
interface DateInfo {
  date: string;
  is_off: boolean;
  hijri: { text: string; text_short: string };
  holidays: { name: string }[];
}

const cache = new Map<string, DateInfo>();

/** Returns true if the person wants to see Hijri dates. */
export function showsHijri(): boolean {
  // The choice on this device overrides the preferences of the person.
  const chosen = recall("calendar.hijri");
  if (chosen) return chosen !== "off";
  return one("[data-calendar]")?.dataset.withoutHijri === undefined;
}

/** Loads the facts that are not cached yet. A failure leaves the calendar without them. */
export async function loadDates(first: string, afterLast: string): Promise<void> {
  let missing = false;
  for (let day = first; day < afterLast && !missing; day = addDays(day, 1)) missing = !cache.has(day);
  if (!missing) return;
  try {
    const { days } = await callApi<{ days: DateInfo[] }>(
      "GET",
      `/api/v1/calendar/dates?start=${first}&end=${afterLast}`,
    );
    for (const day of days) cache.set(day.date, day);
  } catch {
    // The days stay without facts.
  }
}

/** Clears the cache, as after a change of holidays. */
export function clearDates(): void {
  cache.clear();
}

/** Returns the cached facts about a date. */
export function dateInfo(day: string): DateInfo | undefined {
  return cache.get(day);
}

/** Sets the facts as attributes on the cells of the grid; the style shows them. */
export function markDates(grid: HTMLElement): void {
  const set = (element: Element | null, name: string, value: string | undefined): void => {
    if (!element || (element.getAttribute(name) ?? undefined) === value) return;
    if (value) element.setAttribute(name, value);
    else element.removeAttribute(name);
  };
  const hijri = showsHijri();
  for (const cell of grid.querySelectorAll<HTMLElement>("[data-date]")) {
    const info = cache.get(cell.dataset.date ?? "");
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
