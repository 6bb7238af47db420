/** Fields that belong to a status: in sight once the status that is chosen asks for them. */
import { one } from "../core/page";

const CLOSING = ["cancelled", "rejected", "withdrawn", "terminated", "discontinued"];
/** Statuses with a reason, where the form has a field for it. */
const REASONED = ["on_hold", "cancelled"];

export function startCancelling(): void {
  const status = one<HTMLSelectElement>("#field-status");
  if (!status) return;
  const box = one<HTMLInputElement>("#field-cancel_open_tasks");
  const reason = one<HTMLInputElement>("#field-reason");
  const before = [...status.options].find((option) => option.defaultSelected)?.value ?? "";
  const show = (field: HTMLElement | null, isAsked: boolean): void => {
    const row = field?.closest<HTMLElement>(".field");
    if (row) row.hidden = !isAsked;
  };
  const follow = (): void => {
    show(box, CLOSING.includes(status.value));
    // What is out of sight is not meant.
    if (box && !CLOSING.includes(status.value)) box.checked = false;
    const isAsked =
      REASONED.includes(status.value) &&
      (status.value !== before || reason?.getAttribute("aria-invalid") === "true");
    show(reason, isAsked);
    if (reason) reason.required = isAsked;
  };
  status.addEventListener("change", follow);
  follow();
}
