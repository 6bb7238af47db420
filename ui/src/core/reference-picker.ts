/**
 * Reference pickers: search for a record in place of a field with its id. Typed text is never dropped. Enter takes the
 * highlighted record, or the best match once the results are there; leaving the field takes an unambiguous match. Any
 * other text stays in the field, and the form is not sent.
 */
import { OptionList } from "./combobox";
import { icon } from "./icons";
import { announce, callApi, every, make, one } from "./page";
import { afterPress } from "./press";
import { t } from "./words";

interface Item {
  id: string;
  /** Set by a search over several kinds. */
  kind?: string;
  display_title?: string;
  title?: string;
  name?: string;
  full_name?: string;
}

/** Certainty of a match: highlighted or first, the only one, or of exactly this name. */
type MatchRule = "best" | "only" | "exact";

/** Text that is being resolved, or was not found. */
interface Typed {
  text: string;
  isOpen: boolean;
}

/** Milliseconds without a key before the server is asked. */
const SEARCH_DELAY = 140;
const LIST_HEIGHT = 280;
const GAP = 4;

let count = 0;
const pickers = new WeakMap<Element, Picker>();

/** Makes pickers of the fields on the page, and of those that come later. */
export function startReferencePickers(): void {
  upgradePickers(document);
  document.addEventListener("obcms:refreshed", (event) => upgradePickers(event.target as Element));
  document.addEventListener("submit", onSubmit, true);
}

/** Returns the picker of an element. */
export function pickerOf(holder: Element): Picker | null {
  return pickers.get(holder) ?? null;
}

/** Makes pickers of the fields within an element. */
export function upgradePickers(within: ParentNode): void {
  for (const holder of every("[data-reference]:not([data-keep])", within)) {
    pickers.set(holder, new Picker(holder));
  }
}

