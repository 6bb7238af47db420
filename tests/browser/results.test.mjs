// Results of a PPA in a browser: an indicator, a report on a phone, its approval, and an update.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { day, runningProgram } from "./program.mjs";
import { becomes, matches } from "./work.mjs";

const running = runningProgram();

async function made(role, collection, data) {
  const headers = { Authorization: `Bearer ${running.token(role)}`, "Content-Type": "application/json" };
  const body = JSON.stringify(data);
  const answer = await fetch(`${running.address}/api/v1/${collection}`, { method: "POST", headers, body });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

for (const width of [1280, 390]) {
  test(`an indicator is reported, approved and achieved at ${width} pixels`, async () => {
    const year = day(0).slice(0, 4);
    const ppa = await made("coordinator", "ppas", { title: `Clinics at ${width}`, category: "moa_ppa" });
    const viewport = { width, height: 844 };
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/ppas/${ppa.id}?tab=results`);
    await page.getByText("No indicators yet").waitFor();
    await page.getByRole("link", { name: "Add indicator" }).click();
    await page.getByLabel("Title").fill("Patients treated");
    await page.getByLabel("Level").selectOption({ label: "Output" });
    await page.getByLabel("Unit").fill("persons");
    await page.getByLabel("Period of row 1").fill("soon");
    await page.getByLabel("Target of row 1").fill("1,200");
    await page.getByRole("button", { name: "Create indicator" }).click();
    // Nothing that was typed is lost.
    await page.getByText("Target 1 needs a period").first().waitFor();
    await becomes(() => page.getByLabel("Target of row 1").inputValue(), "1,200");
    await page.getByLabel("Period of row 1").fill(year);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Create indicator" }).click();
    await page.getByRole("heading", { name: "Patients treated" }).waitFor();
    await assertAccessible(page);

    // The decider's page is open while the value is reported.
    await page.goto("/");
    const staff = await running.signedIn("staff", { viewport });
    await staff.goto(`/ppas/${ppa.id}?tab=results`);
    await staff.getByRole("link", { name: "Report a value of Patients treated" }).click();
    // The last quarter that is over is suggested.
    await matches(() => staff.getByLabel("Period", { exact: false }).first().inputValue(), /^\d{4}-Q[1-4]$/);
    await staff.getByLabel("Period", { exact: false }).first().fill(`${year}-Q1`);
    await staff.getByLabel("Value", { exact: false }).first().fill("300");
    await staff.getByLabel("Group of row 1").fill("Women");
    await staff.getByLabel("Value of row 1").fill("180");
    await assertAccessible(staff);
    assert.ok(await staff.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await staff.getByRole("button", { name: "Create measurement" }).click();
    await staff.getByRole("heading", { name: `${year}-Q1: Patients treated` }).waitFor();

    await page.getByText("Measurements to approve").waitFor();
    await page.getByRole("link", { name: `${year}-Q1: Patients treated` }).first().click();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.locator(".badge", { hasText: "Approved" }).first().waitFor();
    await page.goto(`/ppas/${ppa.id}?tab=results`);
    await page.getByText("25%").waitFor();
    await assertAccessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

    await page.getByRole("link", { name: "Add update" }).click();
    await page.getByLabel("Notes").fill("Two clinics are open");
    await page.getByLabel("Next steps").fill("Visit the third");
    await page.getByLabel("Follow-up date").fill(day(14));
    await page.getByRole("button", { name: "Create update" }).click();
    await page.goto(`/ppas/${ppa.id}?tab=results`);
    await page.getByText("Next: Visit the third").waitFor();
    await page.getByRole("link", { name: "Task", exact: true }).click();
    await page.getByRole("heading", { name: `Follow up: Clinics at ${width}` }).waitFor();
    await staff.context().close();
    await page.context().close();
  });
}
