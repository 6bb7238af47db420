/** Rules as the form can show them: read from a rule's text, written back, and those that suggest themselves. */
import { addDays, addMonths, longWeekday, monthName } from "./days";
import { ordinal, t } from "../core/words";

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
/** "Monday" to "Sunday". */
export const WEEKDAY_NAMES = WEEKDAYS.map((_, place) => longWeekday(addDays("2024-01-01", place)));
/** "January" to "December". */
export const MONTH_NAMES = Array.from({ length: 12 }, (_, place) =>
  monthName(addMonths("2024-01-01", place)),
);
/** Which weekday of a month; the last one counts from the end. */
export const NTH: [number, string][] = [
  [1, t("rule.first")],
  [2, t("rule.second")],
  [3, t("rule.third")],
  [4, t("rule.fourth")],
  [5, t("rule.fifth")],
  [-1, t("rule.last")],
];

export type Frequency = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

export interface Simple {
  frequency: Frequency;
  interval: number;
  /** Days of the week, of a rule by weeks. */
  days: string[];
  /** A day of the month (-1 the last), or nothing when it is the n-th of a weekday. */
  monthDay: number | null;
  nth: number;
  weekday: string;
  month: number;
  /** The last day, YYYY-MM-DD, or nothing. */
  until: string;
  /** The end as the rule has it, to the second; it stays as long as nobody chooses another day. */
  untilText: string;
  /** The time of the end on that day, HH:MM, when there is one. */
  untilTime: string;
  count: number | null;
}

/** What a start suggests for everything that the rule leaves open. `day` is YYYY-MM-DD. */
export function simpleFor(day: string): Simple {
  const { weekday, month, number } = partsOf(day);
  return {
    frequency: "WEEKLY",
    interval: 1,
    days: [weekday],
    monthDay: number,
    nth: Math.min(Math.ceil(number / 7), 5),
    weekday,
    month,
    until: "",
    untilText: "",
    untilTime: "",
    count: null,
  };
}

