/**
 * Message of a change for the page that it leads to, in a cookie of the server or of the page before. Only that page reads it:
 * the page that is left may start its script late, and another tab may load at the same time.
 */

/** Message with the address of the undo. */
interface Flash {
  message: string;
  undo?: string;
}

const COOKIE = "obcms_flash";

/** Leaves a message for the page at an address. */
export function leaveFlash(address: string, message: string): void {
  const path = new URL(address, location.origin).pathname;
  const body = encodeURIComponent(JSON.stringify({ path, message }));
  document.cookie = `${COOKIE}=${body}; Path=/; Max-Age=60; SameSite=Lax`;
}

/** Returns true if a message for this page waits. */
export function hasFlash(): boolean {
  return readFlash() !== null;
}

/** Takes the message for this page; one for another page stays. */
export function takeFlash(): Flash | null {
  const flash = readFlash();
  if (flash) document.cookie = `${COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`;
  return flash;
}

function readFlash(): Flash | null {
  const pair = document.cookie.split("; ").find((entry) => entry.startsWith(`${COOKIE}=`));
  if (!pair) return null;
  try {
    const flash = JSON.parse(decodeURIComponent(pair.slice(COOKIE.length + 1))) as {
      path?: unknown;
      message?: unknown;
      undo?: unknown;
    };
    if (flash.path !== location.pathname || typeof flash.message !== "string") return null;
    // Only our own interface may be called.
    const own = typeof flash.undo === "string" && flash.undo.startsWith("/api/");
    return { message: flash.message, undo: own ? (flash.undo as string) : undefined };
  } catch {
    return null;
  }
}
