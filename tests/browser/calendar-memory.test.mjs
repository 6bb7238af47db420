// The calendar as one left it: whose entries, view and filters are remembered; Back walks views and weeks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const parameter = (page, name) => new URL(page.url()).searchParams.get(name);
const reaches = (page, name, value) => page.waitForURL((url) => url.searchParams.get(name) === value);
const saved = (page) =>
  page.waitForResponse((answer) => answer.url().endsWith("/me/settings/calendar") && answer.status() === 204);

for (const [name, options] of [
  ["desk", DESK],
  ["phone", PHONE],
]) {
  test(`calendar opens as it was left: ${name}`, async () => {
    const isPhone = name === "phone";
    const page = await running.signedIn("staff", options);
    await page.goto("/calendar");
    const whose = page.getByRole("radiogroup", { name: "Whose entries" });
    const show = async () => {
      if (isPhone && !(await whose.isVisible())) await page.getByRole("button", { name: "Filters" }).tap();
    };
    await reaches(page, "mine", "true");
    await show();
    // A new person sees what concerns them, and where the rest is.
    await becomes(() => whose.getByLabel("Mine").isChecked(), true);
    await assertAccessible(page);
    const everyone = saved(page);
    await whose.getByText("Everyone").click();
    await everyone;
    assert.equal(parameter(page, "mine"), null);
    const week = saved(page);
    if (isPhone) {
      await page.locator(".calendar-more-views > summary").tap();
      await page.locator('.calendar-more-views .menu-item[data-view="week"]').tap();
    } else {
      await page.locator('.calendar-views > button[data-view="week"]').click();
    }
    await week;

    await page.goto("/");
    await page.getByRole("link", { name: "Calendar", exact: true }).first().click();
    await page.locator(".fc-timegrid").waitFor();
    assert.equal(parameter(page, "view"), "week");
    await show();
    await becomes(() => whose.getByLabel("Everyone").isChecked(), true);
    // An address wins, and changes nothing of what is remembered.
    await page.goto("/calendar?view=agenda&mine=true");
    await page.locator(".agenda").waitFor();
    await page.goto("/calendar");
    await page.locator(".fc-timegrid").waitFor();
    await page.context().close();
  });
}

test("filter that is set on the page is remembered", async () => {
  const page = await running.signedIn("staff", DESK);
  await page.goto("/calendar?view=agenda&date=2031-03-01");
  await page.locator(".filter-add > summary").click();
  await page.getByLabel("Kind").selectOption({ label: "Task" });
  const kept = saved(page);
  await page.getByRole("button", { name: "Apply" }).click();
  await kept;
  await page.goto("/calendar");
  await page.locator(".chip", { hasText: "Task" }).waitFor();
  assert.equal(parameter(page, "view"), "agenda");
  await page.context().close();
});

test("Back walks views and weeks", async () => {
  const page = await running.signedIn("staff", DESK);
  await page.goto("/tasks");
  await page.goto("/calendar?view=month&date=2031-03-12");
  await page.locator(".fc-dayGridMonth-view").waitFor();
  const length = () => page.evaluate(() => history.length);
  const before = await length();
  await page.keyboard.press("w");
  await page.locator(".fc-timeGridWeek-view").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.locator('.fc-col-header-cell[data-date="2031-03-17"]').waitFor();
  await page.keyboard.press("m");
  await page.locator(".fc-dayGridMonth-view").waitFor();
  // The same view again is no step.
  await page.keyboard.press("m");
  assert.equal(await length(), before + 3);

  await page.goBack();
  await page.locator('.fc-timeGridWeek-view .fc-col-header-cell[data-date="2031-03-17"]').waitFor();
  assert.equal(parameter(page, "date"), "2031-03-19");
  await page.goBack();
  await page.locator('.fc-timeGridWeek-view .fc-col-header-cell[data-date="2031-03-10"]').waitFor();
  await page.goBack();
  await page.locator(".fc-dayGridMonth-view").waitFor();
  await page.goForward();
  await page.locator('.fc-timeGridWeek-view .fc-col-header-cell[data-date="2031-03-10"]').waitFor();
  await page.goBack();
  await page.goBack();
  await page.waitForURL((url) => url.pathname === "/tasks");
  await page.context().close();
});

test("long title shifts neither toolbar nor grid", async () => {
  const page = await running.signedIn("staff", DESK);
  for (const width of [1600, 1280, 1100, 1000, 900, 800, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const tops = [];
    for (const date of ["2026-12-28", "2026-12-07"]) {
      await page.goto(`/calendar?view=week&date=${date}`);
      await page.locator(`.fc-col-header-cell[data-date="${date}"]`).waitFor();
      tops.push(await page.locator(".calendar-grid").evaluate((grid) => grid.getBoundingClientRect().top));
    }
    assert.equal(tops[0], tops[1], `at ${width} pixels`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide at ${width}`);
  }
  await page.context().close();
});

test("day-long bookings and many tasks fold above the hours, events stand below", async () => {
  const date = day(30);
  const car = await client("POST", "resources", { name: "Long car", resource_type: "vehicle" });
  const room = await client("POST", "resources", { name: "Long room", resource_type: "room" });
  await client("POST", "bookings", {
    resource: car.id,
    purpose: "Trip of a day",
    start: `${date}T07:00:00+08:00`,
    end: `${date}T17:00:00+08:00`,
  });
  const event = await client("POST", "events", {
    title: "Consultation",
    start: `${date}T09:00:00+08:00`,
    end: `${date}T12:00:00+08:00`,
  });
  await client("POST", "bookings", {
    resource: room.id,
    purpose: "Room for it",
    origin: { kind: "event", id: event.id },
    start: `${date}T09:00:00+08:00`,
    end: `${date}T12:00:00+08:00`,
  });
  await Promise.all(
    Array.from({ length: 14 }, (_, number) =>
      client("POST", "tasks", { title: `Folded ${number}`, due_date: date, assignees: [] }),
    ),
  );
  const page = await running.signedIn("staff", DESK);
  await page.goto(`/calendar?view=week&date=${date}`);
  const block = page.locator(".fc-timegrid-event", { hasText: "Consultation" });
  await block.getByText("Long room").waitFor();
  await page.locator(".fc-daygrid-event", { hasText: "Trip of a day" }).waitFor();
  await hasCount(page.locator(".fc-timegrid-event"), 1, "one entry for the event and its room");
  const count = page.locator(".entry-count", { hasText: "14 tasks due" });
  await count.click();
  await hasCount(page.locator(".entry-card").getByRole("link"), 14);
  await page.keyboard.press("Escape");
  await block.click();
  await page.locator(".entry-card").getByText("Booked").waitFor();
  await page.context().close();
});