/** Sends a form once its texts are resolved; not at all while one is not. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const open = every("[data-reference]", form)
    .map(pickerOf)
    .filter((picker) => picker?.hasTyped());
  if (open.length === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if ("waits" in form.dataset) return;
  form.dataset.waits = "";
  const { submitter } = event;
  void Promise.all(open.map((picker) => picker!.resolveTyped())).then((chosen) => {
    delete form.dataset.waits;
    const wrong = open[chosen.indexOf(false)];
    if (wrong) wrong.focusUnresolved();
    else form.requestSubmit(submitter?.isConnected ? submitter : null);
  });
}

class Picker {
  private readonly collection: string;
  private readonly name: string;
  private readonly many: boolean;
  private readonly chosen = new Map<string, string>();
  private typed: Typed[] = [];
  private readonly input: HTMLInputElement;
  private readonly box: HTMLElement;
  private readonly list: HTMLElement;
  private readonly error: HTMLElement;
  private readonly options: OptionList;
  /** Requests under way by query. */
  private readonly answers = new Map<string, Promise<Item[]>>();
  private lookups = new Set<Promise<void>>();
  /** Query of the list that is shown. */
  private shown: string | null = null;
  private isNavigated = false;
  private isDismissed = false;
  private timer = 0;
  private turn = 0;

  constructor(holder: HTMLElement) {
    this.collection = holder.dataset.reference ?? "";
    this.name = holder.dataset.name ?? "";
    this.many = "many" in holder.dataset;
    const plain = every<HTMLInputElement>("input", holder);
    for (const input of plain) {
      if (input.value) this.chosen.set(input.value, input.dataset.title ?? input.value);
    }
    const first = plain[0];
    count += 1;
    const described = first?.getAttribute("aria-describedby");
    this.input = make("input", {
      id: `field-${this.name}`,
      type: "text",
      autocomplete: "off",
      "aria-describedby": [described, `picker-${count}-error`].filter(Boolean).join(" "),
      "aria-invalid": first?.getAttribute("aria-invalid") ?? undefined,
    });
    this.box = make("div", { class: "picker-box" });
    if (this.input.getAttribute("aria-invalid") === "true") this.box.dataset.wrong = "";
    // In the top layer, so that the list neither lengthens the page nor moves anything in it.
    this.list = make("div", { id: `picker-${count}`, class: "picker-list", popover: "manual" });
    this.list.hidden = true;
    this.error = make("p", { id: `picker-${count}-error`, class: "field-error", role: "status" });
    this.error.hidden = true;
    this.options = new OptionList(this.input, this.list, (option) => this.take(option));
    this.listen();
    this.draw();
    holder.replaceChildren(make("div", { class: "picker" }, this.box, this.list), this.error);
    holder.dataset.keep = "";
    // The label pointed at the plain input, which had the same id.
    one(`label[for="${CSS.escape(this.input.id)}"]`)?.setAttribute("for", this.input.id);
  }

  /** Returns true if there is text that is not resolved. */
  hasTyped(): boolean {
    return this.query !== "" || this.typed.length > 0;
  }

  /** Returns the texts that are not resolved. */
  texts(): string[] {
    return [...this.typed.map(({ text }) => text), this.query].filter(Boolean);
  }

  /** Returns values and titles of the chosen records. */
  values(): [string, string][] {
    return [...this.chosen];
  }

  /** Restores a draft. */
  fill(values: [string, string][], texts: string[]): void {
    this.chosen.clear();
    for (const [value, title] of values) this.chosen.set(value, title);
    this.typed = texts.slice(0, -1).map((text) => ({ text, isOpen: true }));
    this.input.value = texts.at(-1) ?? "";
    this.draw();
  }

  /** Resolves all texts. Returns true if each became a record. */
  async resolveTyped(): Promise<boolean> {
    if (this.query) this.commit("only");
    for (const typed of this.typed.filter(({ isOpen }) => isOpen)) this.resolve(typed, "only");
    while (this.lookups.size > 0) await Promise.all(this.lookups);
    return !this.hasTyped();
  }

  /** Focuses the input and says which text is not resolved. */
  focusUnresolved(): void {
    const text = this.texts()[0] ?? "";
    if (this.error.hidden) this.showError(t("picker.not_selected", { text }));
    this.input.focus();
    announce(this.error.textContent ?? "");
  }

  private get query(): string {
    return this.input.value.trim();
  }

  private get isShown(): boolean {
    return !this.list.hidden;
  }

  private listen(): void {
    this.input.addEventListener("input", () => {
      this.isDismissed = false;
      this.showError("");
      this.ask(SEARCH_DELAY);
    });
    this.input.addEventListener("focus", () => this.ask(SEARCH_DELAY));
    this.input.addEventListener("blur", () => {
      // Another window came to the front.
      if (document.activeElement === this.input) return;
      this.close();
      const rule = this.isDismissed ? "exact" : "only";
      // A record and a text differ in size: a button under the pointer must not move.
      void afterPress().then(() => {
        if (this.query && document.activeElement !== this.input) this.commit(rule);
      });
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("click", (event) => event.target === this.box && this.input.focus());
    const place = (): void => this.place();
    window.addEventListener("scroll", place, { capture: true, passive: true });
    window.addEventListener("resize", place);
    window.visualViewport?.addEventListener("resize", place);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "Enter" && !event.ctrlKey && !event.metaKey) {
      // Enter chooses a record; a form is sent by its button.
      event.preventDefault();
      if (this.isSure()) this.options.key(event);
      else if (this.query) this.commit("best");
      else if (!this.isShown) this.ask(0);
    } else if (key === "Tab") {
      const option = this.query && !event.shiftKey && this.isSure() ? this.options.selected() : null;
      if (option) this.take(option);
    } else if (key === "Escape") {
      if (!this.isShown && this.timer === 0) return;
      event.preventDefault();
      event.stopPropagation();
      this.isDismissed = true;
      this.close();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      if (!this.isShown) {
        event.preventDefault();
        this.isDismissed = false;
        this.ask(0);
        return;
      }
      this.isNavigated = true;
      this.options.key(event);
    } else if (key === "Backspace" && this.input.value === "") {
      const typed = this.typed.at(-1);
      const last = [...this.chosen.keys()].at(-1);
      if (typed) this.drop(typed);
      else if (last) this.remove(last);
    }
  }

  /** Returns true if the highlighted option belongs to the typed text, or the person moved to it. */
  private isSure(): boolean {
    return (
      this.isShown && this.options.selected() !== null && (this.isNavigated || this.shown === this.query)
    );
  }

  private take(option: HTMLElement): void {
    const { id } = option.dataset;
    if (!id) return;
    this.input.value = "";
    this.close();
    this.choose(id, option.textContent ?? id);
  }

  private choose(id: string, title: string): void {
    if (!this.many) this.chosen.clear();
    this.chosen.set(id, title);
    this.showError("");
    this.draw();
    this.changed();
  }

  private remove(id: string): void {
    this.chosen.delete(id);
    this.draw();
    this.changed();
    this.input.focus();
  }

  private drop(typed: Typed): void {
    this.typed = this.typed.filter((other) => other !== typed);
    this.showError("");
    this.draw();
    this.input.focus();
  }

  private changed(): void {
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Takes the typed text out of the input and resolves it. */
  private commit(rule: MatchRule): void {
    const typed: Typed = { text: this.query, isOpen: false };
    this.input.value = "";
    this.typed.push(typed);
    this.close();
    this.draw();
    this.resolve(typed, rule);
  }

  private resolve(typed: Typed, rule: MatchRule): void {
    typed.isOpen = false;
    const lookup = this.answer(typed.text)
      .then(
        (items) => this.found(typed, items, rule),
        (error: unknown) => this.reopen(typed, messageOf(error)),
      )
      .finally(() => this.lookups.delete(lookup));
    this.lookups.add(lookup);
  }

  private async found(typed: Typed, items: Item[], rule: MatchRule): Promise<void> {
    const match = bestMatch(items, typed.text, rule);
    if (!match) {
      const { text } = typed;
      const isUnknown = items.length === 0;
      return this.reopen(
        typed,
        isUnknown ? t("picker.no_match", { text }) : t("picker.several_match", { text }),
      );
    }
    await afterPress();
    if (!this.typed.includes(typed)) return;
    this.typed = this.typed.filter((other) => other !== typed);
    this.choose(valueOf(match, this.collection), this.labelOf(match));
  }

  /** Gives the text back to the person. */
  private async reopen(typed: Typed, message: string): Promise<void> {
    await afterPress();
    if (!this.typed.includes(typed)) return;
    typed.isOpen = true;
    if (this.input.value === "") {
      this.typed = this.typed.filter((other) => other !== typed);
      this.input.value = typed.text;
      if (document.activeElement === this.input) this.ask(0);
    }
    this.draw();
    this.showError(message);
  }

  private showError(message: string): void {
    this.error.replaceChildren(...(message ? [icon("circleAlert"), message] : []));
    this.error.hidden = message === "";
    this.box.toggleAttribute("data-wrong", message !== "");
    if (message) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  private draw(): void {
    const parts: Node[] = [];
    for (const [id, title] of this.chosen) {
      const hidden = make("input", { type: "hidden", name: this.name, value: id });
      const chip = this.chip(title, t("picker.remove", { title }), () => this.remove(id));
      chip.dataset.chosen = "";
      chip.append(hidden);
      parts.push(chip);
    }
    for (const typed of this.typed) {
      const chip = this.chip(typed.text, t("picker.clear", { text: typed.text }), () => this.drop(typed));
      chip.dataset.typed = typed.isOpen ? "open" : "searching";
      if (!typed.isOpen) chip.setAttribute("aria-busy", "true");
      parts.push(chip);
    }
    // An empty value says that nothing is chosen; a form without the field would say nothing at all.
    if (this.chosen.size === 0) parts.push(make("input", { type: "hidden", name: this.name, value: "" }));
    const isEmpty = this.chosen.size === 0 && this.typed.length === 0;
    this.input.placeholder = isEmpty
      ? this.many
        ? t("picker.search_to_add")
        : t("picker.search")
      : this.many
        ? t("picker.add_another")
        : "";
    // The input stays where it is: an element that is put in again loses the focus.
    for (const child of [...this.box.children]) if (child !== this.input) child.remove();
    if (this.input.parentElement !== this.box) this.box.append(this.input);
    this.input.before(...parts);
  }

  private chip(title: string, label: string, remove: () => void): HTMLElement {
    const button = make("button", { type: "button", "aria-label": label });
    button.append(icon("x"));
    button.addEventListener("click", remove);
    return make("span", { class: "picker-chosen" }, make("span", { title }, title), button);
  }

  /** Shows results after a pause, unless more was typed meanwhile. */
  private ask(pause: number): void {
    clearTimeout(this.timer);
    this.turn += 1;
    const turn = this.turn;
    this.timer = window.setTimeout(() => {
      void this.show(turn).finally(() => {
        if (turn === this.turn) this.timer = 0;
      });
    }, pause);
  }

  private async show(turn: number): Promise<void> {
    const { query } = this;
    let items: Item[] = [];
    let note = "";
    try {
      // `search?kinds=…` looks among several kinds at once and needs at least one letter to look for.
      if (this.collection.startsWith("search?") && query === "") note = t("picker.type_to_search");
      else items = await this.answer(query);
      if (items.length === 0 && !note)
        note = query ? t("picker.nothing_found", { text: query }) : t("picker.no_options");
    } catch (error) {
      note = messageOf(error);
    }
    await afterPress();
    const isLate = turn !== this.turn || query !== this.query;
    if (isLate || this.isDismissed || document.activeElement !== this.input) return;
    this.list.replaceChildren(
      ...items
        .map((item) => [valueOf(item, this.collection), this.labelOf(item)] as const)
        .filter(([value]) => !this.chosen.has(value))
        .map(([value, label]) =>
          make("div", { class: "picker-option", role: "option", "data-id": value }, label),
        ),
    );
    if (note) this.list.append(make("div", { class: "picker-note", role: "status" }, note));
    this.shown = query;
    this.isNavigated = false;
    this.list.hidden = false;
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    this.place();
    this.options.optionsChanged(query !== "");
  }

  private close(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.turn += 1;
    this.shown = null;
    this.isNavigated = false;
    this.options.close();
    if (this.list.matches(":popover-open")) this.list.hidePopover();
  }

  /** Puts the list beneath the field, or above it if there is more room. */
  private place(): void {
    if (!this.isShown) return;
    const at = this.box.getBoundingClientRect();
    const height = window.visualViewport?.height ?? innerHeight;
    const [above, below] = [at.top - 2 * GAP, height - at.bottom - 2 * GAP];
    const goesUp = below < Math.min(this.list.scrollHeight, LIST_HEIGHT) && above > below;
    const style = this.list.style;
    style.setProperty("left", `${at.left}px`);
    style.setProperty("width", `${at.width}px`);
    style.setProperty("max-height", `${Math.max(88, Math.min(LIST_HEIGHT, goesUp ? above : below))}px`);
    style.setProperty("top", goesUp ? "auto" : `${at.bottom + GAP}px`);
    style.setProperty("bottom", goesUp ? `${innerHeight - at.top + GAP}px` : "auto");
  }

  private answer(query: string): Promise<Item[]> {
    const known = this.answers.get(query);
    if (known !== undefined) return known;
    const asked = find(this.collection, query);
    this.answers.set(query, asked);
    // Only requests under way are shared: a later one finds new records.
    const forget = (): void => {
      this.answers.delete(query);
    };
    asked.then(forget, forget);
    return asked;
  }

  private labelOf(item: Item): string {
    const isOfSeveral = this.collection.startsWith("search?") && item.kind;
    return isOfSeveral ? `${kindLabel(item.kind!)}: ${titleOf(item)}` : titleOf(item);
  }
}

async function find(collection: string, query: string): Promise<Item[]> {
  const address = `/api/v1/${collection}${collection.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}&limit=20`;
  return (await callApi<{ items: Item[] }>("GET", address)).items;
}

/** Returns the record that the text means; null if that is ambiguous. */
function bestMatch(items: Item[], text: string, rule: MatchRule): Item | null {
  const exact = items.filter((item) => plainText(titleOf(item)) === plainText(text));
  if (exact.length === 1) return exact[0]!;
  if (rule === "best") return exact[0] ?? items[0] ?? null;
  return rule === "only" && items.length === 1 ? items[0]! : null;
}

/** Returns the text without accents, capitals and double blanks. */
function plainText(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
}

/** Returns the value that is sent, with the kind where several are possible. */
function valueOf(item: Item, collection: string): string {
  return collection.startsWith("search?") ? `${item.kind}:${item.id}` : item.id;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : t("error.search");
}

function kindLabel(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function titleOf(item: Item): string {
  return item.display_title ?? item.title ?? item.name ?? item.full_name ?? item.id;
}
