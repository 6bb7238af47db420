/** Filters that load a new page. They keep the state that the script changed meanwhile. */
import { every, one } from "../core/page";

/** Parameters of the view. */
const VIEW = ["view", "date", "weeks", "next", "span"];

/** Parameters that the script changes. */
const OURS = [...VIEW, "modules", "q", "mine"];

/** Folds the filters on a phone unless one is set. The returned function is told if this is a phone. */
export function foldFilters(host: HTMLElement): (isPhone: boolean) => void {
  const button = one("[data-fold-filters]", host);
  if (!button) return () => undefined;
  const isSet = (name: string): boolean => ![...VIEW, "mine"].includes(name);
  const fold = (folded: boolean): void => {
    host.toggleAttribute("data-folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    button.setAttribute("aria-pressed", String(!folded));
  };
  button.addEventListener("click", () => fold(!host.hasAttribute("data-folded")));
  return (isPhone) => fold(isPhone && ![...new URLSearchParams(location.search).keys()].some(isSet));
}

/** Starts the filters. */
export function startFilters(host: HTMLElement): void {
  const row = one("[data-filters]", host);
  row?.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const now = new URLSearchParams(location.search);
    for (const old of every<HTMLInputElement>('input[type="hidden"]', form)) {
      if (OURS.includes(old.name)) old.remove();
    }
    for (const name of OURS) {
      const value = now.get(name);
      if (!value) continue;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
  });
  row?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!link) return;
    const to = new URL(link.href);
    const now = new URLSearchParams(location.search);
    for (const name of OURS) {
      const value = now.get(name);
      if (value) to.searchParams.set(name, value);
      else to.searchParams.delete(name);
    }
    link.href = to.href;
  });
}
