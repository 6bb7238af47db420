/**
 * Quick add: a line is read while it is typed, and its parts are shown as chips to confirm or dismiss. Enter adds the
 * task; the bar stays ready for the next one. Q opens the bar from every page.
 */
import { icon } from "../core/icons";
import { refresh } from "../core/live";
import { announce, ApiError, callApi, dialogIsOpen, isTyping, make, one } from "../core/page";
import { openPanel } from "../core/panel";
import { isKeySequence, pageCommands } from "../core/shortcuts";
import { toast, toastError } from "../core/toast";
import { NUMBER_LOCALE, t } from "../core/words";
import { dayText } from "./changes";

interface Choice {
  id: string;
  title: string;
}

interface Chip {
  kind: string;
  text: string;
  value: unknown;
  label: string;
  start: number;
  end: number;
  choices: Choice[];
  problem: string | null;
}

interface Preview {
  title: string;
  chips: Chip[];
}

interface Task {
  id: string;
  title: string;
  undo?: string | null;
}

const PAUSE = 120;

/** Starts the bars of the page and the key that opens one. */
export function startQuickAdd(): void {
  document.addEventListener("input", (event) => {
    const bar = barOf(event.target);
    if (bar) readSoon(bar);
  });
  document.addEventListener(
    "submit",
    (event) => {
      const bar = barOf(event.target);
      if (!bar) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      add(bar);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const bar = barOf(event.target);
    if (bar && event.key === "Escape") leave(bar, event);
    if (event.key.toLowerCase() !== "q" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || dialogIsOpen() || isKeySequence()) return;
    if (openBar()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-open-quick-add]")) return;
    if (openBar()) event.preventDefault();
  });
}

function barOf(target: EventTarget | null): HTMLFormElement | null {
  return target instanceof Element ? target.closest<HTMLFormElement>("form[data-quick-add]") : null;
}

function inputOf(bar: HTMLElement): HTMLInputElement {
  return one<HTMLInputElement>("input[name=text]", bar)!;
}

/** Focuses the bar of the page, or opens one over it. Returns false for people who may not add tasks. */
function openBar(): boolean {
  if (!pageCommands().some((command) => command.href === "/tasks/new")) return false;
  const own = one("#quick-add input[name=text]");
  if (own) {
    own.scrollIntoView({ block: "nearest" });
    own.focus();
    return true;
  }
  const input = make("input", {
    type: "text",
    name: "text",
    required: "",
    maxlength: "1000",
    autocomplete: "off",
    placeholder: t("quick.example"),
    "aria-label": t("quick.add"),
  });
  const bar = make(
    "form",
    { class: "quick-add", "data-quick-add": "", "data-plain": "" },
    icon("plus"),
    input,
    make("button", { type: "submit", class: "quick-submit" }, t("quick.add_short")),
  );
  const dialog = make("dialog", { class: "dialog quick-dialog", "aria-label": t("quick.add") }, bar);
  const before = document.activeElement;
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  return true;
}

function leave(bar: HTMLFormElement, event: KeyboardEvent): void {
  const input = inputOf(bar);
  // The first Escape empties the line, the next one leaves it.
  if (input.value) {
    event.preventDefault();
    event.stopPropagation();
    input.value = "";
    showChips(bar, []);
  } else if (!bar.closest("dialog")) {
    input.blur();
  }
}

const timers = new WeakMap<Element, number>();
const turns = new WeakMap<Element, number>();

function readSoon(bar: HTMLFormElement): void {
  clearTimeout(timers.get(bar));
  showError(bar, "");
  timers.set(
    bar,
    window.setTimeout(() => void read(bar), PAUSE),
  );
}

/** Asks what the line says, unless it changed meanwhile. */
async function read(bar: HTMLFormElement): Promise<void> {
  const text = inputOf(bar).value;
  const turn = (turns.get(bar) ?? 0) + 1;
  turns.set(bar, turn);
  if (!text.trim()) {
    showChips(bar, []);
    return;
  }
  try {
    const preview = await callApi<Preview>("POST", "/api/v1/tasks/quick/preview", { text, ...more(bar) });
    if (turns.get(bar) === turn && inputOf(bar).value === text) showChips(bar, preview.chips);
  } catch {
    // Adding the task says what is wrong.
  }
}

/** Presets of the bar. */
function more(bar: HTMLFormElement): Record<string, unknown> {
  const given = one<HTMLInputElement>("input[name=defaults]", bar)?.value;
  const place = one<HTMLInputElement>("input[name=place]", bar)?.value;
  try {
    const defaults: unknown = given ? JSON.parse(given) : undefined;
    return { ...(defaults ? { defaults } : {}), ...(place ? { place } : {}) };
  } catch {
    return {};
  }
}

function showChips(bar: HTMLFormElement, chips: Chip[]): void {
  let row = one(".quick-chips", bar);
  if (!row) {
    row = make("div", { class: "quick-chips", "data-island": "", "aria-live": "polite" });
    bar.append(row);
  }
  row.replaceChildren(...chips.map((chip) => draw(bar, chip)));
}

