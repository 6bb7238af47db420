/** Calendar page as the person left it: its view and filters are remembered for the next visit without an address. */
import { callApi } from "../core/page";

/** Parameters that are not remembered: the calendar opens at today, and without a search. */
const FORGOTTEN = ["date", "q", "plain"];

/** Remembers the state whenever the person changes it on the calendar page. */
export function startMemory(): void {
  if (location.pathname !== "/calendar") return;
  // Whoever comes from elsewhere by a link looks at what the link shows, once.
  let known = cameFromHere() ? "" : state().join("\n");
  const save = (): void => {
    const values = state();
    if (values.join("\n") === known) return;
    known = values.join("\n");
    // The calendar works without it.
    callApi("PUT", "/api/v1/me/settings/calendar", { value: values }).catch(() => undefined);
  };
  save();
  document.addEventListener("obcms:calendar", save);
}

/** Returns true if a filter of this page led here. */
function cameFromHere(): boolean {
  try {
    const before = new URL(document.referrer);
    return before.origin === location.origin && before.pathname === "/calendar";
  } catch {
    return false;
  }
}

/** Returns the parameters of the address as `NAME=VALUE`, each value of a list by itself. */
function state(): string[] {
  return [...new URLSearchParams(location.search)]
    .filter(([name]) => !FORGOTTEN.includes(name))
    .flatMap(([name, value]) => value.split(",").map((item) => `${name}=${item}`));
}
