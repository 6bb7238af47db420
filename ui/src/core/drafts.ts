/**
 * Drafts: the content of a form is kept in the tab until the server has saved it. It is restored when the form is
 * opened again, as after a sign-in, a server error, a lost connection or a link that led away.
 */
import { hasFlash } from "./flash";
import { every, make, one } from "./page";
import { pickerOf } from "./reference-picker";
import { t } from "./words";

/** Name, value, and title of a record. */
type Entry = [string, string, string?];

interface Draft {
  entries: Entry[];
  /** Open texts of pickers, by name of the field. */
  texts: [string, string[]][];
  /** Sent to the server, without an answer yet. */
  sent: boolean;
}

const PREFIX = "obcms.draft.";
/** Hidden inputs that differ each time the form is drawn. */
const UNSTABLE = ["csrf_token", "version", "request_key", "shown_fields"];
const keys = new WeakMap<HTMLFormElement, string>();

/**
 * Restores and keeps the drafts of the page. Call it after the pickers were made and before other scripts replace
 * inputs.
 */
export function startDrafts(): void {
  const form = one<HTMLFormElement>("#sign-out");
  form?.addEventListener("submit", () => draftKeys().forEach(forget));
  if (!document.body.dataset.person || one("[data-failed]")) {
    // Signing in, or an error: what was sent did not arrive.
    for (const key of draftKeys()) {
      const draft = read(key);
      if (draft) write(key, { ...draft, sent: false });
    }
    if (!document.body.dataset.person && draftKeys().length > 0) showSignInNotice();
    return;
  }
  const forms = every<HTMLFormElement>('form[method="post"]').filter(isTypedInto);
  const known = new Map<string, number>();
  for (const form of forms) {
    const key = keyOf(form);
    const place = known.get(key) ?? 0;
    known.set(key, place + 1);
    keys.set(form, `${key}#${place}`);
  }
  const own = new Set(forms.map((form) => keys.get(form)));
  // The page of an answer, or where a success leads to with its message.
  const wasTaken = "answer" in document.body.dataset || hasFlash();
  for (const key of draftKeys()) {
    const draft = read(key);
    if (!draft?.sent) continue;
    if (wasTaken) forget(key);
    else if (!own.has(key)) write(key, { ...draft, sent: false });
  }
  const isAnswer = "answer" in document.body.dataset;
  for (const form of forms) {
    keepDraft(
      form,
      one(".error-summary", form) !== null ||
        (isAnswer && every("form[data-guard]").length === 1 && "guard" in form.dataset),
    );
  }
}

/** Marks the draft of a form as sent. */
export function markSent(form: HTMLFormElement): void {
  const key = keys.get(form);
  if (key) write(key, { ...contentOf(form), sent: true });
}

/** Marks the draft as not sent, when no answer came. */
export function markUnsent(form: HTMLFormElement): void {
  const key = keys.get(form);
  const draft = key && read(key);
  if (draft) write(key, { ...draft, sent: false });
}

/** Forgets what was typed into a form that was saved. */
export function forgetDraft(form: HTMLFormElement): void {
  const key = keys.get(form);
  if (key) forget(key);
}

/** Returns true if a form of this action has input that was not sent. */
export function hasDraftOf(action: string): boolean {
  return draftsOf(action).some((key) => read(key)?.sent === false);
}

/** Forgets what was typed into forms of this action. */
export function discardDraftsOf(action: string): void {
  draftsOf(action).forEach(forget);
}

