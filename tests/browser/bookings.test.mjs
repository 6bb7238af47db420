// Bookings in a browser: refused with ways out, decided, seen along time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, fits } from "./axe.mjs";
import { withoutReload } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();

for (const width of [1280, 390]) {
  test(`refused room booking is saved at a free time at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const client = api(running);
    const room = await client("POST", "resources", {
      name: `Room A ${width}`,
      resource_type: "room",
      requires_approval: true,
      seats: 12,
    });
    await client("POST", "resources", { name: `Room B ${width}`, resource_type: "room", seats: 10 });
    const first = await client("POST", "bookings", {
      resource: room.id,
      purpose: "Budget meeting",
      start: `${day(2)}T09:00:00+08:00`,
      end: `${day(2)}T11:00:00+08:00`,
    });
    const start = encodeURIComponent(`${day(2)}T10:00:00+08:00`);
    const end = encodeURIComponent(`${day(2)}T12:00:00+08:00`);
    const form = `/bookings/new?resource=${room.id}&purpose=Staff+meeting`;

    // What is taken is told with what is in the way; one click books a free time.
    await page.goto(`${form}&start=${start}&end=${end}`);
    await page.getByRole("button", { name: "Create booking" }).click();
    await page.getByRole("heading", { name: "Conflicting bookings" }).waitFor();
    await page.getByRole("link", { name: "Budget meeting" }).first().waitFor();
    await becomes(() => page.getByLabel("Purpose", { exact: false }).inputValue(), "Staff meeting");
    await page.getByRole("button", { name: `Book Room B ${width} (10 seats)` }).waitFor();
    await fits(page);
    await page.getByRole("button", { name: "11:00 AM to 1:00 PM" }).first().click();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
    await page.getByRole("heading", { name: "Staff meeting" }).waitFor();

    // It waits, and is decided with a note.
    await page.getByRole("button", { name: "Reject" }).click();
    // The browser asks for it at the field.
    await page.waitForFunction(() => document.activeElement?.matches("input[name=note]:invalid"));
    await page.getByLabel("Note").fill("Bring the key back");
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: "Approve" }).click();
      await page.getByText("Approved", { exact: true }).first().waitFor();
    });
    await fits(page);

    // The list of what waits decides as well.
    await page.goto("/bookings/waiting");
    await fits(page);
    const row = page.getByRole("listitem").filter({ has: page.locator(`a[href="/bookings/${first.id}"]`) });
    await withoutReload(page, async () => {
      await row.getByRole("button", { name: "Approve" }).click();
      await row.waitFor({ state: "detached" });
    });

    // The resource shows its week, and a click on what is free leads to the form.
    await page.goto(`/resources/${room.id}`);
    await page.getByRole("link", { name: "Budget meeting" }).first().waitFor();
    await fits(page);
    await page.locator("#week a:has(> .slot[data-kind=free])").nth(1).click({ position: { x: 2, y: 8 } });
    await page.waitForURL(/\/bookings\/new\?resource=/);
    for (const address of ["/bookings", "/resources", "/resources/timeline", "/resources/utilisation"]) {
      await page.goto(address);
      await fits(page);
    }
    await page.context().close();
  });

  test(`conflicting occurrences are skipped or moved at ${width} pixels`, async () => {
    const page = await running.signedIn("staff", { viewport: { width, height: 844 } });
    const client = api(running);
    const room = await client("POST", "resources", { name: `Hall ${width}`, resource_type: "room" });
    for (const days of [9, 16]) {
      await client("POST", "bookings", {
        resource: room.id,
        start: `${day(days)}T09:00:00+08:00`,
        end: `${day(days)}T10:00:00+08:00`,
      });
    }
    const query = new URLSearchParams({
      resource: room.id,
      purpose: "Weekly",
      start: `${day(2)}T09:00:00+08:00`,
      end: `${day(2)}T10:00:00+08:00`,
      rrule: "FREQ=WEEKLY;COUNT=4",
    });
    await page.goto(`/bookings/new?${query}`);
    await page.getByRole("button", { name: "Create booking" }).click();
    await page.getByRole("heading", { name: "2 of 4 occurrences are not available" }).waitFor();
    await fits(page);
    await page.getByRole("button", { name: /^Use .*10:00 AM to 11:00 AM/ }).first().click();
    await page.getByRole("heading", { name: "1 of 4 occurrences are not available" }).waitFor();
    await page.getByRole("button", { name: "Skip" }).click();
    await page.getByRole("heading", { name: "All 3 occurrences are available" }).waitFor();
    await page.getByRole("button", { name: "Book these occurrences" }).click();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
    const found = await client("GET", `resources/${room.id}/availability?start=${day(1)}&end=${day(40)}`);
    assert.equal(found.busy.length, 5);
    await page.context().close();
  });

  test(`booking form previews availability at ${width} pixels`, async () => {
    const page = await running.signedIn("staff", { viewport: { width, height: 844 } });
    const client = api(running);
    const room = await client("POST", "resources", { name: `Annex ${width}`, resource_type: "room" });
    for (const days of [9, 16]) {
      await client("POST", "bookings", {
        resource: room.id,
        purpose: `Taken ${days}`,
        start: `${day(days)}T09:00:00+08:00`,
        end: `${day(days)}T10:00:00+08:00`,
      });
    }
    const query = new URLSearchParams({
      resource: room.id,
      purpose: "Weekly look",
      start: `${day(9)}T09:00:00+08:00`,
      end: `${day(9)}T10:00:00+08:00`,
    });
    await page.goto(`/bookings/new?${query}`);
    const preview = page.getByRole("region", { name: "Availability" });
    await preview.getByText("Not available at this time.").waitFor();
    await preview.getByRole("link", { name: "Taken 9" }).waitFor();
    await fits(page);
    // A free time is put into the form.
    await preview.getByRole("button", { name: /10:00 AM – 11:00 AM/ }).click();
    await preview.getByText("Free at this time.").waitFor();
    await becomes(() => page.locator("[name='start.time']").inputValue(), "10:00");
    await becomes(() => page.locator("[name='end.time']").inputValue(), "11:00");
    // What repeats says of each of its dates whether it can be had.
    await page.locator("[name='start']").fill(day(2));
    await page.locator("[name='end']").fill(day(2));
    await page.locator("[name='start.time']").fill("09:00");
    await page.locator("[name='end.time']").fill("10:00");
    await page.evaluate(() => {
      const rule = document.querySelector("[name=rrule]");
      rule.value = "FREQ=WEEKLY;COUNT=4";
      rule.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await preview.getByText("2 of 4 occurrences are not available.").waitFor();
    await fits(page);
    await preview.getByRole("button", { name: /^Use .*10:00 AM – 11:00 AM/ }).first().click();
    await preview.getByText("1 of 4 occurrences are not available.").waitFor();
    await preview.getByRole("button", { name: "Skip" }).click();
    await preview.getByText("All 3 occurrences are available.").waitFor();
    await page.getByRole("button", { name: "Create booking" }).click();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
    const found = await client("GET", `resources/${room.id}/availability?start=${day(1)}&end=${day(40)}`);
    assert.equal(found.busy.length, 5);
    await page.context().close();
  });

  test(`approver decides on bookings in the list at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const client = api(running, "staff");
    const room = await api(running)("POST", "resources", {
      name: `Board room ${width}`,
      resource_type: "room",
      requires_approval: true,
    });
    const book = (purpose, hour) =>
      client("POST", "bookings", { resource: room.id, purpose, start: `${day(3)}T${hour}:00:00+08:00` });
    const [wanted, unwanted] = [await book("Wanted", "09"), await book("Unwanted", "13")];
    await page.goto(`/bookings?resource=${room.id}`);
    await page.getByRole("button", { name: "Decide on Wanted" }).click();
    const card = page.getByRole("dialog", { name: "Decide on Wanted" });
    await card.getByLabel("Note").waitFor();
    await assertAccessible(page);
    await card.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Wanted: approved").waitFor();
    assert.ok(page.url().includes(`/bookings?resource=${room.id}`), "the list stays as it was narrowed");
    await page.getByRole("button", { name: "Decide on Unwanted" }).click();
    const other = page.getByRole("dialog", { name: "Decide on Unwanted" });
    await other.getByLabel("Note").fill("The roof leaks");
    await other.getByRole("button", { name: "Reject" }).click();
    await page.getByText("Unwanted: rejected").waitFor();
    await hasCount(page.getByRole("button", { name: /^Decide on/ }), 0);
    assert.equal((await client("GET", `bookings/${wanted.id}`)).status, "approved");
    assert.equal((await client("GET", `bookings/${unwanted.id}`)).decision_note, "The roof leaks");
    await page.context().close();
    // Whoever may not decide is offered nothing.
    await book("Waits", "16");
    const staff = await running.signedIn("staff", { viewport: { width, height: 844 } });
    await staff.goto(`/bookings?resource=${room.id}`);
    await staff.getByText("Waits").first().waitFor();
    await hasCount(staff.getByRole("button", { name: /^Decide on/ }), 0);
    await staff.context().close();
  });

  test(`vehicle is booked from a task and cancelled at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const client = api(running);
    const car = await client("POST", "resources", { name: `Car ${width}`, resource_type: "vehicle" });
    const task = await client("POST", "tasks", { title: "Fetch the speakers", due_date: day(4) });
    await page.goto(`/tasks/${task.id}`);
    await fits(page);
    await page.getByRole("link", { name: "Book room or vehicle" }).click();
    await page.waitForURL(/\/bookings\/new\?/);
    await becomes(() => page.getByLabel("Purpose", { exact: false }).inputValue(), "Fetch the speakers");
    await becomes(() => page.locator("[name=start]").inputValue(), day(4));
    await page.getByLabel("Resource", { exact: false }).fill(`Car ${width}`);
    await page.getByRole("option", { name: `Car ${width}` }).click();
    await page.getByText("Free at this time.").waitFor();
    await page.getByRole("button", { name: "Create booking" }).click();
    await page.waitForURL(/\/bookings\/[0-9a-f-]{36}$/);
    const booking = page.url().split("/").at(-1);
    assert.deepEqual((await client("GET", `bookings/${booking}`)).origin.id, task.id);
    // The task says what is booked for it.
    await page.goto(`/tasks/${task.id}`);
    await page.getByRole("link", { name: `Car ${width}` }).click();
    await page.waitForURL(new RegExp(`/bookings/${booking}$`));
    await page.getByRole("button", { name: "Cancel booking" }).click();
    await page.getByText("Cancelled", { exact: true }).first().waitFor();
    const free = await client("GET", `resources/${car.id}/availability?start=${day(4)}&end=${day(5)}`);
    assert.deepEqual(free.busy, []);
    await page.context().close();
  });

  test(`event shows its bookings and moves them on request at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const client = api(running);
    const room = await client("POST", "resources", { name: `Forum hall ${width}`, resource_type: "room" });
    const event = await client("POST", "events", {
      title: "Forum of elders",
      start: `${day(3)}T09:00:00+08:00`,
      end: `${day(3)}T11:00:00+08:00`,
    });
    await page.goto(`/events/${event.id}`);
    await page.getByRole("link", { name: "Book room or vehicle" }).click();
    await page.waitForURL(/\/bookings\/new\?/);
    await becomes(() => page.getByLabel("Purpose", { exact: false }).inputValue(), "Forum of elders");
    const booking = await client("POST", "bookings", {
      resource: room.id,
      origin: { kind: "event", id: event.id },
      start: event.start,
      end: event.end,
    });
    const times = (date) => ({ start: `${day(date)}T09:00:00+08:00`, end: `${day(date)}T11:00:00+08:00` });
    await client("PATCH", `events/${event.id}`, times(4));
    assert.equal((await client("GET", `bookings/${booking.id}`)).start.slice(0, 10), day(4));
    await client("PATCH", `bookings/${booking.id}`, times(3));
    await page.goto(`/events/${event.id}`);
    await page.getByText("Outside the event's time").waitFor();
    await fits(page);
    await page.getByRole("button", { name: "Move with the event" }).click();
    await page.getByText("Outside the event's time").waitFor({ state: "detached" });
    const moved = await client("GET", `bookings/${booking.id}`);
    assert.equal(moved.start.slice(0, 10), day(4));
    await page.context().close();
  });
}
