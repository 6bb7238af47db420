/** Command palette: search, pages, and new records. */
import { OptionList } from "./combobox";
import { icon, type IconName } from "./icons";
import { callApi, every, make, one } from "./page";
import { pageCommands, PLACES } from "./shortcuts";
import { setTheme } from "./theme";
import { t } from "./words";

interface SearchResult {
  kind: string;
  id: string;
  title: string;
  subtitle?: string;
  url: string;
  module?: string;
}

interface Entry {
  group: string;
  title: string;
  subtitle?: string;
  keys?: string;
  mark: Node;
  run: (event: Event) => void;
}

let dialog: HTMLDialogElement | null = null;

/** Opens the palette. */
export function openPalette(): void {
  if (dialog?.open) return;
  dialog = build();
  document.body.append(dialog);
  dialog.showModal();
}

function build(): HTMLDialogElement {
  const input = make("input", {
    type: "text",
    placeholder: t("palette.placeholder"),
    "aria-label": t("palette.placeholder"),
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = make("div", { id: "palette-list", class: "palette-list", "aria-label": t("palette.results") });
  const head = make(
    "div",
    { class: "palette-head" },
    icon("search"),
    input,
    make("kbd", {}, t("key.escape")),
  );
  const shell = make(
    "dialog",
    { id: "palette", class: "dialog", "aria-label": t("palette.label") },
    head,
    list,
  );
  const runs = new Map<HTMLElement, Entry["run"]>();
  const options = new OptionList(input, list, (option, event) => runs.get(option)?.(event));
  const commands = allCommands();
  let search = new AbortController();
  /** Enter was pressed before the results came. */
  let isWanted = false;
  let isAsked = false;
  let timer = 0;

  const show = (entries: Entry[], note: string): void => {
    runs.clear();
    list.replaceChildren();
    let group = "";
    for (const entry of entries) {
      if (entry.group !== group) {
        group = entry.group;
        list.append(make("div", { class: "palette-group", role: "presentation" }, group));
      }
      const option = optionOf(entry);
      runs.set(option, entry.run);
      list.append(option);
    }
    if (note) list.append(make("div", { class: "palette-note", role: "status" }, note));
    options.optionsChanged();
  };

  const update = (): void => {
    const query = input.value.trim();
    search.abort();
    clearTimeout(timer);
    isWanted = false;
    isAsked = query.length >= 2;
    const fitting = query ? commands.filter((entry) => matches(entry.title, query)) : commands;
    if (query.length < 2) {
      show(fitting, fitting.length === 0 ? t("palette.no_command") : "");
      return;
    }
    show(fitting.slice(0, 6), fitting.length === 0 ? t("palette.searching") : "");
    timer = window.setTimeout(() => {
      search = new AbortController();
      void find(query, search.signal).then((found) => {
        if (!found) return;
        isAsked = false;
        // The highlight stays: Enter may be pressed at any moment.
        const all = [...fitting.slice(0, 6), ...found];
        show(all, all.length === 0 ? t("palette.nothing_found", { text: query }) : "");
        if (isWanted) options.selected()?.click();
      });
    }, 120);
  };

  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (options.key(event) || event.key !== "Enter") return;
    event.preventDefault();
    isWanted = isAsked;
  });
  shell.addEventListener("click", (event) => event.target === shell && shell.close());
  shell.addEventListener("close", () => {
    clearTimeout(timer);
    search.abort();
    shell.remove();
  });
  update();
  return shell;
}

function optionOf(entry: Entry): HTMLElement {
  const option = make("div", { class: "palette-option", role: "option" });
  option.append(make("span", { class: "palette-mark" }, entry.mark));
  option.append(make("span", { class: "palette-title" }, entry.title));
  if (entry.subtitle) option.append(make("span", { class: "palette-subtitle" }, entry.subtitle));
  if (entry.keys) {
    const keys = entry.keys.split(" ").map((key) => make("kbd", {}, key.toUpperCase()));
    option.append(make("span", { class: "palette-keys" }, ...keys));
  }
  return option;
}

