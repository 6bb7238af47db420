/** Quick creation at a time: a card with kind and title. */
import { closeCard, showCard } from "./card";
import { toastWithClashes } from "./clashes";
import { toApiTime } from "./commit";
import { addDays } from "../core/days";
import { type Times, formatTimes } from "./entry";
import type { Ghost, RowTarget } from "./view";
import { callApi, make, recall, remember } from "../core/page";
import { ApiError } from "../core/page";
import { t } from "../core/words";

/** Kind of record that can be created at a time, and the fields of its form that the time goes into. */
export interface Create {
  label: string;
  href: string;
  collection: string;
  /** Field with its title. */
  title: string;
  /** Title and dates are enough. */
  quick: boolean;
  /** Title, dates and a resource are enough. */
  books: boolean;
  start: string;
  end: string;
  timed: boolean;
  due: boolean;
  /** Fields for people and for a resource; empty if it has none. */
  people: string;
  resource: string;
}

/** Kinds that are offered at once; the others are behind a button. */
const SHOWN_KINDS = 4;

/** Shows the card. `onCreated` is called after a record was created. */
export function showCreate(
  creates: Create[],
  times: Times,
  zone: string,
  about: RowTarget,
  at: Element | DOMRect,
  onCreated: (record: string) => void,
  ghost?: Ghost,
): void {
  const fitting = creates.filter((create) => !about.resource || create.resource);
  const usual = fitting.find((create) => create.label === recall("calendar.create")) ?? fitting[0];
  if (!usual) return;
  const when = formatTimes(times);
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
    updateLink();
  };
  const updateLink = (): void => {
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
  const first = fitting.slice(0, SHOWN_KINDS);
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
  title.addEventListener("input", () => {
    updateLink();
    ghost?.show(times, title.value.trim());
  });
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
        const made = t("create.created", {
          kind: chosen.label.toLowerCase(),
          title: title.value.trim(),
          when,
        });
        onCreated(id);
        toastWithClashes(made, id, times, zone, `/api/v1/${chosen.collection}/${id}/undo`);
      },
      (error: unknown) => {
        create.disabled = false;
        wrong.textContent = error instanceof ApiError ? error.message : t("create.failed");
        title.focus();
      },
    );
  });
  choose(usual);
  ghost?.show(times, "");
  showCard(form, at, t("create.label", { when }), undefined, () => ghost?.remove());
  title.focus();
}

/** Fields that the time, and the person or resource of the row, go into. */
function fieldsOf(create: Create, times: Times, zone: string, about: RowTarget): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  // Work that someone notes in their calendar is theirs.
  const person = about.person ?? (create.due ? document.body.dataset.person : undefined);
  if (person && create.people) fields[create.people] = [person];
  if (about.resource && create.resource) fields[create.resource] = about.resource;
  if (create.timed) {
    fields[create.start] = toApiTime(times.start, times.allDay, zone);
    if (create.end) fields[create.end] = toApiTime(times.end, times.allDay, zone);
    fields.all_day = times.allDay;
    return fields;
  }
  const first = times.start.slice(0, 10);
  const last = times.allDay ? addDays(times.end, -1) : first;
  if (create.start && (!create.due || last > first)) fields[create.start] = first;
  if (create.end) fields[create.end] = last;
  return fields;
}
