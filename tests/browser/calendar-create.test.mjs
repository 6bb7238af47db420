// New entries in the calendar, what is said of clashes, and what the card of an entry does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, ownId, placeOf } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes as reaches, hasCount } from "./work.mjs";

const running = runningProgram();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const event = (members) => client("POST", "events", members);
const becomes = ({ id }, field, value, collection = "events") =>
  reaches(async () => (await client("GET", `${collection}/${id}`))[field], value);
const day = (page, date) => page.locator(`.fc-daygrid-day[data-date="${date}"]`);
const block = (page, title) => page.locator(".fc-timegrid-event[data-entry]", { hasText: title });
const said = (page) => page.locator("#announcements").textContent();

test("two clicks make an event; a ghost shows where it will lie", async () => {
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2033-01-12");
  await page.locator('.fc-timegrid-col[data-date="2033-01-12"]').waitFor();
  const at = await placeOf(page, "2033-01-12", "10:00");
  await page.mouse.click(at.x, at.y);
  const ghost = page.locator(".entry-ghost");
  await ghost.waitFor();
  const isAtHour = async () => {
    const { y } = await placeOf(page, "2033-01-12", "10:00");
    return Math.abs((await boxOf(ghost)).y - (y - 3)) < 6;
  };
  // The calendar scrolls to it.
  await reaches(isAtHour, true, "the ghost lies at the hour");
  const card = page.locator(".entry-card");
  await card.getByText("Event", { exact: true }).click();
  await card.getByLabel("Title").fill("Made in two clicks");
  await ghost.getByText("Made in two clicks").waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Enter");
  await block(page, "Made in two clicks").waitFor();
  await hasCount(ghost, 0);
  assert.equal(new URL(page.url()).pathname, "/calendar");

  // In the month, too; Escape takes it away.
  await page.goto("/calendar?view=month&date=2033-01-12");
  await day(page, "2033-01-20").click({ position: { x: 40, y: 60 } });
  await day(page, "2033-01-20").locator(".entry-ghost").waitFor();
  await page.keyboard.press("Escape");
  await ghost.waitFor({ state: "detached" });
  await page.context().close();
});

test("entry is made with the keyboard alone, in hours and in the month", async () => {
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2033-02-07");
  await page.locator(".fc-timegrid-col[tabindex]").focus();
  await page.keyboard.press("Enter");
  await page.locator(".entry-ghost").waitFor();
  assert.match(await said(page), /New entry on Mon 7 Feb, 9:00 AM – 10:00 AM/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.waitForFunction(() =>
    document.querySelector("#announcements").textContent.includes("Tue 8 Feb, 9:30 AM – 11:00 AM"),
  );
  await page.keyboard.press("Enter");
  const card = page.locator(".entry-card");
  await card.getByText("Event", { exact: true }).click();
  await card.getByLabel("Title").fill("Keyed meeting");
  await page.keyboard.press("Enter");
  await block(page, "Keyed meeting").waitFor();
  await reaches(
    async () => (await client("GET", "events?q=Keyed")).items.map(({ start, end }) => [start, end]),
    [["2033-02-08T09:30:00+08:00", "2033-02-08T11:00:00+08:00"]],
  );

  await page.goto("/calendar?view=month&date=2033-02-16");
  await day(page, "2033-02-16").focus();
  await page.keyboard.press("Enter");
  await day(page, "2033-02-16").locator(".entry-ghost").waitFor();
  await page.keyboard.press("ArrowDown");
  await day(page, "2033-02-23").locator(".entry-ghost").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".entry-ghost").waitFor({ state: "detached" });
  await page.context().close();
});

test("entry is made by finger in the hours of a phone", async () => {
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto("/calendar?view=week&date=2033-02-09");
  await page.locator('.fc-timegrid-col[data-date="2033-02-09"]').waitFor();
  const at = await placeOf(page, "2033-02-09", "10:00");
  await page.touchscreen.tap(at.x, at.y);
  await page.locator(".entry-ghost").waitFor();
  const card = page.locator(".entry-card");
  await card.getByText("Event", { exact: true }).tap();
  await card.getByLabel("Title").fill("Tapped meeting");
  await page.keyboard.press("Enter");
  await block(page, "Tapped meeting").waitFor();
  await page.context().close();
});

