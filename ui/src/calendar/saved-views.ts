/** Saved views: save, rename, delete, set as default. */
import { refresh } from "../core/live";
import { callApi, make, one } from "../core/page";
import { toast, toastError } from "../core/toast";
import { t } from "../core/words";

const COLLECTION = "/api/v1/saved-views";

/** Starts the menu of saved views. */
export function startSavedViews(host: HTMLElement): void {
  const menu = one<HTMLDetailsElement>("[data-presets]", host);
  menu?.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const input = one<HTMLInputElement>("input", form);
    const name = input?.value.trim();
    if (!name || !input) return;
    if (form.matches("[data-preset-rename-form]")) {
      const id = form.closest<HTMLElement>("[data-preset]")?.dataset.preset;
      if (id) void send("PATCH", `${COLLECTION}/${id}`, { name }, t("view.renamed", { name }));
      return;
    }
    input.value = "";
    void send("POST", COLLECTION, { name, page: "calendar", query: shown() }, t("view.saved", { name }));
  });
  menu?.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button");
    const holder = button?.closest<HTMLElement>("[data-preset]");
    if (!button || !holder) return;
    const address = `${COLLECTION}/${holder.dataset.preset}`;
    const name = holder.dataset.name ?? "";
    if (button.dataset.presetDefault !== undefined) {
      const opens = button.dataset.presetDefault === "true";
      const message = opens ? t("view.default", { name }) : t("view.default_removed");
      void send("PATCH", address, { is_default: opens }, message);
    } else if (button.dataset.presetRename !== undefined) {
      // Only when the menu has seen that the click was within it.
      setTimeout(() => rename(holder, name));
    } else if (button.dataset.presetDelete !== undefined) {
      void send("DELETE", address, undefined, t("view.deleted", { name }), `${address}/undo`);
    }
  });
}

/** View and filters without the date. */
function shown(): string {
  const query = new URLSearchParams(location.search);
  query.delete("date");
  return query.toString();
}

async function send(
  method: string,
  address: string,
  body: unknown,
  message: string,
  undo?: string,
): Promise<void> {
  try {
    await callApi(method, address, body);
    toast(message, { undo });
    refresh();
  } catch (error) {
    toastError(error);
  }
}

function rename(holder: HTMLElement, name: string): void {
  const input = make("input", {
    class: "input",
    type: "text",
    maxlength: "80",
    "aria-label": t("view.new_name"),
  });
  input.value = name;
  const save = make("button", { type: "submit", class: "button" }, t("common.rename"));
  holder.replaceChildren(
    make("form", { class: "preset-new", "data-preset-rename-form": "" }, make("div", {}, input, save)),
  );
  input.select();
}
