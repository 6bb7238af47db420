/**
 * Live pages: one stream of changes per tab. Elements that name the kinds they show (`data-live="task ppa"`, or
 * `*`) are fetched again and morphed, so that focus, open parts and typed text stay; islands hear `obcms:change`.
 */
import { Idiomorph } from "idiomorph";
import { endAccess, lostAccess } from "./access";
import { debounce, every, fetchDocument } from "./page";
import { afterPress } from "./press";

/** A change as the stream tells it; kind `*` means that messages may have been missed. */
export interface Change {
  kind: string;
  id: string;
  version?: number;
  action?: string;
}

/** What islands may add to an element that is about to be morphed in. */
export interface Incoming {
  incoming: Element;
  wait: Promise<unknown>[];
}

const STREAM = "/api/v1/stream";
/** Browsers allow six connections to a host: a tab nobody looks at gives its own back. */
const REST_AFTER = 20_000;

let source: EventSource | null = null;
let ended = false;
let retry = 1000;
let rest = 0;
let missed = false;
const waiting = new Set<string>();
let empty: (() => void)[] = [];

export function startLive(): void {
  if (!document.body.dataset.person) return;
  connect();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(rest);
    if (document.hidden) rest = window.setTimeout(disconnect, REST_AFTER);
    else wake();
  });
  // A page taken from the back-forward cache may be old.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) wake();
  });
  window.addEventListener("pagehide", disconnect);
}

/** Fetches every live element again, as after an action of one's own. */
export function refresh(): void {
  hear({ kind: "*", id: "" });
}

/** While something is held in the hand, nothing under it may change. */
export function hold(held: boolean): void {
  document.body.toggleAttribute("data-held", held);
  if (held) return;
  const ready = empty;
  empty = [];
  for (const resolve of ready) resolve();
  renew();
}

/** Resolves once nothing is held: at once, or after it was put down. */
export function afterHold(): Promise<void> {
  if (!document.body.hasAttribute("data-held")) return Promise.resolve();
  return new Promise((resolve) => empty.push(resolve));
}

function connect(): void {
  if (source || ended) return;
  source = new EventSource(STREAM);
  // Of this name are the event of the browser, without data, and the first of the server, with the state of the data.
  source.addEventListener("open", (event: Event) => {
    retry = 1000;
    if (missed || (event instanceof MessageEvent && isOld(event.data as string))) refresh();
    missed = false;
  });
  source.addEventListener("message", (event: MessageEvent<string>) => {
    const change = parse(event.data);
    if (change) hear(change);
  });
  source.addEventListener("end", (event: MessageEvent<string>) => void end(parseReason(event.data)));
  source.addEventListener("error", () => {
    missed = true;
    // The browser tries again by itself unless the answer was a refusal.
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    void refused();
  });
}

/** After a refusal: whoever has no access any more is told so; everybody else tries again, less and less often. */
async function refused(): Promise<void> {
  const reason = await lostAccess();
  if (reason) return end(reason);
  window.setTimeout(() => !document.hidden && connect(), retry);
  retry = Math.min(retry * 2, 60_000);
}

async function end(reason: string): Promise<void> {
  ended = true;
  disconnect();
  await endAccess(reason);
}

function parseReason(data: string): string {
  try {
    return String((JSON.parse(data) as { reason?: unknown }).reason);
  } catch {
    return "";
  }
}

/** Whether something was changed between the drawing of the page and the opening of the stream. */
function isOld(data: string): boolean {
  const drawn = document.body.dataset.state;
  try {
    const { state } = JSON.parse(data) as { state?: string };
    return drawn !== undefined && state !== undefined && drawn !== state;
  } catch {
    return false;
  }
}

function disconnect(): void {
  source?.close();
  source = null;
  missed = true;
}

function wake(): void {
  if (ended) return;
  if (source) renew();
  else connect();
}

function parse(data: string): Change | null {
  try {
    const change = JSON.parse(data) as Change;
    return typeof change.kind === "string" ? change : null;
  } catch {
    return null;
  }
}

function hear(change: Change): void {
  document.dispatchEvent(new CustomEvent<Change>("obcms:change", { detail: change }));
  for (const element of every("[data-live][id]")) {
    const kinds = (element.dataset.live ?? "").split(/\s+/);
    if (change.kind === "*" || kinds.includes("*") || kinds.includes(change.kind)) waiting.add(element.id);
  }
  renew();
}

const renew = debounce(120, () => void renewNow());
let renewing = false;

async function renewNow(): Promise<void> {
  if (ended || waiting.size === 0 || renewing || document.hidden || document.body.hasAttribute("data-held"))
    return;
  renewing = true;
  const ids = [...waiting];
  waiting.clear();
  try {
    const fresh = await fetchDocument(location.href);
    for (const id of ids) await replace(id, fresh);
  } catch {
    // The next message, or the next visit, brings it.
  } finally {
    renewing = false;
    if (waiting.size > 0) renew();
  }
}

async function replace(id: string, fresh: Document): Promise<void> {
  const old = document.getElementById(id);
  const incoming = fresh.getElementById(id);
  if (!old || !incoming) return;
  const detail: Incoming = { incoming, wait: [] };
  old.dispatchEvent(new CustomEvent("obcms:incoming", { detail, bubbles: true }));
  await Promise.all(detail.wait);
  await afterPress();
  // The hand may have closed while the page was on its way.
  if (document.body.hasAttribute("data-held")) {
    waiting.add(id);
    return;
  }
  morph(old, incoming);
  old.dispatchEvent(new CustomEvent("obcms:refreshed", { bubbles: true }));
}

function morph(old: Element, incoming: Element): void {
  const changed: Element[] = [];
  // Only a morph of a whole head is something to wait for.
  void Idiomorph.morph(old, incoming, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (from: Node, to: Node) => {
        if (from.isEqualNode(to)) return false;
        if (!(from instanceof Element)) return true;
        if (isTouched(from) || from.hasAttribute("data-keep")) return false;
        if (from.childElementCount === 0 && from.textContent !== to.textContent) changed.push(from);
        return true;
      },
      afterNodeAdded: (node: Node) => {
        if (node instanceof Element) changed.push(node);
      },
      beforeAttributeUpdated: (name: string, element: Element) => {
        // What the person opened stays open, what they closed stays closed.
        if (name === "open" && element.matches("details, dialog")) return false;
        return name !== "data-at";
      },
      beforeNodeRemoved: (node: Node) => !(node instanceof Element && node.hasAttribute("data-island")),
    },
  });
  for (const element of changed) {
    element.classList.add("arrived");
    window.setTimeout(() => element.classList.remove("arrived"), 200);
  }
}

/** Whether the person has typed or chosen something here that was not sent yet. */
function isTouched(element: Element): boolean {
  if (element instanceof HTMLInputElement) {
    if (element.type === "checkbox" || element.type === "radio")
      return element.checked !== element.defaultChecked;
    return element.value !== element.defaultValue;
  }
  if (element instanceof HTMLTextAreaElement) return element.value !== element.defaultValue;
  if (element instanceof HTMLSelectElement) {
    return [...element.options].some((option) => option.selected !== option.defaultSelected);
  }
  return false;
}
