/** Making something from a click: its kind is chosen, its title typed, and it stands there. */
import { closeCard, showCard } from "./card";
import { wire } from "./commit";
import { addDays } from "./days";
import { type Times, whenWords } from "./entry";
import type { About } from "./view";
import { callApi, make, recall, remember } from "../core/page";
import { Refusal } from "../core/page";
import { toast } from "../core/toast";
import { t } from "../core/words";

/** Something that can be made on a day, and the fields of its form that the day goes into. */
export interface Create {
  label: string;
  href: string;
  collection: string;
  /** The field that names it. */
  title: string;
  /** Its name and its dates are enough to make one. */
  quick: boolean;
  /** These and a resource are enough. */
  books: boolean;
  start: string;
  end: string;
  timed: boolean;
  due: boolean;
  /** The fields for people and for a resource; empty where it has none. */
  people: string;
  resource: string;
}

/** Kinds that are offered at once; the others are behind "More". */
const AT_ONCE = 4;

/** Offers what can be made at a time. `made` is told when something was. */
export function showCreate(
  creates: Create[],
  times: Times,
  zone: string,
  about: About,
  at: Element | DOMRect,
  made: () => void,
): void {
  const fitting = creates.filter((create) => !about.resource || create.resource);
  const usual = fitting.find((create) => create.label === recall("calendar.create")) ?? fitting[0];
  if (!usual) return;
  const when = whenWords(times);
  let chosen = usual;

  const title = make("input", {
    class: "input",
    type: "text",
    name: "title",
    maxlength: "200",
    placeholder: t("create.title"),
    "aria-label": t("create.title"),
    autocomplete: "off",
  });
  const wrong = make("p", { class: "create-wrong", role: "alert" });
  const create = make("button", { type: "submit", class: "button", "data-kind": "main" }, t("create.submit"));
  const more = make("a", { class: "button" }, t("create.more_fields"));
  const kinds = make("div", { class: "create-kinds", role: "radiogroup", "aria-label": t("create.kind") });
  const isQuick = (wanted: Create): boolean => wanted.quick || (wanted.books && Boolean(about.resource));
  const choose = (wanted: Create): void => {
    chosen = wanted;
    for (const option of kinds.querySelectorAll<HTMLInputElement>("input"))
      option.checked = option.value === wanted.label;
    create.hidden = !isQuick(wanted);
    more.textContent = t(isQuick(wanted) ? "create.more_fields" : "create.continue");
    if (isQuick(wanted)) delete more.dataset.kind;
    else more.dataset.kind = "main";
    follow();
  };
  const follow = (): void => {
    const address = new URL(chosen.href, location.href);
    for (const [name, value] of Object.entries(fieldsOf(chosen, times, zone, about)))
      address.searchParams.set(name, String(Array.isArray(value) ? value[0] : value));
    if (title.value.trim()) address.searchParams.set(chosen.title, title.value.trim());
    more.setAttribute("href", address.pathname + address.search);
  };
  const option = (entry: Create): HTMLElement => {
    const input = make("input", { type: "radio", name: "kind", value: entry.label });
    input.addEventListener("change", () => choose(entry));
    return make("label", { class: "create-kind" }, input, make("span", {}, entry.label));
  };
  const first = fitting.slice(0, AT_ONCE);
  if (!first.includes(usual)) first.push(usual);
  kinds.append(...first.map(option));
  const rest = fitting.filter((entry) => !first.includes(entry));
  if (rest.length > 0) {
    const others = make(
      "button",
      { type: "button", class: "create-others" },
      t("common.more_count", { count: rest.length }),
    );
    others.addEventListener("click", () => {
      others.replaceWith(...rest.map(option));
      kinds.querySelectorAll("input")[first.length]?.focus();
    });
    kinds.append(others);
  }
  title.addEventListener("input", follow);
  const form = make(
    "form",
    { class: "entry-card-body create" },
    make("p", { class: "menu-label" }, when),
    title,
    kinds,
    wrong,
    make("div", { class: "entry-card-foot" }, create, more),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isQuick(chosen)) {
      location.assign(more.href);
      return;
    }
    if (!title.value.trim()) {
      wrong.textContent = t("create.no_title");
      title.focus();
      return;
    }
    create.disabled = true;
    remember("calendar.create", chosen.label);
    const body = { [chosen.title]: title.value.trim(), ...fieldsOf(chosen, times, zone, about) };
    callApi<{ id: string }>("POST", `/api/v1/${chosen.collection}`, body).then(
      ({ id }) => {
        closeCard();
        const said = t("create.created", {
          kind: chosen.label.toLowerCase(),
          title: title.value.trim(),
          when,
        });
        toast(said, { undo: `/api/v1/${chosen.collection}/${id}/undo` });
        made();
      },
      (error: unknown) => {
        create.disabled = false;
        wrong.textContent = error instanceof Refusal ? error.message : t("create.failed");
        title.focus();
      },
    );
  });
  choose(usual);
  showCard(form, at, t("create.label", { when }));
  title.focus();
}

/** The fields that the time, and the person or resource of the row, go into. */
function fieldsOf(create: Create, times: Times, zone: string, about: About): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (about.person && create.people) fields[create.people] = [about.person];
  if (about.resource && create.resource) fields[create.resource] = about.resource;
  if (create.timed) {
    fields[create.start] = wire(times.start, times.allDay, zone);
    if (create.end) fields[create.end] = wire(times.end, times.allDay, zone);
    fields.all_day = times.allDay;
    return fields;
  }
  const first = times.start.slice(0, 10);
  const last = times.allDay ? addDays(times.end, -1) : first;
  if (create.start && (!create.due || last > first)) fields[create.start] = first;
  if (create.end) fields[create.end] = last;
  return fields;
}
