/** Helpers of all scripts: finding and making elements, calling the server. */
import { t } from "./words";
import { noteWrite } from "./writes";

/** Problem details of RFC 9457. */
interface Problem {
  title?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

/** Error of a request, with a message for the person. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Messages of the single fields; empty if it is not about fields. */
    readonly fields = "",
    /** All members of the answer. */
    readonly more: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Returns the first element of a selector. */
export function one<E extends Element = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): E | null {
  return within.querySelector<E>(selector);
}

/** Returns all elements of a selector. */
export function every<E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)];
}

/** Puts a value into a field and tells its listeners, as if it were typed. */
export function putValue(field: HTMLInputElement | null, value: string): void {
  if (!field || field.value === value) return;
  field.value = value;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}

/** Makes an element. Text is set as text, never as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | undefined> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Returns true if the person types into the element, so that letters are no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target.matches("textarea, select");
}

/** Returns true if a modal dialog is open. */
export function dialogIsOpen(): boolean {
  return one("dialog:modal") !== null;
}

/** Milliseconds until a request is given up. */
const TIMEOUT = 60_000;

/** Calls the API. A failure is an `ApiError`. With `version` the record must not have changed since. */
export function callApi<T>(method: string, url: string, body?: unknown, version?: number | null): Promise<T> {
  const answer = request<T>(method, url, body, version);
  return isChange(method, url) ? noteWrite(answer) : answer;
}

/** Returns true for a call that changes a record: previews and the settings of the person do not. */
function isChange(method: string, url: string): boolean {
  return method !== "GET" && !url.endsWith("/preview") && !url.startsWith("/api/v1/me/settings/");
}

async function request<T>(method: string, url: string, body?: unknown, version?: number | null): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (version) headers["if-match"] = `"${version}"`;
  if (method !== "GET") headers["x-csrf-token"] = csrfToken();
  if (body !== undefined) {
    headers["content-type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  }
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch (error) {
    const isSlow = error instanceof DOMException && error.name === "TimeoutError";
    if (isSlow) throw new ApiError(t("error.timeout"), 0);
    throw new ApiError(t("error.unreachable"), 0);
  }
  if (answer.status === 403 && method !== "GET" && (await renewToken())) {
    return request<T>(method, url, body, version);
  }
  if (!answer.ok) throw await errorOf(answer);
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch {
    throw new ApiError(t("error.unreadable"), answer.status);
  }
}

/** Fetches a page of this site as a document. */
export async function fetchDocument(url: string): Promise<Document> {
  const answer = await fetch(url, { headers: { accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) throw new ApiError(t("error.page", { status: answer.status }), answer.status);
  // Someone signed out elsewhere: the answer is another page.
  if (answer.redirected && new URL(answer.url).pathname === "/login")
    throw new ApiError(t("error.session_ended"), 401);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Returns the token that every write of the session sends. */
export function csrfToken(): string {
  return one<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/**
 * Takes over the CSRF token of a sign-in in another tab, if it is the same person. Returns true if the token changed.
 */
export async function renewToken(): Promise<boolean> {
  let fresh: Document;
  try {
    fresh = await fetchDocument("/me");
  } catch {
    return false;
  }
  return takeToken(fresh);
}

/** Takes over the CSRF token of a page of the same person. Returns true if the token changed. */
export function takeToken(fresh: Document): boolean {
  const token = one<HTMLMetaElement>('meta[name="csrf-token"]', fresh)?.content ?? "";
  const isSame = fresh.body.dataset.person === document.body.dataset.person;
  if (!token || !isSame || token === csrfToken()) return false;
  one<HTMLMetaElement>('meta[name="csrf-token"]')!.content = token;
  for (const input of every<HTMLInputElement>("input[name=csrf_token]")) input.value = token;
  return true;
}

async function errorOf(answer: Response): Promise<ApiError> {
  if (answer.status === 401) return new ApiError(statusMessage(answer), 401);
  let problem: Problem = {};
  try {
    problem = (await answer.json()) as Problem;
  } catch {
    // No JSON: the status says it.
  }
  const fields = problem.errors?.map((error) => error.message).join(" ");
  const reason = problem.detail ?? fields ?? problem.title;
  return new ApiError(reason || statusMessage(answer), answer.status, fields, { ...problem });
}

/** Message for a status without details. */
function statusMessage(answer: Response): string {
  if (answer.status === 401) return t("error.session_ended");
  if (answer.status >= 502) return t("error.unavailable");
  if (answer.status === 403) return t("error.forbidden");
  if (answer.status === 412) return t("error.changed_meanwhile");
  return t("error.rejected", { status: answer.status });
}

/** Returns a function that runs after its calls stopped for `delay` milliseconds. */
export function debounce<A extends unknown[]>(
  delay: number,
  action: (...given: A) => void,
): (...given: A) => void {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => action(...given), delay);
  };
}

/** Announces a text to screen readers. */
export function announce(text: string): void {
  let host = one("#announcements");
  if (!host) {
    host = make("div", { id: "announcements", class: "visually-hidden", "aria-live": "assertive" });
    document.body.append(host);
  }
  host.textContent = text;
}

/** Returns a value that was remembered in this browser; null without storage. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`obcms.${key}`);
  } catch {
    return null;
  }
}

/** Remembers a value in this browser. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`obcms.${key}`, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
