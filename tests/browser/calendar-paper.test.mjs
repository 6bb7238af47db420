// The calendar on paper: nothing is lost or cut where it goes on overleaf.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();
const DESK = { viewport: { width: 1280, height: 800 } };

let known;
const client = (...given) => (known ??= api(running))(...given);
const make = (collection, body) => client("POST", collection, body);

test("the printed month and the brief spill over pages without losing anything", async () => {
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
    const pdf = await page.pdf({ format: "A4", landscape: view === "month" });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
    assert.ok(pages > 1, `${view} has ${pages} pages`);
    // On paper nothing is cut: no entry is wider or higher than what it stands in.
    await page.emulateMedia({ media: "print" });
    const cut = await page.evaluate(
      () =>
        [...document.querySelectorAll(".print-entry, .print-month td, .brief-table td")].filter(
          (element) => element.scrollWidth > element.clientWidth + 1 || getComputedStyle(element).overflow !== "visible",
        ).length,
    );
    assert.equal(cut, 0);
    assert.ok(await page.getByRole("button", { name: "Print" }).isHidden());
    await page.emulateMedia({ media: "screen" });
  }
  await page.context().close();
});
