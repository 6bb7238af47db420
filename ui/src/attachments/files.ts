/** Files of a record: added by picker, camera, drag and drop or paste, each with its progress; removed with an undo. */
import { icon } from "../core/icons";
import { refresh } from "../core/live";
import { announce, callApi, csrfToken, every, isTyping, make, one, renewToken } from "../core/page";
import { toast, toastError } from "../core/toast";
import { t } from "../core/words";

/** File that is being sent, or was refused. */
interface Upload {
  file: File;
  form: HTMLFormElement;
  row: HTMLElement;
  bar: HTMLProgressElement;
  state: HTMLElement;
  request: XMLHttpRequest | null;
  /** True if it was sent again with the token of a sign-in in another tab. */
  isRenewed: boolean;
}

const FORMS = "form[data-upload]";
/** Files that are sent at the same time. */
const TOGETHER = 2;
/** Milliseconds until a request without any progress is given up. */
const STALLED = 60_000;

const waiting: Upload[] = [];
let running = 0;

/** Starts the lists of files of the page. */
export function startFiles(): void {
  // The form works without a script by a button, which is not needed any more.
  document.body.dataset.uploads = "";
  document.addEventListener("change", onPick);
  document.addEventListener("submit", onRemove);
  document.addEventListener("paste", onPaste);
  for (const name of ["dragenter", "dragover"] as const) document.addEventListener(name, onDrag);
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(null);
  });
  document.addEventListener("drop", onDrop);
  window.addEventListener("beforeunload", (event) => {
    if (running > 0 || waiting.length > 0) event.preventDefault();
  });
}

function onPick(event: Event): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
  const form = input.closest<HTMLFormElement>(FORMS);
  if (!form) return;
  add(form, [...(input.files ?? [])]);
  input.value = "";
}

function onPaste(event: ClipboardEvent): void {
  const files = [...(event.clipboardData?.files ?? [])];
  // Text with a picture, as from a word processor, is pasted as text where one types.
  const hasText = event.clipboardData?.types.includes("text/plain");
  const form = one<HTMLFormElement>(FORMS);
  if (!form || files.length === 0 || (hasText && isTyping(event.target))) return;
  event.preventDefault();
  add(form, files.map(named));
}

/** Gives a picture from the clipboard a name of its own. */
function named(file: File): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-");
  const name = t("files.pasted_name", { time: `${day} ${time}` });
  return new File([file], `${name}${file.name.slice(5)}`, { type: file.type });
}

/** Returns the list that takes what is dropped here: that under the pointer, or the only one of the page. */
function target(event: DragEvent): HTMLFormElement | null {
  const panel = event.target instanceof Element ? event.target.closest(".panel") : null;
  const forms = every<HTMLFormElement>(FORMS);
  const under = forms.find((form) => form.closest(".panel") === panel);
  return under ?? (forms.length === 1 ? forms[0]! : null);
}

/** Returns true if files are dragged, rather than a text or a card. */
function bringsFiles(data: DataTransfer): boolean {
  return data.types.some((type) => type.toLowerCase() === "files");
}

function onDrag(event: DragEvent): void {
  if (!event.dataTransfer || !bringsFiles(event.dataTransfer) || !one(FORMS)) return;
  // Without this the browser would open the file in place of the page.
  event.preventDefault();
  const form = target(event);
  event.dataTransfer.dropEffect = form ? "copy" : "none";
  mark(form);
}

function onDrop(event: DragEvent): void {
  if (!event.dataTransfer || !bringsFiles(event.dataTransfer) || !one(FORMS)) return;
  event.preventDefault();
  const form = target(event);
  mark(null);
  if (form) add(form, [...event.dataTransfer.files]);
}

function mark(form: HTMLFormElement | null): void {
  for (const other of every(FORMS)) other.toggleAttribute("data-over", other === form);
}

function add(form: HTMLFormElement, files: File[]): void {
  const list = form.parentElement && one(".file-uploads", form.parentElement);
  if (!list) return;
  const most = Number(form.dataset.most);
  for (const file of files) {
    const upload = show(form, list, file);
    if (file.size === 0) fail(upload, t("files.empty"), false);
    else if (file.size > most)
      fail(upload, t("files.too_large", { size: Math.round(most / 1_048_576) }), false);
    else waiting.push(upload);
  }
  next();
}

function show(form: HTMLFormElement, list: HTMLElement, file: File): Upload {
  const bar = make("progress", {
    max: "100",
    value: "0",
    "aria-label": t("files.progress", { name: file.name }),
  });
  const state = make("span", { class: "file-state", role: "status" }, t("files.waiting"));
  const row = make(
    "li",
    { class: "file-upload" },
    make("span", { class: "file-name" }, file.name),
    bar,
    state,
  );
  const upload: Upload = { file, form, row, bar, state, request: null, isRenewed: false };
  row.append(button(t("files.cancel", { name: file.name }), () => cancel(upload)));
  list.append(row);
  return upload;
}

