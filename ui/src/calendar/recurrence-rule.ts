/** Recurrence rules as the form shows them: parser, serializer and presets. */
import { addDays, addMonths, longWeekdayName, monthName } from "../core/days";
import { ordinal, t } from "../core/words";

/** Weekdays as RFC 5545 names them. */
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
/** "Monday" to "Sunday". */
export const WEEKDAY_NAMES = WEEKDAYS.map((_, place) => longWeekdayName(addDays("2024-01-01", place)));
/** "January" to "December". */
export const MONTH_NAMES = Array.from({ length: 12 }, (_, place) =>
  monthName(addMonths("2024-01-01", place)),
);
/** Positions of a weekday in a month; -1 is the last. */
export const NTH: [number, string][] = [
  [1, t("rule.first")],
  [2, t("rule.second")],
  [3, t("rule.third")],
  [4, t("rule.fourth")],
  [5, t("rule.fifth")],
  [-1, t("rule.last")],
];

/** FREQ of RFC 5545. */
type Frequency = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

/** Rule that the form can show. */
export interface SimpleRule {
  frequency: Frequency;
  interval: number;
  /** Weekdays of a weekly rule. */
  days: string[];
  /** Day of the month, -1 for the last; null for the n-th weekday. */
  monthDay: number | null;
  nth: number;
  weekday: string;
  month: number;
  /** Last day, YYYY-MM-DD, or empty. */
  until: string;
  /** UNTIL as the rule has it, until another day is chosen. */
  untilText: string;
  /** Time of UNTIL on that day, HH:MM, or empty. */
  untilTime: string;
  count: number | null;
}

/** Returns the weekly rule of a start, with defaults for every part. `day` is YYYY-MM-DD. */
export function defaultRule(day: string): SimpleRule {
  const { weekday, month, number } = dateParts(day);
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

/** Returns the last day and time of UNTIL in the zone. */
function parseEnd(text: string, zone: string): Pick<SimpleRule, "until" | "untilText" | "untilTime"> | null {
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

/**
 * Parses a rule; null if the form cannot show all of it. `day` is the date of the start, `zone` that of its times.
 */
export function parseRule(text: string, day: string, zone = ""): SimpleRule | null {
  const simple = defaultRule(day);
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
    const end = parseEnd(until, zone);
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

/** Returns the RRULE of a rule. */
export function formatRule(rule: SimpleRule): string {
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

/** Rule that a start suggests. */
interface Preset {
  key: string;
  label: string;
  rule: string;
}

/** Returns the rules that a start suggests. */
export function presetsFor(day: string): Preset[] {
  const { weekday, month, number, last } = dateParts(day);
  const name = WEEKDAY_NAMES[WEEKDAYS.indexOf(weekday as (typeof WEEKDAYS)[number])] ?? "";
  const simple = defaultRule(day);
  const rule = (changes: Partial<SimpleRule>): string => formatRule({ ...simple, ...changes });
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

function dateParts(day: string): { weekday: string; month: number; number: number; last: number } {
  const date = new Date(`${day}T00:00:00Z`);
  const month = date.getUTCMonth() + 1;
  return {
    weekday: WEEKDAYS[(date.getUTCDay() + 6) % 7] ?? "MO",
    month,
    number: date.getUTCDate(),
    last: new Date(Date.UTC(date.getUTCFullYear(), month, 0)).getUTCDate(),
  };
}
