/** Small card beside an element; on the phone it is at the bottom. */
import { make } from "../core/page";

let card: HTMLElement | null = null;
let whenClosed: (() => void) | null = null;

/** Closes the card. */
export function closeCard(): void {
  card?.remove();
  card = null;
  whenClosed?.();
  whenClosed = null;
}

/** Shows a card beside an element or a place. `onClose` is called once, however the card is closed. */
export function showCard(
  body: HTMLElement,
  at: Element | DOMRect,
  label: string,
  module?: string,
  onClose?: () => void,
): void {
  closeCard();
  whenClosed = onClose ?? null;
  const holder = at instanceof Element ? (at as HTMLElement) : null;
  const shell = make("div", { class: "entry-card", popover: "auto", role: "dialog", "aria-label": label });
  if (module) shell.dataset.module = module;
  shell.append(body);
  document.body.append(shell);
  shell.showPopover();
  place(shell, at instanceof Element ? at.getBoundingClientRect() : at);
  shell.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    shell.remove();
    if (card === shell) closeCard();
    // Closing by Escape leaves the focus nowhere; it goes back to the entry.
    if (document.activeElement === document.body) holder?.focus({ preventScroll: true });
  });
  card = shell;
}

/** Puts the card beside the place, inside the window. */
function place(shell: HTMLElement, at: DOMRect): void {
  const own = shell.getBoundingClientRect();
  const room = 8;
  let left = at.right + room;
  if (left + own.width > innerWidth - room) left = at.left - own.width - room;
  if (left < room) left = Math.min(Math.max(room, at.left), innerWidth - own.width - room);
  const top = Math.max(room, Math.min(at.top, innerHeight - own.height - room));
  shell.style.setProperty("--left", `${left}px`);
  shell.style.setProperty("--top", `${top}px`);
}
