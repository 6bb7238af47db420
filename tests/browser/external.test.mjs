// Calendars of others: subscribing, what went wrong, and reading a file in, at a desk and on a phone.

import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { assertAccessible, assertFits, WIDTHS } from "./axe.mjs";
import { day, runningProgram } from "./program.mjs";
import { hasCount } from "./work.mjs";

const running = runningProgram(["--allow-private-addresses"]);

/** A calendar with a weekly meeting and a day, both soon. */
function calendar(name) {
  const soon = (days) => day(days).replaceAll("-", "");
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Test//EN",
    `X-WR-CALNAME:${name}`,
    "BEGIN:VEVENT",
    "UID:weekly@example.org",
    "DTSTAMP:20270101T000000Z",
    `DTSTART:${soon(2)}T010000Z`,
    `DTEND:${soon(2)}T020000Z`,
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "SUMMARY:Session of the regional council",
    "LOCATION:Cotabato City",
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:day@example.org",
    "DTSTAMP:20270101T000000Z",
    `DTSTART;VALUE=DATE:${soon(5)}`,
    "SUMMARY:Deadline for submissions",
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:broken@example.org",
    "DTSTAMP:20270101T000000Z",
    "SUMMARY:An event without a start",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

const other = createServer((request, response) => {
  if (request.url !== "/council.ics") {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/calendar" }).end(calendar("Council"));
});
before(() => new Promise((resolve) => other.listen(0, "127.0.0.1", resolve)));
after(() => other.close());

for (const [where, viewport] of WIDTHS) {
  test(`calendar is subscribed, fetched and repaired ${where}`, async () => {
    const base = `http://127.0.0.1:${other.address().port}`;
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/external-calendars/new");
    await page.getByLabel("Name", { exact: false }).first().fill(`Council ${viewport.width}`);
    await page.getByLabel("Address").fill(`${base}/wrong.ics`);
    await page.locator("main").getByRole("button", { name: /^(Create|Save)/ }).first().click();
    await page.waitForURL(/external-calendars\/[0-9a-f-]{36}/);
    // The job has asked, and the page says what it was told.
    await page.locator("#fetching").getByText("404 Not Found", { exact: false }).waitFor();
    await assertAccessible(page);
    await assertFits(page);

    const address = page.url();
    await page.goto(`${address.split("?")[0]}/edit`);
    await page.getByLabel("Address").fill(`${base}/council.ics`);
    await page.locator("main").getByRole("button", { name: /^(Create|Save)/ }).first().click();
    await page.locator("#fetching").getByText("Up to date").waitFor();
    await page.locator("#dates").getByText("Session of the regional council").first().waitFor();
    await hasCount(page.locator("#dates tbody tr"), 4);
    await assertAccessible(page);
    await assertFits(page);

    await page.getByRole("button", { name: "Fetch now" }).click();
    await page.getByText("will be fetched shortly.").waitFor();
    await page.context().close();
  });

  test(`file is imported twice without duplicates ${where}`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const file = {
      name: "council.ics",
      mimeType: "text/calendar",
      buffer: Buffer.from(calendar(`From a file ${viewport.width}`)),
    };
    await page.goto("/external-calendars/from-file");
    await page.getByRole("button", { name: "Import file" }).click();
    await page.getByText("Choose a file.").first().waitFor();
    await page.locator("#field-file").setInputFiles({ name: "a.ics", mimeType: "text/calendar", buffer: Buffer.from("no") });
    await page.getByRole("button", { name: "Import file" }).click();
    await page.getByText("This is not a calendar file", { exact: false }).first().waitFor();
    await assertAccessible(page);
    await page.locator("#field-file").setInputFiles(file);
    await page.getByRole("button", { name: "Import file" }).click();
    await page.getByText("2 new, 0 changed, 0 unchanged, 0 removed; 1 with warnings.").waitFor();
    await page.getByText("An event without a start").waitFor();
    await assertAccessible(page);
    await assertFits(page);

    await page.getByRole("link", { name: "Open calendar" }).click();
    await page.getByRole("heading", { name: `From a file ${viewport.width}` }).waitFor();
    await page.locator("#field-file").setInputFiles(file);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Import file" }).click();
    await page.getByText("0 new, 0 changed, 2 unchanged, 0 removed; 1 with warnings.").waitFor();
    await page.context().close();
  });
}
