/** The box that cancels open tasks along with a record: in sight once the status that is chosen ends it. */
import { one } from "./page";

const CLOSING = ["cancelled", "rejected", "withdrawn", "terminated", "discontinued"];

export function startCancelling(): void {
  const box = one<HTMLInputElement>("#field-cancel_open_tasks");
  const status = one<HTMLSelectElement>("#field-status");
  const row = box?.closest<HTMLElement>(".field");
  if (!box || !status || !row) return;
  const follow = (): void => {
    row.hidden = !CLOSING.includes(status.value);
    // What is out of sight is not meant.
    if (row.hidden) box.checked = false;
  };
  status.addEventListener("change", follow);
  follow();
}
