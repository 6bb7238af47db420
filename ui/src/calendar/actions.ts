/** Actions on an entry from its card: cancelling it, and changing one occurrence of a task in place. */
import { type Entry, isClosed } from "./entry";
import { refresh } from "../core/live";
import { callApi } from "../core/page";
import { askScope } from "./scope";
import { toast, toastError } from "../core/toast";
import { t } from "../core/words";

const LABELS = {
  event: t("card.cancel_event"),
  booking: t("card.cancel_booking"),
  task: t("card.cancel_task"),
};

function isCancellable(kind: string): kind is keyof typeof LABELS {
  return kind in LABELS;
}

/** Returns the label of the button that cancels the entry; empty if it cannot be cancelled here. */
export function cancelLabel(entry: Entry): string {
  const { kind } = entry.source;
  return entry.editable && entry.kind === kind && !isClosed(entry) && isCancellable(kind) ? LABELS[kind] : "";
}

/** Cancels an entry, of a series the occurrences that the person chooses. */
export async function cancelEntry(entry: Entry): Promise<void> {
  const { kind, id } = entry.source;
  const path = `/api/v1/${kind}s/${id}`;
  try {
    if (entry.recurrence_id) {
      const scope = await askScope(t("scope.cancel", { title: entry.title }));
      if (!scope) return;
      await callApi(
        "DELETE",
        `${path}/occurrences/${encodeURIComponent(entry.recurrence_id)}?scope=${scope}`,
      );
    } else if (kind === "booking") {
      await callApi("POST", `${path}/decision`, { decision: "cancel" });
    } else if (kind === "task") {
      await callApi("POST", `${path}/transition`, { status: "cancelled" });
    } else {
      await callApi("PATCH", path, { status: "cancelled" });
    }
    toast(t("saved.cancelled", { title: entry.title }), { undo: `${path}/undo` });
    refresh();
  } catch (error) {
    toastError(error);
  }
}

/** Change of a value of an occurrence, as the editor in place asks for it. */
interface OccurrenceChange {
  id: string;
  occurrence: string;
  title: string;
  changes: Record<string, unknown>;
}

/** Saves values of occurrences of tasks that are edited in place. */
export function startOccurrenceChanges(): void {
  document.addEventListener("obcms:occurrence", (event) => {
    void changeOccurrence((event as CustomEvent<OccurrenceChange>).detail);
  });
}

async function changeOccurrence({ id, occurrence, title, changes }: OccurrenceChange): Promise<void> {
  const path = `/api/v1/tasks/${id}`;
  try {
    // A step belongs to one occurrence alone.
    if (typeof changes.status === "string") {
      await callApi("POST", `${path}/transition`, { status: changes.status, recurrence_id: occurrence });
    } else {
      const scope = await askScope(t("scope.change", { title }));
      if (!scope) return;
      await callApi("PATCH", `${path}/occurrences/${encodeURIComponent(occurrence)}?scope=${scope}`, changes);
    }
    toast(t("saved.changed", { title }), { undo: `${path}/undo` });
    refresh();
  } catch (error) {
    toastError(error);
  }
}
