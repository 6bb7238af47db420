/** Changes of a task, with the questions that they need: a reason, or the tasks that depend on it. */
import { choiceButton, questionDialog, showPausing } from "../core/dialog";
import { refresh } from "../core/live";
import { ApiError, callApi, make, one } from "../core/page";
import { toast, toastError } from "../core/toast";
import { DATE_LOCALE, t } from "../core/words";

/** Result for one task of a bulk change. */
interface Outcome {
  outcome: "changed" | "unchanged" | "refused";
  status: number;
  detail?: string;
  errors?: { message: string }[];
  needs?: string;
}

interface BulkAnswer {
  results: Outcome[];
  undo: string | null;
}

/** Task that depends on a moved one. */
interface Successor {
  title: string;
  start_date: string | null;
  due_date: string | null;
  new_start_date: string | null;
  new_due_date: string | null;
  working_days: number;
  moves: boolean;
}

/** New dates of a task. */
export interface Dates {
  start_date?: string | null;
  due_date?: string | null;
}

interface Rescheduled {
  successors: Successor[];
  undo: string | null;
}

/** A day as people read it: "Mon 14 Dec". */
export function dayText(day: string): string {
  const date = new Date(`${day}T00:00:00`);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString(DATE_LOCALE, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: isThisYear ? undefined : "numeric",
  });
}

/**
 * Changes fields of a task, of a repeating one on the shown date. Returns true if it is done; a refusal is shown.
 */
export async function changeTask(
  id: string,
  version: string,
  changes: Record<string, unknown>,
  reason = "",
): Promise<boolean> {
  try {
    const answer = await callApi<BulkAnswer>("POST", "/api/v1/tasks/bulk", {
      ids: [id],
      changes,
      versions: { [id]: Number(version) },
      ...(reason ? { force_reason: reason } : {}),
    });
    const outcome = answer.results[0];
    if (outcome?.outcome === "refused") return await refused(outcome, id, version, changes);
    if (outcome?.outcome === "changed") toast(t("task.saved"), { undo: answer.undo });
    refresh();
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

async function refused(
  outcome: Outcome,
  id: string,
  version: string,
  changes: Record<string, unknown>,
): Promise<boolean> {
  const fields = outcome.errors?.map((error) => error.message).join(" ");
  if (outcome.needs === "force_reason") {
    const reason = await askReason(outcome.detail ?? "");
    return reason ? changeTask(id, version, changes, reason) : false;
  }
  const message = outcome.status === 412 ? t("task.changed_meanwhile") : fields || outcome.detail;
  toast(message ?? t("error.unknown"), { tone: "bad" });
  refresh();
  return false;
}

/** Asks for the reason to go ahead with a blocked task. */
async function askReason(detail: string): Promise<string> {
  const dialog = questionDialog(t("task.reason_title"), detail);
  const input = make("textarea", { class: "input", rows: "2", "aria-label": t("task.reason") });
  let reason = "";
  const go = choiceButton(make("span", {}, t("task.go_ahead")), () => {
    reason = input.value.trim();
    if (reason) dialog.close();
    else input.focus();
  });
  dialog.append(input, go);
  const shown = showPausing(dialog);
  input.focus();
  await shown;
  return reason;
}

/** Moves a task. When others depend on it, asks whether they move, too. Returns true if it is done. */
export async function moveTask(id: string, dates: Dates, message = t("task.saved")): Promise<boolean> {
  const path = `/api/v1/tasks/${encodeURIComponent(id)}/reschedule`;
  const body = { ...dates };
  try {
    const preview = await callApi<Rescheduled>("POST", path, { ...body, successors: "preview" });
    const successors = preview.successors.length > 0 ? await askSuccessors(preview.successors) : "keep";
    if (!successors) return false;
    const done = await callApi<Rescheduled>("POST", path, { ...body, successors });
    const count = done.successors.filter((one) => one.moves).length;
    toast(count > 0 ? t("task.moved_with", { count }) : message, { undo: done.undo });
    refresh();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.fields) toast(error.fields, { tone: "bad" });
    else toastError(error);
    return false;
  }
}

async function askSuccessors(successors: Successor[]): Promise<"move" | "keep" | null> {
  const moving = successors.filter((one) => one.moves);
  const dialog = questionDialog(t("task.successors_title", { count: successors.length }));
  const list = make("ul", { class: "successors" });
  for (const one of successors) {
    const [from, to] = [one.start_date ?? one.due_date ?? "", one.new_start_date ?? one.new_due_date ?? ""];
    const text = one.moves
      ? t("task.successor_moves", { from: dayText(from), to: dayText(to), count: one.working_days })
      : t("task.successor_stays");
    list.append(make("li", {}, make("strong", {}, one.title), " ", make("span", { class: "muted" }, text)));
  }
  dialog.append(list);
  let chosen: "move" | "keep" | null = null;
  const choose = (value: "move" | "keep"): void => {
    chosen = value;
    dialog.close();
  };
  if (moving.length > 0) {
    const label = t("task.move_successors", { count: moving.length });
    dialog.append(choiceButton(make("span", {}, label), () => choose("move")));
  }
  dialog.append(choiceButton(make("span", {}, t("task.keep_successors")), () => choose("keep")));
  await showPausing(dialog);
  return chosen;
}

/** Milliseconds in which the page draws a change that was saved. */
const DRAWN_AFTER = 3000;

/** Focuses an editable value again after the page changed around it, as when its row moved. */
export function refocus(id: string, field: string): void {
  const selector = `[data-id="${CSS.escape(id)}"] [data-edit="${CSS.escape(field)}"]`;
  const focus = (): void => {
    if (document.activeElement && document.activeElement !== document.body) return;
    one(selector)?.focus({ preventScroll: true });
  };
  focus();
  document.addEventListener("obcms:refreshed", focus);
  window.setTimeout(() => document.removeEventListener("obcms:refreshed", focus), DRAWN_AFTER);
}
