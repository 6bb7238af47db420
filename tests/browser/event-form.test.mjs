// Form of an event in a browser: guests' times and free rooms follow what is typed; the room is booked in the same
// save and moves with the event.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, fits } from "./axe.mjs";
import { ownId } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();

/** Returns the start of an hour on a day from today. */
const at = (days, time) => `${day(days)}T${time}:00+08:00`;

for (const width of [1280, 390]) {
  test(`event is planned with guests and a room at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const client = api(running);
    const room = await client("POST", "resources", { name: `Blue room ${width}`, resource_type: "room", seats: 20 });
    const other = await client("POST", "resources", { name: `Red room ${width}`, resource_type: "room", seats: 20 });
    await client("POST", "bookings", {
      resource: other.id,
      purpose: "Audit",
      start: at(1, "13:00"),
      end: at(1, "15:00"),
    });
    await page.goto("/");
    // Who plans an event is a guest, too.
    await client("POST", "events", {
      title: `Seminar ${width}`,
      start: at(1, "13:00"),
      end: at(1, "14:00"),
      participants: [await ownId(page)],
    });
    await page.goto(`/events/new?start=${day(1)}T09:00&end=${day(1)}T10:00`);
    await page.getByLabel("Title").fill(`Forum ${width}`);
    const rooms = page.getByRole("group", { name: "Resources" });
    const guests = page.locator("[data-planner=guests]");
    await rooms.getByLabel(`Red room ${width}`).waitFor();
    await becomes(() => rooms.getByLabel(`Red room ${width}`).isEnabled(), true);
    await guests.getByText("Free", { exact: true }).first().waitFor();

    // Another time: the room is taken, the guest is busy, and both are told in words.
    await page.locator("[name='start.time']").fill("13:30");
    await page.locator("[name='end.time']").fill("14:30");
    await guests.getByText(`Seminar ${width}, 1:00 PM – 2:00 PM`).waitFor();
    await rooms.getByText("Audit,").first().waitFor();
    await becomes(() => rooms.getByLabel(`Red room ${width}`).isDisabled(), true);
    await fits(page);
    await assertAccessible(page);

    // By keyboard: the focus stays on the room that is chosen.
    await rooms.getByLabel(`Blue room ${width}`).focus();
    await page.keyboard.press("Space");
    await rooms.getByRole("heading", { name: "Selected" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.value), room.id);
    await page.getByRole("button", { name: "Create event" }).click();
    await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
    const lead = page.locator("#lead");
    await lead.getByText("1:30 PM – 2:30 PM").waitFor();
    await lead.getByRole("link", { name: `Blue room ${width}` }).waitFor();
    await fits(page);
    await assertAccessible(page);

    // The room moves with the event.
    const id = page.url().split("/").pop();
    await client("PATCH", `events/${id}`, { start: at(1, "15:00"), end: at(1, "16:00") });
    const found = await client("GET", `bookings?origin=${id}`);
    assert.equal(Date.parse(found.items[0].start), Date.parse(at(1, "15:00")));

    // Taken off the form, it is released.
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("group", { name: "Resources" }).getByLabel(`Blue room ${width}`).uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
    assert.equal((await client("GET", `bookings/${found.items[0].id}`)).status, "cancelled");
    await page.context().close();
  });

  test(`form of an event works without script at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 }, javaScriptEnabled: false });
    const client = api(running);
    const room = await client("POST", "resources", { name: `Green room ${width}`, resource_type: "room" });
    // Enter saves.
    await page.goto("/events/new");
    await page.getByLabel("Title").press("Enter");
    await page.getByRole("link", { name: "Title is required." }).waitFor();
    await page.goto(`/events/new?title=Plain+${width}&start=${day(6)}T09:00&end=${day(6)}T10:00`);
    await page.getByLabel("Name of a resource").fill(`Green room ${width}`);
    await page.locator("[name='start.time']").fill("11:00");
    await page.locator("[name='end.time']").fill("12:00");
    await page.getByRole("button", { name: "Show what is free" }).click();
    await page.getByText("Room: free").waitFor();
    await becomes(() => page.locator("[name='start.time']").inputValue(), "11:00");
    await page.getByRole("button", { name: "Create event" }).click();
    await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
    const found = await client("GET", `bookings?resource=${room.id}`);
    assert.equal(Date.parse(found.items[0].start), Date.parse(at(6, "11:00")));
    await page.context().close();
  });
}

