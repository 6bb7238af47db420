/** Side area with busy days, conflicts and upcoming entries, loaded when it is opened. */
import { debounce, fetchDocument, isTyping, make, one, recall, remember } from "../core/page";
import { ApiError } from "../core/page";
import { t } from "../core/words";

/** Starts the side area. */
export function startPanels(host: HTMLElement): void {
  const button = one<HTMLButtonElement>("[data-toggle-panels]", host);
  const side = one("[data-side-panels]", host);
  if (!button || !side) return;
  let asked = 0;
  // In a narrow window it is beneath the calendar: it opens on demand only, and is scrolled to.
  const isNarrow = (): boolean => !matchMedia("(min-width: 1101px)").matches;
  side.tabIndex = -1;

  const load = async (): Promise<void> => {
    asked += 1;
    const own = asked;
    if (side.childElementCount === 0)
      side.replaceChildren(make("p", { class: "muted" }, t("calendar.panels_loading")));
    const query = new URLSearchParams(location.search);
    query.delete("date");
    try {
      const fresh = await fetchDocument(`/calendar/panels?${query}`);
      if (own === asked) side.replaceChildren(...fresh.body.childNodes);
    } catch (error) {
      const reason = error instanceof ApiError ? error.message : t("error.load");
      if (own === asked) side.replaceChildren(make("p", { class: "muted" }, reason));
    }
  };
  const show = (open: boolean): void => {
    side.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-pressed", String(open));
    if (open) void load().then(led);
    // The grid measures itself when the window changes.
    window.dispatchEvent(new Event("resize"));
  };
  // Scrolling needs the content.
  const led = (): void => {
    if (side.hidden || !isNarrow()) return;
    side.scrollIntoView({ block: "start" });
    side.focus({ preventScroll: true });
  };
  const toggle = (): void => {
    show(Boolean(side.hidden));
    remember("calendar.side", side.hidden ? "" : "open");
  };
  button.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "b" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!isTyping(event.target) && !event.defaultPrevented) toggle();
  });
  const renew = debounce(800, () => {
    if (!side.hidden) void load();
  });
  document.addEventListener("obcms:change", renew);
  // The content depends on the filters, not on the date.
  let before = "";
  document.addEventListener("obcms:calendar", (event) => {
    const { modules, q, mine } = (event as CustomEvent<Record<string, string>>).detail;
    const now = [modules, q, mine].join("\n");
    if (before && now !== before) renew();
    before = now;
  });
  if (recall("calendar.side") === "open" && !isNarrow()) show(true);
}
