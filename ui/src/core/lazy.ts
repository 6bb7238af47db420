/** Scripts that few pages need: loaded where they are, and a form that is sent too early waits for them. */
import { one } from "./page";

/** Loads a script on pages with such an element. */
export function loadFor(selector: string, load: () => Promise<void>): void {
  if (!one(selector)) return;
  const hold = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = event.target as HTMLFormElement;
    void loaded.then(() => form.requestSubmit(event.submitter));
  };
  document.addEventListener("submit", hold, true);
  // Without the script, the form is sent as it is.
  const loaded = load()
    .catch(() => undefined)
    .then(() => document.removeEventListener("submit", hold, true));
}
