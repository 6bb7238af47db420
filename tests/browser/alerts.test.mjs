// Alerts in a browser: the count follows without a reload, steps on one and on many, the strip on the record.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { withoutReload } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";

const running = runningProgram();

async function late(title, days) {
  const headers = { Authorization: `Bearer ${running.token("coordinator")}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ title, category: "moa_ppa", target_end_date: day(-days) });
  const answer = await fetch(`${running.address}/api/v1/ppas`, { method: "POST", headers, body });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

for (const width of [1280, 390]) {
  test(`alerts are seen, acknowledged, snoozed and made into tasks at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    await page.goto("/alerts?state=active");
    const before = await page.locator("#alert-count").textContent();
    const ppas = [];
    for (const number of [1, 2, 3]) ppas.push(await late(`Well ${number} at ${width}`, number));
    // Count and list follow without a reload.
    await page.getByRole("link", { name: `Overdue PPA: Well 3 at ${width}` }).first().waitFor();
    await page.waitForFunction((text) => document.querySelector("#alert-count").textContent !== text, before);
    await assertAccessible(page);
    assert.ok(await fits(page));

    // One, from its row; the toast brings it back.
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: `Acknowledge Overdue PPA: Well 1 at ${width}` }).click();
      await page.getByText(`Acknowledged: Overdue PPA: Well 1 at ${width}`).waitFor();
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByRole("button", { name: `Acknowledge Overdue PPA: Well 1 at ${width}` }).waitFor();
    });

    // Two at once.
    for (const number of [1, 2]) {
      const row = page.locator("tr", { hasText: `Overdue PPA: Well ${number} at ${width}` });
      await row.getByRole("checkbox").check();
    }
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: "Snooze for a week" }).click();
      await page.getByText("Changed: 2").waitFor();
    });
    await page.getByRole("link", { name: "Snoozed", exact: true }).click();
    await page.getByRole("link", { name: `Overdue PPA: Well 2 at ${width}` }).first().waitFor();

    // The strip on the record leads to the alert, which becomes a task.
    await page.goto(`/ppas/${ppas[2].id}`);
    await page.locator(".alert-strip").getByText("The target end was").waitFor();
    await assertAccessible(page);
    assert.ok(await fits(page));
    await page.locator(".alert-strip").getByRole("link", { name: "Overdue PPA" }).click();
    await page.getByRole("heading", { name: `Overdue PPA: Well 3 at ${width}` }).waitFor();
    await assertAccessible(page);
    assert.ok(await fits(page));
    await page.getByRole("button", { name: "Make a task" }).click();
    await page.getByText("Task created").waitFor();
    await page.goto(`/ppas/${ppas[2].id}`);
    await page.locator(".alert-strip").getByText("Acknowledged").waitFor();
    await page.context().close();
  });
}
