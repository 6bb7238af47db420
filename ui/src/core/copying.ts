/** Buttons that copy a text to the clipboard. */
import { toast } from "./toast";
import { t } from "./words";

/** Starts the buttons. */
export function startCopying(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    const input = button ? button.closest("[data-copy-field]")?.querySelector("input") : null;
    if (input) void copy(input);
  });
}

async function copy(input: HTMLInputElement): Promise<void> {
  // Marked as well: where the browser keeps its clipboard closed, Ctrl+C does the rest.
  input.focus();
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    toast(t("toast.copied"));
  } catch {
    toast(t("toast.selected"));
  }
}