async function find(query: string, signal: AbortSignal): Promise<Entry[] | null> {
  try {
    const address = `/api/v1/search?q=${encodeURIComponent(query)}&limit=12`;
    const answer = await callApi<{ items: SearchResult[] }>("GET", address);
    if (signal.aborted) return null;
    return answer.items.map((item) => ({
      group: t("palette.results"),
      title: item.title,
      subtitle: item.subtitle ?? item.kind.replaceAll("_", " "),
      mark: item.module
        ? make("span", { class: "module-dot", "data-module": item.module })
        : icon("fileText"),
      run: (event) => go(item.url, event),
    }));
  } catch {
    return signal.aborted ? null : [];
  }
}

function allCommands(): Entry[] {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const link of every<HTMLAnchorElement>("#navigation .sidebar-link")) {
    const href = link.getAttribute("href") ?? "";
    if (seen.has(href)) continue;
    seen.add(href);
    const drawing = one("svg", link)?.cloneNode(true) ?? icon("arrowRight");
    const place = PLACES.find(([, address]) => address === href);
    entries.push({
      group: t("palette.go_to"),
      title: link.title,
      keys: place && `g ${place[0]}`,
      mark: drawing,
      run: (event) => go(href, event),
    });
  }
  entries.push(...commandsOfPage());
  for (const command of pageCommands()) {
    entries.push({
      group: t("palette.create"),
      title: command.label,
      keys: command.keys,
      mark: icon("plus"),
      run: (event) => go(command.href, event),
    });
  }
  for (const [theme, title] of [
    ["light", t("palette.theme_light")],
    ["dark", t("palette.theme_dark")],
    ["auto", t("palette.theme_auto")],
  ] as const) {
    entries.push(action("sunMoon", title, () => setTheme(theme)));
  }
  const signOut = one<HTMLFormElement>("#sign-out");
  if (signOut) entries.push(action("logOut", t("palette.sign_out"), () => signOut.requestSubmit()));
  return entries;
}

/** Buttons and links of the head, the panels and the menus of the page. */
const PAGE_CONTROLS =
  "main :is(.page-actions, .panel-actions, .filters-end, .tabs, .status-actions) :is(a, button, summary)";

/** Returns the commands of the page: each presses the control that has its name. */
function commandsOfPage(): Entry[] {
  const names = new Set<string>();
  const entries: Entry[] = [];
  for (const control of every(PAGE_CONTROLS)) {
    const title = (control.getAttribute("aria-label") ?? control.textContent).replace(/\s+/g, " ").trim();
    if (!title || names.has(title) || control.hasAttribute("disabled") || control.closest("[hidden]"))
      continue;
    names.add(title);
    entries.push({
      group: t("palette.page"),
      title,
      mark: one("svg", control)?.cloneNode(true) ?? icon("arrowRight"),
      run: (event) => press(control, event),
    });
  }
  return entries;
}

function press(control: HTMLElement, event: Event): void {
  dialog?.close();
  const href = control.getAttribute("href");
  if (href) {
    go(href, event);
    return;
  }
  // A control within a closed menu is shown first, so that its form can ask back there.
  for (let menu = control.closest("details"); menu; menu = menu.parentElement?.closest("details") ?? null) {
    if (!control.matches("summary")) menu.open = true;
  }
  control.click();
  control.focus();
}

function action(name: IconName, title: string, run: () => void): Entry {
  return {
    group: t("palette.actions"),
    title,
    mark: icon(name),
    run: () => {
      dialog?.close();
      run();
    },
  };
}

function go(href: string, event: Event): void {
  const keys = event as KeyboardEvent | MouseEvent;
  if (keys.ctrlKey || keys.metaKey) window.open(href, "_blank", "noopener");
  else location.assign(href);
  dialog?.close();
}

/** Returns true if every typed word begins a word of the title. */
function matches(title: string, query: string): boolean {
  const words = title.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}
