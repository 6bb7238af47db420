/** Frame of the page: groups of the sidebar keep their state, menus close on a click elsewhere. */
import { callApi, every, one } from "./page";
import { toastError } from "./toast";

/** Starts sidebar and menus. */
export function startNavigation(): void {
  rememberGroups();
  showCurrentLink();

  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeInnermostMenu(event);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveWithinMenu(event);
  });
}

/** Scrolls the sidebar alone; `scrollIntoView` would scroll the page too. */
function showCurrentLink(): void {
  const link = one(".sidebar-link[aria-current]");
  const sidebar = link?.closest<HTMLElement>(".sidebar-links");
  if (!link || !sidebar) return;
  const beneath = link.getBoundingClientRect().bottom - sidebar.getBoundingClientRect().bottom;
  if (beneath > 0) sidebar.scrollTop += beneath + 12;
}

/** Keeps the groups that the person opens on the server. The group of the present page is open in any case. */
function rememberGroups(): void {
  const open = new Set(
    every<HTMLDetailsElement>(".sidebar-group[data-kept]").map((group) => group.dataset.group ?? ""),
  );
  for (const group of every<HTMLDetailsElement>(".sidebar-group")) {
    const name = group.dataset.group ?? "";
    one("summary", group)?.addEventListener("click", () => {
      // The click opens or closes it after this.
      if (group.open) open.delete(name);
      else open.add(name);
      callApi("PUT", "/api/v1/me/settings/sidebar.open", { value: [...open] }).catch(toastError);
    });
  }
}

function openMenus(): HTMLDetailsElement[] {
  return every<HTMLDetailsElement>("details.menu[open]");
}

function closeInnermostMenu(event: KeyboardEvent): void {
  const menu = openMenus().at(-1);
  if (!menu) return;
  menu.open = false;
  one("summary", menu)?.focus();
  event.stopPropagation();
}

function moveWithinMenu(event: KeyboardEvent): void {
  const menu = (event.target as Element).closest<HTMLDetailsElement>("details.menu[open]");
  if (!menu || (event.target as Element).matches("input, select, textarea")) return;
  const items = every(".menu-item", menu);
  if (items.length === 0) return;
  const place = items.indexOf(document.activeElement as HTMLElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at((place + step + items.length) % items.length)?.focus();
  event.preventDefault();
}
