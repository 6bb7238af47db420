/** Small panels beside an element: menus and editors in the top layer. */
import { make } from "./page";

const EDGE = 8;

/**
 * Opens a panel below an element, inside the window. It closes with Escape or a press beside it; `closed` runs then.
 */
export function openPanel(anchor: Element, label: string, content: Node[], closed?: () => void): HTMLElement {
  // Another panel that closes now may hold the element.
  const at = anchor.getBoundingClientRect();
  const panel = make("div", {
    class: "menu-panel floating-panel",
    popover: "auto",
    role: "dialog",
    "aria-label": label,
  });
  panel.append(...content);
  document.body.append(panel);
  panel.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    panel.remove();
    closed?.();
  });
  panel.showPopover();
  place(panel, at);
  return panel;
}

function place(panel: HTMLElement, at: DOMRect): void {
  const own = panel.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(at.left, innerWidth - own.width - EDGE));
  const below = at.bottom + 4;
  const top = below + own.height > innerHeight - EDGE ? Math.max(EDGE, at.top - own.height - 4) : below;
  panel.style.setProperty("--left", `${left}px`);
  panel.style.setProperty("--top", `${top}px`);
}
