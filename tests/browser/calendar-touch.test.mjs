// Fingers in the hours of the calendar: one that rests takes an entry along or makes one, one that moves scrolls.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, endSession, middleOf, signInAgain, whoAmI } from "./people.mjs";
import { machineTime, PASSWORD, runningProgram } from "./program.mjs";
import { api, becomes as reaches, hasCount } from "./work.mjs";

const running = runningProgram();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let known;
const client = (...given) => (known ??= api(running))(...given);
const entry = (page, title) => page.locator(".fc-timegrid-event[data-entry]:not(.fc-event-mirror)", { hasText: title });
const column = (page, date) => page.locator(`.fc-timegrid-col[data-date="${date}"]`);

/** The page of three days from the date, and a finger on it. */
async function opened(date) {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto(`/calendar?view=week&date=${date}`);
  await column(page, date).waitFor();
  const session = await page.context().newCDPSession(page);
  const touch = (type, point, timestamp) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: point ? [point] : [], timestamp });
  return { page, touch };
}

/** Waits until the event begins and ends then. */
function becomes(id, start, end) {
  return reaches(
    async () => {
      const found = await client("GET", `events/${id}`);
      return [found.start, found.end];
    },
    [start, end],
  );
}

/** Where an hour of a day is on the screen. */
async function at(page, date, hour) {
  const day = await boxOf(column(page, date));
  const slot = await boxOf(page.locator(`.fc-timegrid-slot-lane[data-time="${hour}"]`));
  return { x: day.x + day.width / 2, y: slot.y + slot.height / 2 };
}

/** Lets the page wait for the hours to roll out after a finger lets go of them. */
function rollsOut(page) {
  return page.locator(".fc-scroller-liquid-absolute").evaluate((hours) => {
    window.rolledOut = new Promise((resolve) => hours.addEventListener("scrollend", resolve, { once: true }));
  });
}

test("long press drags an entry to another day and hour", async () => {
  const { id } = await client("POST", "events", {
    title: "Carry me",
    start: "2032-03-10T09:00:00+08:00",
    end: "2032-03-10T10:00:00+08:00",
  });
  const { page, touch } = await opened("2032-03-10");
  await entry(page, "Carry me").waitFor();
  const from = await middleOf(entry(page, "Carry me"));
  const [here, there] = [await at(page, "2032-03-10", "09:00:00"), await at(page, "2032-03-11", "11:00:00")];
  const way = { x: there.x - here.x, y: there.y - here.y };
  await touch("touchStart", from);
  // The grid marks what the finger has taken.
  await page.locator(".fc-event-selected", { hasText: "Carry me" }).first().waitFor({ state: "attached" });
  for (const share of [0.2, 0.5, 0.8, 1])
    await touch("touchMove", { x: from.x + way.x * share, y: from.y + way.y * share });
  await page.locator(".fc-event-mirror").first().waitFor();
  await touch("touchEnd");
  await becomes(id, "2032-03-11T11:00:00+08:00", "2032-03-11T12:00:00+08:00");
  await page.getByRole("button", { name: "Undo" }).tap();
  await becomes(id, "2032-03-10T09:00:00+08:00", "2032-03-10T10:00:00+08:00");
  await page.context().close();
});

test("drag by finger without a session is reverted and offers sign-in", async () => {
  const start = "2032-04-07T09:00:00+08:00";
  const { id } = await client("POST", "events", { title: "Carry late", start, end: "2032-04-07T10:00:00+08:00" });
  const { page, touch } = await opened("2032-04-07");
  const { username } = await whoAmI(page);
  await entry(page, "Carry late").waitFor();
  const carry = async () => {
    const from = await middleOf(entry(page, "Carry late"));
    const [here, there] = [await at(page, "2032-04-07", "09:00:00"), await at(page, "2032-04-08", "11:00:00")];
    await touch("touchStart", from);
    await page.locator(".fc-event-selected", { hasText: "Carry late" }).first().waitFor({ state: "attached" });
    for (const share of [0.2, 0.5, 0.8, 1])
      await touch("touchMove", { x: from.x + (there.x - here.x) * share, y: from.y + (there.y - here.y) * share });
    await page.locator(".fc-event-mirror").first().waitFor();
    await touch("touchEnd");
  };
  await endSession(page);
  await carry();
  const toast = page.locator(".toast", { hasText: "session has ended" });
  await toast.waitFor();
  await column(page, "2032-04-07").getByText("Carry late").waitFor();
  assert.equal((await client("GET", `events/${id}`)).start, start);
  await toast.getByRole("link", { name: "Sign in" }).tap();
  await page.waitForURL((url) => url.pathname === "/login");
  await signInAgain(page, username, PASSWORD);
  await page.waitForURL((url) => url.pathname === "/calendar" && url.searchParams.get("date") === "2032-04-07");
  await entry(page, "Carry late").waitFor();
  await carry();
  await becomes(id, "2032-04-08T11:00:00+08:00", "2032-04-08T12:00:00+08:00");
  await page.context().close();
});

test("long press on free hours creates an entry of that length", async () => {
  const { page, touch } = await opened("2032-03-17");
  const from = await at(page, "2032-03-18", "09:00:00");
  const to = await at(page, "2032-03-18", "11:30:00");
  await touch("touchStart", from);
  await page.locator(".fc-highlight").waitFor();
  for (const share of [0.3, 0.6, 1]) await touch("touchMove", { x: from.x, y: from.y + (to.y - from.y) * share });
  await touch("touchEnd");
  const card = page.locator(".entry-card");
  await card.getByText("Thu 18 Mar, 9:00 AM – 12:00 PM").waitFor();
  await card.getByText("Event", { exact: true }).tap();
  await card.getByLabel("Title").fill("Made by a finger");
  await card.getByRole("button", { name: "Create" }).tap();
  await entry(page, "Made by a finger").waitFor();
  const { items } = await client("GET", "events?q=Made%20by%20a%20finger");
  assert.equal(items.length, 1);
  assert.equal(items[0].start, "2032-03-18T09:00:00+08:00");
  assert.equal(items[0].end, "2032-03-18T12:00:00+08:00");
  await page.context().close();
});

test("tap creates an entry of an hour, and a moving finger scrolls", async () => {
  const { page, touch } = await opened("2032-03-24");
  const from = await at(page, "2032-03-25", "11:00:00");
  const before = await page.locator(".fc-scroller-liquid-absolute").evaluate((element) => element.scrollTop);
  await rollsOut(page);
  // However slow the machine is, these arrive together. The finger stops before it lets go, so that nothing rolls on.
  const when = (milliseconds) => (machineTime() - 1000 + milliseconds) / 1000;
  await Promise.all([
    touch("touchStart", from, when(0)),
    ...[20, 60, 100, 140, 140].map((way, step) =>
      touch("touchMove", { x: from.x, y: from.y - way }, when(step < 4 ? 20 * step + 20 : 500)),
    ),
    touch("touchEnd", undefined, when(700)),
  ]);
  await page.waitForFunction(
    (top) => document.querySelector(".fc-scroller-liquid-absolute").scrollTop > top,
    before,
  );
  await hasCount(page.locator(".entry-card"), 0);
  await page.evaluate(() => window.rolledOut);
  const free = await at(page, "2032-03-25", "12:00:00");
  await page.touchscreen.tap(free.x, free.y);
  await page.locator(".entry-card").getByText("Thu 25 Mar, 12:00 PM – 1:00 PM").waitFor();
  await page.context().close();
});
