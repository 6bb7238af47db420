/** Board of projects: a card advances one stage if the checks pass, skips the policy linkage, or returns with a reason. */
import { nameOf, type Saved, startBoard } from "../core/board";
import { ApiError, callApi, every, make, one } from "../core/page";
import { toast } from "../core/toast";
import { NUMBER_LOCALE, t } from "../core/words";
import { questionDialog, showPausing } from "../core/dialog";

interface Step extends Saved {
  archived_tasks?: number;
  kept_tasks?: number;
}

interface Check {
  message: string;
  href: string | null;
}

interface Open {
  tasks: number;
  unobligated_centavos: number;
  undisbursed_centavos: number;
  tasks_href: string;
  money_href: string;
}

/** The one stage that may be skipped. */
const SKIPPABLE = "policy_linkage";

startBoard(async ({ card, column, from, moved }) => {
  if (!moved || !from) return null;
  const columns = every(".board-column", one("#board") ?? undefined);
  const [old, next] = [columns.indexOf(from), columns.indexOf(column)];
  const body = { from: from.dataset.column };
  if (next < old) return goBack(card, column, body);
  const between = columns.slice(old + 1, next).map((skipped) => skipped.dataset.column);
  if (between.length === 0) return step(card, "advance", body);
  if (between.length === 1 && between[0] === SKIPPABLE) {
    const note = await askReason(t("project.skip", { title: nameOf(card) }), t("project.skip_button"));
    return note === null ? null : step(card, "skip", { ...body, note });
  }
  toast(t("project.one_stage", { stage: nameOf(columns[old + 1] ?? null) }));
  return null;
});

async function goBack(card: HTMLElement, column: HTMLElement, body: object): Promise<Step | null> {
  const heading = t("project.return", { title: nameOf(card), stage: nameOf(column) });
  const note = await askReason(heading, t("project.return_button"), t("project.return_help"));
  if (note === null) return null;
  const saved = await step(card, "return", { ...body, stage: column.dataset.column, note });
  if (saved?.archived_tasks || saved?.kept_tasks) {
    toast(t("project.returned_tasks", { archived: saved.archived_tasks ?? 0, kept: saved.kept_tasks ?? 0 }));
  }
  return saved;
}

/** Takes a step. What is missing, or still open, is shown in a dialog. */
async function step(card: HTMLElement, word: string, body: object): Promise<Step | null> {
  try {
    const address = `/api/v1/projects/${encodeURIComponent(card.dataset.id ?? "")}/${word}`;
    return await callApi<Step>("POST", address, body);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { checks, open } = error.more as { checks?: Check[]; open?: Open };
    if (checks) {
      await showMissing(nameOf(card), checks);
      return null;
    }
    if (open) {
      const note = await confirmOpen(nameOf(card), open);
      return note === null ? null : step(card, word, { ...body, note, confirm_open: true });
    }
    throw error;
  }
}

function link(text: string, href: string | null): HTMLElement {
  return href ? make("a", { href }, text) : make("span", {}, text);
}

/** Lists what is missing for the next stage, each with a link to where it is set. */
async function showMissing(title: string, checks: Check[]): Promise<void> {
  const dialog = questionDialog(t("project.missing", { title }));
  const list = make("ul", { class: "checks" });
  for (const { message, href } of checks) {
    list.append(make("li", {}, link(message.charAt(0).toUpperCase() + message.slice(1), href)));
  }
  dialog.append(list);
  await showPausing(dialog);
}

/** Shows what is still open, and asks for a reason to complete with it. Null: not completed. */
function confirmOpen(title: string, open: Open): Promise<string | null> {
  const pesos = (centavos: number): string =>
    (centavos / 100).toLocaleString(NUMBER_LOCALE, { style: "currency", currency: "PHP" });
  const list = make("ul", { class: "checks" });
  if (open.tasks > 0)
    list.append(make("li", {}, link(t("project.open_tasks", { count: open.tasks }), open.tasks_href)));
  for (const [text, amount] of [
    ["project.unobligated", open.unobligated_centavos],
    ["project.undisbursed", open.undisbursed_centavos],
  ] as const) {
    if (amount > 0) list.append(make("li", {}, link(t(text, { amount: pesos(amount) }), open.money_href)));
  }
  return askReason(t("project.open", { title }), t("project.complete_button"), t("project.open_help"), list);
}

/** Asks for a reason; null when the person cancels. */
async function askReason(
  heading: string,
  label: string,
  help = "",
  content?: HTMLElement,
): Promise<string | null> {
  const dialog = questionDialog(heading, help);
  if (content) dialog.append(content);
  const text = make("textarea", { class: "input", id: "project-reason", rows: "3", maxlength: "2000" });
  const wrong = make("p", { class: "field-error", id: "project-reason-error", role: "alert" });
  const form = make("form", { class: "form reason-form" });
  form.append(
    make("label", { for: "project-reason" }, t("project.reason")),
    text,
    wrong,
    make("button", { type: "submit", class: "button", "data-kind": "main" }, label),
  );
  let reason: string | null = null;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) {
      wrong.textContent = t("project.reason_missing");
      text.setAttribute("aria-invalid", "true");
      text.setAttribute("aria-describedby", wrong.id);
      text.focus();
      return;
    }
    reason = text.value.trim();
    dialog.close();
  });
  dialog.append(form);
  const closed = showPausing(dialog);
  text.focus();
  await closed;
  return reason;
}
