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

/** Another time, or another resource. */
interface Resolution {
  to?: Times;
  reassignment?: Reassignment;
}

/** Conflicts that are named; the rest is counted. */
const MAX_NAMED = 6;

const list = <T>(error: ApiError, name: string): T[] => {
  const found = error.more[name];
  return Array.isArray(found) ? (found as T[]) : [];
};

/** Returns true if the error names conflicting bookings. */
export function isConflict(error: ApiError): boolean {
  return error.status === 409 && list(error, "conflicts").length > 0;
}

function timesOf({ start, end }: Span, zone: string): Times {
  if (start.length === 10) return { start, end, allDay: true };
  return { start: wallTime(new Date(start), zone), end: wallTime(new Date(end), zone), allDay: false };
}

/**
 * Opens the dialog. `instead` is the resource that may be replaced; with `movable` free times are offered. Returns
 * null when the person cancels.
 */
export async function resolveConflict(
  error: ApiError,
  zone: string,
  instead: string | undefined,
  movable: boolean,
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
  const offer = (title: string, options: [string, Resolution][]): void => {
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
  const free = movable ? list<Span>(error, "free_slots") : [];
  offer(
    t("conflict.nearest"),
    free.map((span): [string, Resolution] => {
      const to = timesOf(span, zone);
      return [to.allDay ? formatDay(to.start) : formatTimes(to), { to }];
    }),
  );
  // The replaced resource counts as free only because this entry would leave it.
  const others = list<Alternative>(error, "alternatives").filter(
    ({ resource }) => instead && resource !== instead,
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
