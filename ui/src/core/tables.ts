/** Tables: J and K move, Enter opens, X selects; columns can be chosen. */
import { refreshElements } from "./live";
import { callApi, dialogIsOpen, every, isTyping, one } from "./page";
import { isKeySequence } from "./shortcuts";
import { toastError } from "./toast";
import { t } from "./words";

/** Starts the tables of the page. */
export function startTables(): void {
  document.documentElement.classList.add("scripted");
  for (const form of every<HTMLFormElement>("form[data-columns-of]")) startChooser(form);
  const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target as HTMLElement)));
  for (const block of every("[data-table]")) {
    showSelection(block);
    widths.observe(block);
  }
  document.addEventListener("obcms:refreshed", (event) => {
    const block = (event.target as Element).closest<HTMLElement>("[data-table]");
    if (!block) return;
    showSelection(block);
    fit(block);
  });
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", onKey);
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  const clear = target.closest("[data-clear-selection]");
  if (clear) {
    const block = clear.closest<HTMLElement>("[data-table]");
    if (block) select(block, false);
    return;
  }
  // A press anywhere on a row opens it, except on what has a use of its own or to mark text.
  const row = target.closest<HTMLElement>("tr[data-href]");
  if (!row || target.closest("a, button, input, select, textarea, label, summary, [popover], .select-cell"))
    return;
  if (getSelection()?.isCollapsed === false) return;
  open(row, event.ctrlKey || event.metaKey);
}

function onChange(event: Event): void {
  const input = event.target as HTMLInputElement;
  const block = input.closest<HTMLElement>("[data-table]");
  if (!block) return;
  if ("selectAll" in input.dataset) select(block, input.checked);
  else if ("select" in input.dataset) showSelection(block);
}

function select(block: HTMLElement, checked: boolean): void {
  for (const box of every<HTMLInputElement>("[data-select]", block)) box.checked = checked;
  showSelection(block);
}

function showSelection(block: HTMLElement): void {
  const boxes = every<HTMLInputElement>("[data-select]", block);
  const chosen = boxes.filter((box) => box.checked).length;
  const bar = one(".bulk-bar", block);
  if (bar) bar.hidden = chosen === 0;
  const text = one(".bulk-count", block);
  if (text) text.textContent = t("table.selected", { count: chosen });
  const all = one<HTMLInputElement>("[data-select-all]", block);
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || dialogIsOpen()) return;
  const key = event.key.toLowerCase();
  const at = one("[data-table] tr[data-at]");
  if ((key === "j" || key === "k") && !isKeySequence()) {
    step(at, key === "j" ? 1 : -1);
  } else if (key === "x" && at && !isKeySequence()) {
    one<HTMLInputElement>("[data-select]", at)?.click();
  } else if (key === "enter" && at && document.activeElement?.closest("tr") === at) {
    if ((event.target as Element).matches("input, button")) return;
    open(at, false);
  } else {
    return;
  }
  event.preventDefault();
}

function step(at: HTMLElement | null, by: number): void {
  const rows = every("[data-table] tbody tr[data-id]");
  const next = at ? rows[rows.indexOf(at) + by] : rows[0];
  if (!next) return;
  at?.removeAttribute("data-at");
  next.setAttribute("data-at", "");
  (one(".row-link", next) ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function open(row: HTMLElement, elsewhere: boolean): void {
  const href = row.dataset.href;
  if (!href) return;
  if (elsewhere) window.open(href, "_blank", "noopener");
  else location.assign(href);
}

/** The choice of columns is kept on the server; without script the same form has a button. */
function startChooser(form: HTMLFormElement): void {
  const table = form.dataset.columnsOf ?? "";
  const save = async (columns: string[] | null): Promise<void> => {
    try {
      await callApi("PUT", `/api/v1/me/settings/columns.${table}`, { value: columns });
      await refreshElements([table, "list-tools"]);
    } catch (error) {
      toastError(error);
    }
  };
  form.addEventListener("change", () => {
    const boxes = every<HTMLInputElement>("input[name=columns]", form);
    void save(boxes.filter((box) => box.checked).map((box) => box.value));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isReset = (event.submitter as HTMLButtonElement | null)?.name === "reset";
    if (!isReset) return;
    // The boxes take the state of the server: they are no longer what the person typed.
    for (const box of every<HTMLInputElement>("input[name=columns]", form)) box.checked = box.defaultChecked;
    void save(null);
  });
}

/** Columns that stay in a narrow table: the title and two more. */
const MIN_COLUMNS = 3;

/**
 * Hides the last columns of a table that is wider than the page, where the server does not know their widths. A table
 * that is still too wide scrolls by itself, without a sticky head.
 */
function fit(block: HTMLElement): void {
  const wrap = one(".table-wrap", block);
  const table = one("table", block);
  if (!wrap || !table || table.dataset.layout === "fixed") return;
  for (const cell of every("[data-dropped]", table)) cell.removeAttribute("data-dropped");
  const isWide = (): boolean => table.scrollWidth > wrap.clientWidth + 1;
  if (!("chosen" in block.dataset)) {
    const heads = every("thead [data-column]", table);
    const shown = heads.map((_, place) => place);
    while (shown.length > MIN_COLUMNS && isWide()) {
      const last = shown.pop()!;
      for (const row of every("tr", table)) {
        every("[data-column]", row)[last]?.setAttribute("data-dropped", "");
      }
    }
  }
  wrap.toggleAttribute("data-wide", isWide());
}
