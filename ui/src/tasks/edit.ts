/**
 * Edit in place: values of tasks with `data-edit` open an editor on press, Enter or a letter. S status, P priority,
 * A assignees, D due date, E title, R progress, L labels.
 */
import { addDays, weekday } from "../core/days";
import { dialogIsOpen, every, isTyping, make, one } from "../core/page";
import { openPanel } from "../core/panel";
import { pickerOf, upgradePickers } from "../core/reference-picker";
import { isKeySequence } from "../core/shortcuts";
import { t } from "../core/words";
import { changeTask, moveTask, refocus } from "./changes";

/** Fields by letter. */
const KEYS: Record<string, string> = {
  s: "status",
  p: "priority",
  a: "assignees",
  d: "due_date",
  e: "title",
  r: "progress",
  l: "labels",
};
/** Elements around the values of one task. */
const OWNERS = "[data-id][data-version], .entry-card";

type Choices = Record<string, [string, string][]>;

/** Starts editing in place. */
export function startEditing(): void {
  prepare(document);
  document.addEventListener("obcms:refreshed", (event) => prepare(event.target as Element));
  // Before the row or card around it takes the press or the key.
  document.addEventListener(
    "click",
    (event) => {
      const value = (event.target as Element).closest<HTMLElement>("[data-edit]");
      if (!value) return;
      event.preventDefault();
      event.stopPropagation();
      edit(value);
    },
    true,
  );
  document.addEventListener("keydown", onKey, true);
}

/** Makes values buttons for keyboard and screen reader. */
function prepare(within: ParentNode): void {
  for (const value of every("[data-edit]", within)) {
    if (value.getAttribute("role") === "button") continue;
    value.setAttribute("role", "button");
    value.tabIndex = value.closest(".card") ? -1 : 0;
    value.setAttribute("aria-haspopup", "dialog");
    const field = value.dataset.edit ?? "";
    const title = t("task.edit", { field: fieldName(field) });
    value.title ||= title;
    if (!value.textContent?.trim()) value.setAttribute("aria-label", title);
  }
}

function fieldName(field: string): string {
  switch (field) {
    case "status":
      return t("field.status");
    case "priority":
      return t("field.priority");
    case "assignees":
      return t("field.assignees");
    case "due_date":
      return t("field.due_date");
    case "start_date":
      return t("field.start_date");
    case "progress":
      return t("field.progress");
    case "labels":
      return t("field.labels");
    case "title":
      return t("field.title");
    case "phase":
      return t("field.phase");
    default:
      return t("field.domain");
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || dialogIsOpen()) return;
  const target = event.target as HTMLElement;
  if (target.matches("[data-edit]") && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    event.stopPropagation();
    edit(target);
    return;
  }
  const field = KEYS[event.key.toLowerCase()];
  if (!field || isKeySequence() || event.shiftKey) return;
  const owner = target.closest(OWNERS) ?? one("[data-table] tr[data-at]") ?? one("[data-task-page]");
  const value = owner && one(`[data-edit="${field}"]`, owner);
  if (!value) return;
  event.preventDefault();
  event.stopPropagation();
  edit(value, owner);
}

/** Opens the editor of a value, beside it or, when it is hidden, beside its row. */
function edit(value: HTMLElement, owner: Element | null = null): void {
  const field = value.dataset.edit ?? "";
  const holder = value.closest<HTMLElement>(OWNERS);
  const { id = "", version = "" } = holder?.dataset ?? {};
  const present = value.dataset.value ?? "";
  const isShown = value.getClientRects().length > 0;
  const anchor = isShown ? value : (owner ?? holder ?? value);
  const before = document.activeElement as HTMLElement | null;
  const back = (): void => {
    if (document.activeElement && document.activeElement !== document.body) return;
    if (isShown && value.isConnected) value.focus({ preventScroll: true });
    else if (before?.isConnected) before.focus({ preventScroll: true });
  };
  // The card of an entry shows what it was opened with.
  const card = value.closest<HTMLElement>(".entry-card");
  const { occurrence, title } = value.dataset;
  const save = (changes: Record<string, unknown>): void => {
    panel?.hidePopover();
    card?.hidePopover();
    if (occurrence) {
      // The calendar asks whether it is changed alone.
      const detail = { id, occurrence, title, changes };
      document.dispatchEvent(new CustomEvent("obcms:occurrence", { detail }));
      return;
    }
    value.setAttribute("aria-busy", "true");
    void changeTask(id, version, changes).finally(() => {
      value.removeAttribute("aria-busy");
      if (isShown) window.setTimeout(() => refocus(id, field), 0);
    });
  };
  const move = (dates: Record<string, string | null>): void => {
    panel?.hidePopover();
    card?.hidePopover();
    if (occurrence) {
      save(dates);
      return;
    }
    void moveTask(id, dates).finally(() => window.setTimeout(() => refocus(id, field), 0));
  };
  const editor = editorOf(field, present, save, move);
  const panel = openPanel(anchor, t("task.edit", { field: fieldName(field) }), editor, back);
  upgradePickers(panel);
  const first =
    one("[aria-checked=true]", panel) ??
    one("input:not([type=hidden]), textarea", panel) ??
    one("button", panel);
  first?.focus();
  if (first instanceof HTMLInputElement && first.type === "text") first.select();
}

type Save = (changes: Record<string, unknown>) => void;
type Move = (dates: Record<string, string | null>) => void;

