// Series: made in the form by mouse and by keyboard alone, one date moved with the dialog, changed, cancelled, undone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, typeLike } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes as reaches, hasCount } from "./work.mjs";

const running = runningProgram();
const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let known;
const client = (...given) => (known ??= api(running))(...given);

const weekly = (title, start) =>
  client("POST", "events", { title, start, timezone: "Asia/Manila", rrule: "FREQ=WEEKLY;BYDAY=MO" });
const dates = async (event) =>
  (await client("GET", `events/${event.id}/occurrences?limit=4`)).items.map(({ start }) =>
    start.slice(0, 16),
  );

const becomes = (event, wanted) => reaches(() => dates(event), wanted);

async function fits(page) {
  await assertAccessible(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} pixels too wide`);
}

for (const [name, options] of [
  ["desk", DESK],
  ["phone", PHONE],
]) {
  test(`form of a weekly event previews its occurrences: ${name}`, async () => {
    const page = await running.signedIn("coordinator", options);
    await page.goto("/events/new?start=2032-01-13T09:00:00%2B08:00");
    await page.getByLabel("Title").fill(`Round table ${name}`);
    const repeats = page.getByLabel("Repeats", { exact: true });
    const labels = await repeats.locator("option").allTextContents();
    assert.ok(labels.includes("Every month on the second Tuesday"), labels.join());
    await repeats.selectOption({ label: "Every week on Tuesday" });
    const preview = page.locator(".recurrence-preview");
    await preview.getByText("Tue 20 Jan 2032, 9:00 AM").waitFor();
    await preview.getByText("Every week on Tuesday").waitFor();
    // Another start takes the rule along.
    await page.locator('input[name="start"]').fill("2032-01-15");
    await preview.getByText("Thu 22 Jan 2032, 9:00 AM").waitFor();
    await repeats.selectOption("custom");
    await page.getByLabel("Every", { exact: true }).fill("2");
    await page.getByRole("checkbox", { name: "Mon" }).check();
    await page.getByLabel("Ends").selectOption("count");
    await page.getByLabel("Occurrences", { exact: true }).fill("3");
    await preview.getByText("Every 2 weeks on Monday and Thursday, 3 times").waitFor();
    await fits(page);
    await repeats.selectOption("text");
    await page.getByLabel("Rule as text").fill("FREQ=SOMETIMES");
    await preview.getByText("SOMETIMES").waitFor();
    await page.getByLabel("Rule as text").fill("FREQ=WEEKLY;BYDAY=TH");
    await preview.getByText("Every week on Thursday").waitFor();
    // The end was set for another day.
    await page.locator('input[name="end"]').fill("");
    await page.locator('input[name="end.time"]').fill("");
    await page.getByRole("button", { name: "Create event" }).click();
    await page.getByRole("heading", { name: "Next occurrences" }).waitFor();
    await page.locator("#dates").getByText("Every week on Thursday").waitFor();
    await fits(page);
    await page.locator("#dates").getByRole("link").nth(1).click();
    await page.getByText("Part of a series").waitFor();
    await fits(page);
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await page.getByRole("radio", { name: /^This occurrence/ }).waitFor();
    await reaches(() => page.getByLabel("Repeats", { exact: true }).isVisible(), false);
    await page.getByRole("radio", { name: /^All occurrences/ }).check();
    await reaches(() => page.getByLabel("Repeats", { exact: true }).isVisible(), true);
    await fits(page);
    await page.context().close();
  });
}

test("recurrence is filled in by keyboard", async () => {
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/events/new?title=Typed&start=2032-03-10T09:00:00%2B08:00");
  await page.getByLabel("Repeats", { exact: true }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.locator(".recurrence-preview").getByText("Wed 17 Mar 2032, 9:00 AM").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator("#dates").getByText("Every week on Wednesday").waitFor();
  await page.context().close();
});

test("dragged occurrence asks for the scope, and Undo reverts it", async () => {
  const event = await weekly("Drag one date", "2033-02-07T09:00:00");
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=month&date=2033-02-01");
  const day = (date) => page.locator(`.fc-daygrid-day[data-date="${date}"]`);
  const entry = day("2033-02-14").locator("[data-entry]", { hasText: "Drag one date" });
  await entry.dragTo(day("2033-02-16"));
  const dialog = page.getByRole("dialog", { name: /Drag one date/ });
  await dialog.getByRole("button", { name: /^This occurrence/ }).waitFor();
  await assertAccessible(page);
  // Turned away, nothing moves.
  await page.keyboard.press("Escape");
  await entry.waitFor();
  await entry.dragTo(day("2033-02-16"));
  await dialog.getByRole("button", { name: /^This occurrence/ }).click();
  await becomes(event, ["2033-02-07T09:00", "2033-02-16T09:00", "2033-02-21T09:00", "2033-02-28T09:00"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await becomes(event, ["2033-02-07T09:00", "2033-02-14T09:00", "2033-02-21T09:00", "2033-02-28T09:00"]);
  // By keyboard: held, moved, put down, and all dates chosen with the arrows.
  await entry.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await becomes(event, ["2033-02-08T09:00", "2033-02-15T09:00", "2033-02-22T09:00", "2033-03-01T09:00"]);
  await page.context().close();
});

test("following occurrences are changed, one is cancelled, and both are undone", async () => {
  const event = await weekly("Change me", "2034-01-02T09:00:00");
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(`/events/${event.id}/edit`);
  await page.getByText("This changes all occurrences").waitFor();
  await assertAccessible(page);
  await page.goto(`/events/${event.id}?occurrence=2034-01-16T09:00:00`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByRole("radio", { name: /^This and following/ }).check();
  await page.getByLabel("Title").fill("Changed");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Changed", level: 1 }).waitFor();
  assert.ok(!page.url().includes(event.id), "the series goes on as another");
  await becomes(event, ["2034-01-02T09:00", "2034-01-09T09:00"]);
  await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
  const all = ["2034-01-02T09:00", "2034-01-09T09:00", "2034-01-16T09:00", "2034-01-23T09:00"];
  await becomes(event, all);
  // Undo leads back to the series; going on before it has arrived would break it off.
  await page.waitForURL((url) => url.pathname.includes(event.id));
  await page.goto(`/events/${event.id}?occurrence=2034-01-16T09:00:00`);
  await page.getByText("Cancel occurrence").click();
  const dialog = page.getByRole("dialog", { name: /^Cancel/ });
  await dialog.getByRole("button", { name: /^This occurrence/ }).click();
  await page.getByRole("button", { name: "Restore" }).waitFor();
  await becomes(event, ["2034-01-02T09:00", "2034-01-09T09:00", "2034-01-23T09:00", "2034-01-30T09:00"]);
  await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
  await becomes(event, all);
  await page.context().close();
});

for (const [name, options] of [
  ["desk", DESK],
  ["phone", PHONE],
]) {
  test(`Undo after a split opens the series: ${name}`, async () => {
    const event = await weekly(`Split ${name}`, "2034-05-01T09:00:00");
    const all = ["2034-05-01T09:00", "2034-05-08T09:00", "2034-05-15T09:00", "2034-05-22T09:00"];
    const page = await running.signedIn("coordinator", options);
    await page.goto(`/events/${event.id}/edit?occurrence=2034-05-15T09:00:00`);
    await page.getByRole("radio", { name: /^This and following/ }).check();
    await typeLike(page, " apart", page.getByLabel("Title"));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /apart/, level: 1 }).waitFor();
    const second = new URL(page.url()).pathname;
    assert.notEqual(second, `/events/${event.id}`);
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    // The page of the second part has nothing left to show.
    await page.waitForURL((url) => url.pathname === `/events/${event.id}`);
    await page.getByText("Undone").waitFor();
    await page.getByRole("heading", { name: `Split ${name}`, level: 1, exact: true }).waitFor();
    await hasCount(page.getByText("Archived: not in lists"), 0);
    await page.getByRole("link", { name: "Edit", exact: true }).waitFor();
    assert.deepEqual(await dates(event), all);
    await fits(page);
    // Going back shows what became of the second part, and offers nothing that would be refused.
    await page.goto(second);
    await page.getByText("Archived: not in lists").waitFor();
    await hasCount(page.getByRole("link", { name: "Edit", exact: true }), 0);
    await page.context().close();
  });
}

test("occurrence is cancelled and a rule written without scripts", async () => {
  const event = await weekly("Plain", "2035-01-01T09:00:00");
  const page = await running.signedIn("coordinator", { ...DESK, javaScriptEnabled: false });
  await page.goto(`/events/${event.id}?occurrence=2035-01-08T09:00:00`);
  await page.getByText("Cancel occurrence").click();
  await page.getByRole("radio", { name: /^This and following/ }).check();
  await page.getByRole("button", { name: /^Cancel Mon 8 Jan/ }).click();
  assert.deepEqual(await dates(event), ["2035-01-01T09:00"]);
  await page.goto(`/events/${event.id}/edit`);
  await page.getByLabel("Repeats", { exact: true }).fill("FREQ=DAILY;COUNT=2");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#dates").getByText("Every day, 2 times").waitFor();
  await page.context().close();
});

for (const [name, options] of [
  ["desk", DESK],
  ["phone", PHONE],
]) {
  test(`end of a rule is shown as a date and stays exact until changed: ${name}`, async () => {
    // One in the morning of UTC is nine in Manila.
    const rule = "FREQ=WEEKLY;UNTIL=20360310T010000Z;BYDAY=MO,WE";
    const event = await client("POST", "events", {
      title: "Ends in March",
      start: "2036-02-04T09:00:00",
      timezone: "Asia/Manila",
      rrule: rule,
    });
    const now = async () => (await client("GET", `events/${event.id}`)).rrule;
    const page = await running.signedIn("coordinator", options);
    await page.goto(`/events/${event.id}/edit`);
    const last = page.getByLabel("Last day", { exact: true });
    await reaches(() => last.inputValue(), "2036-03-10");
    await hasCount(page.getByText("UNTIL="), 0, "nobody reads the rule as text");
    await page.locator(".recurrence-preview").getByText("until Mon 10 Mar 2036").waitFor();
    await fits(page);
    // Other parts are changed, the end is not touched.
    await page.getByRole("checkbox", { name: "Fri" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#dates").getByText("Every week on Monday, Wednesday and Friday").waitFor();
    assert.equal(await now(), "FREQ=WEEKLY;UNTIL=20360310T010000Z;BYDAY=MO,WE,FR");
    await page.goto(`/events/${event.id}/edit`);
    await last.fill("2036-03-14");
    await page.locator(".recurrence-preview").getByText("until Fri 14 Mar 2036").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("#dates").getByText("until Fri 14 Mar 2036").waitFor();
    assert.equal(await now(), "FREQ=WEEKLY;UNTIL=20360314;BYDAY=MO,WE,FR");
    await page.context().close();
  });
}

test("blocked task continues with its next occurrence for a reason, by keyboard and on a phone", async () => {
  const first = await client("POST", "tasks", { title: "Permit first", due_date: "2036-01-01" });
  const task = await client("POST", "tasks", {
    title: "Waits each week",
    due_date: "2036-01-07",
    rrule: "FREQ=WEEKLY;COUNT=4",
    depends_on: [first.id],
  });
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto(`/tasks/${task.id}`);
  await page.getByText("Start Mon 7 Jan 2036 anyway").first().focus();
  await page.keyboard.press("Enter");
  const reason = page.getByLabel("Reason to go ahead");
  await reason.fill("The governor asks");
  const box = await boxOf(reason);
  assert.ok(box.x >= 0 && box.x + box.width <= 390, `${box.x} to ${box.x + box.width}`);
  await fits(page);
  await page.keyboard.press("Enter");
  await page.getByText("Complete Mon 7 Jan 2036 anyway").first().waitFor();
  await page.context().close();
});
