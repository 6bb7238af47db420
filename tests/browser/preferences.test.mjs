// Preferences, saved views, and the holidays of a year.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { day, runningProgram } from "./program.mjs";
import { becomes } from "./work.mjs";

const running = runningProgram();

async function assertFits(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${wide} pixels of ${width}`);
}

for (const width of [1280, 390]) {
  const viewport = { width, height: 844 };

  test(`working hours have several periods a day at ${width} pixels`, async () => {
    const page = await running.signedIn("staff", { viewport });
    await page.goto("/me");
    const from = (day, number = "") => page.getByLabel(`${day}, from${number}`, { exact: true });
    const to = (day, number = "") => page.getByLabel(`${day}, to${number}`, { exact: true });
    const saved = () => page.evaluate(async () => (await fetch("/api/v1/me")).json());
    await from("Monday").fill("08:00");
    await to("Monday").fill("12:00");
    await page.getByRole("button", { name: "More hours on Monday" }).click();
    await page.keyboard.press("Escape");
    await from("Monday", " (2)").fill("13:00");
    await to("Monday", " (2)").fill("17:00");
    await page.getByRole("button", { name: "Same until Friday" }).click();
    await becomes(() => to("Friday", " (2)").inputValue(), "17:00");
    await page.getByRole("button", { name: "Friday, remove (2)" }).click();
    await page.getByLabel("Calendar opens with").selectOption("week");
    await assertAccessible(page);
    await assertFits(page, width);
    await page.locator("#calendar").getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    const morning = { from: "08:00", to: "12:00" };
    const both = [morning, { from: "13:00", to: "17:00" }];
    const first = await saved();
    assert.deepEqual(first.working_hours, {
      monday: both,
      tuesday: both,
      wednesday: both,
      thursday: both,
      friday: [morning],
    });
    assert.equal(first.default_view, "week");
    // Saved again as it stands, nothing is lost.
    await page.locator("#calendar").getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    assert.deepEqual((await saved()).working_hours, first.working_hours);
    await page.goto("/calendar");
    await page.waitForURL(/view=week/);
    await page.context().close();
  });

  test(`holidays open at this year and follow moon sightings at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/holidays");
    const year = Number(day().slice(0, 4));
    await page.waitForURL((url) => url.searchParams.get("date_from") === `${year}-01-01`);
    await page.getByRole("navigation", { name: "Years" }).getByRole("link", { name: `${year + 1}` }).click();
    await page.waitForURL((url) => url.searchParams.get("date_from") === `${year + 1}-01-01`);
    await assertAccessible(page);
    await assertFits(page, width);

    const computed = width === 390 ? year + 6 : year + 5;
    await page.getByText("Calculate a year").click();
    await page.getByLabel("Year", { exact: true }).fill(`${computed}`);
    await page.getByRole("button", { name: "Calculate", exact: true }).click();
    await page.getByText(`holidays of ${computed} added`).waitFor();
    const ramadan = () =>
      page.evaluate(async (year) => {
        const list = await fetch(`/api/v1/holidays?date_from=${year}-01-01&date_to=${year}-12-31&limit=100`);
        return (await list.json()).items.find((holiday) => holiday.name === "First day of Ramadan").date;
      }, computed);
    const before = await ramadan();
    const days = await page.evaluate(async (date) => {
      const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86400000).toISOString().slice(0, 10);
      return (await (await fetch(`/api/v1/calendar/dates?start=${date}&end=${next}`)).json()).days;
    }, before);
    assert.deepEqual([days[0].hijri.month, days[0].hijri.day], [9, 1]);
    await page.goto("/hijri-adjustments/new");
    await page.getByLabel("Hijri year").fill(`${days[0].hijri.year}`);
    await page.getByLabel("Month").selectOption("ramadan");
    await page.getByLabel("Days later than calculated").fill("1");
    await assertAccessible(page);
    await page.getByRole("button", { name: "Create moon sighting" }).click();
    await page.getByRole("heading", { level: 1 }).getByText(/Ramadan/).waitFor();
    const after = await ramadan();
    assert.equal(Date.parse(after) - Date.parse(before), 86400000, `${before} to ${after}`);
    await page.locator("summary[aria-label='More actions']").click();
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByText("Archived: not in lists").waitFor();
    assert.equal(await ramadan(), before);
    await page.context().close();
  });
}

test("view is saved, set as default, renamed, deleted and restored on a phone", async () => {
  const page = await running.signedIn("staff", { viewport: { width: 390, height: 844 } });
  await page.goto("/calendar?view=agenda&modules=tasks&status=in_progress");
  const menu = page.locator("[data-presets]");
  await menu.locator("summary").click();
  await page.getByLabel("Save current view as").fill("My work");
  await menu.getByRole("button", { name: "Save" }).click();
  await menu.getByRole("link", { name: "My work" }).waitFor();
  await assertAccessible(page);
  await assertFits(page, 390);
  await menu.getByRole("button", { name: "Make My work the default view" }).click();
  await menu.getByText("default").waitFor();
  await page.goto("/calendar");
  await page.waitForURL(/view=agenda&modules=tasks&status=in_progress/);
  await menu.locator("summary").click();
  await menu.getByRole("button", { name: "Rename My work" }).click();
  await page.getByLabel("New name").fill("Our work");
  await page.keyboard.press("Enter");
  await menu.getByRole("link", { name: "Our work" }).waitFor();
  await menu.getByRole("button", { name: "Delete Our work" }).click();
  await menu.getByRole("link", { name: "Our work" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await menu.locator("summary").click();
  await menu.getByRole("link", { name: "Our work" }).waitFor();
  await page.context().close();
});