function draftsOf(action: string): string[] {
  const own = `${PREFIX}${document.body.dataset.person}.`;
  return draftKeys().filter((key) => key.startsWith(own) && key.split(/[ #]/)[1] === action);
}

/**
 * Returns true for forms with something to type or choose; not for buttons that post, the boxes of a table, nor forms
 * whose choices are in the address.
 */
export function isTypedInto(form: HTMLFormElement): boolean {
  if (form.matches("#sign-out, .bulk-bar, [data-preview]")) return false;
  const typed =
    "textarea, select, [data-reference], input:not([type=hidden]):not([type=submit]):not([type=radio])";
  return "guard" in form.dataset || one(typed, form) !== null;
}

/** Key of a form: its page, its action, and its hidden inputs, which tell the rows of a table apart. */
function keyOf(form: HTMLFormElement): string {
  const action = new URL(form.action, location.href).pathname;
  const unseen = every<HTMLInputElement>("input[type=hidden]", form)
    .filter((input) => !UNSTABLE.includes(input.name) && !input.closest("[data-reference]"))
    .map(({ name, value }) => `${name}=${value}`);
  const page = `${location.pathname}${location.search}`;
  return [`${PREFIX}${document.body.dataset.person}.${page}`, action, ...unseen].join(" ");
}

/**
 * Restores and keeps the draft of a form. `isTyped`: the server sent the input back, which is newer than any draft.
 */
function keepDraft(form: HTMLFormElement, isTyped: boolean): void {
  const key = keys.get(form)!;
  const draft = read(key);
  const isRestored = draft !== null && !isTyped && !isSame(draft, contentOf(form));
  if (isRestored) {
    restoreDraft(form, draft);
    form.before(notice(key));
  } else if (draft) {
    forget(key);
  }
  let drawn: Draft | null = null;
  // Other islands bring the inputs into their form first.
  window.setTimeout(() => {
    drawn = contentOf(form);
    if (isTyped) write(key, drawn);
  });
  const note = (): void => {
    const content = contentOf(form);
    if (!isRestored && !isTyped && drawn && isSame(content, drawn)) forget(key);
    else write(key, content);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  window.addEventListener("beforeunload", (event) => {
    // Files and passwords are not kept.
    if (!("sent" in form.dataset) && holdsSecrets(form)) event.preventDefault();
  });
}

function holdsSecrets(form: HTMLFormElement): boolean {
  return every<HTMLInputElement>("input[type=file], input[type=password]", form).some(({ value }) => value);
}

function contentOf(form: HTMLFormElement): Draft {
  const titles = new Map<string, string>();
  const texts: [string, string[]][] = [];
  for (const holder of every("[data-reference]", form)) {
    const picker = pickerOf(holder);
    for (const [value, title] of picker?.values() ?? []) titles.set(value, title);
    const open = picker?.texts() ?? [];
    if (open.length > 0) texts.push([holder.dataset.name ?? "", open]);
  }
  const entries = [...new FormData(form)]
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .filter(([name]) => name !== "csrf_token" && name !== "request_key" && !isSecret(form, name))
    .map(([name, value]): Entry => (titles.has(value) ? [name, value, titles.get(value)] : [name, value]));
  return { entries, texts, sent: false };
}

function isSecret(form: HTMLFormElement, name: string): boolean {
  return one(`input[type=password][name="${CSS.escape(name)}"]`, form) !== null;
}

/** Compares contents; empty and missing fields are the same. */
function isSame(one: Draft, other: Draft): boolean {
  const plain = ({ entries, texts }: Draft): string =>
    JSON.stringify([
      entries.filter(([, value]) => value !== "").map(([name, value]) => [name, value]),
      texts,
    ]);
  return plain(one) === plain(other);
}

function restoreDraft(form: HTMLFormElement, { entries, texts }: Draft): void {
  const left = new Map<string, string[]>();
  for (const [name, value] of entries) left.set(name, [...(left.get(name) ?? []), value]);
  for (const holder of every("[data-reference]", form)) {
    const name = holder.dataset.name ?? "";
    const chosen = entries.filter(([other, value]) => other === name && value !== "");
    const open = texts.find(([other]) => other === name)?.[1] ?? [];
    pickerOf(holder)?.fill(
      chosen.map(([, value, title]): [string, string] => [value, title ?? value]),
      open,
    );
  }
  for (const control of every<HTMLInputElement>("input, textarea, select", form)) {
    if (!control.name || control.closest("[data-reference]")) continue;
    if (control.type === "file" || control.type === "password" || control.name === "csrf_token") continue;
    // The version that was seen goes along: the server tells what others changed since.
    if (control.type === "hidden" && control.name !== "version") continue;
    const before = isOn(control);
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = (left.get(control.name) ?? []).includes(control.value);
    } else if (left.has(control.name)) {
      control.value = left.get(control.name)!.shift() ?? "";
    }
    const folded = control.closest("details");
    if (folded && !folded.matches(".menu") && before !== isOn(control)) folded.open = true;
  }
}

function isOn(control: HTMLInputElement): string {
  return control.type === "checkbox" || control.type === "radio" ? String(control.checked) : control.value;
}

function notice(key: string): HTMLElement {
  const discard = make("button", { type: "button", class: "button" }, t("draft.discard"));
  const host = make(
    "div",
    { class: "notice draft-notice", "data-tone": "accent", "data-island": "", role: "status" },
    make("p", { class: "grow" }, t("draft.restored")),
    discard,
  );
  discard.addEventListener("click", () => {
    forget(key);
    location.reload();
  });
  return host;
}

function showSignInNotice(): void {
  one(".sign-in form")?.before(
    make(
      "div",
      { class: "notice", "data-tone": "accent", role: "status" },
      make("p", {}, t("draft.restored_after_sign_in")),
    ),
  );
}

function draftKeys(): string[] {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function read(key: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key) ?? "null") as Partial<Draft> | null;
    return draft && Array.isArray(draft.entries) && Array.isArray(draft.texts) ? (draft as Draft) : null;
  } catch {
    return null;
  }
}

function write(key: string, draft: Draft): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Without storage there are no drafts.
  }
}

function forget(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Without storage there are no drafts.
  }
}