function editorOf(field: string, present: string, save: Save, move: Move): Node[] {
  switch (field) {
    case "status":
    case "priority":
    case "domain":
    case "phase":
      return choiceEditor(field, present, save);
    case "due_date":
      return dueEditor(present, save, move);
    case "start_date":
      return [dateForm(present, (day) => move({ start_date: day }))];
    case "progress":
      return progressEditor(present, save);
    case "assignees":
      return [assigneesForm(present, save)];
    case "labels":
      return [textForm(present, t("task.labels_hint"), (text) => save({ labels: words(text) }))];
    default:
      return [textForm(present, "", (text) => text && save({ [field]: text }))];
  }
}

function words(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}

function choices(): Choices {
  try {
    return JSON.parse(one("#task-choices")?.textContent ?? "{}") as Choices;
  } catch {
    return {};
  }
}

/** List of values; arrows move, the first letter chooses. */
function choiceEditor(field: string, present: string, save: Save): Node[] {
  const items = (choices()[field] ?? []).map(([value, label]) => {
    const item = make(
      "button",
      {
        type: "button",
        class: "menu-item",
        role: "menuitemradio",
        "aria-checked": String(value === present),
      },
      label,
    );
    item.addEventListener("click", () => save({ [field]: value }));
    return item;
  });
  const list = make("div", { role: "menu" }, ...items);
  list.addEventListener("keydown", (event) => {
    const place = items.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const typed = event.key.length === 1 ? event.key.toLowerCase() : "";
    const next = step
      ? items.at((place + step + items.length) % items.length)
      : typed && items.find((item) => item.textContent?.toLowerCase().startsWith(typed));
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  });
  return [list];
}

/** Day of the office that many days from today. */
function dayFromNow(days: number): string {
  const today = one("#task-choices")?.dataset.today ?? new Date().toISOString().slice(0, 10);
  return addDays(today, days);
}

/** Days until the next Monday. */
function untilMonday(): number {
  return (8 - weekday(dayFromNow(0))) % 7 || 7;
}

function dueEditor(present: string, save: Save, move: Move): Node[] {
  const [day = "", time = ""] = present.split(" ");
  const presets: [string, number][] = [
    [t("date.today"), 0],
    [t("date.tomorrow"), 1],
    [t("task.next_monday"), untilMonday()],
  ];
  const buttons = presets.map(([label, days]) => {
    const button = make("button", { type: "button", class: "menu-item" }, label);
    button.addEventListener("click", () => move({ due_date: dayFromNow(days) }));
    return button;
  });
  const nodes: Node[] = [dateForm(day, (chosen) => move({ due_date: chosen })), ...buttons];
  if (day) {
    const input = make("input", {
      class: "input",
      type: "time",
      value: time,
      "aria-label": t("field.due_time"),
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      save({ due_time: input.value || null });
    });
    input.addEventListener("blur", () => {
      if (input.value !== time && input.isConnected) save({ due_time: input.value || null });
    });
    nodes.push(make("label", { class: "panel-field" }, t("field.due_time"), input));
    const none = make("button", { type: "button", class: "menu-item" }, t("task.no_date"));
    none.addEventListener("click", () => save({ due_date: null, due_time: null }));
    nodes.push(none);
  }
  return nodes;
}

function dateForm(day: string, chosen: (day: string | null) => void): HTMLElement {
  const input = make("input", { class: "input", type: "date", value: day, "aria-label": t("task.date") });
  const form = make("form", { class: "panel-form" }, input, saveButton());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    chosen(input.value || null);
  });
  return form;
}

function progressEditor(present: string, save: Save): Node[] {
  const steps = [0, 25, 50, 75, 100].map((part) => {
    const button = make("button", { type: "button", class: "button" }, `${part} %`);
    button.addEventListener("click", () => save({ progress: part }));
    return button;
  });
  const form = numberForm(present, (progress) => save({ progress }));
  return [form, make("div", { class: "row" }, ...steps)];
}

function numberForm(present: string, chosen: (value: number) => void): HTMLElement {
  const input = make("input", {
    class: "input",
    type: "number",
    min: "0",
    max: "100",
    step: "1",
    inputmode: "numeric",
    value: present,
    "aria-label": t("field.progress"),
  });
  const form = make("form", { class: "panel-form" }, input, saveButton());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    chosen(Number(input.value));
  });
  return form;
}

function textForm(present: string, hint: string, chosen: (text: string) => void): HTMLElement {
  const input = make("input", {
    class: "input",
    type: "text",
    maxlength: "255",
    value: present,
    placeholder: hint,
    autocomplete: "off",
    "aria-label": hint || t("field.title"),
  });
  const form = make("form", { class: "panel-form", "data-wide": "" }, input, saveButton());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    chosen(input.value.trim());
  });
  return form;
}

function assigneesForm(present: string, save: Save): HTMLElement {
  const chosen = JSON.parse(present || "[]") as [string, string][];
  const holder = make("div", { "data-reference": "users", "data-name": "assignees", "data-many": "" });
  for (const [id, title] of chosen)
    holder.append(make("input", { name: "assignees", value: id, "data-title": title }));
  if (chosen.length === 0) holder.append(make("input", { name: "assignees", value: "" }));
  const form = make("form", { class: "panel-form", "data-wide": "", "data-stack": "" });
  const me = document.body.dataset.person ?? "";
  if (me && !chosen.some(([id]) => id === me)) {
    // Above the picker, whose list opens downwards.
    const own = make("button", { type: "button", class: "button" }, t("task.assign_me"));
    own.addEventListener("click", () => save({ add_assignees: [me] }));
    form.append(own);
  }
  form.append(holder);
  form.append(saveButton());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const picker = pickerOf(holder);
    void picker?.resolveTyped().then((isSure) => {
      if (isSure) save({ assignees: picker.values().map(([id]) => id) });
      else picker.focusUnresolved();
    });
  });
  return form;
}

function saveButton(): HTMLElement {
  return make("button", { type: "submit", class: "button", "data-kind": "main" }, t("common.save"));
}
