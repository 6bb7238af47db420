/** Planner of the event form: free and busy guests, and free resources, for the time that is typed. */
import { debounce, every, make, one } from "../core/page";
import { afterPress } from "../core/press";

/** Fields that decide about what is shown. */
const FIELDS = [
  "all_day",
  "start",
  "start.time",
  "end",
  "end.time",
  "timezone",
  "rrule",
  "rdates",
  "exdates",
  "organizer",
  "participants",
  "facilitators",
  "expected_participants",
  "resources",
  "resources_before",
  "occurrence",
  "scope",
];

/** Starts the planner of the form of an event. */
export function startPlanner(): void {
  const form = one("[data-planner]")?.closest<HTMLFormElement>("form");
  if (!form) return;
  // The script asks by itself. The button would also be the one that Enter presses.
  for (const button of every("[data-check], [data-default]", form)) button.remove();
  const name = one<HTMLInputElement>("[name=resource_name]", form);
  name?.addEventListener("change", () => takeNamed(form, name));
  name?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    takeNamed(form, name);
  });
  let last = questionOf(form);
  let asked = 0;
  const look = async (): Promise<void> => {
    const question = questionOf(form);
    if (question === last) return;
    last = question;
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(`/events/planner?${question}`, { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      await afterPress();
      if (mine === asked) show(form, page);
    } catch {
      // Without a connection the form stays as it is; the server checks again when it is saved.
      last = "";
    }
  };
  const ask = debounce(250, () => void look());
  for (const event of ["input", "change", "obcms:picked"]) form.addEventListener(event, ask);
  // Chosen people are hidden inputs, which send no events.
  new MutationObserver(ask).observe(form, { childList: true, subtree: true });
}

function questionOf(form: HTMLFormElement): string {
  const question = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (FIELDS.includes(name) && typeof value === "string" && value) question.append(name, value);
  }
  const shown = one<HTMLInputElement>("[name=shown_fields]", form)?.value.split(",") ?? [];
  question.set("shown_fields", shown.filter((field) => FIELDS.includes(field)).join(","));
  const known = /^\/events\/([0-9a-f-]{36})\/edit$/.exec(location.pathname)?.[1];
  if (known) question.set("event", known);
  return question.toString();
}

/** Shows the answer; the focus and the place in the list stay. */
function show(form: HTMLFormElement, page: Document): void {
  const focused = document.activeElement;
  const value = focused instanceof HTMLInputElement && focused.name === "resources" ? focused.value : null;
  for (const part of every("[data-planner]", form)) {
    const next = one(`[data-planner=${part.dataset.planner ?? ""}]`, page);
    if (!next || part.innerHTML === next.innerHTML) continue;
    const place = one(".resource-choices", part)?.scrollTop ?? 0;
    part.replaceChildren(...next.childNodes);
    const list = one(".resource-choices", part);
    if (list) list.scrollTop = place;
  }
  if (value) one<HTMLInputElement>(`[name=resources][value="${CSS.escape(value)}"]`, form)?.focus();
  const start = one<HTMLInputElement>("[name=start]", form)?.closest<HTMLElement>(".field");
  const note = one("[data-planner=start]", page)?.textContent ?? "";
  if (!start) return;
  let help = one(".field-help", start);
  if (!help && note) {
    help = make("p", { class: "field-help", role: "status" });
    start.append(help);
  }
  if (help) help.textContent = note;
}

/** Selects the resource with the typed name. */
function takeNamed(form: HTMLFormElement, name: HTMLInputElement): void {
  const wanted = name.value.trim().toLowerCase();
  if (!wanted) return;
  const found = every<HTMLElement>(".resource-choice", form).find(
    (choice) => one(".resource-name", choice)?.textContent?.trim().toLowerCase() === wanted,
  );
  const box = found && one<HTMLInputElement>("input", found);
  if (!box || box.disabled) return;
  box.checked = true;
  name.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
  found.scrollIntoView({ block: "nearest" });
}
