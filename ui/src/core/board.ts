/** Board: cards move by pointer, keyboard and menu, and return if the server refuses. */
import Sortable from "sortablejs";
import { pauseUpdates, type Incoming } from "./live";
import { every, fetchDocument, make, one, announce } from "./page";
import { openPanel } from "./panel";
import { toast, toastError } from "./toast";
import { NUMBER_LOCALE, t } from "./words";

interface Position {
  list: HTMLElement;
  next: Element | null;
}

/** Move of a card that is to be saved. */
interface CardMove {
  card: HTMLElement;
  column: HTMLElement;
  /** Column that it came from. */
  from: HTMLElement | null;
  /** False if it only has another place in its column. */
  moved: boolean;
  after: HTMLElement | null;
  before: HTMLElement | null;
}

/** Answer to a move. */
export interface Saved {
  undo?: string | null;
  version?: number;
}

/** Saves a move. The card returns when the answer is null, and when it fails, which is shown. */
type SaveMove = (move: CardMove) => Promise<Saved | null | undefined>;

let save: SaveMove = () => Promise.resolve(null);

/** Further pages of cards by column, which a live update loads again. */
const loadedPages = new Map<string, number>();
let held: { card: HTMLElement; from: Position } | null = null;

/** Starts the board of the page. */
export function startBoard(saveMove: SaveMove): void {
  const board = one("#board");
  if (!board) return;
  save = saveMove;
  prepareCards(board);
  board.addEventListener("obcms:refreshed", () => prepareCards(board));
  board.addEventListener("obcms:incoming", (event) => {
    const detail = (event as CustomEvent<Incoming>).detail;
    for (const [column, count] of loadedPages) detail.wait.push(reloadPages(detail.incoming, column, count));
  });
  // The whole board takes a card that is let go between its columns.
  board.addEventListener("dragover", (event) => {
    if (Sortable.dragged) event.preventDefault();
  });
  board.addEventListener("keydown", (event) => onKey(board, event));
  board.addEventListener("click", (event) => {
    const target = event.target as Element;
    const more = target.closest<HTMLElement>("[data-more-url]");
    if (more) void loadMore(more);
    const button = target.closest<HTMLElement>(".card-menu-button");
    if (button) openMenu(board, button);
  });
  board.addEventListener("focusout", () => {
    // Moving the card in the page takes the focus away for a moment; looking elsewhere is longer.
    window.setTimeout(() => {
      if (held && !held.card.contains(document.activeElement)) cancelMove();
    }, 100);
  });
}

/** Makes columns sortable and adds the menu to cards; called again after cards were added. */
function prepareCards(board: HTMLElement): void {
  for (const list of every(".board-cards", board)) {
    if (Sortable.get(list)) continue;
    let from: Position | null = null;
    Sortable.create(list, {
      group: "board",
      draggable: ".card",
      filter: "[data-fixed]",
      preventOnFilter: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      delay: 180,
      delayOnTouchOnly: true,
      touchStartThreshold: 4,
      ghostClass: "card-ghost",
      dragClass: "card-drag",
      onStart: ({ item }) => {
        pauseUpdates(true);
        from = { list, next: nextCard(item) };
      },
      onEnd: (event) => {
        pauseUpdates(false);
        if (!from) return;
        // A drag that ends without a drop was given up with Escape, or ended beside the board.
        const { originalEvent } = event as typeof event & { originalEvent?: Event };
        if (originalEvent?.type === "dragend") {
          endAnimation(event.item);
          restore(event.item, from);
        } else void saveMove(event.item, from);
      },
    });
  }
  for (const card of every(".card:not([data-fixed])", board)) {
    if (one(".card-menu-button", card)) continue;
    const title = nameOf(card);
    const button = make("button", {
      type: "button",
      class: "card-menu-button",
      "data-island": "",
      tabindex: "-1",
      "aria-label": t("board.move", { title }),
      title: t("board.move_to_menu"),
    });
    button.append("⋯");
    card.append(button);
  }
}

