/**
 * Live updates: one stream of changes per tab. Elements that name their kinds (`data-live="task ppa"`, or `*`) are
 * fetched again and morphed, so that focus, open parts and typed text stay. Other scripts listen for `obcms:change`.
 */
import { Idiomorph } from "idiomorph";
import { endAccess, lostAccess } from "./access";
import { debounce, every, fetchDocument, one } from "./page";
import { afterPress } from "./press";

/** Change in the stream. The kind `*` means that messages may have been missed. */
interface Change {
  kind: string;
  id: string;
  version?: number;
  action?: string;
}

/** Element that is about to be morphed in, and promises to wait for. */
export interface Incoming {
  incoming: Element;
  wait: Promise<unknown>[];
}

/** Parts that an action can change: the content, the pinned entries of the sidebar, and the commands of the page. */
const PAGE_PARTS = ["main", ".sidebar-links", "#commands"];
const STREAM = "/api/v1/stream";
/** Milliseconds after which a hidden tab closes its stream. Browsers allow six connections to a host. */
const DISCONNECT_AFTER = 20_000;

let source: EventSource | null = null;
let ended = false;
let retry = 1000;
let disconnectTimer = 0;
let missed = false;
const stale = new Set<string>();
let resumed: (() => void)[] = [];
/** Number of pauses so far. A page that was fetched before a pause may be older than what it moved. */
let pauses = 0;

/** Starts the stream of a person who is signed in. */
export function startLiveUpdates(): void {
  if (!document.body.dataset.person) return;
  connect();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(disconnectTimer);
    if (document.hidden) disconnectTimer = window.setTimeout(disconnect, DISCONNECT_AFTER);
    else reconnect();
  });
  // A page taken from the back-forward cache may be old.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) reconnect();
  });
  window.addEventListener("pagehide", disconnect);
}

/** Fetches every live element again, as after an action of the person. */
export function refresh(): void {
  receive({ kind: "*", id: "" });
}

/** Fetches the page again and updates these elements at once, as after a setting that is no change of data. */
export async function refreshElements(ids: string[]): Promise<void> {
  const before = pauses;
  const fresh = await fetchDocument(location.href);
  for (const id of ids) await replace(id, fresh, before);
}

/** Pauses updates while the person holds something, and resumes them. */
export function pauseUpdates(isPaused: boolean): void {
  document.body.toggleAttribute("data-held", isPaused);
  if (isPaused) {
    pauses += 1;
    return;
  }
  const ready = resumed;
  resumed = [];
  for (const resolve of ready) resolve();
  refreshSoon();
}

/** Resolves once no mouse button is down and updates are not paused. */
export async function afterPause(): Promise<void> {
  await afterPress();
  if (document.body.hasAttribute("data-held")) await new Promise<void>((resolve) => resumed.push(resolve));
}

function connect(): void {
  if (source || ended) return;
  source = new EventSource(STREAM);
  // Two events have this name: that of the browser, without data, and the first of the server, with the revision.
  source.addEventListener("open", (event: Event) => {
    retry = 1000;
    if (missed || (event instanceof MessageEvent && isOutdated(event.data as string))) refresh();
    missed = false;
  });
  source.addEventListener("message", (event: MessageEvent<string>) => {
    const change = parse(event.data);
    if (change) receive(change);
  });
  source.addEventListener("end", (event: MessageEvent<string>) => void end(parseReason(event.data)));
  source.addEventListener("error", () => {
    missed = true;
    // The browser connects again by itself unless the answer was an error.
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    void onRefused();
  });
}

