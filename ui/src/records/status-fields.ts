/** Fields that belong to a status, shown while a status that needs them is selected. */
import { one } from "../core/page";

const CLOSING = ["cancelled", "rejected", "withdrawn", "terminated", "discontinued"];

/** Starts the fields of the form. */
export function startStatusFields(): void {
  const status = one<HTMLSelectElement>("#field-status");
  if (!status) return;
  const box = one<HTMLInputElement>("#field-cancel_open_tasks");
  const show = (field: HTMLElement | null, isAsked: boolean): void => {
    const row = field?.closest<HTMLElement>(".field");
    if (row) row.hidden = !isAsked;
  };
  const follow = (): void => {
    show(box, CLOSING.includes(status.value));
    // A hidden box is not sent.
    if (box && !CLOSING.includes(status.value)) box.checked = false;
  };
  status.addEventListener("change", follow);
  follow();
}
