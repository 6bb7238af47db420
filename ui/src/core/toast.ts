/** Toasts: short messages at the bottom, with Undo if the server offers it. */
import { leaveFlash, takeFlash } from "./flash";
import { icon } from "./icons";
import { refresh, refreshPage } from "./live";
import { ApiError, callApi, dialogIsOpen, every, isTyping, make, one } from "./page";
import { t } from "./words";
import { afterWrites, isWriting } from "./writes";

/** Options of a toast. */
interface ToastOptions {
  /** Address of the undo. */
  undo?: string | null;
  tone?: "bad";
  /** Offers a link to sign in, and stays until it is closed. */
  signIn?: boolean;
}

const SHOWN_FOR = 8000;
/** Milliseconds for a toast with Undo: reading it and reaching it by keyboard takes time. */
const SHOWN_WITH_UNDO = 20_000;

/** Shows the message that the last page left, and starts the key U. */
export function startToasts(): void {
  showFlash();
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "u" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || dialogIsOpen()) return;
    presses = presses.then(undoLast);
  });
}

/** Presses of U, one after the other. */
let presses: Promise<void> = Promise.resolve();

/** Takes the last change back: one that is underway once it is saved, and no earlier one in its place. */
async function undoLast(): Promise<void> {
  const last = (): HTMLElement | undefined => every("[data-undo]").at(-1);
  const shown = last();
  const isUnderway = isWriting() && !isUndoing;
  await afterWrites();
  const now = last();
  if (now !== shown || !isUnderway) now?.click();
}

/** Shows the message that the server left with an answer. */
export function showFlash(): void {
  const flash = takeFlash();
  if (flash) toast(flash.message, { undo: flash.undo });
}

/** Shows a message. */
export function toast(message: string, options: ToastOptions = {}): void {
  const host = one("#toasts");
  // One change may lead to several answers that the session has ended.
  if (!host || (options.signIn && one(".toast-link", host))) return;
  const body = make(
    "div",
    { class: "toast", "data-tone": options.tone },
    make("span", { class: "grow" }, message),
  );
  if (options.undo) {
    const address = options.undo;
    const button = make(
      "button",
      { type: "button", "data-undo": "", title: t("toast.undo_title") },
      t("toast.undo"),
      make("kbd", {}, "U"),
    );
    button.addEventListener("click", () => {
      body.remove();
      void undo(address);
    });
    body.append(button);
  }
  if (options.signIn) {
    const next = encodeURIComponent(location.pathname + location.search);
    body.append(make("a", { class: "toast-link", href: `/login?next=${next}` }, t("toast.sign_in")));
  }
  const close = make("button", { type: "button", "aria-label": t("common.close") });
  close.append(icon("x"));
  close.addEventListener("click", () => body.remove());
  body.append(close);
  host.toggleAttribute("data-raised", one("main .form-actions") !== null);
  host.append(body);
  // At most three at a time; the oldest goes first.
  for (const old of every(".toast", host).slice(0, -3)) old.remove();
  if (options.signIn) return;
  const usual = options.undo ? SHOWN_WITH_UNDO : SHOWN_FOR;
  expire(body, options.tone === "bad" ? SHOWN_FOR * 2 : usual);
}

/** Shows the message of an error. */
export function toastError(error: unknown): void {
  const message = error instanceof ApiError ? error.message : t("error.unknown");
  const isSignedOut = error instanceof ApiError && error.status === 401;
  toast(message, { tone: "bad", signIn: isSignedOut });
}

/** An undo is underway. */
let isUndoing = false;

async function undo(address: string): Promise<void> {
  isUndoing = true;
  try {
    const { landing } = await callApi<{ landing?: string }>("POST", address);
    // The page of a record that went with the undo has nothing left to do on it.
    if (landing && isOnPageOf(address) && !isAt(landing)) {
      leaveFlash(landing, t("toast.undone"));
      location.assign(landing);
      return;
    }
    toast(t("toast.undone"));
    if (one("[data-calendar]")) refresh();
    else await refreshPage();
  } catch (error) {
    toastError(error);
  } finally {
    isUndoing = false;
  }
}

/** Returns true on the page of the record whose change is undone, and on pages below it. */
function isOnPageOf(address: string): boolean {
  const [collection, id] = address.replace(/^\/api\/v1\//, "").split("/");
  return `${location.pathname}/`.startsWith(`/${collection}/${id}/`);
}

function isAt(landing: string): boolean {
  return `${location.pathname}/`.startsWith(`${landing}/`) && landing.split("/").length > 2;
}

/** Removes the toast after a while, unless it is under the pointer or has the focus. */
function expire(body: HTMLElement, after: number): void {
  window.setTimeout(() => {
    if (body.matches(":hover, :focus-within")) expire(body, 1500);
    else body.remove();
  }, after);
}
