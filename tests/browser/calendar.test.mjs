// The calendar page: looking, moving by mouse and keyboard, filters in the address, others' changes, phone, axe.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";

const running = runningProgram();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const token = () => (known ??= running.token("coordinator"));

async function make(collection, body) {
  const answer = await fetch(`${running.address}/api/v1/${collection}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token()}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

async function read(collection, id) {
  const answer = await fetch(`${running.address}/api/v1/${collection}/${id}`, {
    headers: { authorization: `Bearer ${token()}` },
  });
  return answer.json();
}

/** Waits until the record has the value. */
async function becomes(collection, id, field, value) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await read(collection, id))[field] === value) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal((await read(collection, id))[field], value);
}

const entry = (page, title) => page.locator(".calendar-grid [data-entry]", { hasText: title }).first();
const day = (page, date) => page.locator(`.fc-daygrid-day[data-date="${date}"]`);

test("an entry dragged to another day is re-dated, and Undo brings it back", async () => {
  const task = await make("tasks", { title: "Drag me along", due_date: "2031-03-12" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-03-01");
  await entry(page, "Drag me along").dragTo(day(page, "2031-03-20"));
  await becomes("tasks", task.id, "due_date", "2031-03-20");
  assert.equal((await read("tasks", task.id)).start_date, null);
  await page.getByRole("button", { name: "Undo" }).click();
  await becomes("tasks", task.id, "due_date", "2031-03-12");
  await day(page, "2031-03-12").getByText("Drag me along").waitFor();
  await page.context().close();
});

test("an entry moves by keyboard alone", async () => {
  const event = await make("events", { title: "Keyboard meeting", start: "2031-04-14T09:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-04-01");
  await entry(page, "Keyboard meeting").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await becomes("events", event.id, "start", "2031-04-22T09:00:00+08:00");
  await page.keyboard.press("u");
  await becomes("events", event.id, "start", "2031-04-14T09:00:00+08:00");
  await page.context().close();
});

test("a click shows what an entry is, and a click on a day what can be made there", async () => {
  await make("events", { title: "Look at me", start: "2031-05-14T09:00:00+08:00", venue: "City hall" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-05-01");
  await entry(page, "Look at me").click();
  const card = page.getByRole("dialog", { name: "Look at me" });
  await card.getByText("City hall").waitFor();
  assert.match(await card.getByRole("link", { name: "Open" }).getAttribute("href"), /^\/events\/[0-9a-f-]{36}$/);
  await page.keyboard.press("Escape");
  await day(page, "2031-05-21").click({ position: { x: 40, y: 60 } });
  const link = (name) => page.locator(".entry-card").getByRole("link", { name, exact: true });
  assert.equal(await link("Event").getAttribute("href"), "/events/new?start=2031-05-21&all_day=true");
  assert.equal(await link("Task").getAttribute("href"), "/tasks/new?due_date=2031-05-21");
  await link("Task").click();
  await page.waitForURL(/\/tasks\/new/);
  assert.equal(await page.locator('[name="due_date"]').first().inputValue(), "2031-05-21");
  await page.context().close();
});

test("view, date and filters are in the address and come back from it", async () => {
  await make("tasks", { title: "Filtered task", due_date: "2031-06-10" });
  await make("events", { title: "Filtered event", start: "2031-06-10T09:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-06-01");
  await entry(page, "Filtered event").waitFor();
  const count = page.locator('.calendar-modules .module-check[data-module="tasks"] [data-count]');
  assert.ok(Number(await count.textContent()) >= 1);
  await page.locator('.calendar-modules [data-module-filter="tasks"]').uncheck();
  await entry(page, "Filtered task").waitFor({ state: "detached" });
  await page.getByLabel("Find in the calendar").fill("filtered");
  await page.waitForURL((url) => url.searchParams.get("q") === "filtered");
  await page.locator("body").click({ position: { x: 640, y: 5 } });
  await page.keyboard.press("l");
  await page.waitForURL((url) => url.searchParams.get("view") === "list");
  assert.ok(!new URL(page.url()).searchParams.get("modules").split(",").includes("tasks"));
  await page.reload();
  await entry(page, "Filtered event").waitFor();
  assert.equal(await entry(page, "Filtered task").count(), 0);
  assert.equal(await page.getByLabel("Find in the calendar").inputValue(), "filtered");
  await page.locator("body").click({ position: { x: 640, y: 5 } });
  await page.keyboard.press("m");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL((url) => url.searchParams.get("date")?.startsWith("2031-07"));
  await page.context().close();
});

test("the change of somebody else arrives while one looks", async () => {
  const task = await make("tasks", { title: "Seen by both", due_date: "2031-08-12" });
  const [one, two] = await Promise.all([
    running.signedIn("coordinator", DESK),
    running.signedIn("staff", DESK),
  ]);
  await two.goto("/calendar?view=month&date=2031-08-01");
  await day(two, "2031-08-12").getByText("Seen by both").waitFor();
  await one.goto("/calendar?view=month&date=2031-08-01");
  await entry(one, "Seen by both").dragTo(day(one, "2031-08-20"));
  await becomes("tasks", task.id, "due_date", "2031-08-20");
  await day(two, "2031-08-20").getByText("Seen by both").waitFor();
  // Staff look at it, but it is not theirs to move.
  await entry(two, "Seen by both").dragTo(day(two, "2031-08-27"));
  assert.equal((await read("tasks", task.id)).due_date, "2031-08-20");
  await Promise.all([one.context().close(), two.context().close()]);
});

test("a full month stays usable", async () => {
  const [feed, page] = await Promise.all([
    Promise.all(
      Array.from({ length: 120 }, (_, number) =>
        make("tasks", { title: `Full ${number}`, due_date: `2031-09-${String((number % 4) + 10)}` }),
      ),
    ),
    running.signedIn("coordinator", DESK),
  ]);
  assert.equal(feed.length, 120);
  await page.goto("/calendar?view=month&date=2031-09-01");
  const more = day(page, "2031-09-10").locator(".fc-daygrid-more-link");
  await more.waitFor();
  assert.match(await more.textContent(), /^\d+ more$/);
  await more.click();
  // Every entry of the day is there, however many the grid was given.
  assert.equal(await page.locator(".entry-card").getByRole("link").count(), 30);
  await page.locator(".entry-card").getByText("Full 116").waitFor();
  await assertAccessible(page);
  await page.context().close();
});

for (const [name, options] of [
  ["desk", DESK],
  ["phone", PHONE],
]) {
  test(`every view is accessible and fits: ${name}`, async () => {
    await make("events", { title: "A consultation with a rather long title in the city hall", start: "2031-10-14T09:00:00+08:00" });
    await make("tasks", { title: "Report", start_date: "2031-10-13", due_date: "2031-10-16" });
    const page = await running.signedIn("coordinator", options);
    for (const view of ["month", "week", "day", "list"]) {
      await page.goto(`/calendar?view=${view}&date=2031-10-14`);
      await entry(page, "Report").waitFor();
      await assertAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${view} is ${wide} pixels too wide`);
    }
    await entry(page, "consultation").click();
    await page.locator(".entry-card").waitFor();
    await assertAccessible(page);
    await page.context().close();
  });
}

test("the phone begins with the list", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?date=2031-10-14");
  await page.locator(".fc-list").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("view"), "list");
  await page.context().close();
});

test("without script the window can be had as a list", async () => {
  await make("tasks", { title: "Plain task", due_date: "2031-11-12" });
  const page = await running.signedIn("coordinator", { ...DESK, javaScriptEnabled: false });
  await page.goto("/calendar?date=2031-11-01");
  await page.getByRole("link", { name: "Show the calendar as a plain list" }).click();
  await page.getByRole("link", { name: "Plain task" }).waitFor();
  await page.getByRole("link", { name: "Later" }).click();
  assert.equal(new URL(page.url()).searchParams.get("date"), "2031-12-01");
  await page.context().close();
});