test("dragged event whose room is taken is moved with another room", async () => {
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  const client = api(running);
  const room = await client("POST", "resources", { name: "North room", resource_type: "room", seats: 30 });
  const other = await client("POST", "resources", { name: "South room", resource_type: "room", seats: 30 });
  const event = await client("POST", "events", {
    title: "Elders meet",
    start: "2027-03-03T09:00:00+08:00",
    end: "2027-03-03T10:00:00+08:00",
    resources: [room.id],
  });
  await client("POST", "bookings", {
    resource: room.id,
    purpose: "Inventory",
    start: "2027-03-04T08:00:00+08:00",
    end: "2027-03-04T12:00:00+08:00",
  });
  await page.goto("/calendar?view=month&date=2027-03-01&kinds=event");
  const entry = page.locator(".calendar-grid [data-entry]", { hasText: "Elders meet" }).first();
  await entry.dragTo(page.locator('.fc-daygrid-day[data-date="2027-03-04"]'));
  const dialog = page.getByRole("dialog");
  await dialog.getByText("North room is already booked").waitFor();
  await dialog.getByRole("button", { name: "Without North room" }).waitFor();
  await dialog.getByRole("button", { name: "Keep the old time" }).waitFor();
  // Free times of others are offered, the present one is no way out.
  await dialog.getByRole("button", { name: /4 Mar/ }).first().waitFor();
  await hasCount(dialog.getByRole("button", { name: /3 Mar.* 9:00 AM – 10:00 AM/ }), 0);
  await assertAccessible(page);
  await dialog.getByRole("button", { name: "Use South room" }).click();
  await page.getByText("Elders meet", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Undo" }).waitFor();
  const moved = await client("GET", `events/${event.id}`);
  assert.equal(moved.start.slice(0, 10), "2027-03-04");
  const found = await client("GET", `bookings?origin=${event.id}&status=approved`);
  assert.deepEqual(found.items.map(({ resource }) => resource), [other.id]);
  await page.context().close();
});

test("an event needs a title and no more: its form begins with the next free hour of the office", async () => {
  const page = await running.signedIn("coordinator");
  await page.goto("/events/new");
  const value = (name) => page.locator(`[name='${name}']`).inputValue();
  const start = Number((await value("start.time")).slice(0, 2));
  assert.match(await value("start.time"), /^\d\d:00$/);
  assert.equal(await value("end.time"), `${String(start + 1).padStart(2, "0")}:00`);
  assert.ok((await value("start")) >= day(0), "not in the past");
  // The end follows the start, also past midnight and back. Its own change is a new length.
  const first = await value("start");
  const next = new Date(Date.parse(first) + 86_400_000).toISOString().slice(0, 10);
  const put = (name, text) => page.locator(`[name='${name}']`).fill(text);
  await put("start.time", "23:30");
  assert.deepEqual([await value("end"), await value("end.time")], [next, "00:30"]);
  await put("start.time", "09:15");
  assert.deepEqual([await value("end"), await value("end.time")], [first, "10:15"]);
  // A time that is cleared and typed anew.
  await put("start.time", "");
  await put("start.time", "11:15");
  assert.deepEqual([await value("end"), await value("end.time")], [first, "12:15"]);
  await put("start.time", "09:15");
  await put("end.time", "12:00");
  await put("start", next);
  assert.deepEqual([await value("end"), await value("end.time")], [next, "12:00"]);
  await page.getByLabel("Title").fill("Short talk");
  await page.getByRole("button", { name: "Create event" }).click();
  await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
  // A time in the address counts, whole.
  await page.goto(`/events/new?start=${day(3)}T09:00`);
  assert.equal(await value("start"), day(3));
  assert.deepEqual([await value("end"), await value("end.time")], [day(3), "10:00"]);
});
