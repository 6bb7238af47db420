/** Address of the calendar: view, date and quick filters. Each step is an entry of the history. */
import type { State, ViewName } from "./view";
import { every, one } from "../core/page";

/** Writes state and quick filters into the address, as a new entry of the history if it is a step. */
export function writeAddress(host: HTMLElement, state: State, isStep: boolean): void {
  const address = new URL(location.href);
  const boxes = every<HTMLInputElement>(".calendar-modules [data-module-filter]", host);
  const shown = boxes.filter((box) => box.checked).map((box) => box.dataset.moduleFilter ?? "");
  const { view } = state;
  const values: Record<string, string> = {
    view,
    date: state.date,
    weeks: view === "weeks" ? String(state.weeks) : "",
    next: view === "agenda" ? state.next : "",
    span: view === "people" || view === "resources" ? state.span : "",
    modules: shown.length === boxes.length ? "" : shown.join(",") || "none",
    q: one<HTMLInputElement>("[data-search]", host)?.value ?? "",
    mine: one<HTMLInputElement>("[data-mine]", host)?.checked ? "true" : "",
  };
  for (const [key, value] of Object.entries(values)) {
    if (value) address.searchParams.set(key, value);
    else address.searchParams.delete(key);
  }
  if (isStep && address.href !== location.href) history.pushState(null, "", address);
  else history.replaceState(history.state, "", address);
  document.dispatchEvent(new CustomEvent("obcms:calendar", { detail: values }));
}

/** Reads state and quick filters of the address. */
export function readAddress(host: HTMLElement, state: State, today: string): void {
  const query = new URLSearchParams(location.search);
  Object.assign(state, {
    view: (query.get("view") as ViewName | null) ?? state.view,
    date: query.get("date") ?? today,
    weeks: Number(query.get("weeks")) || state.weeks,
    next: query.get("next") ?? state.next,
    span: (query.get("span") as State["span"] | null) ?? state.span,
  });
  const modules = query.get("modules");
  for (const box of every<HTMLInputElement>("[data-module-filter]", host))
    box.checked = !modules || modules.split(",").includes(box.dataset.moduleFilter ?? "");
  const search = one<HTMLInputElement>("[data-search]", host);
  if (search) search.value = query.get("q") ?? "";
  for (const box of every<HTMLInputElement>("[data-whose]", host))
    box.checked = (box.dataset.mine !== undefined) === (query.get("mine") === "true");
}
