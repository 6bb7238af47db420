/** Recurrence field: presets, custom rules, and a preview of the occurrences from the server. */
import { formatMoment } from "../core/days";
import {
  MONTH_NAMES,
  NTH,
  WEEKDAYS,
  WEEKDAY_NAMES,
  presetsFor,
  parseRule,
  defaultRule,
  formatRule,
  type SimpleRule,
} from "./recurrence-rule";
import { ApiError, callApi, debounce, every, make, one } from "../core/page";
import { afterPress } from "../core/press";
import { ordinal, t } from "../core/words";

/** Preview of a rule. */
interface Answer {
  occurrences: string[];
  more: boolean;
  text?: string | null;
  /** Start of a record with this rule. */
  start?: string | null;
  warning?: string | null;
}

const PREVIEWED = 5;

/** Starts every recurrence field. */
export function startRecurrences(): void {
  for (const holder of every("[data-recurrence]")) build(holder);
}

/** Start in the form: its date, and its time if it has one. */
function startOf(form: HTMLFormElement | null, names: string[]): { day: string; moment: string } | null {
  for (const name of names) {
    const day = form && one<HTMLInputElement>(`[name="${name}"]`, form)?.value;
    if (!form || !day || !/^\d{4}-\d\d-\d\d$/.test(day)) continue;
    const allDay = one<HTMLInputElement>("[name=all_day]", form)?.checked;
    const time = one<HTMLInputElement>(`[name="${name}.time"]`, form)?.value;
    return { day, moment: time && !allDay ? `${day}T${time}:00` : day };
  }
  return null;
}

const today = (): string => new Date().toLocaleDateString("en-CA");

interface Labelled {
  label: string;
  control: HTMLElement;
}

function labelled({ label, control }: Labelled): HTMLElement {
  return make("label", { class: "recurrence-part" }, make("span", {}, label), control);
}

function choices(options: [string, string][], chosen: string): HTMLSelectElement {
  const select = make("select", { class: "input" });
  for (const [value, label] of options) select.append(make("option", { value }, label));
  select.value = chosen;
  return select;
}

