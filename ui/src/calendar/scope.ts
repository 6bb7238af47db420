/** Asks how far a change of one date of a series reaches: this date, it and those that follow, or all. */
import { asked, choiceButton } from "../core/dialog";
import { icon } from "../core/icons";
import { make, one } from "../core/page";
import { t } from "../core/words";

export type Scope = "this" | "following" | "all";

const CHOICES: [Scope, string, string][] = [
  ["this", t("scope.this"), t("scope.this_help")],
  ["following", t("scope.following"), t("scope.following_help")],
  ["all", t("scope.all"), t("scope.all_help")],
];

/**
 * Opens the dialog. `question` is its heading, as in “Move “Staff meeting””, and `offered` what can be chosen where not
 * all can; nothing is answered when the person turns away.
 */
export async function askScope(question: string, offered?: Scope[]): Promise<Scope | null> {
  const heading = make("h2", { id: "scope-heading" }, question);
  const choices = make("div", { class: "scope-choices" });
  const dialog = make(
    "dialog",
    { class: "dialog scope-dialog", "aria-labelledby": "scope-heading", "aria-describedby": "scope-help" },
    heading,
    make("p", { id: "scope-help", class: "muted" }, t("scope.question")),
    choices,
  );
  let chosen: Scope | null = null;
  for (const [scope, label, help] of CHOICES) {
    if (offered && !offered.includes(scope)) continue;
    const said = make("span", {}, make("strong", {}, label), make("small", { class: "muted" }, help));
    const button = choiceButton(said, () => {
      chosen = scope;
      dialog.close();
    });
    button.value = scope;
    button.append(icon("arrowRight"));
    choices.append(button);
  }
  await asked(dialog);
  return chosen;
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
