// A PPA in a browser: its tabs, a milestone, a task that moves its progress.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

for (const width of [1280, 390]) {
  test(`a PPA is looked through and changed at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const answer = await fetch(`${running.address}/api/v1/ppas`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${running.token("coordinator")}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ title: "Water system", category: "moa_ppa", start_date: "2027-03-01" }),
    });
    assert.equal(answer.status, 201);
    const address = `/ppas/${(await answer.json()).id}`;
    for (const tab of ["overview", "tasks", "money", "milestones", "trace", "history"]) {
      await page.goto(`${address}?tab=${tab}`);
      await assertAccessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), tab);
    }
    await page.goto(`${address}?tab=milestones`);
    await page.getByRole("button", { name: "Add milestone" }).click();
    await page.getByText("Give a title").first().waitFor();
    await page.getByLabel("Date", { exact: false }).first().fill("2027-06-15");
    await page.getByLabel("Title", { exact: false }).first().fill("Pump delivered");
    await page.getByRole("button", { name: "Add milestone" }).click();
    await page.getByRole("button", { name: "Complete Pump delivered" }).click();
    await page.getByText("Completed", { exact: true }).first().waitFor();

    await page.goto(`${address}?tab=tasks`);
    await page.locator("#tasks button[aria-label^='Complete ']").first().click();
    await page.locator("#tasks button[aria-label^='Reopen ']").first().waitFor();
    await page.goto(address);
    assert.notEqual(await page.locator("#progress-panel progress").first().getAttribute("value"), "0");
    await page.context().close();
  });
}

test("a PPA is put on hold with a reason", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", { title: "Hall", category: "moa_ppa" });
  const page = await running.signedIn("coordinator");
  await page.goto(`/ppas/${ppa.id}/edit`);
  const reason = page.locator("#field-reason");
  assert.equal(await reason.isVisible(), false);
  const status = page.locator("#field-status");
  assert.deepEqual(await status.locator("option").allInnerTexts(), ["Planning", "On hold", "Cancelled"]);
  await status.selectOption("on_hold");
  await reason.waitFor({ state: "visible" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Enter a reason.").first().waitFor();
  await reason.fill("The road is closed");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(`**/ppas/${ppa.id}*`);
  await page.goto(`/ppas/${ppa.id}?tab=history`);
  await page.getByText("The road is closed").first().waitFor();
  await page.context().close();
});
