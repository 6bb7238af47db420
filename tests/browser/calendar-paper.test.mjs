// Calendar on paper: nothing is lost or cut between pages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, matches } from "./work.mjs";

const running = runningProgram();
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const make = (collection, body) => client("POST", collection, body);

test("printed month and brief continue on further pages", async () => {
  await Promise.all(
    Array.from({ length: 150 }, (_, number) =>
      make("tasks", { title: `Paper ${String(number).padStart(3, "0")}`, due_date: `2035-06-${10 + (number % 2)}` }),
    ),
  );
  await make("tasks", { title: "Runs on paper", start_date: "2035-05-01", due_date: "2035-06-12" });
  const page = await running.signedIn("coordinator", DESK);
  for (const view of ["month", "brief"]) {
    await page.goto(`/calendar?view=month&date=2035-06-10&q=paper`);
    await page.locator("[data-entry]").first().waitFor();
    await page.locator(".calendar-paper > summary").click();
    await page.getByRole("link", { name: `Print ${view === "month" ? "the month" : "a brief"}` }).click();
    await page.waitForURL(/\/calendar\/print/);
    for (const title of ["Paper 000", "Paper 149"]) await page.getByText(title).waitFor();
    await page.getByText("Ends: Runs on paper").waitFor();
    await assertAccessible(page);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    // The month lies on its broad side, from the first sheet with the title on.
    const sheets = [...pdf.toString("latin1").matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
    assert.ok(sheets.length > 1, `${view} has ${sheets.length} sheets`);
    for (const [, width, height] of sheets) assert.equal(Number(width) > Number(height), view === "month");
    // On paper nothing is cut: no entry is wider or higher than what it stands in.
    await page.emulateMedia({ media: "print" });
    const cut = await page.evaluate(
      () =>
        [...document.querySelectorAll(".print-entry, .print-month td, .brief-table td")].filter(
          (element) => element.scrollWidth > element.clientWidth + 1 || getComputedStyle(element).overflow !== "visible",
        ).length,
    );
    assert.equal(cut, 0);
    // What goes on overleaf has its dates there as well.
    const table = page.locator(view === "month" ? ".print-month" : ".brief-table").filter({ hasText: "Paper 149" });
    await matches(() => table.locator("thead").innerText(), view === "month" ? /Mon 11\b/ : /Monday, 11 June/);
    assert.equal(await table.locator("thead").evaluate((head) => getComputedStyle(head).display), "table-header-group");
    await becomes(() => page.getByRole("button", { name: "Print" }).isHidden(), true);
    await page.emulateMedia({ media: "screen" });
  }
  await page.context().close();
});

test("multi-day timed events print on their days", async () => {
  await make("events", {
    title: "Sheet journey",
    start: "2035-08-06T15:00:00+08:00",
    end: "2035-08-08T10:00:00+08:00",
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto("/calendar/print?view=brief&date=2035-08-06&days=4&q=Sheet");
  await becomes(() => page.locator(".brief-time").allTextContents(), ["from 3:00 PM", "All day", "until 10:00 AM"]);
  await page.goto("/calendar/print?view=month&date=2035-08-06&q=Sheet");
  const written = await page.locator(".print-entry").allTextContents();
  assert.deepEqual(written, ["3:00 PM Sheet journey", "Sheet journey", "Sheet journey"]);
  await page.context().close();
});

test("print page is a list on a phone", async () => {
  await make("tasks", { title: "Small sheet", due_date: "2035-09-12" });
  const page = await running.signedIn("coordinator", { viewport: { width: 390, height: 844 } });
  for (const view of ["month", "brief"]) {
    await page.goto(`/calendar/print?view=${view}&date=2035-09-10&q=Small`);
    await page.getByText("Small sheet").waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${view} is ${wide} pixels too wide`);
    await assertAccessible(page);
  }
  await page.goto("/calendar/print?view=month&date=2035-09-10&q=Small");
  const cell = page.locator(".print-month td", { hasText: "Small sheet" });
  assert.match(await cell.evaluate((td) => getComputedStyle(td, "::before").content), /Wed 12 Sep/);
  await page.context().close();
});