function build(holder: HTMLElement): void {
  const found = one<HTMLInputElement>("input", holder);
  const form = holder.closest("form");
  if (!found) return;
  const raw: HTMLInputElement = found;
  const names = (holder.dataset.starts ?? "").split(" ").filter(Boolean);
  const dayNow = (): string => startOf(form, names)?.day ?? today();
  const zoneNow = (): string =>
    (form && one<HTMLSelectElement | HTMLInputElement>("[name=timezone]", form)?.value) || "";
  const read = (): SimpleRule | null => parseRule(raw.value, dayNow(), zoneNow());

  // The select replaces the text, which stays for people who write the rule themselves.
  const select = make("select", {
    id: raw.id,
    class: "input",
    "aria-describedby": raw.getAttribute("aria-describedby") ?? undefined,
    "aria-invalid": raw.getAttribute("aria-invalid") ?? undefined,
  });
  raw.id = `${raw.id}-text`;
  raw.removeAttribute("aria-describedby");
  const custom = make(
    "fieldset",
    { class: "recurrence-custom" },
    make("legend", {}, t("rule.custom_legend")),
  );
  const parts = make("div", { class: "recurrence-parts" });
  custom.append(parts);
  const text = make("label", { class: "recurrence-part recurrence-text", for: raw.id });
  text.append(make("span", {}, t("rule.text")), raw);
  const preview = make("div", { class: "recurrence-preview", "aria-live": "polite" });
  holder.replaceChildren(select, custom, text, preview);

  // The help explains the syntax of rules.
  const help = document.getElementById(`field-${raw.name}-help`);

  /** Part of the field that is shown. */
  let mode: "preset" | "custom" | "text" = "preset";
  let simple: SimpleRule = defaultRule(dayNow());

  const put = (rule: string): void => {
    raw.value = rule;
    raw.dispatchEvent(new Event("input", { bubbles: true }));
  };

  function drawSelect(): void {
    const presets = presetsFor(dayNow());
    const known = presets.find(({ rule }) => rule === raw.value);
    const key = mode === "preset" ? (raw.value === "" ? "" : (known?.key ?? "custom")) : mode;
    select.replaceChildren(
      make("option", { value: "" }, t("rule.none")),
      ...presets.map((preset) => make("option", { value: preset.key }, preset.label)),
      make("option", { value: "custom" }, t("rule.custom")),
      make("option", { value: "text" }, t("rule.enter")),
    );
    select.value = key;
    custom.hidden = key !== "custom";
    text.hidden = key !== "text";
    if (help) help.hidden = key !== "text";
  }

  function changed(): void {
    put(formatRule(simple));
    look();
  }

  function drawParts(): void {
    const had = document.activeElement?.closest<HTMLElement>("[data-part]")?.dataset.part;
    const add = (name: string, label: string, control: HTMLElement): void => {
      control.dataset.part = name;
      parts.append(labelled({ label, control }));
    };
    parts.replaceChildren();
    const interval = make("input", {
      class: "input",
      type: "number",
      min: "1",
      max: "999",
      inputmode: "numeric",
      value: String(simple.interval),
    });
    interval.addEventListener("input", () => {
      const number = Math.trunc(Number(interval.value));
      if (number >= 1) {
        simple.interval = number;
        changed();
      }
    });
    add("interval", t("rule.every"), interval);
    const unit = choices(
      [
        ["DAILY", t("rule.days")],
        ["WEEKLY", t("rule.weeks")],
        ["MONTHLY", t("rule.months")],
        ["YEARLY", t("rule.years")],
      ],
      simple.frequency,
    );
    unit.addEventListener("change", () => {
      simple.frequency = unit.value as SimpleRule["frequency"];
      redraw();
    });
    add("unit", t("rule.unit"), unit);
    if (simple.frequency === "WEEKLY") parts.append(weekdayBoxes());
    if (simple.frequency === "YEARLY") {
      const month = choices(
        MONTH_NAMES.map((name, place): [string, string] => [String(place + 1), name]),
        String(simple.month),
      );
      month.addEventListener("change", () => {
        simple.month = Number(month.value);
        changed();
      });
      add("month", t("rule.in_month"), month);
    }
    if (simple.frequency === "MONTHLY" || simple.frequency === "YEARLY") drawDay(add);
    drawEnd(add);
    if (had) one(`[data-part="${had}"]`, parts)?.focus();
  }

  function weekdayBoxes(): HTMLElement {
    const group = make("div", { class: "recurrence-days", role: "group", "aria-label": t("rule.weekdays") });
    WEEKDAYS.forEach((name, place) => {
      const box = make("input", { type: "checkbox" });
      box.checked = simple.days.includes(name);
      box.dataset.part = name;
      box.addEventListener("change", () => {
        simple.days = box.checked ? [...simple.days, name] : simple.days.filter((day) => day !== name);
        changed();
      });
      const label = WEEKDAY_NAMES[place] ?? name;
      group.append(
        make("label", { class: "recurrence-day", title: label }, box, make("span", {}, label.slice(0, 3))),
      );
    });
    return group;
  }

  function drawDay(add: (name: string, label: string, control: HTMLElement) => void): void {
    const days = Array.from({ length: 31 }, (_, place): [string, string] => [
      String(place + 1),
      t("rule.day_of_month", { ordinal: ordinal(place + 1) }),
    ]);
    const day = choices(
      [...days, ["-1", t("rule.last_day_of_month")], ["", t("rule.a_weekday")]],
      simple.monthDay === null ? "" : String(simple.monthDay),
    );
    day.addEventListener("change", () => {
      simple.monthDay = day.value === "" ? null : Number(day.value);
      redraw();
    });
    add("day", t("rule.on_day"), day);
    if (simple.monthDay !== null) return;
    const nth = choices(
      NTH.map(([number, label]): [string, string] => [
        String(number),
        t("rule.day_of_month", { ordinal: label }),
      ]),
      String(simple.nth),
    );
    nth.addEventListener("change", () => {
      simple.nth = Number(nth.value);
      changed();
    });
    add("nth", t("rule.week_of_month"), nth);
    const weekday = choices(
      WEEKDAYS.map((name, place): [string, string] => [name, WEEKDAY_NAMES[place] ?? name]),
      simple.weekday,
    );
    weekday.addEventListener("change", () => {
      simple.weekday = weekday.value;
      changed();
    });
    add("weekday", t("rule.weekday"), weekday);
  }

  function drawEnd(add: (name: string, label: string, control: HTMLElement) => void): void {
    const end = choices(
      [
        ["never", t("rule.never")],
        ["until", t("rule.until_date")],
        ["count", t("rule.after_count")],
      ],
      simple.count ? "count" : simple.until ? "until" : "never",
    );
    end.addEventListener("change", () => {
      simple.count = end.value === "count" ? 10 : null;
      simple.until = end.value === "until" ? `${Number(dayNow().slice(0, 4)) + 1}${dayNow().slice(4)}` : "";
      simple.untilText = simple.untilTime = "";
      redraw();
    });
    add("end", t("rule.ends"), end);
    if (simple.count) {
      const times = make("input", { class: "input", type: "number", min: "1", max: "9999" });
      times.value = String(simple.count);
      times.addEventListener("input", () => {
        const number = Math.trunc(Number(times.value));
        if (number >= 1) {
          simple.count = number;
          changed();
        }
      });
      add("times", t("rule.occurrences"), times);
    } else if (simple.until) {
      const last = make("input", { class: "input", type: "date", value: simple.until });
      last.addEventListener("change", () => {
        if (!last.value) return;
        Object.assign(simple, { until: last.value, untilText: "", untilTime: "" });
        redraw();
      });
      // A time that is neither that of the dates nor the end of the day decides whether the last day is one.
      const time = simple.untilTime;
      const isTold = time && time !== "23:59" && time !== startOf(form, names)?.moment.slice(11, 16);
      add("last", isTold ? t("rule.last_day_until", { time }) : t("rule.last_day"), last);
    }
  }

  function redraw(): void {
    changed();
    drawParts();
  }

  select.addEventListener("change", () => {
    const preset = presetsFor(dayNow()).find(({ key }) => key === select.value);
    if (select.value === "custom") {
      simple = read() ?? defaultRule(dayNow());
      mode = "custom";
      redraw();
    } else if (select.value === "text") {
      mode = "text";
    } else {
      mode = "preset";
      put(preset?.rule ?? "");
    }
    drawSelect();
    look();
  });
  raw.addEventListener("change", look);
  raw.addEventListener("input", () => mode === "text" && look());

  // A preset follows the start to another day.
  let day = dayNow();
  form?.addEventListener("input", follow);
  form?.addEventListener("change", follow);
  function follow(event: Event): void {
    const name = (event.target as HTMLInputElement).name ?? "";
    const watched = [
      ...names,
      ...names.map((start) => `${start}.time`),
      "all_day",
      "timezone",
      "rdates",
      "exdates",
    ];
    if (!watched.includes(name)) return;
    const key = presetsFor(day).find(({ rule }) => rule === raw.value)?.key;
    if (dayNow() !== day) {
      day = dayNow();
      const same = presetsFor(day).find((preset) => preset.key === key);
      if (mode === "preset" && same && same.rule !== raw.value) put(same.rule);
      else if (mode === "preset" && raw.value && !same) {
        const known = read();
        simple = known ?? simple;
        mode = known ? "custom" : "text";
        if (mode === "custom") drawParts();
      }
      drawSelect();
    }
    look();
  }

  const ask = debounce(200, () => void show());
  function look(): void {
    if (raw.value.trim()) ask();
    else {
      asked += 1;
      preview.replaceChildren();
    }
  }
  let asked = 0;
  async function show(): Promise<void> {
    asked += 1;
    const mine = asked;
    const start = startOf(form, names);
    if (!start) {
      preview.replaceChildren(make("p", { class: "muted" }, t("rule.needs_start")));
      return;
    }
    const listOf = (name: string): string[] =>
      (one<HTMLInputElement>(`[name="${name}"]`, form ?? document)?.value ?? "")
        .split(/[,\n]/)
        .map((item) => item.trim())
        .filter(Boolean);
    try {
      const answer = await callApi<Answer>("POST", "/api/v1/recurrence/preview", {
        dtstart: start.moment,
        timezone: zoneNow() || null,
        rrule: raw.value.trim(),
        rdates: listOf("rdates"),
        exdates: listOf("exdates"),
        limit: PREVIEWED,
      });
      await afterPress();
      if (mine === asked) draw(answer, start.moment);
    } catch (error) {
      await afterPress();
      if (mine !== asked) return;
      const message = error instanceof ApiError ? error.fields || error.message : t("rule.failed");
      preview.replaceChildren(make("p", { class: "field-error" }, message));
    }
  }

  function draw(answer: Answer, given: string): void {
    const list = make("ol", { class: "recurrence-dates" });
    for (const occurrence of answer.occurrences) {
      list.append(make("li", {}, formatMoment(occurrence)));
    }
    if (answer.more) list.append(make("li", { class: "muted" }, t("common.and_more")));
    preview.replaceChildren(
      ...(answer.text ? [make("p", {}, make("strong", {}, answer.text))] : []),
      ...(answer.start && !answer.start.startsWith(given)
        ? [make("p", { class: "muted" }, t("rule.start_moves", { date: formatMoment(answer.start) }))]
        : []),
      ...(answer.warning ? [make("p", { class: "muted" }, answer.warning)] : []),
      answer.occurrences.length > 0 ? list : make("p", { class: "field-error" }, t("rule.empty")),
    );
  }

  const begun = raw.value && read();
  if (raw.value && !presetsFor(dayNow()).some(({ rule }) => rule === raw.value)) {
    mode = begun ? "custom" : "text";
    if (begun) {
      simple = begun;
      drawParts();
    }
  }
  drawSelect();
  look();
}
