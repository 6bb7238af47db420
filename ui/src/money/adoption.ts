/** Adoption of a scenario: a preview that follows the choices, and a warning about amounts that are not saved. */
import { refresh } from "../core/live";
import { one } from "../core/page";
import { askAboutAmounts } from "./unsaved";

/** Starts the form of the adoption. */
export function startAdoption(): void {
  const form = one<HTMLFormElement>("form[data-preview]");
  if (!form) return;
  // A choice that the browser restored differs from the preview of the server.
  if (addressOf(form) !== location.pathname + location.search) follow(form, isChanged(form));
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
    if (typeof value === "string" && !["csrf_token", "version", "shown_fields"].includes(name))
      query.append(name, value);
  }
  return `${form.dataset.preview}?${query}`;
}

function isChanged(form: HTMLFormElement): boolean {
  return [...form.elements].some((control) => {
    if (control instanceof HTMLInputElement) return control.checked !== control.defaultChecked;
    if (control instanceof HTMLSelectElement)
      return [...control.options].some((option) => option.selected !== option.defaultSelected);
    return false;
  });
}
