/** Days as texts (`2026-12-14`): they compare, travel and mean the same everywhere. */
import { DATE_LOCALE, NUMBER_LOCALE } from "../core/words";

const DAY = 86_400_000;

/** Days by which an arrow goes on among days that stand in weeks. */
export const ARROW_DAYS: Record<string, number | undefined> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -7,
  ArrowDown: 7,
};

const instant = (day: string): number => Date.parse(`${day.slice(0, 10)}T00:00:00Z`);

export function addDays(day: string, count: number): string {
  return new Date(instant(day) + count * DAY).toISOString().slice(0, 10);
}

export function daysBetween(first: string, second: string): number {
  return Math.round((instant(second) - instant(first)) / DAY);
}

/** The same day of another month, or its last one. */
export function addMonths(day: string, count: number): string {
  const date = new Date(instant(day));
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return date.toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekday(day: string): number {
  return new Date(instant(day)).getUTCDay();
}

/** First day of the week that begins with `first` (0 is Sunday). */
export function weekOf(day: string, first: number): string {
  return addDays(day, -((weekday(day) - first + 7) % 7));
}

export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

function writer(options: Intl.DateTimeFormatOptions): (day: string) => string {
  const format = new Intl.DateTimeFormat(DATE_LOCALE, { timeZone: "UTC", ...options });
  return (day) => format.format(new Date(instant(day))).replace(",", "");
}

/** "Mon 14 Dec" */
export const dayWords = writer({ weekday: "short", day: "numeric", month: "short" });
/** "Monday 14 December 2026" */
export const longDay = writer({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
/** "14 Dec" */
export const shortDay = writer({ day: "numeric", month: "short" });
/** "December 2026" */
export const monthWords = writer({ month: "long", year: "numeric" });
/** "December" */
export const monthName = writer({ month: "long" });
/** "Monday" */
export const longWeekday = writer({ weekday: "long" });
/** "Mon" */
export const weekdayName = writer({ weekday: "short" });

const clockFormat = new Intl.DateTimeFormat(NUMBER_LOCALE, {
  timeZone: "UTC",
  hour: "numeric",
  minute: "2-digit",
});

/** "9:00 AM" of a wall time. */
export function clock(wall: string): string {
  return clockFormat.format(new Date(`${wall.slice(0, 19)}Z`));
}

const dayOfYear = writer({ weekday: "short", day: "numeric", month: "short", year: "numeric" });

/** "Mon 14 Dec 2026", or "Mon 14 Dec 2026, 9:00 AM" where there is a time; what is neither stays as it is. */
export function momentWords(text: string): string {
  if (Number.isNaN(instant(text))) return text;
  const time = text.length > 10 ? `, ${clock(text)}` : "";
  return `${dayOfYear(text)}${time}`;
}

/** A stretch of days in words, its last day included: "14 Dec – 3 Jan 2027". */
export function stretch(first: string, last: string): string {
  const year = ` ${last.slice(0, 4)}`;
  if (first === last) return dayWords(first) + year;
  if (first.slice(0, 7) === last.slice(0, 7)) return `${Number(first.slice(8))} – ${shortDay(last)}${year}`;
  const own = first.slice(0, 4) === last.slice(0, 4) ? "" : ` ${first.slice(0, 4)}`;
  return `${shortDay(first)}${own} – ${shortDay(last)}${year}`;
}
