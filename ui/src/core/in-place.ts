/**
 * Forms of one action (`data-in-place`): they are sent without leaving the page, and the parts of the page that follow
 * changes are taken over from the answer. Without script, and for another page or a refusal, the browser sends them.
 */
import { takeOver } from "./live";
import { every } from "./page";
import { showFlash } from "./toast";

/** Starts the forms of the page; called after the scripts that may refuse to send one. */
export function startInPlace(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !form.hasAttribute("data-in-place")) return;
    event.preventDefault();
    void send(form, event.submitter as HTMLButtonElement | null);
  });
}

async function send(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  const place = focusOf(submitter);
  try {
    const answer = await fetch(action, { method: "POST", body, headers: { accept: "text/html" } });
    const isHere = answer.ok && answer.redirected && new URL(answer.url).pathname === location.pathname;
    if (!isHere) return leave(form, submitter, answer);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!(await takeOver(fresh))) {
      location.reload();
      return;
    }
    form.reset();
    showFlash();
    place();
  } catch {
    // No answer: the browser says so.
    resend(form, submitter);
  } finally {
    sent(form);
  }
}

/** Tells that the form can be sent again. */
function sent(form: HTMLFormElement): void {
  form.dispatchEvent(new CustomEvent("obcms:sent", { bubbles: true }));
}

/** Opens the page that the answer leads to. A refusal wrote nothing: the browser sends the form and shows its page. */
function leave(form: HTMLFormElement, submitter: HTMLButtonElement | null, answer: Response): void {
  if (answer.ok && answer.redirected) location.assign(answer.url);
  else resend(form, submitter);
}

function resend(form: HTMLFormElement, submitter: HTMLButtonElement | null): void {
  sent(form);
  form.removeAttribute("data-in-place");
  form.requestSubmit(submitter?.isConnected ? submitter : null);
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
