// Reports in a browser: requested on a form, made in the background, read on a page, downloaded as a file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { day, runningProgram } from "./program.mjs";
import { becomes } from "./work.mjs";

const running = runningProgram();

async function made(collection, data) {
  const headers = { Authorization: `Bearer ${running.token("coordinator")}`, "Content-Type": "application/json" };
  const answer = await fetch(`${running.address}/api/v1/${collection}`, {
    method: "POST",
    headers,
    body: JSON.stringify(data),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

for (const width of [1280, 390]) {
  test(`a report is requested, read and downloaded at ${width} pixels`, async () => {
    const year = day(0).slice(0, 4);
    await made("ppas", {
      title: `Wells at ${width}`,
      category: "moa_ppa",
      sector: "health",
      fiscal_year: Number(year),
      budget_allocation_centavos: 100_000_000,
    });
    const page = await running.signedIn("executive", { viewport: { width, height: 844 } });
    await page.goto("/reports");
    await page.getByRole("link", { name: "New report" }).click();
    await assertAccessible(page);
    await becomes(() => page.getByLabel("Fiscal year").inputValue(), year);
    await page.getByLabel("Sector").selectOption({ label: "Health" });
    await page.getByLabel("Fiscal year").fill("20");
    await page.getByRole("button", { name: "Make the report" }).click();
    // Nothing that was typed is lost.
    await page.locator(".error-summary").waitFor();
    await becomes(() => page.getByLabel("Fiscal year").inputValue(), "20");
    await page.getByLabel("Fiscal year").fill(year);
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.getByRole("heading", { name: `Portfolio, ${year}, Health` }).waitFor();
    // The page follows the job without a reload.
    await page.getByText("PPAs that count").waitFor();
    await page.locator(".report-table").getByText(`Wells at ${width}`).waitFor();
    await assertAccessible(page);
    assert.ok(await fits(page));

    await page.getByRole("button", { name: "As CSV" }).click();
    const link = page.getByRole("link", { name: "Download" });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    assert.match(download.suggestedFilename(), /^Portfolio.*\.csv$/);
    await page.context().close();
  });

  test(`a schedule says what it makes at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    await page.goto("/report-schedules/new");
    await page.getByLabel("Title").fill(`Monthly at ${width}`);
    await page.getByLabel("Report", { exact: false }).first().selectOption({ label: "Budget execution" });
    await page.getByLabel("Schedule").fill("every month");
    await page.getByRole("button", { name: "Create report schedule" }).click();
    await page.getByText("Must be a cron line").first().waitFor();
    await page.getByLabel("Schedule").fill("0 6 1 * *");
    await page.getByRole("button", { name: "Create report schedule" }).click();
    await page.getByRole("heading", { name: `Monthly at ${width}` }).waitFor();
    await page.getByText("Budget execution, PDF").waitFor();
    await assertAccessible(page);
    assert.ok(await fits(page));
    await page.context().close();
  });
}
