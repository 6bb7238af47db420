// Feeds in a browser, and the calendar as ical.js reads and expands it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { calendarFile, expanded, own, read } from "./ical.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, matches } from "./work.mjs";

const running = runningProgram();

const byStart = (one, other) =>
  one.start < other.start ? -1 : one.start > other.start ? 1 : one.title < other.title ? -1 : 1;

const weekly = { start: "2027-01-04T09:00:00+08:00", end: "2027-01-04T10:30:00+08:00" };

const SERIES = {
  "weekly with a number, further and left-out dates": {
    ...weekly,
    rrule: "FREQ=WEEKLY;COUNT=10",
    exdates: ["2027-01-11T09:00:00", "2027-02-01T09:00:00"],
    rdates: ["2027-01-06T15:00:00", "2027-03-17T09:00:00"],
  },
  "daily over a change of the clocks, until a day": {
    start: "2027-03-08T09:00:00",
    end: "2027-03-08T10:00:00",
    timezone: "America/New_York",
    rrule: "FREQ=DAILY;UNTIL=20270320",
  },
  "the last working day of the month, without end": {
    start: "2027-01-29T16:00:00",
    end: "2027-01-29T17:00:00",
    timezone: "Europe/Berlin",
    rrule: "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
  },
  "every second week on two days, with Sunday first": {
    ...weekly,
    rrule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU;UNTIL=20270601T000000Z",
  },
  "whole days, several at a time": {
    all_day: true,
    start: "2027-02-01",
    end: "2027-02-04",
    rrule: "FREQ=MONTHLY;INTERVAL=3;COUNT=3",
  },
  "further dates alone": { ...weekly, rdates: ["2027-02-03T09:00:00", "2027-05-01T13:00:00"] },
  "a further date that lasts longer": {
    ...weekly,
    rrule: "FREQ=WEEKLY;COUNT=3",
    rdates: ["2027-02-03T09:00:00/2027-02-03T17:00:00"],
  },
  "a start that the rule does not have": {
    start: "2027-01-06T09:00:00+08:00",
    end: "2027-01-06T10:00:00+08:00",
    rrule: "FREQ=WEEKLY;BYDAY=MO;COUNT=4",
  },
};

test("ical.js expands every series to the same dates", async () => {
  const client = api(running);
  const made = {};
  for (const [title, members] of Object.entries(SERIES)) {
    made[title] = await client("POST", "events", { title, ...members });
  }
  made["a task of two days"] = await client("POST", "tasks", {
    title: "a task of two days",
    start_date: "2027-01-30",
    due_date: "2027-01-31",
    rrule: "FREQ=MONTHLY;BYMONTHDAY=30;COUNT=6",
  });
  const changed = await client("POST", "events", {
    title: "with dates that differ",
    ...weekly,
    rrule: "FREQ=WEEKLY;COUNT=6",
  });
  made["with dates that differ"] = changed;
  const date = (day) => `events/${changed.id}/occurrences/2027-01-${day}T09:00:00?scope=this`;
  await client("PATCH", date("11"), { title: "Moved, and named; anew" });
  await client("PATCH", date("18"), {
    start: "2027-01-20T14:00:00+08:00",
    end: "2027-01-20T18:00:00+08:00",
  });
  await client("DELETE", date("25"));

  const answer = await calendarFile(running, "coordinator");
  assert.equal(answer.headers.get("content-type"), "text/calendar; charset=utf-8");
  const events = read(await answer.text());
  for (const [title, { id }] of Object.entries(made)) {
    const event = events.find((event) => event.uid.includes(id));
    assert.ok(event, title);
    const expected = (await own(client, id)).sort(byStart);
    assert.ok(expected.length > 1, title);
    assert.deepEqual(expanded(event).sort(byStart), expected, title);
  }
});