/** Ends the page if access was lost; otherwise connects again, with growing delays. */
async function onRefused(): Promise<void> {
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

/** Returns true if data changed between the drawing of the page and the opening of the stream. */
function isOutdated(data: string): boolean {
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

function reconnect(): void {
  if (ended) return;
  if (source) refreshSoon();
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

function receive(change: Change): void {
  document.dispatchEvent(new CustomEvent<Change>("obcms:change", { detail: change }));
  for (const element of every("[data-live][id]")) {
    const kinds = (element.dataset.live ?? "").split(/\s+/);
    if (change.kind === "*" || kinds.includes("*") || kinds.includes(change.kind)) stale.add(element.id);
  }
  refreshSoon();
}

const refreshSoon = debounce(120, () => void refreshStale());
let isRefreshing = false;

async function refreshStale(): Promise<void> {
  if (ended || stale.size === 0 || isRefreshing || document.hidden || document.body.hasAttribute("data-held"))
    return;
  isRefreshing = true;
  const ids = [...stale];
  stale.clear();
  try {
    const before = pauses;
    const fresh = await fetchDocument(location.href);
    for (const id of ids) await replace(id, fresh, before);
  } catch {
    // The next message, or the next visit, brings it.
  } finally {
    isRefreshing = false;
    if (stale.size > 0) refreshSoon();
  }
}

/** Fetches the page again and takes over what changed, without a reload. */
export async function refreshPage(): Promise<void> {
  await takeOver(await fetchDocument(location.href));
}

/** Takes over a page that was fetched: its live elements, as an update does, and what lies around them. */
export async function takeOver(fresh: Document): Promise<void> {
  for (const { id } of every("[data-live][id]")) await replace(id, fresh, pauses);
  document.title = fresh.title;
  for (const part of PAGE_PARTS) {
    const old = one(part);
    const incoming = one(part, fresh);
    if (!old || !incoming) continue;
    morph(old, incoming, (element) => element.matches("[data-live][id]"));
    old.dispatchEvent(new CustomEvent("obcms:refreshed", { bubbles: true }));
  }
}

async function replace(id: string, fresh: Document, before: number): Promise<void> {
  const old = document.getElementById(id);
  const incoming = fresh.getElementById(id);
  if (!old || !incoming) return;
  const detail: Incoming = { incoming, wait: [] };
  old.dispatchEvent(new CustomEvent("obcms:incoming", { detail, bubbles: true }));
  await Promise.all(detail.wait);
  await afterPress();
  // Updates may have been paused meanwhile.
  if (pauses !== before || document.body.hasAttribute("data-held")) {
    stale.add(id);
    return;
  }
  morph(old, incoming);
  old.dispatchEvent(new CustomEvent("obcms:refreshed", { bubbles: true }));
}

/** Changes an element into another one, except what the person is using and the parts that `isDone` names. */
function morph(old: Element, incoming: Element, isDone = (_: Element): boolean => false): void {
  const changed: Element[] = [];
  // Only a morph of a whole head is something to wait for.
  void Idiomorph.morph(old, incoming, {
    morphStyle: "outerHTML",
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (from: Node, to: Node) => {
        if (from.isEqualNode(to)) return false;
        if (!(from instanceof Element)) return true;
        if (isDone(from) || isTouched(from) || isTyping(from) || from.hasAttribute("data-keep")) return false;
        if (from.childElementCount === 0 && from.textContent !== to.textContent) changed.push(from);
        return true;
      },
      afterNodeAdded: (node: Node) => {
        if (node instanceof Element) changed.push(node);
      },
      beforeAttributeUpdated: (name: string, element: Element) => {
        // Open and closed parts keep their state.
        if (name === "open" && element.matches("details, dialog")) return false;
        return name !== "data-at";
      },
      beforeNodeRemoved: (node: Node) =>
        !(node instanceof Element && (node.hasAttribute("data-island") || holdsTypedText(node))),
    },
  });
  for (const element of changed) {
    element.classList.add("arrived");
    window.setTimeout(() => element.classList.remove("arrived"), 200);
  }
}

/** Returns true if the element holds a comment that the person typed and has not sent: it is not taken from them. */
function holdsTypedText(element: Element): boolean {
  const typed = element.querySelectorAll<HTMLTextAreaElement>("textarea");
  return [...typed].some((control) => isTouched(control) && control.value.trim() !== "");
}

/** Returns true if the control has the cursor: what stands in it is not exchanged under the hand of the person. */
function isTyping(element: Element): boolean {
  return element === document.activeElement && element.matches("input, textarea, select");
}

/** Returns true if the person changed the control and has not sent it. */
export function isTouched(element: Element): boolean {
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
