/**
 * Forms of one action: buttons that post, bars over a selection, and forms that say so (`data-in-place`). They are sent
 * without leaving the page, which takes over what the answer shows. Without script, and for another page or a refusal,
 * the browser sends them.
 */
import { forgetDraft, isTypedInto } from "./drafts";
import { takeOver } from "./live";
import { every, takeToken } from "./page";
import { showFlash } from "./toast";
import { noteWrite } from "./writes";

/** Starts the forms of the page; called after the scripts that may refuse to send one. */
export function startInPlace(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !isAction(form)) return;
    event.preventDefault();
    void noteWrite(send(form, event.submitter as HTMLButtonElement | null));
  });
}

/** Returns true for a form that acts on what the page shows; others are pages of their own, or send files. */
function isAction(form: HTMLFormElement): boolean {
  if (form.method !== "post" || form.enctype !== "application/x-www-form-urlencoded") return false;
  if ("native" in form.dataset || form.id === "sign-out" || !document.body.dataset.person) return false;
  return form.hasAttribute("data-in-place") || form.matches(".bulk-bar") || !isTypedInto(form);
}

async function send(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  const place = focusOf(submitter);
  let answer: Response;
  try {
    answer = await fetch(action, { method: "POST", body, headers: { accept: "text/html" } });
  } catch {
    // No answer: the browser says so.
    resend(form, submitter);
    return;
  }
  if (!answer.ok) return resend(form, submitter);
  const led = answer.redirected ? new URL(answer.url) : null;
  const isElsewhere = led !== null && led.pathname !== location.pathname;
  if (isElsewhere || !answer.headers.get("content-type")?.startsWith("text/html"))
    return location.assign(answer.url);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  forgetDraft(form);
  form.reset();
  form.closest<HTMLElement>("[popover]:popover-open")?.hidePopover();
  form.closest("details.menu")?.removeAttribute("open");
  takeToken(fresh);
  // The address says what is shown, also to the next update.
  if (led && led.search !== location.search) history.replaceState(history.state, "", led);
  await takeOver(fresh);
  sent(form);
  showFlash();
  place();
}

/** Tells that the form can be sent again. */
function sent(form: HTMLFormElement): void {
  form.dispatchEvent(new CustomEvent("obcms:sent", { bubbles: true }));
}

/**
 * Lets the browser send the form, which shows its own page: a refusal, which wrote nothing. What was confirmed is not
 * asked again.
 */
function resend(form: HTMLFormElement, submitter: HTMLButtonElement | null): void {
  sent(form);
  form.dataset.native = "";
  form.requestSubmit(submitter?.isConnected ? submitter : null);
  delete form.dataset.native;
}

/** Returns a function that puts the focus where it was, or on the next such button when that one is gone. */
function focusOf(submitter: HTMLButtonElement | null): () => void {
  const kind = submitter?.className ? `button.${[...submitter.classList].join(".")}` : "button";
  const at = submitter ? every(kind).indexOf(submitter) : -1;
  const before = document.activeElement;
  return () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    else if (at >= 0) (every(kind)[at] ?? every(kind).at(-1))?.focus({ preventScroll: true });
  };
}
