// The hours of the calendar, in week and day: moving, pulling, copying and turning into a whole day.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, placeOf, undo } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes as reaches, hasCount } from "./work.mjs";

const running = runningProgram();
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const event = (members) => client("POST", "events", members);
const read = ({ id }) => client("GET", `events/${id}`);

const becomes = (made, field, value) => reaches(async () => (await read(made))[field], value);

const block = (page, title) => page.locator(".fc-timegrid-event", { hasText: title });
const said = (page) => page.locator("#announcements").textContent();

async function drag(page, from, to, held = "") {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 8 });
  if (held) await page.keyboard.down(held);
  await page.mouse.up();
  if (held) await page.keyboard.up(held);
}

test("event is dragged to another day and hour, and resized", async () => {
  const made = await event({
    title: "Hour mover",
    start: "2031-11-11T09:00:00+08:00",
    end: "2031-11-11T10:00:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2031-11-11");
  await block(page, "Hour mover").waitFor();
  await drag(page, await placeOf(page, "2031-11-11", "09:00"), await placeOf(page, "2031-11-13", "11:00"));
  await becomes(made, "start", "2031-11-13T11:00:00+08:00");
  assert.equal((await read(made)).end, "2031-11-13T12:00:00+08:00");

  await page.reload();
  await block(page, "Hour mover").hover();
  const box = await boxOf(block(page, "Hour mover"));
  const to = await placeOf(page, "2031-11-13", "13:30");
  await drag(page, { x: box.x + box.width / 2, y: box.y + box.height - 2 }, to);
  await becomes(made, "end", "2031-11-13T14:00:00+08:00");
  assert.equal((await read(made)).start, "2031-11-13T11:00:00+08:00");
  await undo(page, "Changed “Hour mover”");
  await becomes(made, "end", "2031-11-13T12:00:00+08:00");
  await page.context().close();
});

test("event dragged with Alt is copied with its hours", async () => {
  const made = await event({
    title: "Hour copy",
    start: "2031-11-18T09:00:00+08:00",
    end: "2031-11-18T10:30:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2031-11-18");
  await block(page, "Hour copy").waitFor();
  await drag(page, await placeOf(page, "2031-11-18", "09:00"), await placeOf(page, "2031-11-20", "14:00"), "Alt");
  await page.locator('.fc-timegrid-col[data-date="2031-11-20"]').getByText("Hour copy").waitFor();
  assert.equal((await read(made)).start, "2031-11-18T09:00:00+08:00");
  const { items } = await client("GET", "events?q=Hour+copy&sort=start");
  assert.deepEqual(
    items.map(({ start, end }) => `${start} ${end}`),
    [
      "2031-11-18T09:00:00+08:00 2031-11-18T10:30:00+08:00",
      "2031-11-20T14:00:00+08:00 2031-11-20T15:30:00+08:00",
    ],
  );
  await page.context().close();
});

test("timed event becomes all-day and timed again by dragging", async () => {
  const made = await event({
    title: "Whole day",
    start: "2031-11-25T09:00:00+08:00",
    end: "2031-11-25T10:00:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2031-11-25");
  await block(page, "Whole day").waitFor();
  const above = await boxOf(page.locator('.fc-daygrid-day[data-date="2031-11-26"]'));
  const top = { x: above.x + above.width / 2, y: above.y + 12 };
  await drag(page, await placeOf(page, "2031-11-25", "09:00"), top);
  await becomes(made, "all_day", true);
  assert.match((await read(made)).start, /^2031-11-26/);
  await page.locator(".fc-daygrid-event", { hasText: "Whole day" }).waitFor();
  await drag(page, top, await placeOf(page, "2031-11-27", "15:00"));
  await becomes(made, "all_day", false);
  assert.equal((await read(made)).start, "2031-11-27T15:00:00+08:00");
  await page.context().close();
});

test("timed event moves and resizes by half hours with the keyboard", async () => {
  const made = await event({
    title: "Key hours",
    start: "2031-12-02T09:00:00+08:00",
    end: "2031-12-02T10:00:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2031-12-02");
  await block(page, "Key hours").focus();
  await page.keyboard.press("Space");
  for (const key of ["ArrowDown", "ArrowRight", "Shift+ArrowDown"]) await page.keyboard.press(key);
  assert.match(await said(page), /Wed 3 Dec, 9:30 AM – 11:00 AM/);
  await page.keyboard.press("Enter");
  await becomes(made, "start", "2031-12-03T09:30:00+08:00");
  await becomes(made, "end", "2031-12-03T11:00:00+08:00");
  assert.match(await said(page), /Wed 3 Dec, 9:30 AM – 11:00 AM/);
  await page.waitForFunction(() => document.activeElement.matches(".fc-timegrid-event"));
  // A cancelled move was not saved.
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  assert.match(await said(page), /is back on Wed 3 Dec, 9:30 AM/);
  await page.keyboard.press("u");
  await becomes(made, "start", "2031-12-02T09:00:00+08:00");
  assert.equal((await read(made)).end, "2031-12-02T10:00:00+08:00");
  await page.context().close();
});

test("cancelled move of an occurrence is reverted and announced", async () => {
  const made = await event({
    title: "Thought better",
    start: "2031-12-09T09:00:00+08:00",
    end: "2031-12-09T10:00:00+08:00",
    timezone: "Asia/Manila",
    rrule: "FREQ=DAILY;COUNT=3",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2031-12-09");
  const second = page.locator('.fc-timegrid-col[data-date="2031-12-10"] .fc-timegrid-event', { hasText: "Thought" });
  await second.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Move “Thought better”" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("#announcements").textContent.includes("is back on Wed 10"));
  await second.getByText("9am - 10am").waitFor();

  // The one date is moved, the others stay.
  await second.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: /^This occurrence/ }).click();
  await page.waitForFunction(() => document.querySelector("#announcements").textContent.includes("Dropped on Wed 10"));
  const { items } = await client("GET", `events/${made.id}/occurrences?limit=5`);
  assert.deepEqual(
    items.map(({ start }) => start.slice(0, 16)),
    ["2031-12-09T09:00", "2031-12-10T09:30", "2031-12-11T09:00"],
  );
  await page.context().close();
});

test("empty hours scroll by keyboard", async () => {
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=day&date=2041-01-09");
  const hours = page.locator(".fc-timegrid-col[tabindex]");
  await hours.waitFor();
  await assertAccessible(page);
  const scroller = page.locator(".fc-scroller-liquid-absolute");
  const before = await scroller.evaluate((scroller) => scroller.scrollTop);
  await hours.focus();
  await page.keyboard.press("PageUp");
  await page.waitForFunction((from) => document.querySelector(".fc-scroller-liquid-absolute").scrollTop < from, before);
  await page.context().close();
});

test("multi-day timed event is drawn among all-day entries and keeps its hours", async () => {
  const drive = await event({
    title: "Long drive",
    start: "2031-11-05T08:00:00+08:00",
    end: "2031-11-07T16:00:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2031-11-05");
  const bar = page.locator(".fc-daygrid-event", { hasText: "Long drive" });
  await bar.getByText("8am").waitFor();
  await hasCount(page.locator(".fc-timegrid-event", { hasText: "Long drive" }), 0);
  const box = await boxOf(bar);
  await drag(page, { x: box.x + 12, y: box.y + 8 }, { x: box.x + 12 + box.width / 3, y: box.y + 8 });
  await becomes(drive, "start", "2031-11-06T08:00:00+08:00");
  assert.equal((await read(drive)).end, "2031-11-08T16:00:00+08:00");
  // What was drawn under the pointer is gone.
  await hasCount(bar, 1);
  await bar.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await becomes(drive, "end", "2031-11-09T16:00:00+08:00");
  assert.equal((await read(drive)).start, "2031-11-06T08:00:00+08:00");
  await page.context().close();
});

test("link to hidden entries of an hour covers none and lists all", async () => {
  for (const letter of ["A", "B", "C", "D"]) {
    await event({
      title: `Crowded ${letter}`,
      start: "2032-06-16T09:00:00+08:00",
      end: "2032-06-16T11:00:00+08:00",
    });
  }
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2032-06-16");
  const more = page.locator(".fc-timegrid-more-link");
  await more.getByText("+2", { exact: true }).waitFor();
  const { left } = await more.evaluate((link) => link.getBoundingClientRect());
  const ends = await block(page, "Crowded").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
  assert.equal(ends.length, 2);
  assert.ok(Math.max(...ends) <= left, `entries until ${ends}, the number from ${left}`);
  await assertAccessible(page);
  await more.focus();
  await page.keyboard.press("Enter");
  await page.locator(".fc-popover").getByText("Crowded D").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".fc-popover").waitFor({ state: "detached" });
  await page.context().close();
});
