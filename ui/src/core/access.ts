/** Tells a person whose access ended why, and how to go on. What is typed on the page stays. */
import { make, one } from "./page";

const TEXTS: Record<string, string> = {
  signed_out: "You are signed out.",
  expired: "Your session has ended.",
  disabled: "Your account is disabled. Ask an administrator.",
  revoked: "Your access was revoked.",
  roles_changed: "Your account no longer has a role. Ask an administrator.",
};

/** The reason for which the server refuses this browser; null when it does not, or does not answer. */
export async function lostAccess(): Promise<string | null> {
  try {
    const answer = await fetch("/api/v1/me", { headers: { accept: "application/json" } });
    if (answer.status === 401) return "signed_out";
    if (!answer.ok) return null;
    const { roles } = (await answer.json()) as { roles?: unknown[] };
    return roles?.length === 0 ? "roles_changed" : null;
  } catch {
    return null;
  }
}

/** Shows why access ended. Somebody who signed in again in another tab only has to load the page anew. */
export async function endAccess(reason: string): Promise<void> {
  if (one("#access-ended")) return;
  const back = (await lostAccess()) === null && (reason === "signed_out" || reason === "expired");
  const here = location.pathname + location.search + location.hash;
  const text = back
    ? "You signed in again. Reload the page to continue."
    : (TEXTS[reason] ?? "Your access has ended.");
  const link = back
    ? make("a", { class: "button", href: here }, "Reload")
    : make("a", { class: "button", href: `/login?next=${encodeURIComponent(here)}` }, "Sign in again");
  if (back) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
  }
  const note = make(
    "div",
    {
      id: "access-ended",
      class: "notice access-ended",
      "data-tone": "warning",
      role: "status",
      "data-keep": "",
    },
    make("span", { class: "grow" }, text),
    link,
  );
  // The link that skips to the content stays the first of the page.
  const skip = one(".skip-link");
  if (skip) skip.after(note);
  else document.body.prepend(note);
}
