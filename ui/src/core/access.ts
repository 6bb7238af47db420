/** Notice for people whose access ended, with the reason and the next step. The page stays as it is. */
import { make, one } from "./page";
import { t } from "./words";

const TEXTS: Record<string, string> = {
  signed_out: t("access.signed_out"),
  expired: t("access.expired"),
  disabled: t("access.disabled"),
  revoked: t("access.revoked"),
  roles_changed: t("access.roles_changed"),
};

/** Milliseconds until the first look for a new session; each further one waits twice as long. */
const FIRST_LOOK = 1000;
const LONGEST_WAIT = 60_000;

async function readAccess(): Promise<"given" | "signed_out" | "roles_changed" | "unknown"> {
  try {
    const answer = await fetch("/api/v1/me", { headers: { accept: "application/json" } });
    if (answer.status === 401) return "signed_out";
    if (!answer.ok) return "unknown";
    const { roles } = (await answer.json()) as { roles?: unknown[] };
    return roles?.length === 0 ? "roles_changed" : "given";
  } catch {
    return "unknown";
  }
}

/** Returns the reason for which the server refuses this browser; null if it does not, or does not answer. */
export async function lostAccess(): Promise<string | null> {
  const access = await readAccess();
  return access === "given" || access === "unknown" ? null : access;
}

/** Shows why access ended. After a sign-in in another tab the page only needs a reload. */
export async function endAccess(reason: string): Promise<void> {
  if (one("#access-ended")) return;
  const canReturn = reason === "signed_out" || reason === "expired";
  const isBack = canReturn && (await readAccess()) === "given";
  const note = make("div", {
    id: "access-ended",
    class: "notice access-ended",
    "data-tone": "warning",
    role: "status",
    "data-keep": "",
  });
  note.append(...(isBack ? returned() : ended(reason)));
  // The link that skips to the content stays the first of the page.
  const skip = one(".skip-link");
  if (skip) skip.after(note);
  else document.body.prepend(note);
  // The answer that brings a new session may come later than the end of the old one.
  if (canReturn && !isBack) watchForReturn(note, FIRST_LOOK);
}

function watchForReturn(note: HTMLElement, wait: number): void {
  window.setTimeout(async () => {
    const isBack = !document.hidden && (await readAccess()) === "given";
    if (isBack) note.replaceChildren(...returned());
    else watchForReturn(note, Math.min(wait * 2, LONGEST_WAIT));
  }, wait);
}

function ended(reason: string): HTMLElement[] {
  const next = encodeURIComponent(location.pathname + location.search + location.hash);
  return [
    make("span", { class: "grow" }, TEXTS[reason] ?? t("access.ended")),
    make("a", { class: "button", href: `/login?next=${next}` }, t("access.sign_in_again")),
  ];
}

function returned(): HTMLElement[] {
  const here = location.pathname + location.search + location.hash;
  const link = make("a", { class: "button", href: here }, t("access.reload"));
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  return [make("span", { class: "grow" }, t("access.signed_in_again")), link];
}