function button(label: string, action: () => void): HTMLElement {
  const made = make("button", {
    type: "button",
    class: "button",
    "data-kind": "quiet",
    "data-only": "icon",
    "aria-label": label,
    title: label,
  });
  made.append(icon("x"));
  made.addEventListener("click", action);
  return made;
}

function cancel(upload: Upload): void {
  const place = waiting.indexOf(upload);
  if (place >= 0) waiting.splice(place, 1);
  upload.request?.abort();
  upload.row.remove();
}

function next(): void {
  while (running < TOGETHER) {
    const upload = waiting.shift();
    if (!upload) return;
    running += 1;
    send(upload);
  }
}

function send(upload: Upload): void {
  const request = new XMLHttpRequest();
  upload.request = request;
  upload.state.textContent = t("files.sending", { percent: 0 });
  const body = new FormData();
  body.append("file", upload.file, upload.file.name);
  request.open("POST", upload.form.dataset.upload ?? "");
  request.setRequestHeader("accept", "application/json");
  request.setRequestHeader("x-csrf-token", csrfToken());
  let alive = watch(request);
  request.upload.addEventListener("progress", (event) => {
    clearTimeout(alive);
    alive = watch(request);
    const percent = event.lengthComputable ? Math.floor((event.loaded / event.total) * 100) : 0;
    upload.bar.value = percent;
    upload.state.textContent = percent < 100 ? t("files.sending", { percent }) : t("files.checking");
  });
  request.addEventListener("loadend", () => {
    clearTimeout(alive);
    upload.request = null;
    void end(upload, request);
  });
  request.send(body);
}

async function end(upload: Upload, request: XMLHttpRequest): Promise<void> {
  if (request.status === 403 && !upload.isRenewed && (await renewToken())) {
    upload.isRenewed = true;
    send(upload);
    return;
  }
  running -= 1;
  finish(upload, request);
  next();
}

/** Gives a request up that makes no progress. */
function watch(request: XMLHttpRequest): number {
  return window.setTimeout(() => request.abort(), STALLED);
}

function finish(upload: Upload, request: XMLHttpRequest): void {
  // It was cancelled.
  if (!upload.row.isConnected) return;
  if (request.status === 200 || request.status === 201) {
    upload.row.remove();
    announce(t("files.added", { name: upload.file.name }));
    refresh();
    return;
  }
  const canRetry = request.status === 0 || request.status >= 500;
  fail(upload, reason(request), canRetry);
}

/** Returns why a file was refused. */
function reason(request: XMLHttpRequest): string {
  if (request.status === 0) return t("error.unreachable");
  if (request.status === 401) return t("error.session_ended");
  try {
    const problem = JSON.parse(request.responseText) as { detail?: string; errors?: { message: string }[] };
    const fields = problem.errors?.map((error) => error.message).join(" ");
    return fields || problem.detail || t("error.rejected", { status: request.status });
  } catch {
    return t("error.rejected", { status: request.status });
  }
}

function fail(upload: Upload, message: string, canRetry: boolean): void {
  upload.row.dataset.tone = "bad";
  upload.bar.hidden = true;
  upload.state.setAttribute("role", "alert");
  upload.state.textContent = message;
  if (!canRetry) return;
  const again = make("button", { type: "button", class: "button" }, t("files.again"));
  again.addEventListener("click", () => {
    again.remove();
    delete upload.row.dataset.tone;
    upload.bar.hidden = false;
    upload.bar.value = 0;
    upload.state.setAttribute("role", "status");
    upload.state.textContent = t("files.waiting");
    waiting.push(upload);
    next();
  });
  upload.state.after(again);
}

/** Removes a file without leaving the page. */
function onRemove(event: SubmitEvent): void {
  const form = event.target instanceof HTMLFormElement ? event.target : null;
  const row = form?.closest<HTMLElement>(".file-row[data-file]");
  if (!form || !row || event.defaultPrevented) return;
  event.preventDefault();
  void change(row.dataset.file ?? "", row.dataset.name ?? "", row.hasAttribute("data-removed"));
}

async function change(address: string, name: string, isRemoved: boolean): Promise<void> {
  try {
    if (isRemoved) {
      await callApi("POST", `${address}/restore`);
      toast(t("files.restored", { name }));
    } else {
      await callApi("DELETE", address);
      toast(t("files.removed", { name }), { undo: `${address}/restore` });
    }
    refresh();
  } catch (error) {
    toastError(error);
  }
}
