/** Lists of dates: a text of dates with commas becomes a list with a date picker. */
import { formatMoment } from "../core/days";
import { icon } from "../core/icons";
import { every, make, one } from "../core/page";
import { t } from "../core/words";

/** Starts every list of dates. */
export function startDateLists(): void {
  for (const holder of every("[data-date-list]")) build(holder);
}

function build(holder: HTMLElement): void {
  const found = one<HTMLInputElement>("input", holder);
  const form = holder.closest("form");
  if (!found) return;
  const plain: HTMLInputElement = found;
  const label = holder.dataset.dateList ?? t("dates.label");
  const day = make("input", {
    id: plain.id,
    class: "input",
    type: "date",
    "aria-describedby": plain.getAttribute("aria-describedby") ?? undefined,
    "aria-invalid": plain.getAttribute("aria-invalid") ?? undefined,
  });
  plain.removeAttribute("id");
  plain.type = "hidden";
  const time = make("input", { class: "input", type: "time", "aria-label": t("dates.time", { label }) });
  const add = make("button", { type: "button", class: "button" }, icon("plus"), t("dates.add"));
  const list = make("ul", { class: "date-list" });
  // All-day dates have no times.
  const timed = (): boolean =>
    !!form && !!one("[name$='.time']", form) && !one<HTMLInputElement>("[name=all_day]", form)?.checked;
  const usual = (): string => one<HTMLInputElement>("[name='start.time']", form ?? document)?.value ?? "";
  const entries = (): string[] =>
    plain.value
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter(Boolean);

  function put(items: string[]): void {
    plain.value = [...new Set(items)].sort().join(", ");
    plain.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  function draw(): void {
    list.replaceChildren();
    for (const item of entries()) {
      const remove = make("button", {
        type: "button",
        class: "button",
        "data-only": "icon",
        "data-kind": "quiet",
        "aria-label": t("dates.remove", { date: formatMoment(item) }),
      });
      remove.append(icon("x"));
      remove.addEventListener("click", () => {
        put(entries().filter((other) => other !== item));
        day.focus();
      });
      list.append(make("li", {}, make("span", {}, formatMoment(item)), remove));
    }
    time.hidden = !timed();
  }

  function entriesWithPicked(): string[] {
    const at = timed() ? time.value || usual() : "";
    const picked = at ? `${day.value}T${at}:00` : day.value;
    day.value = "";
    return [...entries(), picked];
  }

  function take(): void {
    if (day.value) put(entriesWithPicked());
    day.focus();
  }

  add.addEventListener("click", take);
  // A date that was picked but not added counts, too.
  form?.addEventListener("submit", () => day.value && put(entriesWithPicked()), { capture: true });
  for (const input of [day, time]) {
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take();
    });
  }
  form?.addEventListener("change", (event) => {
    // Other scripts may change the dates.
    if (event.target === plain || (event.target as HTMLInputElement).name === "all_day") draw();
  });
  holder.replaceChildren(list, make("div", { class: "date-list-add" }, day, time, add), plain);
  draw();
}