/** Saves the place of a card, and restores the old one if the server refuses. */
async function saveMove(card: HTMLElement, from: Position): Promise<void> {
  const list = card.closest<HTMLElement>(".board-cards");
  const column = columnOf(card);
  if (!list || !column) return;
  moveMoreButtonLast(list);
  const before = nextCard(card);
  if (list === from.list && before === from.next) return;
  const moved = list !== from.list;
  if (moved) updateCounts(from.list, list);
  const after = previousCard(card);
  card.dataset.waiting = "";
  try {
    const answer = await save({
      card,
      column,
      from: columnOf(from.list),
      moved,
      after,
      before: before as HTMLElement | null,
    });
    if (answer === null) {
      if (moved) updateCounts(list, from.list);
      restore(card, from);
      return;
    }
    if (answer?.version) card.dataset.version = String(answer.version);
    if (moved) toast(t("common.moved_to", { place: nameOf(column) }), { undo: answer?.undo });
  } catch (error) {
    if (moved) updateCounts(list, from.list);
    restore(card, from);
    toastError(error);
  } finally {
    delete card.dataset.waiting;
  }
}

/** Ends the animation of a card, during which Sortable ignores presses on it. */
function endAnimation(card: HTMLElement & { animated?: number | false }): void {
  if (typeof card.animated === "number") clearTimeout(card.animated);
  card.animated = false;
  card.style.transition = "";
  card.style.transform = "";
}

/** Returns a card to a position. */
function restore(card: HTMLElement, from: Position): void {
  const hadFocus = card.contains(document.activeElement);
  from.list.insertBefore(card, from.next?.parentElement === from.list ? from.next : endOf(from.list));
  if (hadFocus) card.focus();
}

function columnOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>(".board-column");
}

/** Name of a card or of a column. */
export function nameOf(element: Element | null): string {
  return element?.getAttribute("aria-label") ?? "";
}

function cardsOf(column: Element): HTMLElement[] {
  return every(".card", column);
}

function nextCard(card: Element): Element | null {
  const next = card.nextElementSibling;
  return next?.matches(".card") ? next : null;
}

function previousCard(card: Element): HTMLElement | null {
  const previous = card.previousElementSibling;
  return previous?.matches(".card") ? (previous as HTMLElement) : null;
}

/** Returns the element before which cards end: the button "More". */
function endOf(list: Element): Element | null {
  return one(":scope > .board-more", list);
}

function moveMoreButtonLast(list: Element): void {
  const more = endOf(list);
  if (more) list.append(more);
}

function updateCounts(from: Element, to: Element): void {
  for (const [list, by] of [
    [from, -1],
    [to, 1],
  ] as const) {
    const count = one(".board-head .count", columnOf(list) ?? undefined);
    if (!count) continue;
    const number = Number((count.textContent ?? "0").replaceAll(",", "")) + by;
    count.textContent = Math.max(0, number).toLocaleString(NUMBER_LOCALE);
  }
}

/* By keyboard */

