/** Filters that make a new page: they keep what the script has changed meanwhile. */
import { every, one } from "../core/page";

/** What of the address says how the calendar is shown. */
const VIEW = ["view", "date", "weeks", "next", "span"];

/** What of the address the script keeps. */
const OURS = [...VIEW, "modules", "q", "mine"];

/** On a phone the row is folded away, unless it narrows what is shown. The answer is told whether this is a phone. */
export function foldFilters(host: HTMLElement): (isPhone: boolean) => void {
  const button = one("[data-fold-filters]", host);
  if (!button) return () => undefined;
  const isSet = (name: string): boolean => !VIEW.includes(name);
  const fold = (folded: boolean): void => {
    host.toggleAttribute("data-folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    button.setAttribute("aria-pressed", String(!folded));
  };
  button.addEventListener("click", () => fold(!host.hasAttribute("data-folded")));
  return (isPhone) => fold(isPhone && ![...new URLSearchParams(location.search).keys()].some(isSet));
}

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
