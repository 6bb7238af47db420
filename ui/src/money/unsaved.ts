/** Amounts of a scenario that were typed and not saved: a question before an action that does not use them. */
import { choiceButton, questionDialog, showPausing } from "../core/dialog";
import { discardDraftsOf, hasDraftOf } from "../core/drafts";
import { icon } from "../core/icons";
import { make, one } from "../core/page";
import { t } from "../core/words";

/** Action that works with the saved amounts. */
type Action = "distribute" | "adopt";

/** Help and last choice of the question of each action. */
const QUESTIONS: Record<Action, { help: string; discard: string }> = {
  distribute: { help: t("scenario.unsaved_distribute"), discard: t("scenario.discard_distribute") },
  adopt: { help: t("scenario.unsaved_adopt"), discard: t("scenario.discard_adopt") },
};

/** Asks before the form of an action is sent, while amounts of the scenario at this address are not saved. */
export function askAboutAmounts(form: HTMLFormElement, scenario: string, action: Action): void {
  const amounts = `${scenario}/allocations`;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || "sent" in form.dataset || !hasDraftOf(amounts)) return;
    event.preventDefault();
    void ask(action).then((answer) => {
      if (answer === "save") openAmounts(scenario);
      if (answer !== "discard") return;
      // What was given up does not come back later.
      discardDraftsOf(amounts);
      one<HTMLFormElement>("form[data-scenario]")?.reset();
      form.requestSubmit();
    });
  });
}

/** Saves the amounts of this page, or leads to those of another tab, where they are restored. */
function openAmounts(scenario: string): void {
  const form = one<HTMLFormElement>("form[data-scenario]");
  if (form) form.requestSubmit();
  else location.assign(scenario);
}

async function ask(action: Action): Promise<"save" | "discard" | null> {
  const isHere = one("form[data-scenario]") !== null;
  const choices = make("div", { class: "scope-choices" });
  const dialog = questionDialog(t("scenario.unsaved"), QUESTIONS[action].help);
  dialog.append(choices);
  let answer: "save" | "discard" | null = null;
  const offer = (value: "save" | "discard", label: string): void => {
    const button = choiceButton(make("strong", {}, label), () => {
      answer = value;
      dialog.close();
    });
    button.append(icon("arrowRight"));
    choices.append(button);
  };
  offer("save", t(isHere ? "scenario.save_first" : "scenario.open_amounts"));
  offer("discard", QUESTIONS[action].discard);
  await showPausing(dialog);
  return answer;
}
