// Gestures as people make them: keys one after the other, the mouse pressed and let go, a server that takes its time.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { readUntil } from "./work.mjs";

/** Milliseconds between two keys of somebody who types quickly. */
export const KEY = 50;

/** Types into the field that has the focus, or into `target`, key by key. */
export async function typeLike(page, text, target) {
  if (target) await target.click();
  await page.keyboard.type(text, { delay: KEY });
}

/** Where an element is, once it lies still; while it is drawn anew it is nowhere. */
export async function boxOf(target) {
  let last = null;
  const box = await readUntil(async () => {
    const [before, now] = [last, await target.boundingBox()];
    last = now;
    return isDeepStrictEqual(before, now) ? now : null;
  }, (box) => box !== null);
  assert.ok(box, `${target} does not lie still`);
  return box;
}

/** The middle of an element, once it lies still. */
export async function middleOf(target) {
  const { x, y, width, height } = await boxOf(target);
  return { x: x + width / 2, y: y + height / 2 };
}

/** Where an hour of a day is in the calendar, such as 10:00 of 2033-01-12. */
export async function placeOf(page, date, time) {
  const column = await boxOf(page.locator(`.fc-timegrid-col[data-date="${date}"]`));
  const slot = await boxOf(page.locator(`.fc-timegrid-slot-lane[data-time="${time}:00"]`));
  return { x: column.x + column.width / 2, y: slot.y + 3 };
}

/** Presses the middle of the element and lets go there, whatever lies under the pointer by then. */
export async function pressLike(page, target, hold = 90) {
  await target.scrollIntoViewIfNeeded();
  const { x, y } = await middleOf(target);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate((time) => new Promise((resolve) => setTimeout(resolve, time)), hold);
  await page.mouse.up();
}

/** Holds every answer to addresses that match for `delay` milliseconds; `delay` may be a function of the address. */
export async function slowly(page, pattern, delay) {
  await page.route(pattern, async (route) => {
    const time = typeof delay === "function" ? delay(route.request().url()) : delay;
    const answer = await route.fetch();
    await new Promise((resolve) => setTimeout(resolve, time));
    await route.fulfill({ response: answer }).catch(() => undefined);
  });
}

/** Holds what is asked of addresses with this path until the returned function is called. */
export async function hold(page, path) {
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route((url) => url.pathname === path, (route) => held.then(() => route.continue()));
  return release;
}

/** The picker of a field: its input, what is chosen, what is typed and not chosen yet, and what is said beneath. */
export function picker(page, name) {
  const holder = page.locator(`[data-reference][data-name="${name}"]`);
  return {
    holder,
    input: holder.locator('input[type="text"]'),
    chosen: holder.locator("[data-chosen]"),
    typed: holder.locator("[data-typed]"),
    list: holder.locator(".picker-list"),
    option: holder.locator(".picker-option"),
    error: holder.locator(".field-error"),
    values: () => holder.locator('input[type="hidden"]').evaluateAll((all) => all.map(({ value }) => value)),
  };
}

/** The session of the page ends on the server, as by signing out in another browser. */
export async function endSession(page) {
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name.endsWith("obcms_session"));
  assert.ok(session, "nobody is signed in");
  await page.context().clearCookies({ name: session.name });
}

/** Opens the page and waits until the server tells it of changes. */
export async function openLive(page, address) {
  const stream = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/api/v1/stream");
  await page.goto(address);
  await stream;
}

/** What the API says of whoever is signed in on the page. */
export async function whoAmI(page) {
  const answer = await page.request.get("/api/v1/me");
  assert.ok(answer.ok(), `me: ${answer.status()}`);
  return answer.json();
}

/** The id of whoever is signed in on the page. */
export async function ownId(page) {
  return (await whoAmI(page)).id;
}

/** Signs in on the page that asks for it, with the keyboard alone. */
export async function signInAgain(page, username, password) {
  await typeLike(page, username, page.getByLabel("User name"));
  await page.keyboard.press("Tab");
  await page.keyboard.type(password, { delay: KEY });
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/login");
}

/** Undoes the change with this message, whichever other messages are there still. */
export async function undo(page, message) {
  await page.locator("#toasts .toast", { hasText: message }).getByRole("button", { name: "Undo" }).click();
}

/** Does something on a page, and fails if the page was loaded anew for it or scrolled back to its top. */
export async function withoutReload(page, act) {
  await page.evaluate(() => (globalThis.isSamePage = true));
  const before = await page.evaluate(() => scrollY);
  await act();
  assert.equal(await page.evaluate(() => globalThis.isSamePage), true, "The page was loaded again.");
  const after = await page.evaluate(() => Math.min(scrollY, document.documentElement.scrollHeight - innerHeight));
  assert.ok(before === 0 || after > 0, `The page scrolled from ${before} to ${after}.`);
}
