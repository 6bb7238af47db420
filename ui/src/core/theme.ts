/** Theme: light, dark or that of the system, in a cookie so that the server draws it at once. */
import { every } from "./page";

const THEMES = ["auto", "light", "dark"];

/** Sets the theme. */
export function setTheme(theme: string): void {
  const chosen = THEMES.includes(theme) ? theme : "auto";
  document.documentElement.dataset.theme = chosen;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `obcms_theme=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  for (const button of every("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === chosen));
  }
}

/** Starts the buttons for the theme. */
export function startTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-set-theme]");
    if (button?.dataset.setTheme) setTheme(button.dataset.setTheme);
  });
}