/** The last day of a rule and its time, on the clock of the zone. */
function readEnd(text: string, zone: string): Pick<Simple, "until" | "untilText" | "untilTime"> | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(text);
  if (!match) return null;
  const [, year, month, date, hour, minute, second, isUtc] = match;
  const day = `${year}-${month}-${date}`;
  if (!hour) return { until: day, untilText: text, untilTime: "" };
  if (!isUtc) return { until: day, untilText: text, untilTime: `${hour}:${minute}` };
  const instant = new Date(`${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(instant.getTime())) return null;
  // The Swedish way of writing dates is the one of forms.
  const local = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone || "UTC",
    dateStyle: "short",
    timeStyle: "short",
  }).format(instant);
  return { until: local.slice(0, 10), untilText: text, untilTime: local.slice(11, 16) };
}

/** The rule, when the form can show all of it; `day` is that of the start, `zone` the one of its times. */
export function readRule(text: string, day: string, zone = ""): Simple | null {
  const simple = simpleFor(day);
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, "")
    .split(";")) {
    const [name, value] = part.split("=");
    if (!name || !value || parts.has(name)) return null;
    parts.set(name, value);
  }
  const take = (name: string): string | undefined => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const frequency = take("FREQ") as Frequency;
  if (!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].includes(frequency)) return null;
  simple.frequency = frequency;
  const interval = take("INTERVAL");
  if (interval) simple.interval = Number(interval);
  const count = take("COUNT");
  if (count) simple.count = Number(count);
  const until = take("UNTIL");
  if (until) {
    const end = readEnd(until, zone);
    if (!end) return null;
    Object.assign(simple, end);
  }
  if (parts.get("WKST") === "MO") parts.delete("WKST");
  const byDay = take("BYDAY");
  const byMonthDay = take("BYMONTHDAY");
  const byMonth = take("BYMONTH");
  if (parts.size > 0) return null;
  if (frequency === "WEEKLY") {
    if (byMonthDay || byMonth) return null;
    if (byDay) simple.days = byDay.split(",");
    return simple.days.every((name) => (WEEKDAYS as readonly string[]).includes(name)) ? simple : null;
  }
  if (frequency === "DAILY") return byDay || byMonthDay || byMonth ? null : simple;
  if (byDay && byMonthDay) return null;
  if (frequency === "MONTHLY" && byMonth) return null;
  if (byMonth) {
    simple.month = Number(byMonth);
    if (!MONTH_NAMES[simple.month - 1]) return null;
  } else if (frequency === "YEARLY" && (byDay || byMonthDay)) {
    return null;
  }
  if (byMonthDay) {
    simple.monthDay = Number(byMonthDay);
    return simple.monthDay === -1 || (simple.monthDay >= 1 && simple.monthDay <= 31) ? simple : null;
  }
  if (byDay) {
    const match = /^(-?\d)(MO|TU|WE|TH|FR|SA|SU)$/.exec(byDay);
    const nth = Number(match?.[1]);
    if (!match || !NTH.some(([known]) => known === nth)) return null;
    Object.assign(simple, { monthDay: null, nth, weekday: match[2] });
  }
  return simple;
}

export function writeRule(rule: Simple): string {
  const parts = [`FREQ=${rule.frequency}`];
  if (rule.interval > 1) parts.push(`INTERVAL=${rule.interval}`);
  if (rule.count) parts.push(`COUNT=${rule.count}`);
  else if (rule.until) parts.push(`UNTIL=${rule.untilText || rule.until.replaceAll("-", "")}`);
  if (rule.frequency === "YEARLY") parts.push(`BYMONTH=${rule.month}`);
  if (rule.frequency === "WEEKLY") {
    const days = WEEKDAYS.filter((name) => rule.days.includes(name));
    if (days.length > 0) parts.push(`BYDAY=${days.join(",")}`);
  } else if (rule.frequency !== "DAILY") {
    parts.push(rule.monthDay === null ? `BYDAY=${rule.nth}${rule.weekday}` : `BYMONTHDAY=${rule.monthDay}`);
  }
  return parts.join(";");
}

export interface Preset {
  key: string;
  label: string;
  rule: string;
}

/** The rules that a start suggests. */
export function presetsFor(day: string): Preset[] {
  const { weekday, month, number, last } = partsOf(day);
  const name = WEEKDAY_NAMES[WEEKDAYS.indexOf(weekday as (typeof WEEKDAYS)[number])] ?? "";
  const simple = simpleFor(day);
  const rule = (changes: Partial<Simple>): string => writeRule({ ...simple, ...changes });
  const presets: Preset[] = [
    { key: "daily", label: t("preset.daily"), rule: rule({ frequency: "DAILY" }) },
    { key: "weekly", label: t("preset.weekly", { weekday: name }), rule: rule({ frequency: "WEEKLY" }) },
    {
      key: "weekdays",
      label: t("preset.weekdays"),
      rule: rule({ frequency: "WEEKLY", days: WEEKDAYS.slice(0, 5) }),
    },
  ];
  const nth = NTH.find(([known]) => known === simple.nth)?.[1];
  if (simple.nth < 5) {
    presets.push({
      key: "nth",
      label: t("preset.nth", { nth: nth ?? "", weekday: name }),
      rule: rule({ frequency: "MONTHLY", monthDay: null }),
    });
  }
  if (number + 7 > last) {
    presets.push({
      key: "last",
      label: t("preset.nth", { nth: t("rule.last"), weekday: name }),
      rule: rule({ frequency: "MONTHLY", monthDay: null, nth: -1 }),
    });
  }
  presets.push({
    key: "monthday",
    label: t("preset.month_day", { ordinal: ordinal(number) }),
    rule: rule({ frequency: "MONTHLY", monthDay: number }),
  });
  if (number === last) {
    presets.push({
      key: "lastday",
      label: t("preset.last_day"),
      rule: rule({ frequency: "MONTHLY", monthDay: -1 }),
    });
  }
  presets.push({
    key: "yearly",
    label: t("preset.yearly", { day: number, month: MONTH_NAMES[month - 1] ?? "" }),
    rule: rule({ frequency: "YEARLY", monthDay: number }),
  });
  return presets;
}

function partsOf(day: string): { weekday: string; month: number; number: number; last: number } {
  const date = new Date(`${day}T00:00:00Z`);
  const month = date.getUTCMonth() + 1;
  return {
    weekday: WEEKDAYS[(date.getUTCDay() + 6) % 7] ?? "MO",
    month,
    number: date.getUTCDate(),
    last: new Date(Date.UTC(date.getUTCFullYear(), month, 0)).getUTCDate(),
  };
}
