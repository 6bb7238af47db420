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

/** Returns the reason for which the server refuses this browser; null if it does not, or does not answer. */
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

/** Shows why access ended. After a sign-in in another tab the page only needs a reload. */
export async function endAccess(reason: string): Promise<void> {
  if (one("#access-ended")) return;
  const back = (await lostAccess()) === null && (reason === "signed_out" || reason === "expired");
  const here = location.pathname + location.search + location.hash;
  const text = back ? t("access.signed_in_again") : (TEXTS[reason] ?? t("access.ended"));
  const link = back
    ? make("a", { class: "button", href: here }, t("access.reload"))
    : make(
        "a",
        { class: "button", href: `/login?next=${encodeURIComponent(here)}` },
        t("access.sign_in_again"),
      );
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
