/** Weekly hours: further periods of a day, and copying of the first day to the other workdays. */
import { every, one } from "../core/page";
import { t } from "../core/words";

/** Periods of one day at most. */
const MAX_STRETCHES = 6;
/** Workdays from the first day of the week on. */
const WORKDAYS = 5;

/** Starts every table of weekly hours. */
export function startWeekHours(): void {
  for (const week of every("[data-week-hours]")) start(week);
}

function start(week: HTMLElement): void {
  const days = every("[data-week-day]", week);
  for (const button of every<HTMLButtonElement>("button[hidden]", week)) button.hidden = false;
  days.forEach(draw);
  week.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button");
    const day = button?.closest<HTMLElement>("[data-week-day]");
    if (!button || !day) return;
    if (button.dataset.stretchAdd !== undefined) {
      inputs(add(day))[0]?.focus();
    } else if (button.dataset.stretchRemove !== undefined) {
      remove(day, button.closest<HTMLElement>("[data-stretch]"));
      inputs(stretches(day).at(-1))[0]?.focus();
    } else if (button.dataset.stretchCopy !== undefined) {
      for (const other of days.slice(1, WORKDAYS)) copy(day, other);
    }
    day.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function stretches(day: HTMLElement): HTMLElement[] {
  return every("[data-stretch]", day);
}

function inputs(stretch: HTMLElement | undefined): HTMLInputElement[] {
  return stretch ? every<HTMLInputElement>("input", stretch) : [];
}

/** Adds an empty period at the end of the day. */
function add(day: HTMLElement): HTMLElement | undefined {
  const last = stretches(day).at(-1);
  const next = last?.cloneNode(true) as HTMLElement | undefined;
  for (const input of inputs(next)) input.value = "";
  if (next) last?.after(next);
  draw(day);
  return next;
}

/** Removes a period; the last one is cleared instead. */
function remove(day: HTMLElement, stretch: HTMLElement | null): void {
  if (stretches(day).length > 1) stretch?.remove();
  else for (const input of inputs(stretch ?? undefined)) input.value = "";
  draw(day);
}

function copy(from: HTMLElement, to: HTMLElement): void {
  const given = stretches(from);
  while (stretches(to).length > given.length) stretches(to).at(-1)?.remove();
  while (stretches(to).length < given.length) add(to);
  stretches(to).forEach((stretch, place) => {
    inputs(stretch).forEach((input, end) => {
      input.value = inputs(given[place])[end]?.value ?? "";
    });
  });
  draw(to);
}

/** Names the inputs, and disables the button when the day is full. */
function draw(day: HTMLElement): void {
  const all = stretches(day);
  all.forEach((stretch, place) => {
    for (const named of every("[data-stretch-name]", stretch)) {
      const values = { day: day.dataset.weekDay ?? "", name: named.dataset.stretchName ?? "" };
      const label =
        place === 0
          ? t("hours.stretch", values)
          : t("hours.further_stretch", { ...values, number: place + 1 });
      named.setAttribute("aria-label", label);
    }
  });
  const button = one<HTMLButtonElement>("[data-stretch-add]", day);
  if (button) button.disabled = all.length >= MAX_STRETCHES;
}
