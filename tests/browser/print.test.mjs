// Lists and pages on paper: all rows and columns, dates with their year, no controls.

import assert from "node:assert/strict";
import { test } from "node:test";
import { day, runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

/** What paper shows: controls, what is cut, dates that say nothing tomorrow. */
function onPaper() {
  const isShown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const controls = [...document.querySelectorAll("button, input, select, textarea, summary")].filter(isShown);
  const cut = [...document.querySelectorAll(".table th, .table td, .panel, .detail-wide")].filter(
    (cell) => isShown(cell) && !cell.matches(".visually-hidden") && cell.scrollWidth > cell.clientWidth + 1,
  );
  const dates = [...document.querySelectorAll("time")].filter(isShown).map((time) => {
    const added = getComputedStyle(time, "::after").content;
    return getComputedStyle(time).fontSize === "0px" ? added : time.textContent;
  });
  return {
    controls: controls.map((control) => control.outerHTML.slice(0, 90)),
    cut: cut.map((cell) => cell.outerHTML.slice(0, 90)),
    relative: dates.filter((text) => /Today|Tomorrow|Yesterday/.test(text)),
    rows: document.querySelectorAll("tbody tr[data-id]").length,
    columns: [...document.querySelectorAll(".table thead th[data-column]")].filter(isShown).length,
    wide: document.documentElement.scrollWidth - innerWidth,
  };
}

test("list prints all rows and columns", async () => {
  const client = api(running);
  for (let number = 0; number < 56; number += 1) {
    await client("POST", "ppas", {
      title: `Core shelter and water system for the families of Tigtabon Island, part ${number}`,
      category: "moa_ppa",
      target_end_date: day(number % 3),
      budget_allocation_centavos: 12_345_600_000 + number,
    });
  }
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  await page.goto("/ppas");
  await page.getByText("50 of 56").waitFor();
  await page.getByTitle("More actions").click();
  await page.getByRole("link", { name: "Print all" }).click();
  await page.waitForURL(/print=all/);
  await page.getByText("56 rows").waitFor();
  const screen = await page.locator(".table thead th[data-column]:visible").count();
  await page.emulateMedia({ media: "print" });
  // The width of a sheet of A4 within its margins.
  await page.setViewportSize({ width: 703, height: 1000 });
  const paper = await page.evaluate(onPaper);
  assert.equal(paper.rows, 56);
  assert.ok(paper.columns >= screen, `${paper.columns} of ${screen} columns`);
  assert.deepEqual([paper.controls, paper.cut, paper.relative], [[], [], []]);
  assert.ok(paper.wide <= 0, `${paper.wide} pixels beyond the edge`);
  await page.context().close();
});

test("pages of a PPA, a task and an event print without controls", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", { title: "Water system", category: "moa_ppa", start_date: day(1) });
  const task = await client("POST", "tasks", { title: "Visit the site", due_date: day(1) });
  const start = `${day(1)}T09:00:00+08:00`;
  const event = await client("POST", "events", { title: "Meeting", start, end: `${day(1)}T10:00:00+08:00` });
  const page = await running.signedIn("coordinator", { viewport: { width: 703, height: 1000 } });
  await page.emulateMedia({ media: "print" });
  for (const path of [`/ppas/${ppa.id}`, `/tasks/${task.id}`, `/events/${event.id}`]) {
    await page.goto(path);
    const paper = await page.evaluate(onPaper);
    assert.deepEqual([paper.controls, paper.cut], [[], []], path);
    // The change of a task has a time of its own.
    if (!path.startsWith("/tasks")) assert.deepEqual(paper.relative, [], path);
    assert.ok(paper.wide <= 0, `${path}: ${paper.wide} pixels beyond the edge`);
  }
  await page.context().close();
});
