/** Adoption of a scenario: a preview that follows the choices, and a warning about amounts that are not saved. */
import { isTouched, refresh } from "../core/live";
import { one } from "../core/page";
import { askAboutAmounts } from "./unsaved";

/** Starts the form of the adoption. */
export function startAdoption(): void {
  const form = one<HTMLFormElement>("form[data-preview]");
  if (!form) return;
  // A choice that the browser restored differs from the preview of the server.
  const isStale = [...form.elements].some(isTouched);
  if (addressOf(form) !== location.pathname + location.search) follow(form, isStale);
  form.addEventListener("change", () => follow(form, true));
  document.addEventListener("obcms:refreshed", () => one("#adoption-preview")?.removeAttribute("aria-busy"));
  askAboutAmounts(form, form.dataset.preview ?? "", "adopt");
}

/** Writes the choices into the address, at which the live parts of the page are fetched. */
function follow(form: HTMLFormElement, isStale: boolean): void {
  history.replaceState(history.state, "", addressOf(form));
  if (!isStale) return;
  one("#adoption-preview")?.setAttribute("aria-busy", "true");
  refresh();
}

function addressOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !["csrf_token", "version"].includes(name)) query.append(name, value);
  }
  return `${form.dataset.preview}?${query}`;
}
