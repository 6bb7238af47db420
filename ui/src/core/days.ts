/** Dates as texts (`2026-12-14`), without a zone. */
import { DATE_LOCALE, NUMBER_LOCALE } from "./words";

const DAY = 86_400_000;

/** Days by which an arrow key moves in a grid of weeks. */
export const ARROW_DAYS: Record<string, number | undefined> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
};

const instant = (day: string): number => Date.parse(`${day.slice(0, 10)}T00:00:00Z`);

/** Returns the date some days later. */
export function addDays(day: string, count: number): string {
  return new Date(instant(day) + count * DAY).toISOString().slice(0, 10);
}

/** Returns the number of days from one date to another. */
export function daysBetween(first: string, second: string): number {
  return Math.round((instant(second) - instant(first)) / DAY);
}

/** Returns the same day of another month, or its last day. */
export function addMonths(day: string, count: number): string {
  const date = new Date(instant(day));
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return date.toISOString().slice(0, 10);
}

/** Returns the day of the week; 0 is Sunday. */
export function weekday(day: string): number {
  return new Date(instant(day)).getUTCDay();
}

/** Returns the first day of the week, which begins with `first` (0 is Sunday). */
export function weekOf(day: string, first: number): string {
  return addDays(day, -((weekday(day) - first + 7) % 7));
}

/** Returns the first day of the month. */
export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

function formatter(options: Intl.DateTimeFormatOptions): (day: string) => string {
  const format = new Intl.DateTimeFormat(DATE_LOCALE, { timeZone: "UTC", ...options });
  return (day) => format.format(new Date(instant(day))).replace(",", "");
}

/** "Mon 14 Dec" */
export const formatDay = formatter({ weekday: "short", day: "numeric", month: "short" });
/** "Monday 14 December 2026" */
export const formatLongDay = formatter({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
/** "14 Dec" */
export const formatShortDay = formatter({ day: "numeric", month: "short" });
/** "December 2026" */
export const formatMonth = formatter({ month: "long", year: "numeric" });
/** "December" */
export const monthName = formatter({ month: "long" });
/** "Monday" */
export const longWeekdayName = formatter({ weekday: "long" });
/** "Mon" */
export const weekdayName = formatter({ weekday: "short" });

const clockFormat = new Intl.DateTimeFormat(NUMBER_LOCALE, {
  timeZone: "UTC",
  hour: "numeric",
  minute: "2-digit",
});

/** Returns "9:00 AM" of a wall time. */
export function formatTime(wall: string): string {
  return clockFormat.format(new Date(`${wall.slice(0, 19)}Z`));
}

const dayOfYear = formatter({ weekday: "short", day: "numeric", month: "short", year: "numeric" });

/** Returns "Mon 14 Dec 2026", or "Mon 14 Dec 2026, 9:00 AM" with a time; any other text unchanged. */
export function formatMoment(text: string): string {
  if (Number.isNaN(instant(text))) return text;
  const time = text.length > 10 ? `, ${formatTime(text)}` : "";
  return `${dayOfYear(text)}${time}`;
}

/** Returns a range of dates, the last one included: "14 Dec – 3 Jan 2027". */
export function formatRange(first: string, last: string): string {
  const year = ` ${last.slice(0, 4)}`;
  if (first === last) return formatDay(first) + year;
  if (first.slice(0, 7) === last.slice(0, 7))
    return `${Number(first.slice(8))} – ${formatShortDay(last)}${year}`;
  const own = first.slice(0, 4) === last.slice(0, 4) ? "" : ` ${first.slice(0, 4)}`;
  return `${formatShortDay(first)}${own} – ${formatShortDay(last)}${year}`;
}
