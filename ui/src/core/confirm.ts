/**
 * Confirmation of what cannot be undone.
 *
 * A submit button with `data-confirm` asks that question before its form is sent, with the text of `data-confirm-text`
 * beneath. If the form has checkboxes with `data-summary`, those that are checked are listed; without a checked one
 * nothing is asked, because the server says what to select.
 */
import { questionDialog, showPausing } from "./dialog";
import { make, one } from "./page";
import { t } from "./words";

/** Most rows in the list of a confirmation. */
const MOST_ROWS = 8;

/** True while a confirmed form is sent. */
let isConfirmed = false;

/** Starts the confirmations of the page. */
export function startConfirmations(): void {
  document.addEventListener("submit", onSubmit, true);
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const button = (event.submitter ?? defaultButton(form)) as HTMLElement | null;
  const question = button?.dataset.confirm;
  if (!button || !question || isConfirmed || "native" in form.dataset) return;
  const rows = [...form.elements].filter(
    (box): box is HTMLInputElement => box instanceof HTMLInputElement && "summary" in box.dataset,
  );
  const chosen = rows.filter((box) => box.checked);
  if (rows.length > 0 && chosen.length === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void confirm(question, button, chosen).then((answer) => {
    if (!answer) return;
    isConfirmed = true;
    form.requestSubmit(button);
    isConfirmed = false;
  });
}

/** Returns the button that the key Enter presses in a form. */
export function defaultButton(form: HTMLFormElement): HTMLElement | null {
  return one("button:not([type=button])", form);
}

/** Asks the question. The focus is on Cancel, so that a second Enter sends nothing. */
async function confirm(question: string, button: HTMLElement, chosen: HTMLInputElement[]): Promise<boolean> {
  const dialog = questionDialog(question);
  if (chosen.length > 0) {
    const list = make("ul", { class: "plain-list" });
    for (const box of chosen.slice(0, MOST_ROWS)) list.append(make("li", {}, box.dataset.summary ?? ""));
    const rest = chosen.length - MOST_ROWS;
    if (rest > 0) list.append(make("li", { class: "muted" }, t("common.and_more_count", { count: rest })));
    dialog.append(list);
  }
  if (button.dataset.confirmText) dialog.append(make("p", { class: "muted" }, button.dataset.confirmText));
  const kind = button.dataset.kind === "danger" ? "danger" : "main";
  const label = button.textContent?.trim() ?? "";
  const yes = make("button", { type: "button", class: "button", "data-kind": kind }, label);
  let answer = false;
  yes.addEventListener("click", () => {
    answer = true;
    dialog.close();
  });
  const closed = showPausing(dialog);
  one(".scope-foot", dialog)?.append(yes);
  await closed;
  return answer;
}
