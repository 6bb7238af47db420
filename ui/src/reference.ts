/** Pickers: a field that holds the id of another record becomes a search for it. */
import { OptionList } from "./combobox";
import { icon } from "./icon";
import { callApi, debounce, every, make, one } from "./page";

interface Item {
  id: string;
  /** Given by the search over several kinds. */
  kind?: string;
  display_title?: string;
  title?: string;
  name?: string;
  full_name?: string;
}

let count = 0;

export function startReferences(): void {
  upgrade(document);
  document.addEventListener("obcms:refreshed", (event) => upgrade(event.target as Element));
}

function upgrade(within: ParentNode): void {
  for (const holder of every("[data-reference]:not([data-keep])", within)) build(holder);
}

function build(holder: HTMLElement): void {
  const collection = holder.dataset.reference ?? "";
  const name = holder.dataset.name ?? "";
  const many = "many" in holder.dataset;
  const plain = every<HTMLInputElement>("input", holder);
  const first = plain[0];
  const chosen = new Map<string, string>();
  for (const input of plain) {
    if (input.value) chosen.set(input.value, input.dataset.title ?? input.value);
  }

  count += 1;
  const input = make("input", {
    id: `field-${name}`,
    type: "text",
    autocomplete: "off",
    placeholder: many ? "Search to add" : "Search",
    "aria-describedby": first?.getAttribute("aria-describedby") ?? undefined,
    "aria-invalid": first?.getAttribute("aria-invalid") ?? undefined,
  });
  const box = make("div", { class: "picker-box" });
  if (input.getAttribute("aria-invalid") === "true") box.dataset.wrong = "";
  const list = make("div", { id: `picker-${count}`, class: "picker-list" });
  list.hidden = true;
  const picker = make("div", { class: "picker" }, box, list);
  const options = new OptionList(input, list, (option) => {
    const id = option.dataset.id;
    if (!id) return;
    if (!many) chosen.clear();
    chosen.set(id, option.textContent ?? id);
    input.value = "";
    options.close();
    draw();
    changed();
  });

  const changed = (): void => {
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const remove = (id: string): void => {
    chosen.delete(id);
    draw();
    changed();
    input.focus();
  };

  const draw = (): void => {
    const parts: Node[] = [];
    for (const [id, title] of chosen) {
      const button = make("button", { type: "button", "aria-label": `Remove ${title}` });
      button.append(icon("x"));
      button.addEventListener("click", () => remove(id));
      const hidden = make("input", { type: "hidden", name, value: id });
      parts.push(
        make(
          "span",
          { class: "picker-chosen", "data-chosen": "" },
          make("span", { title }, title),
          button,
          hidden,
        ),
      );
    }
    // An empty value says that nothing is chosen; a form without the field would say nothing at all.
    if (chosen.size === 0) parts.push(make("input", { type: "hidden", name, value: "" }));
    input.placeholder = chosen.size > 0 ? (many ? "Add another" : "") : "Search";
    box.replaceChildren(...parts, input);
  };

  let asked = "";
  const search = debounce(140, async () => {
    const query = input.value.trim();
    asked = query;
    let note = "";
    let items: Item[] = [];
    try {
      // `search?kinds=…` looks among several kinds at once and needs at least one letter to look for.
      const overKinds = collection.startsWith("search?");
      if (overKinds && query === "") note = "Type to search";
      else items = await find(collection, query);
      if (items.length === 0 && !note) note = query ? `Nothing found for “${query}”` : "Nothing here yet";
    } catch (error) {
      note = error instanceof Error ? error.message : "The search failed.";
    }
    if (asked !== query || document.activeElement !== input) return;
    list.replaceChildren(
      ...items
        .filter((item) => !chosen.has(valueOf(item, collection)))
        .map((item) =>
          make(
            "div",
            { class: "picker-option", role: "option", "data-id": valueOf(item, collection) },
            collection.startsWith("search?") && item.kind
              ? `${wordsOf(item.kind)}: ${titleOf(item)}`
              : titleOf(item),
          ),
        ),
    );
    if (note) list.append(make("div", { class: "picker-note", role: "status" }, note));
    list.hidden = false;
    options.drawn(query !== "");
  });

  input.addEventListener("input", search);
  input.addEventListener("focus", search);
  input.addEventListener("blur", () => {
    options.close();
    input.value = "";
  });
  input.addEventListener("keydown", (event) => {
    if (!list.hidden && options.key(event)) return;
    if (event.key === "ArrowDown") search();
    if (event.key === "Escape" && !list.hidden) {
      options.close();
      event.stopPropagation();
    }
    const last = [...chosen.keys()].at(-1);
    if (event.key === "Backspace" && input.value === "" && last) remove(last);
  });
  box.addEventListener("click", (event) => event.target === box && input.focus());

  draw();
  holder.replaceChildren(picker);
  holder.dataset.keep = "";
  // The label pointed at the plain input, which had the same id.
  one(`label[for="${CSS.escape(`field-${name}`)}"]`)?.setAttribute("for", input.id);
}

async function find(collection: string, query: string): Promise<Item[]> {
  const address = `/api/v1/${collection}${collection.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}&limit=20`;
  return (await callApi<{ items: Item[] }>("GET", address)).items;
}

/** What is sent for an item: with its kind where several are possible. */
function valueOf(item: Item, collection: string): string {
  return collection.startsWith("search?") ? `${item.kind}:${item.id}` : item.id;
}

function wordsOf(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function titleOf(item: Item): string {
  return item.display_title ?? item.title ?? item.name ?? item.full_name ?? item.id;
}
