/** The board: cards move by pointer, by keyboard and by menu; the server is asked afterwards and may refuse. */
import Sortable from "sortablejs";
import { hold, type Incoming } from "../core/live";
import { callApi, every, fetchDocument, make, one, announce } from "../core/page";
import { toast, toastRefusal } from "../core/toast";
import { NUMBER_LOCALE, t } from "../core/words";

interface Place {
  list: HTMLElement;
  next: Element | null;
}

/** How many further pages of cards each column has loaded, so that a live refresh brings them again. */
const pages = new Map<string, number>();
let held: { card: HTMLElement; from: Place } | null = null;

const board = one("#board");
if (board) start(board);

function start(board: HTMLElement): void {
  prepare(board);
  board.addEventListener("obcms:refreshed", () => prepare(board));
  board.addEventListener("obcms:incoming", (event) => {
    const detail = (event as CustomEvent<Incoming>).detail;
    for (const [column, count] of pages) detail.wait.push(bringMore(detail.incoming, column, count));
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
      if (held && !held.card.contains(document.activeElement)) putBack();
    }, 100);
  });
}

/** Makes columns sortable and gives cards their menu; may be called again after new cards came. */
function prepare(board: HTMLElement): void {
  for (const list of every(".board-cards", board)) {
    if (Sortable.get(list)) continue;
    let from: Place | null = null;
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
        hold(true);
        from = { list, next: nextCard(item) };
      },
      onEnd: (event) => {
        hold(false);
        if (!from) return;
        // A drag that ends without a drop was given up with Escape, or ended beside the board.
        const { originalEvent } = event as typeof event & { originalEvent?: Event };
        if (originalEvent?.type === "dragend") replace(event.item, from);
        else void settle(event.item, from);
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

/** Tells the server where a card has come to lie; puts it back when it refuses. */
async function settle(card: HTMLElement, from: Place): Promise<void> {
  const list = card.closest<HTMLElement>(".board-cards");
  const column = columnOf(card);
  if (!list || !column) return;
  keepMoreLast(list);
  const before = nextCard(card);
  if (list === from.list && before === from.next) return;
  const moved = list !== from.list;
  if (moved) recount(from.list, list);
  const after = previousCard(card);
  card.dataset.waiting = "";
  try {
    const answer = await callApi<{ undo?: string | null; version?: number } | undefined>(
      "POST",
      `/api/v1/tasks/${encodeURIComponent(card.dataset.id ?? "")}/move`,
      {
        column: column.dataset.column,
        group: one("#board")?.dataset.group,
        // A task of several people: the one whose column it leaves hands it on.
        ...(moved ? { from: columnOf(from.list)?.dataset.column } : {}),
        ...(after
          ? { after: after.dataset.id }
          : before
            ? { before: (before as HTMLElement).dataset.id }
            : {}),
      },
    );
    if (answer?.version) card.dataset.version = String(answer.version);
    if (moved) toast(t("common.moved_to", { place: nameOf(column) }), { undo: answer?.undo });
  } catch (error) {
    if (moved) recount(list, from.list);
    replace(card, from);
    toastRefusal(error);
  } finally {
    delete card.dataset.waiting;
  }
}

/** Puts a card back to where it came from. */
function replace(card: HTMLElement, from: Place): void {
  const hadFocus = card.contains(document.activeElement);
  from.list.insertBefore(card, from.next?.parentElement === from.list ? from.next : lastPlace(from.list));
  if (hadFocus) card.focus();
}

function columnOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>(".board-column");
}

/** Name of a card or of a column. */
function nameOf(element: Element | null): string {
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

/** Cards end before the button "More". */
function lastPlace(list: Element): Element | null {
  return one(":scope > .board-more", list);
}

function keepMoreLast(list: Element): void {
  const more = lastPlace(list);
  if (more) list.append(more);
}

function recount(from: Element, to: Element): void {
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
    if (held) carry(board, held.card, event.key);
    else walk(board, card, event.key);
  } else if (event.key === " ") {
    if (held) putDown();
    else lift(card);
  } else if (event.key === "Enter") {
    if (held) putDown();
    else one<HTMLAnchorElement>(".card-title", card)?.click();
  } else if (event.key === "Escape" && held) {
    putBack();
  } else if (event.key.toLowerCase() === "m") {
    const button = one(".card-menu-button", card);
    if (button) openMenu(board, button);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function walk(board: HTMLElement, card: HTMLElement, key: string): void {
  target(board, card, key)?.focus();
}

/** The card an arrow leads to; sideways it is the one at the same height, over empty columns. */
function target(board: HTMLElement, card: HTMLElement, key: string): HTMLElement | null {
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

function lift(card: HTMLElement): void {
  const title = nameOf(card);
  if ("fixed" in card.dataset) {
    announce(t("board.fixed", { title }));
    return;
  }
  const list = card.closest<HTMLElement>(".board-cards");
  if (!list) return;
  held = { card, from: { list, next: nextCard(card) } };
  card.dataset.lifted = "";
  hold(true);
  announce(t("board.picked_up", { title }));
}

function carry(board: HTMLElement, card: HTMLElement, key: string): void {
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
    cards.insertBefore(card, cardsOf(cards)[row] ?? lastPlace(cards));
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

function putDown(): void {
  if (!held) return;
  const { card, from } = held;
  letGo();
  announce(t("board.dropped", { column: nameOf(columnOf(card)) }));
  void settle(card, from);
}

function putBack(): void {
  if (!held) return;
  const { card, from } = held;
  const hadFocus = document.activeElement === card;
  from.list.insertBefore(card, from.next?.parentElement === from.list ? from.next : lastPlace(from.list));
  letGo();
  if (hadFocus) card.focus();
  announce(t("common.move_cancelled"));
}

function letGo(): void {
  held?.card.removeAttribute("data-lifted");
  held = null;
  hold(false);
}

/* By menu */

function openMenu(board: HTMLElement, button: HTMLElement): void {
  const card = button.closest<HTMLElement>(".card");
  const list = card?.closest<HTMLElement>(".board-cards");
  if (!card || !list) return;
  const menu = make("div", {
    class: "menu-panel card-menu-panel",
    popover: "auto",
    "aria-label": t("board.move_to"),
  });
  menu.append(make("div", { class: "menu-label" }, t("board.move_to")));
  for (const column of every(".board-column", board)) {
    const item = make("button", { type: "button", class: "menu-item" }, nameOf(column));
    if (column === columnOf(card)) item.disabled = true;
    item.addEventListener("click", () => {
      const cards = one(".board-cards", column);
      const from = { list, next: nextCard(card) };
      menu.hidePopover();
      if (!cards) return;
      cards.prepend(card);
      card.focus();
      void settle(card, from);
    });
    menu.append(item);
  }
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = every(".menu-item:not(:disabled)", menu);
    const place = items.indexOf(document.activeElement as HTMLElement);
    items.at((place + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length)?.focus();
    event.preventDefault();
  });
  menu.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "closed") menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const own = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.right - own.width, innerWidth - own.width - 8));
  const top = Math.min(at.bottom + 4, innerHeight - own.height - 8);
  menu.style.setProperty("--left", `${left}px`);
  menu.style.setProperty("--top", `${top}px`);
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
    pages.set(column, (pages.get(column) ?? 0) + 1);
    const board = one("#board");
    if (board) prepare(board);
  } catch (error) {
    button.removeAttribute("disabled");
    toastRefusal(error);
  }
}

/** Puts the cards the button promises, and the next button, in its place. */
async function appendMore(list: Element, button: HTMLElement): Promise<void> {
  const fragment = await fetchDocument(button.dataset.moreUrl ?? "");
  const there = new Set(every(".card", list).map((card) => card.dataset.id));
  const fresh = every(".card, .board-more", fragment.body).filter(
    (element) => element.matches(".board-more") || !there.has(element.dataset.id),
  );
  button.replaceWith(...fresh);
}

async function bringMore(incoming: Element, column: string, count: number): Promise<void> {
  const list = one(`[data-column="${CSS.escape(column)}"] .board-cards`, incoming);
  for (let page = 0; list && page < count; page += 1) {
    const button = one("[data-more-url]", list);
    if (!button) return;
    await appendMore(list, button);
  }
}
