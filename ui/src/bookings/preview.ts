/** Preview of a booking: which occurrences are available, and alternatives for the others. */
import { addDays, formatTime, formatDay } from "../core/days";
import { type Times, formatTimes } from "../calendar/entry";
import { ApiError, callApi, debounce, every, make, one, putValue } from "../core/page";
import { afterPress } from "../core/press";
import { officeZone, wallTime } from "../core/zone";
import { t } from "../core/words";

interface Span {
  start: string;
  end: string;
}

interface BookedDate extends Span {
  recurrence_id: string | null;
  state: "free" | "clash" | "closed";
  reason: string | null;
  conflicts: { title: string | null; url: string | null }[];
  free_slots: Span[];
}

interface Answer {
  total: number;
  free: number;
  occurrences: BookedDate[];
}

/** Free times offered for one occurrence of several. */
const NEAREST = 2;

/** Starts the preview of every booking form. */
export function startBookingPreviews(): void {
  for (const form of every<HTMLFormElement>("form[data-draft=booking]")) start(form);
}

function start(form: HTMLFormElement): void {
  // An occurrence of a series is checked when it is saved.
  if (one("[name=occurrence]", form)) return;
  const place = make("section", { class: "booking-preview", "aria-label": t("booking.availability") });
  const message = make("p", { class: "booking-preview-said", role: "status" });
  const body = make("div", { class: "booking-preview-body" });
  place.append(message, body);
  place.hidden = true;
  // Beneath the times and the rule.
  const rule = one("[data-recurrence]", form)?.closest(".field");
  if (rule) rule.after(place);
  else one(".form-actions", form)?.before(place);
  const own = /^\/bookings\/([0-9a-f-]{36})\/edit$/.exec(location.pathname)?.[1];

  const input = (name: string): HTMLInputElement | null =>
    one<HTMLInputElement>(`[name="${CSS.escape(name)}"]`, form);
  const valueOf = (name: string): string => input(name)?.value.trim() ?? "";
  const isAllDay = (): boolean =>
    one<HTMLInputElement>("[name=all_day][type=checkbox]", form)?.checked ?? false;
  const zone = (): string => valueOf("timezone") || officeZone();
  const listOf = (name: string): string[] =>
    valueOf(name)
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter(Boolean);

  /** Start or end for the API, which excludes the last day. */
  const momentOf = (name: "start" | "end"): string | null => {
    const day = valueOf(name);
    const time = valueOf(`${name}.time`);
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
    if (isAllDay()) return name === "end" ? addDays(day, 1) : day;
    return time ? `${day}T${time}` : null;
  };

  const put = (name: string, value: string): void => putValue(input(name), value);
  const add = (name: string, dates: string[]): void =>
    put(name, [...new Set([...listOf(name), ...dates])].sort().join(", "));
  const inZone = ({ start, end }: Span): Times => {
    const [first, last] = [start, end].map((text) =>
      text.length === 10 ? text : wallTime(new Date(text), zone()),
    ) as [string, string];
    return isAllDay()
      ? { start: first.slice(0, 10), end: last.slice(0, 10), allDay: true }
      : { start: first, end: last, allDay: false };
  };

  /** Puts a free time into the form. */
  const take = (span: Span): void => {
    const { start, end, allDay } = inZone(span);
    // The end last: it follows the start.
    put("start", start.slice(0, 10));
    if (!allDay) put("start.time", start.slice(11, 16));
    put("end", allDay ? addDays(end, -1) : end.slice(0, 10));
    if (!allDay) put("end.time", end.slice(11, 16));
  };

  const button = (label: string, press: () => void, kind?: string): HTMLElement => {
    const made = make("button", { type: "button", class: "button", "data-kind": kind }, label);
    made.addEventListener("click", () => {
      press();
      // The pressed button disappears with its line.
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
      ask();
    });
    return made;
  };

  let asked = 0;
  const look = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const resource = valueOf("resource");
    const begin = momentOf("start");
    // An override needs no free time.
    if (!resource || !begin || valueOf("override_reason")) {
      place.hidden = true;
      return;
    }
    const asksFor = {
      ...(own ? { booking: own } : {}),
      resource,
      all_day: isAllDay(),
      timezone: zone(),
      start: begin,
      end: momentOf("end"),
      units: Number(valueOf("units")) || 1,
      rrule: valueOf("rrule") || null,
      rdates: listOf("rdates"),
      exdates: listOf("exdates"),
    };
    try {
      const answer = await callApi<Answer>("POST", "/api/v1/bookings/preview", asksFor);
      await afterPress();
      if (mine === asked) draw(answer);
    } catch (error) {
      await afterPress();
      if (mine !== asked) return;
      // An incomplete form is no error.
      const isWrong = error instanceof ApiError && error.fields;
      place.hidden = !isWrong;
      place.dataset.state = "closed";
      message.textContent = isWrong ? error.fields : "";
      body.replaceChildren();
    }
  };
  const ask = debounce(250, () => void look());

  function draw({ total, free, occurrences }: Answer): void {
    place.hidden = false;
    const wrong = occurrences.filter(({ state }) => state !== "free");
    const [only] = occurrences;
    const single = total === 1 && only && !only.recurrence_id ? only : null;
    place.dataset.state = wrong.length === 0 ? "free" : single ? single.state : "clash";
    if (single) {
      message.textContent = t(single.state === "free" ? "booking.free_now" : "booking.taken_now");
      body.replaceChildren(...(single.state === "free" ? [] : singleBody(single)));
      return;
    }
    message.textContent =
      wrong.length === 0
        ? t("booking.all_free", { count: total })
        : t("booking.some_taken", { taken: wrong.length, count: total });
    const list = make("ul", { class: "list dates", tabindex: "0", "aria-label": t("booking.occurrences") });
    list.append(...occurrences.map(line));
    const skip = button(t("booking.exclude", { count: wrong.length }), () => {
      add("exdates", wrong.map(({ recurrence_id }) => recurrence_id ?? "").filter(Boolean));
    });
    body.replaceChildren(...(wrong.length > 1 && free > 0 ? [skip] : []), list);
  }

  function reasonOf({ state, reason, conflicts }: BookedDate): HTMLElement {
    if (state === "closed") return make("span", { class: "muted" }, reason ?? "");
    const names = conflicts
      .slice(0, 3)
      .map(({ title, url }) =>
        url
          ? make("a", { href: url, target: "_blank" }, title ?? t("booking.untitled"))
          : make("span", {}, t("booking.another")),
      );
    const message = make("span", { class: "muted" });
    names.forEach((name, place) => message.append(place > 0 ? ", " : "", name));
    return message;
  }

  function singleBody(date: BookedDate): HTMLElement[] {
    const day = inZone(date).start.slice(0, 10);
    const ways = date.free_slots.map((span) => button(label(span, day), () => take(span)));
    const message = make("p", {}, date.state === "clash" ? `${t("booking.conflicts")} ` : "", reasonOf(date));
    if (ways.length === 0) return [message];
    return [message, make("div", { class: "row ways-out" }, make("span", {}, t("booking.nearest")), ...ways)];
  }

  /** Time of a span, without its day where that day is shown beside it. */
  function label(span: Span, beside = ""): string {
    const times = inZone(span);
    const hours = `${formatTime(times.start)} – ${formatTime(times.end)}`;
    const isOneDay = !times.allDay && times.start.slice(0, 10) === times.end.slice(0, 10);
    if (!isOneDay) return formatTimes(times);
    return times.start.slice(0, 10) === beside ? hours : `${formatDay(times.start)}, ${hours}`;
  }

  function line(date: BookedDate): HTMLElement {
    const isFree = date.state === "free";
    const tone = { free: "good", clash: "bad", closed: "warning" }[date.state];
    const word = { free: t("booking.free"), clash: t("booking.booked"), closed: t("booking.closed") }[
      date.state
    ];
    const when = make("span", { class: "grow" }, label(date), " ");
    when.append(make("span", { class: "badge", "data-tone": tone }, word));
    if (!isFree) when.append(" ", reasonOf(date));
    const item = make("li", {}, when);
    const { recurrence_id: id } = date;
    if (isFree || !id) return item;
    item.append(button(t("booking.skip"), () => add("exdates", [id]), "quiet"));
    const distance = (span: Span): number => Math.abs(Date.parse(span.start) - Date.parse(date.start));
    const nearest = [...date.free_slots].sort((one, other) => distance(one) - distance(other));
    const day = inZone(date).start.slice(0, 10);
    for (const span of nearest.slice(0, NEAREST)) {
      item.append(
        button(t("booking.use", { time: label(span, day) }), () => {
          const { start } = inZone(span);
          add("rdates", [start]);
          add("exdates", [id]);
        }),
      );
    }
    return item;
  }

  for (const name of ["input", "change"]) form.addEventListener(name, ask);
  // The page shows the errors of a refused form already.
  if (!one(".error-summary, .notice-title")) ask();
}
