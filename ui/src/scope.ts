/** Asks how far a change of one date of a series reaches: this date, it and those that follow, or all. */
import { icon } from "./icon";
import { every, make, one } from "./page";

export type Scope = "this" | "following" | "all";

const CHOICES: [Scope, string, string][] = [
  ["this", "This date", "The other dates stay as they are."],
  ["following", "This and following dates", "The dates before stay as they are."],
  ["all", "All dates", "Those that are over too."],
];

/**
 * Opens the dialog. `question` is its heading, as in “Move “Staff meeting””, and `offered` what can be chosen where not
 * all can; nothing is answered when the person turns away. The focus goes back to where it was.
 */
export function askScope(question: string, offered?: Scope[]): Promise<Scope | null> {
  const before = document.activeElement;
  const heading = make("h2", { id: "scope-heading" }, question);
  const choices = make("div", { class: "scope-choices" });
  const dialog = make(
    "dialog",
    { class: "dialog scope-dialog", "aria-labelledby": "scope-heading", "aria-describedby": "scope-help" },
    heading,
    make("p", { id: "scope-help", class: "muted" }, "This happens on many dates. Which of them?"),
    choices,
  );
  for (const [scope, label, help] of CHOICES) {
    if (offered && !offered.includes(scope)) continue;
    const button = make(
      "button",
      { type: "button", class: "scope-choice", value: scope },
      make("span", {}, make("strong", {}, label), make("small", { class: "muted" }, help)),
    );
    button.append(icon("arrowRight"));
    button.addEventListener("click", () => dialog.close(scope));
    choices.append(button);
  }
  const leave = make("button", { type: "button", class: "button" }, "Leave as it is");
  leave.addEventListener("click", () => dialog.close());
  dialog.append(make("div", { class: "scope-foot" }, leave));
  // A press beside the dialog leaves everything as it is.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => walk(event, dialog));
  document.body.append(dialog);
  dialog.showModal();
  one("button", dialog)?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      resolve(CHOICES.find(([scope]) => scope === dialog.returnValue)?.[0] ?? null);
    });
  });
}

/** Arrows go from choice to choice. Keys stay in the dialog: behind it they would move the calendar. */
function walk(event: KeyboardEvent, dialog: HTMLElement): void {
  event.stopPropagation();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = every("button", dialog);
  const place = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[(place + step + buttons.length) % buttons.length]?.focus();
}

/** Folded choices of a page, as under “Cancel this date”, become the dialog. */
export function startScopes(): void {
  document.addEventListener("click", (event) => {
    const summary = (event.target as Element).closest<HTMLElement>("[data-ask-scope] > summary");
    const form = summary && one<HTMLFormElement>("form", summary.parentElement as HTMLElement);
    if (!summary || !form) return;
    event.preventDefault();
    const question = summary.parentElement?.dataset.askScope ?? summary.textContent ?? "";
    void askScope(question).then((scope) => {
      const choice = scope && one<HTMLInputElement>(`input[name=scope][value=${scope}]`, form);
      if (!choice) return;
      choice.checked = true;
      form.requestSubmit();
    });
  });
}