test("clash is said at once, after making and after moving", async () => {
  const page = await running.signedIn("coordinator", DESK);
  const me = await ownId(page);
  await event({
    title: "Standing meeting",
    start: "2033-03-09T10:00:00+08:00",
    end: "2033-03-09T11:00:00+08:00",
    participants: [me],
  });
  const other = await event({
    title: "Moved onto it",
    start: "2033-03-10T10:00:00+08:00",
    end: "2033-03-10T11:00:00+08:00",
    participants: [me],
  });
  await page.goto("/calendar?view=week&date=2033-03-09");
  await block(page, "Moved onto it").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  const toast = page.locator(".toast", { hasText: "Overlaps with Standing meeting, 10:00 AM" });
  await toast.waitFor();
  await toast.getByRole("button", { name: "Undo" }).click();
  await becomes(other, "start", "2033-03-10T10:00:00+08:00");

  await page.goto("/calendar?view=day&date=2033-03-09");
  await block(page, "Standing meeting").waitFor();
  const at = await placeOf(page, "2033-03-09", "09:30");
  await page.mouse.click(at.x, at.y);
  const card = page.locator(".entry-card");
  await card.getByText("Event", { exact: true }).click();
  await card.getByLabel("Title").fill("Made beside it");
  await page.keyboard.press("Enter");
  await page.locator(".toast", { hasText: "Overlaps with Standing meeting, 10:00 AM" }).waitFor();
  await page.context().close();
});

test("card of an event edits, cancels and undoes", async () => {
  const made = await event({
    title: "Carded",
    start: "2033-04-13T10:00:00+08:00",
    end: "2033-04-13T11:00:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=week&date=2033-04-13");
  await block(page, "Carded").click();
  const card = page.getByRole("dialog", { name: "Carded" });
  await reaches(() => card.getByRole("link", { name: "Edit" }).getAttribute("href"), `/events/${made.id}/edit`);
  await card.getByRole("button", { name: "Copy" }).waitFor();
  await assertAccessible(page);
  await card.getByRole("button", { name: "Cancel event" }).click();
  await becomes(made, "status", "cancelled");
  await page.locator(".entry-off", { hasText: "Carded" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await becomes(made, "status", "scheduled");
  await page.context().close();
});

test("occurrence of a task is edited in its card, alone or with the others", async () => {
  const task = await client("POST", "tasks", {
    title: "Weekly count",
    due_date: "2033-05-04",
    rrule: "FREQ=WEEKLY;COUNT=3",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2033-05-01");
  await day(page, "2033-05-11").getByText("Weekly count").click();
  const card = page.getByRole("dialog", { name: "Weekly count" });
  await card.locator('[data-edit="priority"]').click();
  await page.getByRole("menuitemradio", { name: "High" }).click();
  await page.getByRole("button", { name: /^This occurrence/ }).click();
  await page.locator(".toast", { hasText: "Changed “Weekly count”" }).waitFor();
  await reaches(
    async () => (await client("GET", `tasks/${task.id}/occurrences`)).items.map(({ priority }) => priority),
    ["medium", "high", "medium"],
  );
  await page.context().close();
});

test("of two who move an event at once the second is told", async () => {
  const made = await event({
    title: "Wanted by two",
    start: "2033-06-08T10:00:00+08:00",
    end: "2033-06-08T11:00:00+08:00",
  });
  const [one, two] = await Promise.all([
    running.signedIn("coordinator", DESK),
    running.signedIn("coordinator", DESK),
  ]);
  for (const page of [one, two]) {
    await page.goto("/calendar?view=week&date=2033-06-08");
    await block(page, "Wanted by two").focus();
    const read = page.waitForResponse((answer) => answer.url().endsWith(`/api/v1/events/${made.id}`));
    await page.keyboard.press("Space");
    await read;
  }
  await one.keyboard.press("ArrowDown");
  await one.keyboard.press("Enter");
  await becomes(made, "start", "2033-06-08T10:30:00+08:00");
  await two.keyboard.press("ArrowRight");
  await two.keyboard.press("Enter");
  await two.locator(".toast", { hasText: "was changed by someone else meanwhile" }).waitFor();
  await block(two, "Wanted by two").getByText("10:30am - 11:30am").waitFor();
  await becomes(made, "start", "2033-06-08T10:30:00+08:00");
  await Promise.all([one.context().close(), two.context().close()]);
});
