/** Ends that follow: when the start in a form moves, its end moves as far, so that the length stays. */
import { one, putValue } from "./page";

interface Start {
  day: string;
  /** Empty for a whole day. */
  time: string;
}

/** Starts of forms as they were before the last change. */
const known = new WeakMap<HTMLFormElement, Start>();

const field = (form: HTMLFormElement, name: string): HTMLInputElement | null =>
  one<HTMLInputElement>(`input[name="${name}"]`, form);

function startOf(form: HTMLFormElement): Start | null {
  const day = field(form, "start")?.value ?? "";
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  return { day, time: field(form, "start.time")?.value ?? "" };
}

const milliseconds = ({ day, time }: Start): number => Date.parse(`${day}T${time || "00:00"}Z`);

function follow(form: HTMLFormElement, from: Start, to: Start): void {
  const [day, time] = [field(form, "end"), field(form, "end.time")];
  const end = { day: day?.value ?? "", time: time?.value ?? "" };
  const hasTimes = Boolean(from.time && to.time && end.time);
  const distance = hasTimes
    ? milliseconds(to) - milliseconds(from)
    : Date.parse(to.day) - Date.parse(from.day);
  const moved = new Date(milliseconds(end) + distance);
  if (!end.day || !distance || Number.isNaN(moved.getTime())) return;
  putValue(day, moved.toISOString().slice(0, 10));
  if (hasTimes) putValue(time, moved.toISOString().slice(11, 16));
}

const formOf = (event: Event): HTMLFormElement | null => {
  const input = event.target;
  return input instanceof HTMLInputElement && ["start", "start.time"].includes(input.name)
    ? input.form
    : null;
};

/** Notes the start of a form. One whose time is being typed anew keeps the time that it had. */
function remember(form: HTMLFormElement, start: Start): void {
  const isAllDay = one<HTMLInputElement>("input[name=all_day][type=checkbox]", form)?.checked ?? false;
  const time = start.time || (isAllDay ? "" : (known.get(form)?.time ?? ""));
  known.set(form, { day: start.day, time });
}

/** Lets the ends of all forms follow their starts. */
export function startFollowing(): void {
  document.addEventListener("focusin", (event) => {
    const form = formOf(event);
    const start = form && startOf(form);
    if (start) remember(form, start);
  });
  document.addEventListener("change", (event) => {
    const form = formOf(event);
    const start = form && startOf(form);
    if (!start) return;
    const before = known.get(form);
    remember(form, start);
    if (before) follow(form, before, start);
  });
}
