// Parts around the views of the calendar: busy days, conflicts, saved views, the list without script.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { ownId } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, hasCount, matches } from "./work.mjs";

const running = runningProgram();
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const make = (collection, body) => client("POST", collection, body);

test("side area shows busy days, conflicts and upcoming entries", async () => {
  const page = await running.signedIn("coordinator", DESK);
  const me = await ownId(page);
  const tomorrow = day(1);
  const event = (title, hours) =>
    make("events", { title, start: `${tomorrow}T${hours}:00+08:00`, participants: [me], venue: "" });
  await event("Clashing one", "09:00");
  await event("Clashing two", "09:30");
  await page.goto("/calendar?view=month&q=Clashing");
  await page.locator("[data-toggle-panels]").click();
  const side = page.getByRole("complementary", { name: "Calendar panels" });
  const clash = side.locator(".clash").first();
  await clash.getByRole("link", { name: /Clashing one/ }).waitFor();
  await clash.getByRole("link", { name: /Clashing two/ }).waitFor();
  await side.locator(".upcoming").getByText("Clashing two").waitFor();
  await hasCount(side.locator(".heat-map a"), 56);
  await assertAccessible(page);
  const full = side.locator(".heat-map a", { has: page.locator(".heat-count") }).first();
  await matches(() => full.getAttribute("aria-label"), /: \d+ entr/);
  await full.click();
  await page.waitForURL((url) => url.searchParams.get("view") === "day" && url.searchParams.get("q") === "Clashing");
  // It stays open, and the key closes it.
  await side.locator(".heat-map").waitFor();
  await page.locator("body").click({ position: { x: 640, y: 5 } });
  await page.keyboard.press("b");
  await side.waitFor({ state: "hidden" });
  await page.context().close();
});

for (const width of [1280, 390]) {
  test(`holiday outside the month is readable at ${width} pixels`, async () => {
    await make("holidays", { name: `Day of the office ${width}`, date: "2031-06-30", holiday_type: "special_working" });
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    await page.goto("/calendar?view=month&date=2031-07-10");
    await page.locator("[data-holiday]").first().waitFor();
    await assertAccessible(page);
  });
}

test("saved view is created, renamed, set as default and deleted", async () => {
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar?view=agenda&next=14&q=meeting&date=2031-01-01");
  await page.locator(".agenda").waitFor();
  const menu = page.locator(".calendar-presets");
  await menu.locator("summary").click();
  await page.getByLabel("Save current view as").fill("My meetings");
  await page.keyboard.press("Enter");
  await menu.getByRole("link", { name: "My meetings" }).waitFor();
  await menu.getByRole("button", { name: "Make My meetings the default view" }).click();
  await menu.getByText("default").waitFor();
  await menu.getByRole("button", { name: "Rename My meetings" }).click();
  await menu.getByLabel("New name").fill("Meetings to come");
  await page.keyboard.press("Enter");
  await menu.getByRole("link", { name: /Meetings to come/ }).waitFor();
  await page.goto("/calendar");
  const opened = new URL(page.url());
  assert.equal(opened.searchParams.get("q"), "meeting");
  assert.equal(opened.searchParams.get("view"), "agenda");
  await menu.locator("summary").click();
  await assertAccessible(page);
  await menu.getByRole("button", { name: "Delete Meetings to come" }).click();
  await menu.getByRole("link", { name: /Meetings to come/ }).waitFor({ state: "detached" });
  await page.context().close();
});

test("calendar without scripts shows a list", async () => {
  await make("tasks", { title: "Plain task", due_date: "2031-11-12" });
  const page = await running.signedIn("coordinator", { ...DESK, javaScriptEnabled: false });
  await page.goto("/calendar?date=2031-11-01");
  await page.getByRole("link", { name: "Show as a list" }).click();
  await page.getByRole("link", { name: "Plain task" }).waitFor();
  await page.getByRole("link", { name: "Later" }).click();
  assert.equal(new URL(page.url()).searchParams.get("date"), "2031-12-01");
  await page.context().close();
});
