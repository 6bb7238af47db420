// Layout: nothing moves while a page loads, also from the cache of the browser, and 400 % zoom keeps all in view.

import assert from "node:assert/strict";
import { test } from "node:test";
import { day, runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

/** Largest cumulative layout shift of a good page. */
const MOST = 0.05;

/** Collects the shifts of a page from its beginning. */
function collect() {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      const sources = entry.sources.map((source) => source.node?.outerHTML?.slice(0, 80));
      globalThis.shifts.push({ value: entry.value, sources });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

for (const viewport of [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`nothing moves while pages load at ${viewport.width} pixels`, async () => {
    const client = api(running);
    const ppa = await client("POST", "ppas", { title: "Water system", category: "moa_ppa", start_date: day(1) });
    for (let number = 0; number < 12; number += 1)
      await client("POST", "needs", {
        title: `Well ${number}`,
        sector: "infrastructure",
        description: "Water is far.",
      }).catch(() => null);
    const page = await running.signedIn("coordinator", { viewport });
    await page.addInitScript(collect);
    const paths = ["/", "/approvals", "/tasks", "/ppas", `/ppas/${ppa.id}`, "/events", "/needs", "/portfolio"];
    const types = await page.evaluate(() => PerformanceObserver.supportedEntryTypes);
    assert.ok(types.includes("layout-shift"));
    const measure = async (path) => {
      await page.evaluate(() => document.fonts.ready);
      // Scripts, live updates and images have their turn.
      await page.waitForLoadState("load");
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250)));
      const shifts = await page.evaluate(() => globalThis.shifts);
      const sum = shifts.reduce((all, shift) => all + shift.value, 0);
      assert.ok(sum < MOST, `${path}: ${sum} ${JSON.stringify(shifts)}`);
    };
    for (const path of [...paths, "/calendar", "/board", "/projects", "/reports", "/alerts?state=active"]) {
      await page.goto(path);
      await measure(path);
    }
    await page.goto("/ppas");
    await page.goto("/needs");
    await page.goBack();
    await measure("/ppas, back");
    await page.context().close();
  });
}

test("content stays in view at 400 % zoom", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", {
    title: "Core shelter and water system for the families of Tigtabon Island",
    category: "moa_ppa",
    start_date: day(1),
  });
  // A window of 1280 pixels at 400 % has 320.
  const page = await running.signedIn("coordinator", { viewport: { width: 320, height: 256 } });
  const paths = ["/", "/tasks", "/ppas", `/ppas/${ppa.id}`, "/ppas/new", "/events", "/events/new", "/needs", "/me"];
  for (const path of [...paths, "/approvals", "/portfolio", "/search?q=core", "/projects"]) {
    await page.goto(path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${path}: ${wide} pixels beyond the edge`);
  }
  await page.context().close();
});

test("long title of the calendar leaves its buttons on their row", async () => {
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  await page.goto("/calendar?view=week&date=2026-12-30");
  await page.locator(".calendar-new:visible, .calendar-toolbar .button[data-kind=main]").first().waitFor();
  const rows = await page.evaluate(() => {
    const shown = [...document.querySelectorAll(".calendar-toolbar > *")].filter((part) => part.offsetWidth > 0);
    return new Set(shown.map((part) => Math.round((part.getBoundingClientRect().top + part.getBoundingClientRect().bottom) / 20))).size;
  });
  assert.equal(rows, 1);
  await page.context().close();
});
