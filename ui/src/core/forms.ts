/** Forms: amounts of money, incomplete values, and protection against sending twice. */
import { defaultButton } from "./confirm";
import { markSent, markUnsent } from "./drafts";
import { icon } from "./icons";
import { every, make, one } from "./page";
import { NUMBER_LOCALE, t } from "./words";

/** Milliseconds after which a form can be sent again. */
const RESEND_AFTER = 20_000;
const UNITS: Record<string, number> = { k: 1e3, m: 1e6, b: 1e9 };

/** Starts the forms of the page. */
export function startForms(): void {
  const summary = one(".error-summary");
  if (summary) summary.focus();
  else if (location.pathname.endsWith("/new")) focusFirst();
  document.addEventListener("focusout", (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && "money" in input.dataset) {
      input.value = formatMoney(input.value) ?? input.value;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = (event.target as Element).closest<HTMLFormElement>("form");
    if (form && form.method === "post") form.requestSubmit(defaultButton(form));
  });
  document.addEventListener("submit", refuseUnfinished, true);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("input", (event) => clearUnfinished(event.target as HTMLElement));
  document.addEventListener("obcms:sent", (event) => {
    release(event.target as HTMLFormElement);
    markUnsent(event.target as HTMLFormElement);
  });
  // Coming back to a page with the back button finds its buttons usable again.
  window.addEventListener("pageshow", () => {
    for (const form of every<HTMLFormElement>("form[data-sent]")) {
      release(form);
      markUnsent(form);
    }
  });
}

/** Focuses the first field of the form of a new record, so that typing begins at once. */
function focusFirst(): void {
  const controls = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select";
  const first = every(`form.form .fields :is(${controls})`).find((control) => control.offsetParent !== null);
  first?.focus({ preventScroll: true });
}

/** Returns the centavos of `1.25M`, `1,250,000` and `₱1250000`; null if it is no amount. */
export function parseMoney(text: string): number | null {
  // Commas only between groups of three digits, as the server reads it: 12,50 is a mistake and not 1,250.
  const match = /^\s*(?:₱|php)?\s*(-?)(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?\s*([kmb])?\s*$/i.exec(text);
  const [, sign, whole = "", part = "", unit = ""] = match ?? [];
  if (!match || whole + part === "") return null;
  const digits = whole.replaceAll(",", "");
  const centavos = Math.round(Number(`${digits || "0"}.${part || "0"}e2`) * (UNITS[unit.toLowerCase()] ?? 1));
  if (!Number.isSafeInteger(centavos) || (!unit && part.length > 2)) return null;
  return centavos * (sign ? -1 : 1);
}

/** Returns 1,250,000.00 for `1.25M`, `1,250,000` and `₱1250000`; null if it is no amount. */
function formatMoney(text: string): string | null {
  const centavos = parseMoney(text);
  if (centavos === null) return null;
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return (centavos / 100).toLocaleString(NUMBER_LOCALE, options);
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
    markSent(form);
    for (const button of submitButtons(form)) button.setAttribute("aria-disabled", "true");
    // The page may stay where it is: the answer was a file, or the person stopped the browser.
    window.setTimeout(() => release(form), RESEND_AFTER);
  });
}

/** Refuses a form with an incomplete date or number, which would be sent as empty. */
function refuseUnfinished(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const wrong = every<HTMLInputElement>("input", form).filter(
    (input) => input.validity.badInput && isInSight(input),
  );
  if (wrong.length === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  for (const input of wrong) {
    const field = input.closest<HTMLElement>(".field") ?? input.parentElement;
    if (!field || one("[data-unfinished]", field)) continue;
    const isNumber = input.type === "number";
    const message = isNumber ? t("form.number_incomplete") : t("form.value_incomplete");
    field.append(
      make("p", { class: "field-error", role: "alert", "data-unfinished": "" }, icon("circleAlert"), message),
    );
    input.setAttribute("aria-invalid", "true");
  }
  wrong[0]?.closest("details")?.setAttribute("open", "");
  wrong[0]?.focus();
}

/** Returns true if the input is shown or can be unfolded. */
function isInSight(input: HTMLElement): boolean {
  return input.offsetParent !== null || input.closest("details:not([open])") !== null;
}

function clearUnfinished(target: HTMLElement): void {
  const message = one(
    "[data-unfinished]",
    target.closest<HTMLElement>(".field") ?? document.createElement("p"),
  );
  if (!message || (target as HTMLInputElement).validity?.badInput) return;
  message.remove();
  target.removeAttribute("aria-invalid");
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of submitButtons(form)) button.removeAttribute("aria-disabled");
}

function submitButtons(form: HTMLFormElement): HTMLElement[] {
  return every("button:not([type=button])", form);
}

/** Leaves empty parameters out of the address. */
function dropEmpty(form: HTMLFormElement): void {
  for (const control of every<HTMLInputElement>("input, select", form)) {
    if (control.value === "") control.disabled = true;
  }
  window.setTimeout(() => {
    for (const control of every<HTMLInputElement>("input, select", form)) control.disabled = false;
  });
}