function onKey(board: HTMLElement, event: KeyboardEvent): void {
  const card = event.target as HTMLElement;
  if (!card.matches(".card") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.startsWith("Arrow")) {
    if (held) moveHeld(board, held.card, event.key);
    else moveFocus(board, card, event.key);
  } else if (event.key === " ") {
    if (held) drop();
    else pickUp(card);
  } else if (event.key === "Enter") {
    if (held) drop();
    else one<HTMLAnchorElement>(".card-title", card)?.click();
  } else if (event.key === "Escape" && held) {
    cancelMove();
  } else if (event.key.toLowerCase() === "m") {
    const button = one(".card-menu-button", card);
    if (button) openMenu(board, button);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function moveFocus(board: HTMLElement, card: HTMLElement, key: string): void {
  neighbor(board, card, key)?.focus();
}

/** Returns the card that an arrow key leads to. Sideways it is at the same height; empty columns are skipped. */
function neighbor(board: HTMLElement, card: HTMLElement, key: string): HTMLElement | null {
  if (key === "ArrowUp") return previousCard(card);
  if (key === "ArrowDown") return nextCard(card) as HTMLElement | null;
  const columns = every(".board-column", board);
  const column = columnOf(card);
  if (!column) return null;
  const row = cardsOf(column).indexOf(card);
  const step = key === "ArrowLeft" ? -1 : 1;
  for (let place = columns.indexOf(column) + step; columns[place]; place += step) {
    const cards = cardsOf(columns[place]!);
    if (cards.length > 0) return cards[Math.min(row, cards.length - 1)] ?? null;
  }
  return null;
}

function pickUp(card: HTMLElement): void {
  const title = nameOf(card);
  if ("fixed" in card.dataset) {
    announce(t("board.fixed", { title }));
    return;
  }
  const list = card.closest<HTMLElement>(".board-cards");
  if (!list) return;
  held = { card, from: { list, next: nextCard(card) } };
  card.dataset.lifted = "";
  pauseUpdates(true);
  announce(t("board.picked_up", { title }));
}

function moveHeld(board: HTMLElement, card: HTMLElement, key: string): void {
  const list = card.parentElement;
  const column = columnOf(card);
  if (!list || !column) return;
  if (key === "ArrowUp") previousCard(card)?.before(card);
  else if (key === "ArrowDown") nextCard(card)?.after(card);
  else {
    const columns = every(".board-column", board);
    const next = columns[columns.indexOf(column) + (key === "ArrowLeft" ? -1 : 1)];
    const cards = next && one(".board-cards", next);
    if (!cards) return;
    const row = cardsOf(column).indexOf(card);
    cards.insertBefore(card, cardsOf(cards)[row] ?? endOf(cards));
  }
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  const now = columnOf(card);
  if (!now) return;
  const cards = cardsOf(now);
  announce(
    t("board.position", { column: nameOf(now), position: cards.indexOf(card) + 1, count: cards.length }),
  );
}

function drop(): void {
  if (!held) return;
  const { card, from } = held;
  releaseHeld();
  announce(t("board.dropped", { column: nameOf(columnOf(card)) }));
  void saveMove(card, from);
}

function cancelMove(): void {
  if (!held) return;
  const { card, from } = held;
  const hadFocus = document.activeElement === card;
  from.list.insertBefore(card, from.next?.parentElement === from.list ? from.next : endOf(from.list));
  releaseHeld();
  if (hadFocus) card.focus();
  announce(t("common.move_cancelled"));
}

function releaseHeld(): void {
  held?.card.removeAttribute("data-lifted");
  held = null;
  pauseUpdates(false);
}

/* By menu */

function openMenu(board: HTMLElement, button: HTMLElement): void {
  const card = button.closest<HTMLElement>(".card");
  const list = card?.closest<HTMLElement>(".board-cards");
  if (!card || !list) return;
  const items = every(".board-column", board).map((column) => {
    const item = make("button", { type: "button", class: "menu-item" }, nameOf(column));
    if (column === columnOf(card)) item.disabled = true;
    item.addEventListener("click", () => {
      const cards = one(".board-cards", column);
      const from = { list, next: nextCard(card) };
      menu.hidePopover();
      if (!cards) return;
      cards.prepend(card);
      card.focus();
      void saveMove(card, from);
    });
    return item;
  });
  const menu = openPanel(button, t("board.move_to"), [
    make("div", { class: "menu-label" }, t("board.move_to")),
    ...items,
  ]);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const open = items.filter((item) => !item.disabled);
    const place = open.indexOf(document.activeElement as HTMLButtonElement);
    open.at((place + (event.key === "ArrowDown" ? 1 : -1) + open.length) % open.length)?.focus();
    event.preventDefault();
  });
  one(".menu-item:not(:disabled)", menu)?.focus();
}

/* More cards */

async function loadMore(button: HTMLElement): Promise<void> {
  const column = columnOf(button)?.dataset.column ?? "";
  const list = button.parentElement;
  if (!list || button.hasAttribute("disabled")) return;
  button.setAttribute("disabled", "");
  try {
    await appendMore(list, button);
    loadedPages.set(column, (loadedPages.get(column) ?? 0) + 1);
    const board = one("#board");
    if (board) prepareCards(board);
  } catch (error) {
    button.removeAttribute("disabled");
    toastError(error);
  }
}

/** Replaces the button by its cards and the next button. */
async function appendMore(list: Element, button: HTMLElement): Promise<void> {
  const fragment = await fetchDocument(button.dataset.moreUrl ?? "");
  const there = new Set(every(".card", list).map((card) => card.dataset.id));
  const fresh = every(".card, .board-more", fragment.body).filter(
    (element) => element.matches(".board-more") || !there.has(element.dataset.id),
  );
  button.replaceWith(...fresh);
}

async function reloadPages(incoming: Element, column: string, count: number): Promise<void> {
  const list = one(`[data-column="${CSS.escape(column)}"] .board-cards`, incoming);
  for (let page = 0; list && page < count; page += 1) {
    const button = one("[data-more-url]", list);
    if (!button) return;
    await appendMore(list, button);
  }
}
