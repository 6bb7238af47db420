/** A move that was refused because the time is taken: what is in the way, and what can be had instead with one press. */
import { dayWords } from "./days";
import { type Times, whenWords, words } from "./entry";
import type { Reassignment } from "./view";
import { asked, choiceButton } from "../core/dialog";
import { type Refusal, make } from "../core/page";
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

/** What is done instead: another time, or another resource. */
export interface WayOut {
  to?: Times;
  goes?: Reassignment;
}

/** More of them are not named. */
const NAMED = 6;

const list = <T>(refusal: Refusal, name: string): T[] => {
  const found = refusal.more[name];
  return Array.isArray(found) ? (found as T[]) : [];
};

/** Whether the refusal says more than its sentence. */
export function isClash(refusal: Refusal): boolean {
  return refusal.status === 409 && list(refusal, "conflicts").length > 0;
}

function timesOf({ start, end }: Span, zone: string): Times {
  if (start.length === 10) return { start, end, allDay: true };
  return { start: wallTime(new Date(start), zone), end: wallTime(new Date(end), zone), allDay: false };
}

/**
 * Opens the dialog. `instead` is the resource in whose place another one may come, and `movable` says whether a free
 * time can be taken; nothing is answered when the person leaves it as it is.
 */
export async function resolveConflict(
  refusal: Refusal,
  zone: string,
  instead: string | undefined,
  movable: boolean,
): Promise<WayOut | null> {
  const [heading = refusal.message] = refusal.message.split(": ");
  const dialog = make("dialog", { class: "dialog scope-dialog clash", "aria-labelledby": "clash-heading" });
  dialog.append(make("h2", { id: "clash-heading" }, heading));
  const conflicts = list<Conflict>(refusal, "conflicts");
  const taken = make("ul", { class: "plain-list" });
  for (const conflict of conflicts.slice(0, NAMED)) {
    const name = conflict.url
      ? make("a", { href: conflict.url }, conflict.title ?? t("booking.untitled"))
      : make("span", {}, t("conflict.another"));
    const said = [whenWords(timesOf(conflict, zone)), conflict.status && words(conflict.status)];
    taken.append(
      make("li", {}, name, " ", make("span", { class: "muted" }, said.filter(Boolean).join(" · "))),
    );
  }
  if (conflicts.length > NAMED)
    taken.append(
      make("li", { class: "muted" }, t("common.and_more_count", { count: conflicts.length - NAMED })),
    );
  dialog.append(taken);
  let chosen: WayOut | null = null;
  const offer = (title: string, ways: [string, WayOut][]): void => {
    if (ways.length === 0) return;
    const choices = make("div", { class: "scope-choices" });
    for (const [label, way] of ways) {
      const button = choiceButton(make("span", {}, label), () => {
        chosen = way;
        dialog.close();
      });
      choices.append(button);
    }
    dialog.append(make("h3", { class: "menu-label" }, title), choices);
  };
  const free = movable ? list<Span>(refusal, "free_slots") : [];
  offer(
    t("conflict.nearest"),
    free.map((span): [string, WayOut] => {
      const to = timesOf(span, zone);
      return [to.allDay ? dayWords(to.start) : whenWords(to), { to }];
    }),
  );
  // That in whose place it would come is free because this would leave it.
  const others = list<Alternative>(refusal, "alternatives").filter(
    ({ resource }) => instead && resource !== instead,
  );
  offer(
    t("conflict.free"),
    others.map(({ resource, name, seats }): [string, WayOut] => [
      seats ? t("conflict.seats", { name, seats }) : name,
      { goes: { about: "resource", id: resource, name, insteadOf: instead ?? "" } },
    ]),
  );
  await asked(dialog);
  return chosen;
}
