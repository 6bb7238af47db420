// The calendar on a phone: the month as dots with the list of a day, three days for the week, lines moved by keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf } from "./people.mjs";
import { machineTime, runningProgram } from "./program.mjs";
import { api, becomes as comesTo, hasCount, matches } from "./work.mjs";

const running = runningProgram();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Days of the week on a phone. */
const PHONE_DAYS = 3;
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const event = (title, start, more = {}) => client("POST", "events", { title, start, ...more });
const task = (title, date, more = {}) => client("POST", "tasks", { title, due_date: date, ...more });

const becomes = (path, field, value) => comesTo(async () => (await client("GET", path))[field], value);

const day = (page, date) => page.locator(`[data-month-day="${date}"]`);
const line = (page, title) => page.locator(".agenda-item > a", { hasText: title });
const said = (page) => page.locator("#announcements").textContent();
const parameter = (page, name) => new URL(page.url()).searchParams.get(name);
const reaches = (page, name, value) => page.waitForURL((url) => url.searchParams.get(name) === value);

/** Chooses a view in the menu of all of them. */
async function choose(page, view) {
  await page.locator(".calendar-more-views > summary").click();
  await page.locator(`.calendar-more-views .menu-item[data-view="${view}"]`).click();
}

async function fits(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} pixels too wide`);
}

test("month on a phone has dots by module and a list of the chosen day", async () => {
  await event("Dotted meeting", "2032-04-14T09:00:00+08:00", { venue: "Room 7" });
  await task("Dotted task", "2032-04-14");
  await task("Dotted over", "2032-04-14", { status: "completed" });
  await task("Dotted later", "2032-04-15");
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-04-13&q=Dotted");
  const full = day(page, "2032-04-14");
  await full.locator("i").first().waitFor();
  assert.deepEqual(
    await full.locator("i").evaluateAll((dots) => dots.map((dot) => dot.dataset.module)),
    ["tasks", "coordination"],
  );
  await comesTo(() => full.getAttribute("aria-label"), "Wednesday 14 April 2032: 3 entries");
  await hasCount(day(page, "2032-04-13").locator("i"), 0);
  await page.getByText("No entries on this day.").waitFor();

  await full.tap();
  await reaches(page, "date", "2032-04-14");
  await comesTo(() => full.getAttribute("aria-pressed"), "true");
  await hasCount(page.locator('.month-day[aria-pressed="true"]'), 1);
  await line(page, "Dotted meeting").getByText("Room 7").waitFor();
  // The hours first, what is over last.
  const titles = await page.locator(".agenda-title").allTextContents();
  assert.deepEqual(titles, ["Dotted meeting", "Dotted task", "Dotted over"]);
  await assertAccessible(page);
  await fits(page);

  await page.keyboard.press("ArrowRight");
  await line(page, "Dotted later").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.monthDay), "2032-04-15");
  assert.match(await said(page), /Thursday 15 April 2032: 1 entry/);
  await hasCount(line(page, "Dotted meeting"), 0);

  // A module that is not ticked has neither dot nor line.
  await page.locator(".calendar-modules-menu > summary").tap();
  await page.locator('.calendar-modules-menu [data-module-filter="tasks"]').uncheck();
  await line(page, "Dotted later").waitFor({ state: "detached" });
  await hasCount(full.locator("i"), 1);
  await page.context().close();
});

test("entry is created on the chosen day, and a second tap opens the day", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-05-19");
  await day(page, "2032-05-20").tap();
  await page.getByRole("button", { name: "Add on Thu 20 May" }).tap();
  const card = page.locator(".entry-card");
  await card.getByText("Task", { exact: true }).tap();
  await card.getByLabel("Title").fill("Made by touch");
  await page.keyboard.press("Enter");
  await line(page, "Made by touch").waitFor();
  await page.getByRole("button", { name: "Undo" }).tap();
  await line(page, "Made by touch").waitFor({ state: "detached" });
  await day(page, "2032-05-20").tap();
  await reaches(page, "view", "day");
  assert.equal(parameter(page, "date"), "2032-05-20");
  await page.context().close();
});

test("several weeks on a phone have dots by module", async () => {
  await task("Week dots", "2032-06-30");
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-06-15");
  await day(page, "2032-06-15").waitFor();
  await choose(page, "weeks");
  await reaches(page, "view", "weeks");
  await page.getByLabel("Weeks").selectOption("3");
  await reaches(page, "weeks", "3");
  await page.waitForFunction(() => document.querySelectorAll(".month-day").length === 21);
  await comesTo(() => page.locator(".month-day").first().getAttribute("data-month-day"), "2032-06-14");
  await day(page, "2032-06-30").tap();
  await line(page, "Week dots").waitFor();
  await assertAccessible(page);
  await fits(page);
  await page.context().close();
});

test("week on a phone shows and steps three days", async () => {
  await event("Third day", "2032-07-16T09:00:00+08:00");
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=day&date=2032-07-14");
  await page.locator(".calendar-more-views > summary").click();
  await page.getByRole("button", { name: "3 days" }).click();
  await reaches(page, "view", "week");
  const heads = page.locator(".fc-col-header-cell[data-date]");
  const dates = () => heads.evaluateAll((cells) => cells.map((cell) => cell.dataset.date).join(" "));
  await page.locator(".fc-timegrid-event", { hasText: "Third day" }).waitFor();
  assert.equal(await dates(), "2032-07-14 2032-07-15 2032-07-16");
  await fits(page);
  await page.getByRole("button", { name: "Later" }).click();
  await page.locator('.fc-col-header-cell[data-date="2032-07-17"]').waitFor();
  assert.equal(await dates(), "2032-07-17 2032-07-18 2032-07-19");
  await page.getByRole("button", { name: "Earlier" }).click();
  await page.locator('.fc-col-header-cell[data-date="2032-07-14"]').waitFor();
  await page.context().close();
});

test("filters are folded unless one is set", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-04-13");
  const search = page.getByLabel("Find in the calendar");
  const fold = page.getByRole("button", { name: "Filters" });
  await day(page, "2032-04-13").waitFor();
  await comesTo(() => search.isVisible(), false);
  await comesTo(() => fold.getAttribute("aria-expanded"), "false");
  await fold.tap();
  await search.waitFor();
  await comesTo(() => fold.getAttribute("aria-expanded"), "true");
  await fits(page);
  await search.fill("narrow");
  await reaches(page, "q", "narrow");
  await page.reload();
  await search.waitFor();
  await page.context().close();
});

test("menus of the calendar stay within the window", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=agenda&date=2032-04-13&q=menu");
  await page.locator(".agenda").waitFor();
  const menus = page.locator(".calendar details.menu");
  const count = await menus.count();
  assert.ok(count >= 6, `${count} menus`);
  for (let number = 0; number < count; number += 1) {
    const menu = menus.nth(number);
    await menu.locator("> summary").tap();
    const { left, right, width } = await menu.locator("> .menu-panel").evaluate((panel) => panel.getBoundingClientRect());
    const name = await menu.getAttribute("class");
    assert.ok(width > 0 && left >= 0 && right <= 390, `${name}: from ${left} to ${right}`);
    await assertAccessible(page);
    await page.keyboard.press("Escape");
  }
  await page.context().close();
});

test("side area is beneath the calendar on a phone, and its button scrolls there", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-04-13");
  await day(page, "2032-04-13").waitFor();
  const button = page.getByRole("button", { name: "Busy days, conflicts, upcoming" });
  await button.tap();
  const map = page.locator(".heat-map");
  await map.waitFor();
  await page.waitForFunction(() => document.activeElement.matches("[data-side-panels]"));
  const { top, bottom } = await map.evaluate((drawn) => drawn.getBoundingClientRect());
  assert.ok(top >= 0 && bottom <= 844, `from ${top} to ${bottom}`);
  await fits(page);
  await assertAccessible(page);
  await page.context().close();
});

test("multi-day timed event shows its hours of each day", async () => {
  await event("Told journey", "2032-11-09T15:00:00+08:00", { end: "2032-11-11T10:00:00+08:00" });
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-11-09&q=Told");
  const time = line(page, "Told journey").locator(".agenda-time");
  for (const [date, words] of [
    ["2032-11-09", "from 3:00 PM"],
    ["2032-11-10", "All day"],
    ["2032-11-11", "until 10:00 AM"],
  ]) {
    if (date !== "2032-11-09") await day(page, date).tap();
    await time.getByText(words, { exact: true }).waitFor();
  }
  // On its last day it is there before what begins in the morning.
  await event("Told at nine", "2032-11-11T09:00:00+08:00");
  await page.goto("/calendar?view=agenda&date=2032-11-11&q=Told");
  await line(page, "Told at nine").waitFor();
  await comesTo(() => page.locator(".agenda-title").allTextContents(), ["Told journey", "Told at nine"]);
  await page.context().close();
});

test("line moves by keyboard, is announced, and is undone", async () => {
  const meeting = await event("List meeting", "2032-08-04T09:00:00+08:00", { end: "2032-08-04T11:00:00+08:00" });
  await task("List task", "2032-08-05");
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=agenda&date=2032-08-01&q=List");
  await line(page, "List meeting").focus();
  await page.keyboard.press("Space");
  assert.match(await said(page), /Picked up List meeting, Wed 4 Aug/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.match(await said(page), /Thu 12 Aug, 9:00/);
  await line(page, "List meeting").getByText("Thu 12 Aug").waitFor();
  await page.keyboard.press("Escape");
  assert.match(await said(page), /Move cancelled/);
  await matches(() => line(page, "List meeting").textContent(), /^9:00/);

  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".agenda-section", { hasText: "Wed 11 Aug" }).getByText("List meeting").waitFor();
  await becomes(`events/${meeting.id}`, "start", "2032-08-11T09:00:00+08:00");
  assert.equal((await client("GET", `events/${meeting.id}`)).end, "2032-08-11T11:00:00+08:00");
  await page.waitForFunction(() => document.querySelector("#announcements").textContent.includes("Dropped on Wed 11"));
  // One stays with what was moved.
  assert.equal(await page.evaluate(() => document.activeElement.querySelector(".agenda-title").textContent), "List meeting");
  await page.keyboard.press("u");
  await becomes(`events/${meeting.id}`, "start", "2032-08-04T09:00:00+08:00");

  await line(page, "List task").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("c");
  await page.locator(".agenda-section", { hasText: "Wed 4 Aug" }).getByText("List task").waitFor();
  await page.locator(".agenda-section", { hasText: "Thu 5 Aug" }).getByText("List task").waitFor();
  await page.context().close();
});

test("occurrence moves alone in the list of a phone", async () => {
  const days = ["2032-11-03", "2032-11-10", "2032-11-17"];
  const made = await task("Market return", days[0], { rrule: "FREQ=WEEKLY;COUNT=3" });
  const dates = async () =>
    (await client("GET", `tasks/${made.id}/occurrences`)).items.map((date) => date.due_date).toSorted();
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-11-10&q=Market");
  const dialog = page.getByRole("dialog", { name: /Market return/ });
  const carry = async () => {
    await line(page, "Market return").focus();
    for (const key of ["Space", "ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await dialog.getByRole("button", { name: /^This occurrence/ }).waitFor();
  };
  await carry();
  await assertAccessible(page);
  // The choices are where the thumb is.
  const box = await boxOf(dialog);
  assert.ok(box.x === 0 && box.y + box.height >= 843, JSON.stringify(box));
  await page.touchscreen.tap(195, 60);
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(await dates(), days);
  await carry();
  await dialog.getByRole("button", { name: /^This occurrence/ }).tap();
  await comesTo(dates, [days[0], "2032-11-12", days[2]]);
  await page.locator("#toasts").getByRole("button", { name: "Undo" }).tap();
  await comesTo(dates, days);
  await line(page, "Market return").waitFor();
  await page.context().close();
});

test("end of an ongoing entry moves by keyboard", async () => {
  const long = await task("Long list", "2032-09-24", { start_date: "2032-09-03" });
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=month&date=2032-09-24&q=Long");
  await line(page, "Ends: Long list").focus();
  await page.keyboard.press("Space");
  assert.match(await said(page), /Picked up the end of Long list/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await becomes(`tasks/${long.id}`, "due_date", "2032-09-25");
  assert.equal((await client("GET", `tasks/${long.id}`)).start_date, "2032-09-03");
  // The entry left the day; the focus is on the chosen day.
  await day(page, "2032-09-25").locator("i").waitFor();
  await page.waitForFunction(() => document.activeElement.dataset.monthDay === "2032-09-24");
  await page.context().close();
});

test("refusal to move an entry is announced", async () => {
  await task("Not yours", "2032-10-06");
  const page = await running.signedIn("executive", DESK);
  await page.goto("/calendar?view=agenda&date=2032-10-01&q=yours");
  await line(page, "Not yours").focus();
  await page.keyboard.press("Space");
  assert.match(await said(page), /Not yours cannot be moved/);
  await hasCount(page.locator("[data-lifted]"), 0);
  await page.context().close();
});

test("swipe turns the page on a phone", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  const fingers = await page.context().newCDPSession(page);
  // A swipe is quick however slow the machine is: what happens says when it happened.
  const swipe = async (from, to) => {
    const began = machineTime() / 1000;
    const touch = (type, step, points) =>
      fingers.send("Input.dispatchTouchEvent", { type, touchPoints: points, timestamp: began + step / 50 });
    await touch("touchStart", 0, [{ x: from, y: 560 }]);
    for (let step = 1; step <= 6; step += 1)
      await touch("touchMove", step, [{ x: from + ((to - from) * step) / 6, y: 562 }]);
    await touch("touchEnd", 7, []);
  };
  for (const [view, later] of [
    ["month", "2031-11-14"],
    ["week", "2031-10-17"],
    ["agenda", "2031-11-13"],
  ]) {
    await page.goto(`/calendar?view=${view}&date=2031-10-14`);
    await page.locator(".month-list, .fc-timegrid, .agenda").first().waitFor();
    await swipe(320, 80);
    await reaches(page, "date", later);
    // To the right it does not leave for the page before.
    await swipe(80, 320);
    await reaches(page, "date", "2031-10-14");
    assert.equal(new URL(page.url()).pathname, "/calendar");
  }
  await page.context().close();
});

test("phone opens the agenda", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?date=2031-10-14");
  await page.locator(".agenda").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("view"), "agenda");
  await page.context().close();
});

test("week head on a phone fits Hijri days", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=week&date=2031-03-19");
  const head = page.locator('.fc-col-header-cell[data-date="2031-03-19"] [data-hijri]');
  await head.waitFor();
  const shown = await head.evaluate((words) => getComputedStyle(words, "::after").content);
  assert.match(shown, /^"\d+"$/);
  await page.context().close();
});

test("resized window switches its views without a reload", async () => {
  await task("Turned task", "2032-12-08");
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2032-12-08");
  await page.locator(".fc-dayGridMonth-view").getByText("Turned task").waitFor();
  await page.setViewportSize(PHONE.viewport);
  await line(page, "Turned task").waitFor();
  await hasCount(page.locator(".fc"), 0);
  await comesTo(() => page.getByLabel("Find in the calendar").isVisible(), false);
  await fits(page);
  await choose(page, "week");
  await page.locator('.fc-col-header-cell[data-date="2032-12-08"]').waitFor();
  await hasCount(page.locator(".fc-col-header-cell[data-date]"), PHONE_DAYS);
  await page.setViewportSize(DESK.viewport);
  await page.locator('.fc-col-header-cell[data-date="2032-12-06"]').waitFor();
  await hasCount(page.locator(".fc-col-header-cell[data-date]"), 7);
  await comesTo(() => page.getByLabel("Find in the calendar").isVisible(), true);
  await page.context().close();
});
