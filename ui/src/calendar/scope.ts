/** Dialog for the scope of a change to a series: this occurrence, this and following, or all. */
import { choiceButton, questionDialog, showDialog } from "../core/dialog";
import { icon } from "../core/icons";
import { make, one } from "../core/page";
import { t } from "../core/words";

/** Reach of a change to a series. */
export type Scope = "this" | "following" | "all";

const CHOICES: [Scope, string, string][] = [
  ["this", t("scope.this"), t("scope.this_help")],
  ["following", t("scope.following"), t("scope.following_help")],
  ["all", t("scope.all"), t("scope.all_help")],
];

/** Opens the dialog with a heading. `offered` limits the choices. Returns null when the person cancels. */
export async function askScope(question: string, offered?: Scope[]): Promise<Scope | null> {
  const choices = make("div", { class: "scope-choices" });
  const dialog = questionDialog(question, t("scope.question"));
  dialog.append(choices);
  let chosen: Scope | null = null;
  for (const [scope, label, help] of CHOICES) {
    if (offered && !offered.includes(scope)) continue;
    const content = make("span", {}, make("strong", {}, label), make("small", { class: "muted" }, help));
    const button = choiceButton(content, () => {
      chosen = scope;
      dialog.close();
    });
    button.value = scope;
    button.append(icon("arrowRight"));
    choices.append(button);
  }
  await showDialog(dialog);
  return chosen;
}

/** Opens the dialog in place of the choices that a page folds. */
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
