/** Buttons that print the page. */
import { every } from "./page";

/** Lets every print button open the print dialog. */
export function startPrinting(): void {
  for (const button of every("[data-print]")) button.addEventListener("click", () => print());
}
