// Budget scenarios in a browser: amounts by keyboard with bars that follow, a distribution, its undo, and adoption.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

async function fits(page) {
  await assertAccessible(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${page.url()} is ${wide} pixels too wide`);
}

for (const [width, year] of [
  [1280, 2041],
  [390, 2042],
]) {
  test(`envelope is distributed and adopted at ${width} pixels`, async () => {
    const client = api(running);
    const ppa = (title, sector, asks) =>
      client("POST", "ppas", {
        title: `${title} ${year}`,
        category: "moa_ppa",
        sector,
        funding_source: "gaa",
        fiscal_year: year,
        budget_allocation_centavos: asks,
      });
    const clinic = await ppa("Clinic", "health", 50_000_000);
    const wells = await ppa("Wells", "infrastructure", 80_000_000);

    const page = await running.signedIn("budget_officer", { viewport: { width, height: 844 } });
    await page.goto("/scenarios/new");
    await page.getByLabel("Name").fill(`Plan ${year}`);
    await page.getByLabel("Fiscal year").fill(String(year));
    await page.getByLabel("Envelope").fill("1M");
    await page.getByRole("button", { name: "Create" }).first().click();
    await page.getByRole("heading", { name: `Plan ${year}` }).waitFor();
    await fits(page);

    // The bars follow what is typed, before anything is saved.
    const envelope = page.getByRole("row", { name: "Envelope" });
    const amount = (one) => page.getByLabel(`Amount for ${one.title}`);
    await amount(clinic).fill("0.4M");
    await envelope.getByText("₱400,000.00 of ₱1,000,000.00").waitFor();
    // Enter moves on to the next row and sends nothing.
    await amount(clinic).press("Enter");
    assert.equal(await amount(wells).evaluate((input) => input === document.activeElement), true);
    await page.keyboard.type("700,000");
    await envelope.getByText("Exceeded").waitFor();
    await page.keyboard.press("ArrowUp");
    assert.equal(await amount(clinic).evaluate((input) => input === document.activeElement), true);
    await amount(clinic).fill("600,000");
    await page.getByRole("button", { name: "Save amounts" }).click();
    // Refused beside the row; nothing typed is lost.
    await page.getByText("Must be at most ₱500,000.00").first().waitFor();
    assert.equal(await amount(wells).inputValue(), "700,000.00");
    await fits(page);
    await amount(clinic).fill("300k");
    await page.getByRole("button", { name: "Save amounts" }).click();
    await page.getByText("Amounts saved").waitFor();
    assert.equal(await amount(clinic).inputValue(), "300,000.00");

    await page.getByLabel("Equity by region").check();
    await page.getByRole("button", { name: "Distribute", exact: true }).click();
    await page.getByText("Envelope distributed").waitFor();
    assert.equal(await amount(wells).inputValue(), "615,384.62");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(
      (name) => document.querySelector(`[name="${name}"]`)?.value === "700,000.00",
      `amount-${wells.id}`,
    );

    await page.getByRole("link", { name: "Adopt", exact: true }).click();
    await page.getByText(`${year}: Health, all sources`).waitFor();
    await fits(page);
    await page.getByLabel("By sector and funding source").check();
    await page.getByRole("button", { name: "Update preview" }).click();
    await page.getByText(`${year}: Health, General Appropriations Act`).first().waitFor();
    await page.getByRole("button", { name: "Adopt", exact: true }).click();
    await page.getByText("Scenario adopted, 2 budgets written").waitFor();
    await fits(page);
    const budget = async (one) => (await client("GET", `ppas/${one.id}`)).budget_allocation_centavos;
    assert.deepEqual([await budget(clinic), await budget(wells)], [30_000_000, 70_000_000]);
    await page.context().close();
  });
}
