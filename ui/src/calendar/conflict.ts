/** Dialog after a conflict of bookings: what conflicts, and free times and resources to choose instead. */
import { formatDay } from "../core/days";
import { type Times, formatTimes, humanize } from "./entry";
import type { Reassignment } from "./view";
import { choiceButton, questionDialog, showDialog } from "../core/dialog";
import { type ApiError, make } from "../core/page";
import { wallTime } from "../core/zone";
import { t } from "../core/words";

interface Span {
  start: string;
  end: string;
}

interface Conflict extends Span {
  title: string | null;
  url: string | null;
  status: string | null;
}

interface Alternative {
  resource: string;
  name: string;
  seats: number | null;
}

/** Booking of an event that cannot move with it. */
interface RefusedBooking {
  resource: string;
  name: string;
}

/** Another time, another resource, or the resources that an event keeps. */
interface Resolution {
  to?: Times;
  reassignment?: Reassignment;
  resources?: string[];
}

/** Conflicts that are named; the rest is counted. */
const MAX_NAMED = 6;

const list = <T>(error: ApiError, name: string): T[] => {
  const found = error.more[name];
  return Array.isArray(found) ? (found as T[]) : [];
};

/** Returns true if the error names conflicting bookings, or bookings of an event that cannot move with it. */
export function isConflict(error: ApiError): boolean {
  const names = ["conflicts", "refused_bookings"];
  return error.status === 409 && names.some((name) => list(error, name).length > 0);
}

/** Returns the ways out for an event whose bookings cannot move with it: other resources, or none. */
function resourceChoices(error: ApiError, refused: RefusedBooking[]): [string, Resolution | null][] {
  const resources = list<string>(error, "resources");
  const remaining = resources.filter((id) => !refused.some(({ resource }) => resource === id));
  const named = refused.map(({ name }) => name).join(", ");
  const others = refused.length === 1 ? list<Alternative>(error, "alternatives") : [];
  const replaced = others
    .filter(({ resource }) => !resources.includes(resource))
    .map(({ resource, name, seats }): [string, Resolution] => [
      t("conflict.use", { name: seats ? t("conflict.seats", { name, seats }) : name }),
      { resources: [...remaining, resource] },
    ]);
  return [
    ...replaced,
    [t("conflict.release", { name: named }), { resources: remaining }],
    [t("conflict.keep"), null],
  ];
}

function timesOf({ start, end }: Span, zone: string): Times {
  if (start.length === 10) return { start, end, allDay: true };
  return { start: wallTime(new Date(start), zone), end: wallTime(new Date(end), zone), allDay: false };
}

/**
 * Opens the dialog. `instead` is the resource that may be replaced; `isOffered` says which of the free times are ways out.
 * Returns null when the person cancels.
 */
export async function resolveConflict(
  error: ApiError,
  zone: string,
  instead: string | undefined,
  isOffered: (to: Times) => boolean,
): Promise<Resolution | null> {
  const [heading = error.message] = error.message.split(": ");
  const dialog = questionDialog(heading);
  dialog.classList.add("clash");
  const conflicts = list<Conflict>(error, "conflicts");
  const taken = make("ul", { class: "plain-list" });
  for (const conflict of conflicts.slice(0, MAX_NAMED)) {
    const name = conflict.url
      ? make("a", { href: conflict.url }, conflict.title ?? t("booking.untitled"))
      : make("span", {}, t("conflict.another"));
    const facts = [formatTimes(timesOf(conflict, zone)), conflict.status && humanize(conflict.status)];
    taken.append(
      make("li", {}, name, " ", make("span", { class: "muted" }, facts.filter(Boolean).join(" · "))),
    );
  }
  if (conflicts.length > MAX_NAMED)
    taken.append(
      make("li", { class: "muted" }, t("common.and_more_count", { count: conflicts.length - MAX_NAMED })),
    );
  dialog.append(taken);
  let resolution: Resolution | null = null;
  const offer = (title: string, options: [string, Resolution | null][]): void => {
    if (options.length === 0) return;
    const choices = make("div", { class: "scope-choices" });
    for (const [label, option] of options) {
      const button = choiceButton(make("span", {}, label), () => {
        resolution = option;
        dialog.close();
      });
      choices.append(button);
    }
    dialog.append(make("h3", { class: "menu-label" }, title), choices);
  };
  const free = list<Span>(error, "free_slots").map((span) => timesOf(span, zone));
  offer(
    t("conflict.nearest"),
    free
      .filter(isOffered)
      .map((to): [string, Resolution] => [to.allDay ? formatDay(to.start) : formatTimes(to), { to }]),
  );
  const refused = list<RefusedBooking>(error, "refused_bookings");
  if (refused.length > 0) offer(t("conflict.instead"), resourceChoices(error, refused));
  // The replaced resource counts as free only because this entry would leave it.
  const others = list<Alternative>(error, "alternatives").filter(
    ({ resource }) => refused.length === 0 && instead && resource !== instead,
  );
  offer(
    t("conflict.free"),
    others.map(({ resource, name, seats }): [string, Resolution] => [
      seats ? t("conflict.seats", { name, seats }) : name,
      { reassignment: { about: "resource", id: resource, name, insteadOf: instead ?? "" } },
    ]),
  );
  await showDialog(dialog);
  return resolution;
}
