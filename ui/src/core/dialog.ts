/** Dialogs with one question, answered by buttons. */
import { pauseUpdates } from "./live";
import { every, make, one } from "./page";
import { t } from "./words";

/** Returns a dialog with a question as its heading, and help beneath. There is only one at a time. */
export function questionDialog(question: string, help = ""): HTMLDialogElement {
  const dialog = make(
    "dialog",
    { class: "dialog scope-dialog", "aria-labelledby": "question" },
    make("h2", { id: "question" }, question),
  );
  if (help) {
    dialog.setAttribute("aria-describedby", "question-help");
    dialog.append(make("p", { id: "question-help", class: "muted" }, help));
  }
  return dialog;
}

/** Returns a button for one answer. */
export function choiceButton(content: HTMLElement, chosen: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", class: "scope-choice" }, content);
  button.addEventListener("click", chosen);
  return button;
}

/** Opens the dialog, focuses its first choice, and resolves when it is closed. The focus returns to where it was. */
export function showDialog(dialog: HTMLDialogElement): Promise<void> {
  const before = document.activeElement;
  const leave = make("button", { type: "button", class: "button" }, t("common.cancel"));
  leave.addEventListener("click", () => dialog.close());
  dialog.append(make("div", { class: "scope-foot" }, leave));
  // A press beside the dialog leaves everything as it is.
  dialog.addEventListener("click", (event) => isBeside(event, dialog) && dialog.close());
  dialog.addEventListener("keydown", (event) => walk(event, dialog));
  document.body.append(dialog);
  dialog.showModal();
  (one(".scope-choice", dialog) ?? leave).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      resolve();
    });
  });
}

/** Opens the dialog as `showDialog` does. Live updates wait, so that the page beneath stays as it is. */
export async function showPausing(dialog: HTMLDialogElement): Promise<void> {
  pauseUpdates(true);
  try {
    await showDialog(dialog);
  } finally {
    pauseUpdates(false);
  }
}

/** Returns true if the press is on the backdrop; the edge of the dialog itself belongs to it. */
function isBeside(event: MouseEvent, dialog: HTMLElement): boolean {
  if (event.target !== dialog) return false;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
}

/** Moves between choices by arrow key. No key leaves the dialog: the calendar behind it would move. */
function walk(event: KeyboardEvent, dialog: HTMLElement): void {
  event.stopPropagation();
  // In a text the arrows move the caret.
  if (event.target instanceof HTMLTextAreaElement) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = every("button", dialog);
  const place = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[(place + step + buttons.length) % buttons.length]?.focus();
}