function draw(bar: HTMLFormElement, chip: Chip): HTMLElement {
  const isUnclear = chip.value === null;
  const label = isUnclear ? (chip.problem ?? chip.text) : words(chip);
  const shell = make("span", {
    class: "chip",
    "data-field": chip.kind,
    "data-unclear": isUnclear ? "" : undefined,
  });
  if (chip.choices.length > 0) {
    const button = make("button", { type: "button", class: "chip-choose", title: t("quick.choose") }, label);
    button.append(icon("chevronDown"));
    button.addEventListener("click", () => choose(bar, chip, button));
    shell.append(button);
  } else {
    shell.append(make("span", {}, label));
  }
  if (!isUnclear) {
    const remove = make("button", {
      type: "button",
      class: "chip-remove",
      "aria-label": t("quick.dismiss", { text: chip.text }),
    });
    remove.append(icon("x"));
    // In quotes the words stay in the title.
    remove.addEventListener("click", () => replace(bar, chip, quoted(chip.text)));
    shell.append(remove);
  }
  return shell;
}

function words(chip: Chip): string {
  switch (chip.kind) {
    case "due_date":
      return t("quick.due", { day: dayText(String(chip.value)) });
    case "assignees":
    case "teams":
      return `@${chip.label}`;
    case "labels":
      return `#${chip.label}`;
    case "rrule":
      return t("quick.repeats", { rule: chip.text });
    case "repeat_after_days":
      return t("quick.repeats_after", { count: Number(chip.value).toLocaleString(NUMBER_LOCALE) });
    case "priority":
      return t("quick.priority", { priority: chip.label });
    default:
      return chip.label;
  }
}

/** Offers the other people or records of that name. */
function choose(bar: HTMLFormElement, chip: Chip, anchor: HTMLElement): void {
  const items = chip.choices.map((choice) => {
    const item = make("button", { type: "button", class: "menu-item" }, choice.title);
    item.addEventListener("click", () => {
      panel.hidePopover();
      const sign = chip.kind === "origin" ? chip.text.slice(0, chip.text.indexOf(":") + 1) : "@";
      replace(bar, chip, sign + quoted(choice.title));
    });
    return item;
  });
  const panel = openPanel(anchor, t("quick.choose"), items);
  one("button", panel)?.focus();
}

/** Puts words in double quotes, in which they are left alone. */
function quoted(text: string): string {
  return `\u0022${text.replaceAll("\u0022", "")}\u0022`;
}

/** Replaces the words of a chip in the line, and reads it again. */
function replace(bar: HTMLFormElement, chip: Chip, by: string): void {
  const input = inputOf(bar);
  input.value = input.value.slice(0, chip.start) + by + input.value.slice(chip.end);
  input.focus();
  void read(bar);
}

/** Additions under way: one after the other, so that tasks come in the order in which they were typed. */
let adding: Promise<void> = Promise.resolve();

/** Takes the line out of the bar, so that the next one can be typed at once, and adds its task. */
function add(bar: HTMLFormElement): void {
  const input = inputOf(bar);
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  clearTimeout(timers.get(bar));
  turns.set(bar, (turns.get(bar) ?? 0) + 1);
  showChips(bar, []);
  showError(bar, "");
  input.focus({ preventScroll: true });
  adding = adding.then(() => send(bar, text));
}

async function send(bar: HTMLFormElement, text: string): Promise<void> {
  try {
    const task = await callApi<Task>("POST", "/api/v1/tasks/quick", { text, ...more(bar) });
    announce(t("quick.added", { title: task.title }));
    toast(t("quick.added", { title: task.title }), { undo: task.undo });
    refresh();
    showAdded(bar, task);
  } catch (error) {
    giveBack(bar, text, error);
  }
}

/** Returns a refused line to the bar with the reason; beside the next line, when that was begun. */
function giveBack(bar: HTMLFormElement, text: string, error: unknown): void {
  const input = inputOf(bar);
  const isFree = input.value === "";
  if (isFree) {
    input.value = text;
    void read(bar);
  }
  if (!(error instanceof ApiError && error.fields)) toastError(error);
  const reason = error instanceof ApiError ? error.fields || error.message : t("error.unknown");
  showError(bar, isFree ? reason : t("quick.refused", { text, reason }));
}

/** Milliseconds until the page shows a task that belongs on it. */
const SHOWN_AFTER = 1500;

/** Links a task that the page does not show: it is on another page of the list, or a filter hides it. */
function showAdded(bar: HTMLFormElement, task: Task): void {
  window.setTimeout(() => {
    const id = CSS.escape(task.id);
    const row = one(`[data-id="${id}"], #task-${id}`);
    if (row) {
      row.classList.add("arrived");
      window.setTimeout(() => row.classList.remove("arrived"), 1200);
      return;
    }
    if (!bar.isConnected) return;
    let list = one(".quick-added", bar);
    if (!list) {
      list = make("div", { class: "quick-added", "data-island": "" });
      bar.append(list);
    }
    list.prepend(make("a", { href: `/tasks/${task.id}` }, t("quick.added_elsewhere", { title: task.title })));
    while (list.childElementCount > 3) list.lastElementChild?.remove();
  }, SHOWN_AFTER);
}

function showError(bar: HTMLFormElement, message: string): void {
  const input = inputOf(bar);
  one(".field-error", bar)?.remove();
  input.toggleAttribute("aria-invalid", message !== "");
  if (message) bar.append(make("p", { class: "field-error", role: "alert" }, icon("circleAlert"), message));
}
