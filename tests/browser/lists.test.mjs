// Lists in a browser: widths of the columns, rows on the phone, columns that belong to the person.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();

let made = null;

/** Makes the PPAs of all tests, once. */
function ppas() {
  made ??= makePpas();
  return made;
}

async function makePpas() {
  const client = api(running);
  for (let number = 1; number <= 24; number += 1) {
    await client("POST", "ppas", {
      title: `Core shelter and water system for families of Tigtabon Island, part ${number}`,
      category: "moa_ppa",
      sector: number % 2 ? "infrastructure" : "education",
      start_date: "2027-01-04",
      target_end_date: `2027-12-${String(number).padStart(2, "0")}`,
      budget_allocation_centavos: 100_000_000 * number,
    });
  }
}

for (const width of [1280, 1000, 768]) {
  test(`title has its room and nothing is beyond the edge at ${width} pixels`, async () => {
    await ppas();
    const page = await running.signedIn("coordinator", { viewport: { width, height: 900 } });
    for (const path of ["/ppas", "/needs", "/events", "/bookings", "/communities", "/indicators", "/goals"]) {
      await page.goto(path);
      const seen = await page.evaluate(() => {
        const titles = [...document.querySelectorAll(".title-cell")].map((cell) => cell.offsetWidth);
        const heads = [...document.querySelectorAll(".table thead th")];
        const shown = heads.filter((head) => head.offsetWidth > 0);
        return {
          title: Math.min(...titles, 9999),
          right: Math.max(0, ...shown.map((head) => head.getBoundingClientRect().right)),
          columns: shown.length,
          wide: document.documentElement.scrollWidth - innerWidth,
        };
      });
      assert.ok(seen.title >= 320, `${path}: the title is ${seen.title} pixels wide`);
      assert.ok(seen.right <= width && seen.wide <= 0, `${path}: ${JSON.stringify(seen)}`);
      assert.ok(seen.columns <= 7, `${path}: ${seen.columns} columns`);
    }
    await page.goto("/ppas");
    // The most telling columns stay; one with the same value in every row is not shown.
    if (width >= 1000) await page.getByRole("columnheader", { name: "Budget" }).waitFor();
    await hasCount(page.getByRole("columnheader", { name: "Status" }), 0);
    await page.context().close();
  });
}

test("phone shows at least ten rows of two lines", async () => {
  await ppas();
  const viewport = { width: 390, height: 844 };
  const page = await running.signedIn("coordinator", { viewport, hasTouch: true, isMobile: true });
  await page.goto("/ppas");
  const rows = await page.evaluate(() => {
    const bottom = document.querySelector(".bottom-bar").getBoundingClientRect().top;
    const all = [...document.querySelectorAll(".table tbody tr")].map((row) => row.getBoundingClientRect());
    return {
      whole: all.filter((row) => row.bottom <= bottom).length,
      height: Math.max(...all.map((row) => row.height)),
      wide: document.documentElement.scrollWidth - innerWidth,
    };
  });
  assert.ok(rows.whole >= 10, `${rows.whole} rows`);
  assert.ok(rows.height <= 60 && rows.wide <= 0, JSON.stringify(rows));
  await assertAccessible(page);
  await page.context().close();
});

test("chosen columns are shown at once and on another device", async () => {
  await ppas();
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  await page.goto("/ppas");
  const head = (name) => page.getByRole("columnheader", { name });
  await page.getByTitle("Choose columns").click();
  const chooser = page.locator("form[data-columns-of]");
  await chooser.getByLabel("Sector").check();
  await head("Sector").waitFor();
  await chooser.getByLabel("Budget", { exact: true }).uncheck();
  await head("Budget").waitFor({ state: "detached" });
  await becomes(() => chooser.isVisible(), true, "the chooser stays open");
  const cookies = await page.context().cookies();
  const other = await running.browser.newContext({ baseURL: running.address, javaScriptEnabled: false });
  await other.addCookies(cookies);
  const plain = await other.newPage();
  await plain.goto("/ppas");
  await plain.getByRole("columnheader", { name: "Sector" }).waitFor();
  await hasCount(plain.getByRole("columnheader", { name: "Budget" }), 0);
  // Without script the same form has a button.
  await plain.getByTitle("Choose columns").click();
  await plain.locator("form[data-columns-of]").getByRole("button", { name: "Reset" }).click();
  await plain.getByRole("columnheader", { name: "Budget" }).waitFor();
  await other.close();
  await page.context().close();
});
