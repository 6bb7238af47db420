// The calendar page: looking, moving by mouse and keyboard, filters in the address, others' changes, phone, axe.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, endSession, hold, openLive, ownId, signInAgain, whoAmI } from "./people.mjs";
import { PASSWORD, runningProgram, day as today } from "./program.mjs";
import { becomes as reaches, hasCount, matches } from "./work.mjs";

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

const becomes = (collection, id, field, value) =>
  reaches(async () => (await read(collection, id))[field], value);

/** Path at which the entries of a view are asked for. */
const ENTRIES = "/api/v1/calendar";
const isEntries = (one) => new URL(one.url()).pathname === ENTRIES;

const entry = (page, title) => page.locator(".calendar-grid [data-entry]", { hasText: title }).first();
const day = (page, date) => page.locator(`.fc-daygrid-day[data-date="${date}"]`);

test("entry dragged to another day is saved, and Undo reverts it", async () => {
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

test("drag without a session is reverted and works after sign-in", async () => {
  const task = await make("tasks", { title: "Drag me later", due_date: "2031-03-12" });
  const page = await running.signedIn("coordinator", DESK);
  const { username } = await whoAmI(page);
  await page.goto("/calendar?view=month&date=2031-03-01&q=later");
  await entry(page, "Drag me later").waitFor();
  await endSession(page);
  await entry(page, "Drag me later").dragTo(day(page, "2031-03-20"));
  const toast = page.locator(".toast", { hasText: "session has ended" });
  await toast.waitFor();
  await day(page, "2031-03-12").getByText("Drag me later").waitFor();
  assert.equal((await read("tasks", task.id)).due_date, "2031-03-12");
  await assertAccessible(page);
  await toast.getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/login");
  await signInAgain(page, username, PASSWORD);
  // One is where one was.
  await page.waitForURL((url) => url.pathname === "/calendar" && url.searchParams.get("date") === "2031-03-01");
  assert.equal(new URL(page.url()).searchParams.get("q"), "later");
  await entry(page, "Drag me later").dragTo(day(page, "2031-03-20"));
  await becomes("tasks", task.id, "due_date", "2031-03-20");
  await page.context().close();
});

test("dragged occurrence of a task moves alone", async () => {
  const days = ["2031-06-04", "2031-06-11", "2031-06-18"];
  const task = await make("tasks", { title: "Weekly return", due_date: days[0], rrule: "FREQ=WEEKLY;COUNT=3" });
  const dates = async () => (await read("tasks", `${task.id}/occurrences`)).items.map((date) => date.due_date);
  const page = await running.signedIn("coordinator", DESK);
  await openLive(page, "/calendar?view=month&date=2031-06-01&q=return");
  const on = (date) => day(page, date).locator("[data-entry]", { hasText: "Weekly return" });
  await on(days[1]).waitFor();
  // Entries that were asked for before the drag arrive while the dialog is open.
  const answer = await hold(page, ENTRIES);
  const asked = page.waitForRequest(isEntries);
  const answered = page.waitForResponse(isEntries);
  await make("tasks", { title: "Yearly return", due_date: "2031-06-25" });
  await asked;
  await on(days[1]).dragTo(day(page, "2031-06-13"));
  const dialog = page.getByRole("dialog", { name: /Weekly return/ });
  // A press beside the dialog turns away; nothing moves.
  await dialog.getByRole("button", { name: /^This occurrence/ }).waitFor();
  answer();
  await (await answered).finished();
  await day(page, "2031-06-25").getByText("Yearly return").waitFor();
  await page.evaluate((date) => {
    globalThis.most = 0;
    new MutationObserver(() => {
      const shown = document.querySelectorAll(`.fc-daygrid-day[data-date="${date}"] [data-entry]`);
      globalThis.most = Math.max(globalThis.most, shown.length);
    }).observe(document.querySelector(".calendar-grid"), { childList: true, subtree: true });
  }, days[1]);
  const again = page.waitForResponse(isEntries);
  await page.mouse.click(5, 790);
  await dialog.waitFor({ state: "detached" });
  await (await again).finished();
  await hasCount(on(days[1]), 1, "what was dragged is back, and what was drawn under the pointer is gone");
  assert.ok((await page.evaluate(() => globalThis.most)) <= 1, "at no moment is it there twice");
  assert.deepEqual(await dates(), days);
  await on(days[1]).dragTo(day(page, "2031-06-13"));
  await dialog.getByRole("button", { name: /^This occurrence/ }).click();
  await on("2031-06-13").waitFor();
  await page.getByText("Moved “Weekly return”").waitFor();
  assert.deepEqual((await dates()).toSorted(), [days[0], "2031-06-13", days[2]]);
  assert.equal((await read("tasks", task.id)).rrule, "FREQ=WEEKLY;COUNT=3");
  await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
  await on(days[1]).waitFor();
  assert.deepEqual(await dates(), days);
  await page.context().close();
});

test("entry moves by keyboard", async () => {
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

test("U takes back the change that is underway, and no earlier one", async () => {
  const first = await make("events", { title: "Moved before", start: "2031-09-08T09:00:00+08:00" });
  const second = await make("events", { title: "Moved just now", start: "2031-09-09T09:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-09-01");
  const move = async (title) => {
    await entry(page, title).focus();
    for (const key of ["Space", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  };
  await move("Moved before");
  await page.getByText("Moved “Moved before”").waitFor();
  // A slow network: the change is saved, its answer is on the way.
  let arrive;
  const arrives = new Promise((resolve) => (arrive = resolve));
  await page.route("**/api/v1/calendar/entries/**", async (route) => {
    const response = await route.fetch();
    await arrives;
    await route.fulfill({ response });
  });
  await move("Moved just now");
  await becomes("events", second.id, "start", "2031-09-16T09:00:00+08:00");
  await page.keyboard.press("u");
  arrive();
  await becomes("events", second.id, "start", "2031-09-09T09:00:00+08:00");
  assert.equal((await read("events", first.id)).start, "2031-09-15T09:00:00+08:00");
  await day(page, "2031-09-09").getByText("Moved just now").waitFor();
  // Pressed twice it takes back two, one after the other.
  await move("Moved just now");
  await becomes("events", second.id, "start", "2031-09-16T09:00:00+08:00");
  for (const key of ["u", "u"]) await page.keyboard.press(key);
  await becomes("events", second.id, "start", "2031-09-09T09:00:00+08:00");
  await becomes("events", first.id, "start", "2031-09-08T09:00:00+08:00");
  await page.context().close();
});

test("U takes back a change at once while a setting is being saved", async () => {
  const event = await make("events", { title: "Not held up", start: "2031-10-06T09:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-10-01");
  await entry(page, "Not held up").focus();
  for (const key of ["Space", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await page.getByText("Moved “Not held up”").waitFor();
  let asked;
  const isAsked = new Promise((resolve) => (asked = resolve));
  // Never answered.
  await page.route("**/api/v1/me/settings/**", () => asked());
  await page.locator(".sidebar summary").first().click();
  await isAsked;
  await page.keyboard.press("u");
  await becomes("events", event.id, "start", "2031-10-06T09:00:00+08:00");
  await page.context().close();
});

test("view follows a keyboard move into another month", async () => {
  const event = await make("events", { title: "Over the edge", start: "2031-04-29T09:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  const at = (date) => page.waitForURL((url) => url.searchParams.get("date") === date);
  const first = () => page.locator(".fc-daygrid-day").first().getAttribute("data-date");
  for (const [view, key, begins, lands] of [
    ["month", "ArrowDown", "2031-05-01", "2031-05-06T09:00:00+08:00"],
    ["weeks", "ArrowUp", "2031-04-28", "2031-04-29T09:00:00+08:00"],
  ]) {
    await page.goto(`/calendar?view=${view}&date=${view === "month" ? "2031-04-10" : "2031-05-05"}`);
    await entry(page, "Over the edge").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press(key);
    await at(begins);
    // The change comes back from the server, and the view stays.
    const drawn = page.waitForResponse((answer) => answer.url().includes("/api/v1/calendar?"));
    await page.keyboard.press("Enter");
    await becomes("events", event.id, "start", lands);
    await drawn;
    await day(page, lands.slice(0, 10)).getByText("Over the edge").waitFor();
    assert.equal(await first(), "2031-04-28");
  }
  await page.context().close();
});

test("click on an entry shows its card, click on a day offers creation", async () => {
  await make("events", { title: "Look at me", start: "2031-05-14T09:00:00+08:00", venue: "City hall" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-05-01");
  await entry(page, "Look at me").click();
  const card = page.getByRole("dialog", { name: "Look at me" });
  await card.getByText("City hall").waitFor();
  await matches(() => card.getByRole("link", { name: "Open" }).getAttribute("href"), /^\/events\/[0-9a-f-]{36}$/);
  await page.keyboard.press("Escape");
  await day(page, "2031-05-21").click({ position: { x: 40, y: 60 } });
  const made = page.locator(".entry-card");
  await made.getByText("Task", { exact: true }).click();
  await made.getByLabel("Title").fill("Half typed");
  await made.getByRole("link", { name: "More fields" }).click();
  await page.waitForURL(/\/tasks\/new/);
  await reaches(() => page.locator('[name="due_date"]').first().inputValue(), "2031-05-21");
  await reaches(() => page.locator('[name="title"]').first().inputValue(), "Half typed");
  await page.context().close();
});

test("quick creation on a day is saved and undone", async () => {
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-05-01");
  await day(page, "2031-05-27").click({ position: { x: 40, y: 60 } });
  const card = page.locator(".entry-card");
  await card.getByRole("button", { name: "Create", exact: true }).click();
  await card.getByText("Enter a title.").waitFor();
  await card.getByText("Task", { exact: true }).click();
  await card.getByLabel("Title").fill("Made at once");
  await page.keyboard.press("Enter");
  await day(page, "2031-05-27").getByText("Made at once").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await day(page, "2031-05-27").getByText("Made at once").waitFor({ state: "detached" });

  // In the hours, the hours that were pulled over go in.
  await page.goto("/calendar?view=day&date=2031-05-28");
  const slot = (time) => page.locator(`.fc-timegrid-slot-lane[data-time="${time}"]`);
  await slot("09:00:00").waitFor();
  const from = await boxOf(slot("09:00:00"));
  const to = await boxOf(slot("10:30:00"));
  await page.mouse.move(from.x + 80, from.y + 4);
  await page.mouse.down();
  await page.mouse.move(to.x + 80, to.y + 4, { steps: 6 });
  await page.mouse.up();
  await card.getByText("Event", { exact: true }).click();
  await card.getByLabel("Title").fill("Pulled over hours");
  await page.keyboard.press("Enter");
  await entry(page, "Pulled over hours").waitFor();
  const { items } = await (
    await fetch(`${running.address}/api/v1/events?q=Pulled`, { headers: { authorization: `Bearer ${token()}` } })
  ).json();
  assert.equal(items[0].start, "2031-05-28T09:00:00+08:00");
  assert.equal(items[0].end, "2031-05-28T11:00:00+08:00");
  await page.context().close();
});

test("Ctrl-drag and the key C copy an entry", async () => {
  await make("tasks", { title: "Copy me", due_date: "2031-02-12" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-02-01");
  // Waits until the entry lies still.
  await entry(page, "Copy me").hover({ position: { x: 20, y: 8 } });
  const to = await boxOf(day(page, "2031-02-20"));
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + 60, { steps: 8 });
  await page.keyboard.down("Control");
  await page.mouse.up();
  await page.keyboard.up("Control");
  await day(page, "2031-02-20").getByText("Copy me").waitFor();
  await hasCount(day(page, "2031-02-12").getByText("Copy me"), 1);
  await page.getByRole("button", { name: "Undo" }).click();
  await day(page, "2031-02-20").getByText("Copy me").waitFor({ state: "detached" });

  await entry(page, "Copy me").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await matches(() => page.locator("#announcements").textContent(), /19 Feb/);
  await page.keyboard.press("c");
  await day(page, "2031-02-19").getByText("Copy me").waitFor();
  await hasCount(day(page, "2031-02-12").getByText("Copy me"), 1);
  await page.context().close();
});

test("ongoing entry is in the strip and on its last day", async () => {
  const task = await make("tasks", { title: "Long haul", start_date: "2031-01-03", due_date: "2031-01-24" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-01-01");
  await day(page, "2031-01-24").getByText("Ends: Long haul").waitFor();
  await hasCount(page.locator(".fc-daygrid-event", { hasText: "Long haul" }), 1);
  await page.locator(".calendar-running summary").click();
  await page.locator(".running-entry", { hasText: "Long haul" }).waitFor();
  // Moving the end leaves the beginning where it is.
  await entry(page, "Ends: Long haul").dragTo(day(page, "2031-01-29"));
  await becomes("tasks", task.id, "due_date", "2031-01-29");
  assert.equal((await read("tasks", task.id)).start_date, "2031-01-03");
  await page.context().close();
});

test("filters are added, kept in the address and removed", async () => {
  const team = await make("teams", { name: "Chip team" });
  await make("tasks", { title: "Of the team", due_date: "2031-03-12", teams: [team.id], assignees: [] });
  await make("tasks", { title: "Of nobody", due_date: "2031-03-12", assignees: [] });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-03-01");
  await entry(page, "Of nobody").waitFor();
  await page.keyboard.press("a");
  await page.waitForURL((url) => url.searchParams.get("view") === "agenda");
  await page.locator(".filter-add > summary").click();
  await page.getByLabel("Kind").selectOption({ label: "Task" });
  await page.locator("#field-add_team").fill("Chip");
  await page.locator(".picker-option", { hasText: "Chip team" }).click();
  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator(".chip", { hasText: "Chip team" }).waitFor();
  const address = new URL(page.url());
  assert.equal(address.searchParams.get("team"), team.id);
  assert.equal(address.searchParams.get("kinds"), "task");
  // Changes of the script meanwhile are kept.
  assert.equal(address.searchParams.get("view"), "agenda");
  await entry(page, "Of the team").waitFor();
  await hasCount(entry(page, "Of nobody"), 0);
  await page.getByRole("link", { name: "Remove the filter Team" }).click();
  await entry(page, "Of nobody").waitFor();
  await page.context().close();
});

test("year shows the load of each day and opens it", async () => {
  await Promise.all([1, 2, 3].map((number) => make("tasks", { title: `Year ${number}`, due_date: "2033-05-17" })));
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=year&date=2033-01-01&q=Year");
  const full = page.locator('[data-year-day="2033-05-17"]');
  await full.waitFor();
  await reaches(() => full.getAttribute("aria-label"), "Tue 17 May: 3 entries");
  await reaches(() => full.getAttribute("data-level"), "4");
  await reaches(() => page.locator('[data-year-day="2033-05-18"]').getAttribute("data-level"), "0");
  await hasCount(page.locator('[data-year-day][tabindex="0"]'), 1);
  await page.locator('[data-year-day="2033-05-16"]').focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("view") === "day" && url.searchParams.get("date") === "2033-05-17");
  await entry(page, "Year 2").waitFor();
  await page.context().close();
});

test("agenda shows upcoming entries and loads more", async () => {
  await make("events", { title: "Agenda first", start: "2034-02-03T09:00:00+08:00", venue: "Room 4" });
  await make("tasks", { title: "Agenda later", due_date: "2034-02-20" });
  const page = await running.signedIn("coordinator", DESK);
  await openLive(page, "/calendar?view=agenda&date=2034-02-01&next=7");
  await page.locator(".agenda-item", { hasText: "Agenda first" }).getByText("Room 4").waitFor();
  await hasCount(page.getByText("Agenda later"), 0);
  // The second press begins before the first is answered, and ends after it.
  const more = page.getByRole("button", { name: "Show more" });
  const answer = await hold(page, ENTRIES);
  const answered = page.waitForResponse(isEntries);
  await more.click();
  await page.mouse.down();
  answer();
  await (await answered).finished();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250)));
  await page.mouse.up();
  await page.locator(".agenda-section", { hasText: "Mon 20 Feb" }).getByText("Agenda later").waitFor();
  // A change of another person leaves what is shown.
  await make("events", { title: "Agenda meanwhile", start: "2034-02-04T09:00:00+08:00" });
  await page.getByText("Agenda meanwhile").waitFor();
  await hasCount(page.getByText("Agenda later"), 1);
  await page.getByLabel("Period").selectOption({ label: "Next 20 entries" });
  await page.waitForURL((url) => url.searchParams.get("next") === "20e");
  await page.getByText("Agenda later").waitFor();
  await page.context().close();
});

test("timeline has a row for each member of a team", async () => {
  const page = await running.signedIn("coordinator", DESK);
  const known = await ownId(page);
  const team = await make("teams", { name: "Timeline team", members: [known] });
  const task = await make("tasks", { title: "Slide me", due_date: "2031-07-15", assignees: [known] });
  await page.goto(`/calendar?view=people&span=week&date=2031-07-14&team=${team.id}`);
  const bar = page.locator(".timeline-bar", { hasText: "Slide me" });
  await bar.waitFor();
  await hasCount(page.locator(".timeline-row"), 1);
  const box = await boxOf(bar);
  await page.mouse.move(box.x + 10, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 10 + box.width * 2, box.y + 10, { steps: 6 });
  await page.mouse.up();
  await becomes("tasks", task.id, "due_date", "2031-07-17");
  await page.locator("#announcements", { hasText: "Dropped on Thu 17 Jul" }).waitFor({ state: "attached" });
  await bar.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await matches(() => page.locator("#announcements").textContent(), /16 Jul/);
  await page.keyboard.press("Enter");
  await becomes("tasks", task.id, "due_date", "2031-07-16");
  await page.getByRole("button", { name: /^Add for/ }).click();
  const card = page.locator(".entry-card");
  await card.getByText("Task", { exact: true }).click();
  await card.getByLabel("Title").fill("For this person");
  await page.keyboard.press("Enter");
  await page.locator(".timeline-bar", { hasText: "For this person" }).waitFor();
  await page.context().close();
});

test("views follow the preferred first weekday and time zone", async () => {
  await make("events", { title: "Zoned", start: "2031-06-11T01:30:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  const id = await ownId(page);
  const admin = running.token("admin");
  const answer = await fetch(`${running.address}/api/v1/users/${id}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ week_start: "sunday", timezone: "Europe/Berlin" }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  const first = {
    month: ".fc-col-header-cell",
    weeks: ".fc-col-header-cell",
    week: ".fc-timegrid .fc-col-header-cell",
    year: ".year-part th",
  };
  for (const [view, head] of Object.entries(first)) {
    await page.goto(`/calendar?view=${view}&date=2031-06-11`);
    await matches(() => page.locator(head).first().textContent(), /^S/, view);
  }
  await page.goto("/calendar?view=people&span=week&date=2031-06-11");
  await matches(() => page.locator(".timeline-units > *").first().textContent(), /^Sun/);
  // Half past one in Manila is the evening before in Berlin.
  await page.goto("/calendar?view=agenda&date=2031-06-10&next=1");
  await page.locator(".agenda-item", { hasText: "Zoned" }).getByText("7:30 PM").waitFor();
  await page.goto("/calendar?view=month&date=2031-06-01");
  await day(page, "2031-06-10").getByText("Zoned").waitFor();
  await page.context().close();
});

test("address keeps view, date and filters", async () => {
  await make("tasks", { title: "Filtered task", due_date: "2031-06-10" });
  await make("events", { title: "Filtered event", start: "2031-06-10T09:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-06-01");
  await entry(page, "Filtered event").waitFor();
  await page.locator(".calendar-modules-menu > summary").click();
  const modules = page.locator(".calendar-modules-menu");
  const count = modules.locator('.module-check[data-module="tasks"] [data-count]');
  assert.ok(Number(await count.textContent()) >= 1);
  await modules.locator('[data-module-filter="tasks"]').uncheck();
  await entry(page, "Filtered task").waitFor({ state: "detached" });
  await page.getByLabel("Find in the calendar").fill("filtered");
  await page.waitForURL((url) => url.searchParams.get("q") === "filtered");
  await page.locator("body").click({ position: { x: 640, y: 5 } });
  await page.keyboard.press("a");
  await page.waitForURL((url) => url.searchParams.get("view") === "agenda");
  assert.ok(!new URL(page.url()).searchParams.get("modules").split(",").includes("tasks"));
  await page.reload();
  await entry(page, "Filtered event").waitFor();
  await hasCount(entry(page, "Filtered task"), 0);
  await reaches(() => page.getByLabel("Find in the calendar").inputValue(), "filtered");
  await page.locator("body").click({ position: { x: 640, y: 5 } });
  await page.keyboard.press("m");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL((url) => url.searchParams.get("date")?.startsWith("2031-07"));
  await page.context().close();
});

test("change of another person appears on an open calendar", async () => {
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

test("month with many entries stays usable", async () => {
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
  const count = day(page, "2031-09-10").locator(".entry-count");
  await count.waitFor();
  await reaches(() => count.textContent(), "30 tasks due");
  const nodes = await page.evaluate(() => document.querySelectorAll(".calendar-grid [data-entry]").length);
  assert.ok(nodes < 40, `${nodes} entries in the page`);
  await count.click();
  // Every entry of the day is there, however many the grid was given.
  await hasCount(page.locator(".entry-card").getByRole("link"), 30);
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
    const shown = { year: ".year-day", people: ".timeline-row", resources: ".timeline-empty, .timeline-row" };
    for (const view of ["month", "weeks", "week", "day", "agenda", "year", "people", "resources"]) {
      await page.goto(`/calendar?view=${view}&date=2031-10-14`);
      await page.locator(shown[view] ?? ".calendar-grid [data-entry]").first().waitFor();
      await assertAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${view} is ${wide} pixels too wide`);
    }
    await page.goto("/calendar?view=agenda&date=2031-10-14");
    await entry(page, "consultation").click();
    await page.locator(".entry-card").waitFor();
    await assertAccessible(page);
    await page.context().close();
  });
}

test("days show Hijri date and holidays", async () => {
  const admin = running.token("admin");
  const answer = await fetch(`${running.address}/api/v1/holidays`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Founding day", date: "2031-03-19" }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-03-01");
  await day(page, "2031-03-19").locator("[data-hijri]").waitFor();
  await matches(() => day(page, "2031-03-19").locator("[data-hijri]").getAttribute("data-hijri"), /^\d+ \w+/);
  await reaches(() => day(page, "2031-03-19").getAttribute("data-holiday"), "true");
  await reaches(() => day(page, "2031-03-20").getAttribute("data-holiday"), null);
  await page.locator(".calendar-paper > summary").click();
  await page.getByLabel("Hijri dates").uncheck();
  await day(page, "2031-03-19").locator("[data-hijri]").waitFor({ state: "detached" });
  await page.reload();
  await day(page, "2031-03-19").and(page.locator("[data-holiday]")).waitFor();
  await hasCount(page.locator("[data-hijri]"), 0);
  await page.goto("/calendar?view=agenda&date=2031-03-19&next=1");
  await page.locator(".agenda-day", { hasText: "Founding day" }).waitFor();
  await page.context().close();
});

test("entry continued from the week before shows no start at midnight", async () => {
  await make("events", { title: "Long journey", start: "2031-06-07T07:00:00+08:00", end: "2031-06-10T17:00:00+08:00" });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2031-06-01");
  const parts = page.locator(".calendar-grid .fc-daygrid-event", { hasText: "Long journey" });
  await parts.first().waitFor();
  await hasCount(parts, 2);
  const times = page.locator(".fc-daygrid-event:visible", { hasText: "Long journey" }).locator(".fc-event-time:visible");
  await reaches(() => times.allInnerTexts(), ["7am"]);
  await page.context().close();
});

test("timeline of resources shows bookings and creates one", async () => {
  // Bookings are for the months to come: a Monday two weeks ahead.
  const weekday = new Date(`${today()}T00:00:00Z`).getUTCDay();
  const ahead = (days) => today(15 - weekday + days);
  const admin = running.token("admin");
  const answer = await fetch(`${running.address}/api/v1/resources`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Timeline room", resource_type: "room" }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  const room = await answer.json();
  await make("bookings", {
    resource: room.id,
    purpose: "Booked before",
    start: `${ahead(1)}T09:00:00+08:00`,
    end: `${ahead(1)}T11:00:00+08:00`,
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(`/calendar?view=resources&span=week&date=${ahead(0)}&resource=${room.id}`);
  const row = page.locator(".timeline-row", { hasText: "Timeline room" });
  await row.locator(".timeline-bar").waitFor();
  await hasCount(page.locator(".timeline-row"), 1);
  const track = await boxOf(row.locator(".timeline-track"));
  // The third day is free.
  await page.mouse.click(track.x + (track.width * 2.5) / 7, track.y + track.height / 2);
  const card = page.locator(".entry-card");
  await card.getByRole("link", { name: "More fields" }).waitFor();
  const form = new URL(await card.getByRole("link").last().getAttribute("href"), running.address);
  assert.equal(form.pathname, "/bookings/new");
  assert.equal(form.searchParams.get("resource"), room.id);
  assert.ok(form.searchParams.get("start").startsWith(`${ahead(2)}T09:00`));
  await card.getByLabel("Title").fill("Booked by click");
  await page.keyboard.press("Enter");
  await row.locator(".timeline-bar", { hasText: "Booked by click" }).waitFor();
  await page.context().close();
});
