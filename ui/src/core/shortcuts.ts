/** Shortcuts of every page: Ctrl K and / open the palette, ? lists the keys, sequences such as G C open pages. */
import { dialogIsOpen, every, isTyping, make, one } from "./page";
import { t } from "./words";

/** Pages by the letter that follows `g`. */
export const PLACES: [string, string, string][] = [
  ["t", "/", t("place.today")],
  ["c", "/calendar", t("place.calendar")],
  ["b", "/board", t("place.board")],
  ["k", "/tasks", t("place.tasks")],
  ["p", "/ppas", t("place.ppas")],
  ["o", "/portfolio", t("place.portfolio")],
  ["e", "/events", t("place.events")],
  ["n", "/needs", t("place.needs")],
  ["m", "/me", t("place.profile")],
];

/** Command that the page offers. */
interface Command {
  label: string;
  href: string;
  keys: string;
}

/** Returns the commands that the page offers, such as "New task". */
export function pageCommands(): Command[] {
  try {
    return JSON.parse(one("#commands")?.textContent ?? "[]") as Command[];
  } catch {
    return [];
  }
}

let sequence = "";
let sequenceAt = 0;

/** Starts the keys. */
export function startShortcuts(openPalette: () => void): void {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || dialogIsOpen()) return;
    if (event.key === "/") {
      event.preventDefault();
      openPalette();
    } else if (event.key === "?") {
      showHelp();
    } else {
      handleSequence(event);
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-open-help]")) showHelp();
    const opener = target.closest("[data-open-palette]");
    if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      openPalette();
    }
  });
}

/** Returns true if the key continues a sequence such as `g c`; other scripts ignore it then. */
export function isKeySequence(): boolean {
  return sequence !== "" && performance.now() - sequenceAt < 1200;
}

function handleSequence(event: KeyboardEvent): void {
  if (event.key.length !== 1) return;
  const row = isKeySequence() ? `${sequence} ${event.key.toLowerCase()}` : event.key.toLowerCase();
  const known: [string, string][] = [
    ...PLACES.map(([key, href]): [string, string] => [`g ${key}`, href]),
    ...pageCommands()
      .filter((command) => command.keys)
      .map((command): [string, string] => [command.keys, command.href]),
  ];
  const found = known.find(([keys]) => keys === row);
  if (found) {
    sequence = "";
    // Others listen for single letters too; this one has been used.
    event.preventDefault();
    event.stopImmediatePropagation();
    location.assign(found[1]);
  } else if (known.some(([keys]) => keys.startsWith(`${row} `))) {
    sequence = row;
    sequenceAt = performance.now();
  } else {
    sequence = "";
  }
}

function showHelp(): void {
  one("#help")?.remove();
  const [ctrl, escape, space, enter] = [t("key.ctrl"), t("key.escape"), t("key.space"), t("key.enter")];
  const groups: [string, [string, string][]][] = [
    [
      t("shortcut.everywhere"),
      [
        [`${ctrl} K`, t("palette.label")],
        ["/", t("shortcut.search")],
        ["U", t("shortcut.undo")],
        ["?", t("shortcut.list")],
        [escape, t("shortcut.close")],
      ],
    ],
    [
      t("shortcut.go_to"),
      PLACES.map(([key, , label]): [string, string] => [`G ${key.toUpperCase()}`, label]),
    ],
    [
      t("shortcut.tasks"),
      [
        ["Q", t("shortcut.tasks.quick")],
        ["S P A D", t("shortcut.tasks.edit")],
        ["E R L", t("shortcut.tasks.more")],
      ],
    ],
    [
      t("shortcut.tables"),
      [
        ["J K", t("shortcut.tables.move")],
        [enter, t("shortcut.tables.open")],
        ["X", t("shortcut.tables.select")],
      ],
    ],
    [
      t("shortcut.board"),
      [
        ["← ↑ → ↓", t("shortcut.board.move")],
        [space, t("shortcut.board.pick_up")],
        [enter, t("shortcut.board.open")],
        [escape, t("shortcut.board.cancel")],
      ],
    ],
    [
      t("shortcut.calendar"),
      [
        ["← →", t("shortcut.calendar.step")],
        ["T", t("shortcut.calendar.today")],
        ["D W M Y", t("shortcut.calendar.views")],
        ["A X", t("shortcut.calendar.lists")],
        ["P R", t("shortcut.calendar.timelines")],
        ["B", t("shortcut.calendar.panels")],
        [space, t("shortcut.calendar.pick_up")],
      ],
    ],
    [t("shortcut.forms"), [[`${ctrl} ${enter}`, t("shortcut.forms.submit")]]],
  ];
  const created = pageCommands().filter((command) => command.keys);
  if (created.length > 0) {
    groups.splice(2, 0, [
      t("shortcut.new"),
      created.map((entry): [string, string] => [entry.keys.toUpperCase(), entry.label]),
    ]);
  }
  const body = make("div", { class: "help-columns" });
  for (const [title, rows] of groups) {
    const group = make("section", { class: "help-group" }, make("h3", {}, title));
    for (const [keys, label] of rows) {
      const caps = make(
        "span",
        { class: "palette-keys" },
        ...keys.split(" ").map((key) => make("kbd", {}, key)),
      );
      group.append(make("div", {}, make("span", {}, label), caps));
    }
    body.append(group);
  }
  const content = make("div", { class: "help" }, make("h2", {}, t("shortcut.title")), body);
  const dialog = make("dialog", { id: "help", class: "dialog", "aria-label": t("shortcut.title") }, content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  for (const menu of every<HTMLDetailsElement>("details.menu[open]")) menu.open = false;
  dialog.showModal();
}