test("ical.js reads every text unchanged", async () => {
  const client = api(running);
  const texts = [
    "Commas, semicolons; colons: \\ and \\n as they are",
    "Señor 🗓️👩🏽‍🌾 مرحبا",
    "Long enough to be folded several times, ".repeat(6).trim(),
    '"Quoted" and <b>marked</b>  with two blanks',
  ];
  const made = [];
  for (const title of texts) {
    const description = `${title}\n\nSecond; paragraph\\N`;
    made.push(
      await client("POST", "events", { title, venue: title, description, start: weekly.start }),
    );
  }
  const answer = await calendarFile(running, "coordinator");
  const events = read(await answer.text());
  for (const { id, title } of made) {
    const event = events.find((event) => event.uid.includes(id));
    assert.equal(event.summary, title);
    assert.equal(event.location, title);
    assert.ok(event.description.startsWith(`${title}\n\nSecond; paragraph\\N\n\n`));
    assert.equal(
      event.component.getFirstPropertyValue("url"),
      `${running.address}/events/${id}`,
    );
  }
});

for (const width of [1280, 390]) {
  test(`feed is created, copied, renewed and revoked at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", {
      viewport: { width, height: 844 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.goto("/feeds");
    await assertAccessible(page);
    await page.goto("/calendar?modules=tasks,policy&status=in_progress&q=water");
    await page.locator("summary[aria-label='Print and more']").click();
    const file = page.getByRole("link", { name: "Download (.ics)" });
    const download = page.waitForEvent("download");
    await file.click();
    assert.equal((await download).suggestedFilename(), "calendar.ics");
    const filters = /\/calendar\.ics\?modules=tasks%2Cpolicy&status=in_progress&q=water$/;
    await matches(() => file.getAttribute("href"), filters);
    await page.getByRole("link", { name: "Subscribe to this view…" }).click();
    await page.waitForURL((url) => url.pathname === "/feeds/new");
    await becomes(() => page.getByLabel("Tasks", { exact: true }).isChecked(), true, "filters come along");
    await becomes(() => page.getByLabel("In progress", { exact: true }).isChecked(), true, "all of them");
    await becomes(() => page.getByLabel("Words of the title").inputValue(), "water");
    await page.getByLabel("Name").fill("My phone");
    await assertAccessible(page);
    await page.getByRole("button", { name: "Create calendar feed" }).click();
    await page.getByRole("heading", { name: "My phone" }).waitFor();
    const filtered = await page.locator("#properties").innerText();
    for (const words of ["In progress", "Tasks, Policy", "water"]) assert.ok(filtered.includes(words), filtered);
    await assertAccessible(page);
    const field = page.getByLabel("Address of this feed");
    const address = await field.inputValue();
    assert.match(address, /^http:\/\/[^/]+\/feeds\/[\w-]{43}\.ics$/);
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
    const status = async (address) => (await fetch(address)).status;
    assert.equal(await status(address), 200);
    const webcal = await page.getByRole("link", { name: "Open in a calendar program" }).getAttribute("href");
    assert.equal(webcal, address.replace("http:", "webcal:"));

    await page.getByRole("button", { name: "Create new address" }).click();
    await page.getByText("New address created").waitFor();
    const renewed = await field.inputValue();
    assert.notEqual(renewed, address);
    assert.deepEqual([await status(address), await status(renewed)], [404, 200]);

    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${wide} pixels of ${width}`);
    await page.locator("summary[aria-label='More actions']").click();
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByText("This feed is archived").waitFor();
    assert.equal(await status(renewed), 404);
    await page.context().close();
  });
}

test("log does not contain the address of a feed", async () => {
  const client = api(running);
  const feed = await client("POST", "feeds", { name: "Quiet" });
  const path = new URL(feed.url, running.address).pathname;
  assert.equal((await fetch(`${running.address}${path}`)).status, 200);
  await fetch(`${running.address}${path}x`);
  const secret = path.split("/").at(-1).replace(".ics", "");
  assert.ok(running.program.log.length > 0);
  assert.ok(!running.program.log.some((line) => line.includes(secret)));
});
