/** Forms: money as people write it, nothing typed is lost, nothing is sent twice. */
import { every, one } from "./page";

const UNITS: Record<string, number> = { k: 1e3, m: 1e6, b: 1e9 };

export function startForms(): void {
  for (const form of every<HTMLFormElement>("form[data-guard]")) guard(form);
  one(".error-summary")?.focus();
  document.addEventListener("focusout", (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && "money" in input.dataset) {
      input.value = formatMoney(input.value) ?? input.value;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = (event.target as Element).closest<HTMLFormElement>("form");
    if (form && form.method === "post") form.requestSubmit();
  });
  document.addEventListener("submit", onSubmit);
  // Coming back to a page with the back button finds its buttons usable again.
  window.addEventListener("pageshow", () => {
    for (const form of every<HTMLFormElement>("form[data-sent]")) release(form);
  });
}

/** `1.25M`, `1,250,000` and `₱1250000` are all 1,250,000.00; null for what is not an amount. */
export function formatMoney(text: string): string | null {
  const match = /^\s*(?:₱|php)?\s*(-?)([\d, ]*\d(?:\.\d*)?|\.\d+)\s*([kmb])?\s*$/i.exec(text);
  if (!match) return null;
  const number = Number((match[2] ?? "").replace(/[, ]/g, "")) * (UNITS[(match[3] ?? "").toLowerCase()] ?? 1);
  if (!Number.isFinite(number)) return null;
  const amount = number.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${match[1] ?? ""}${amount}`;
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.hasAttribute("data-plain")) {
    dropEmpty(form);
    return;
  }
  if (form.method !== "post") return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  // After the others had their chance to stop it.
  queueMicrotask(() => {
    if (event.defaultPrevented) return;
    form.dataset.sent = "";
    for (const button of submitButtons(form)) button.setAttribute("aria-disabled", "true");
  });
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of submitButtons(form)) button.removeAttribute("aria-disabled");
}

function submitButtons(form: HTMLFormElement): HTMLElement[] {
  return every("button:not([type=button])", form);
}

/** Keeps empty parameters out of the address. */
function dropEmpty(form: HTMLFormElement): void {
  for (const control of every<HTMLInputElement>("input, select", form)) {
    if (control.value === "") control.disabled = true;
  }
  window.setTimeout(() => {
    for (const control of every<HTMLInputElement>("input, select", form)) control.disabled = false;
  });
}

function guard(form: HTMLFormElement): void {
  const before = contentOf(form);
  const key = form.dataset.draft ? `obcms.draft.${location.pathname}.${form.dataset.draft}` : "";
  // What the server sent back with errors is newer than any draft.
  if (key && !one(".error-summary", form)) restore(form, key);
  const note = (): void => {
    if (key) keep(key, contentOf(form) === before ? null : entriesOf(form));
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => keep(key, null));
  window.addEventListener("beforeunload", (event) => {
    if ("sent" in form.dataset || contentOf(form) === before) return;
    event.preventDefault();
  });
}

function entriesOf(form: HTMLFormElement): [string, string][] {
  return [...new FormData(form)].filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === "string" && entry[0] !== "csrf_token" && !isSecret(form, entry[0]),
  );
}

function isSecret(form: HTMLFormElement, name: string): boolean {
  return one(`input[type=password][name="${CSS.escape(name)}"]`, form) !== null;
}

function contentOf(form: HTMLFormElement): string {
  return JSON.stringify(
    [...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : value.name]),
  );
}

function keep(key: string, entries: [string, string][] | null): void {
  if (!key) return;
  try {
    if (entries) sessionStorage.setItem(key, JSON.stringify(entries));
    else sessionStorage.removeItem(key);
  } catch {
    // Without storage there are no drafts.
  }
}

/** Puts a draft back into plain fields; pickers keep what the server says. */
function restore(form: HTMLFormElement, key: string): void {
  let entries: [string, string][];
  try {
    entries = JSON.parse(sessionStorage.getItem(key) ?? "[]") as [string, string][];
  } catch {
    return;
  }
  if (entries.length === 0) return;
  const values = new Map(entries);
  for (const control of every<HTMLInputElement>("input, textarea, select", form)) {
    if (control.type === "hidden" || control.type === "file" || control.type === "password") continue;
    if (control.closest("[data-reference]") || !control.name) continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = entries.some(([name, value]) => name === control.name && value === control.value);
    } else if (values.has(control.name)) {
      control.value = values.get(control.name) ?? "";
    }
  }
}
