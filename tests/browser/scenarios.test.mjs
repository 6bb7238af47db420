// Budget scenarios in a browser: amounts by keyboard with bars that follow, a distribution, its undo, and adoption.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

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
    await envelope.getByText("₱100,000.00 over").waitFor();
    await page.getByText("Over the envelope by ₱100,000.00").waitFor();
    await page.keyboard.press("ArrowUp");
    assert.equal(await amount(clinic).evaluate((input) => input === document.activeElement), true);
    await amount(clinic).fill("600,000");
    await page.getByRole("button", { name: "Save amounts" }).click();
    // Refused beside the row; nothing typed is lost.
    await page.getByText("Must be at most ₱500,000.00").first().waitFor();
    await page.getByText("Over the envelope by ₱300,000.00").waitFor();
    await becomes(() => amount(wells).inputValue(), "700,000.00");
    await fits(page);
    await amount(clinic).fill("400k");
    await page.getByRole("button", { name: "Save amounts" }).click();
    // Saved above the envelope, and said so.
    await page.getByText("Amounts saved, ₱100,000.00 over the envelope").waitFor();
    await page.getByText("Over the envelope by ₱100,000.00").waitFor();
    await fits(page);
    await amount(clinic).fill("300k");
    await page.getByText("Over the envelope by").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Save amounts" }).click();
    await page.getByText("Amounts saved", { exact: true }).waitFor();
    await becomes(() => amount(clinic).inputValue(), "300,000.00");

    await page.getByLabel("Equity by region").check();
    await page.getByRole("button", { name: "Distribute", exact: true }).click();
    await page.getByText("Envelope distributed").waitFor();
    await becomes(() => amount(wells).inputValue(), "615,384.62");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(
      (name) => document.querySelector(`[name="${name}"]`)?.value === "700,000.00",
      `allocations.${wells.id}`,
    );

    await page.getByRole("link", { name: "Adopt", exact: true }).click();
    await page.getByText(`${year}: Health, all sources`).waitFor();
    await fits(page);
    // The preview follows the choices, which are kept in the address.
    await page.getByLabel("By sector and funding source").check();
    await page.getByText(`${year}: Health, General Appropriations Act`).first().waitFor();
    await hasCount(page.getByRole("button", { name: "Update preview" }), 0);
    await page.reload();
    await page.getByText(`${year}: Health, General Appropriations Act`).first().waitFor();
    await becomes(() => page.getByLabel("By sector and funding source").isChecked(), true);
    await page.getByRole("button", { name: "Adopt", exact: true }).click();
    await page.getByText("Scenario adopted, 2 budgets written").waitFor();
    await fits(page);
    const budget = async (one) => (await client("GET", `ppas/${one.id}`)).budget_allocation_centavos;
    assert.deepEqual([await budget(clinic), await budget(wells)], [30_000_000, 70_000_000]);
    await page.context().close();
  });
}

test("amounts that are not saved are asked about", async () => {
  const client = api(running);
  const clinic = await client("POST", "ppas", {
    title: "Clinic 2043",
    category: "moa_ppa",
    sector: "health",
    fiscal_year: 2043,
    budget_allocation_centavos: 50_000_000,
  });
  const page = await running.signedIn("budget_officer");
  await page.goto("/scenarios/new");
  // Only an adoption makes a scenario adopted.
  await becomes(() => page.getByLabel("Status").locator("option").allTextContents(), ["Draft"]);
  await page.getByLabel("Name").fill("Plan 2043");
  await page.getByLabel("Fiscal year").fill("2043");
  await page.getByLabel("Envelope").fill("1M");
  await page.getByRole("button", { name: "Create" }).first().click();
  await page.getByRole("heading", { name: "Plan 2043" }).waitFor();
  const address = page.url();
  const amount = page.getByLabel("Amount for Clinic 2043");
  const distribute = page.getByRole("button", { name: "Distribute", exact: true });
  const dialog = page.getByRole("dialog", { name: "Unsaved amounts" });

  // Cancel leaves everything as it is.
  await amount.fill("100k");
  await distribute.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await becomes(() => amount.inputValue(), "100,000.00");
  // Saved first, they are the ones that an undo of the distribution brings back.
  await distribute.click();
  await assertAccessible(page);
  await dialog.getByRole("button", { name: "Save amounts first" }).click();
  await page.getByText("Amounts saved", { exact: true }).waitFor();
  await becomes(() => amount.inputValue(), "100,000.00");
  // Discarded, they do not come back.
  await amount.fill("200k");
  await distribute.click();
  await dialog.getByRole("button", { name: "Discard them and distribute" }).click();
  await page.getByText("Envelope distributed, ₱500,000.00 left").waitFor();
  await becomes(() => amount.inputValue(), "500,000.00");
  await page.goto(address);
  await becomes(() => amount.inputValue(), "500,000.00");
  await hasCount(page.getByText("Unsaved changes restored."), 0);

  // The adoption asks too, from its own tab.
  await amount.fill("300k");
  await page.getByRole("link", { name: "Adopt", exact: true }).click();
  await page.getByText("2043: Health, all sources").waitFor();
  await page.getByRole("button", { name: "Adopt", exact: true }).click();
  await dialog.getByRole("button", { name: "Go back to the amounts" }).click();
  await page.getByText("Unsaved changes restored.").waitFor();
  await becomes(() => amount.inputValue(), "300k");
  await page.getByRole("link", { name: "Adopt", exact: true }).click();
  await page.getByRole("button", { name: "Adopt", exact: true }).click();
  await dialog.getByRole("button", { name: "Discard them and adopt" }).click();
  await page.getByText("Scenario adopted, 1 budget written").waitFor();
  assert.equal((await client("GET", `ppas/${clinic.id}`)).budget_allocation_centavos, 50_000_000);
  await page.context().close();
});

test("preview of an adoption works without script", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", {
    title: "Clinic 2044",
    category: "moa_ppa",
    sector: "health",
    funding_source: "gaa",
    fiscal_year: 2044,
    budget_allocation_centavos: 50_000_000,
  });
  const officer = await running.signedIn("budget_officer", { javaScriptEnabled: false });
  await officer.goto("/scenarios/new");
  await officer.getByLabel("Name").fill("Plan 2044");
  await officer.getByLabel("Fiscal year").fill("2044");
  await officer.getByLabel("Envelope").fill("1M");
  await officer.getByRole("button", { name: "Create" }).first().click();
  await officer.locator(`[name="allocations.${ppa.id}"]`).fill("100k");
  await officer.getByRole("button", { name: "Save amounts" }).click();
  await officer.getByRole("link", { name: "Adopt", exact: true }).click();
  await officer.getByLabel("By funding source", { exact: true }).check();
  await officer.getByRole("button", { name: "Update preview" }).click();
  await officer.getByText("2044: all sectors, General Appropriations Act").first().waitFor();
  await officer.context().close();
});

test("enter in an amount saves without script and removes nothing", async () => {
  const [client, officer] = [api(running), api(running, "budget_officer")];
  const ppa = (title) =>
    client("POST", "ppas", {
      title,
      category: "moa_ppa",
      sector: "health",
      fiscal_year: 2045,
      budget_allocation_centavos: 50_000_000,
    });
  const [clinic, wells] = [await ppa("Clinic 2045"), await ppa("Wells 2045")];
  const plan = await officer("POST", "scenarios", {
    name: "Plan 2045",
    fiscal_year: 2045,
    envelope_centavos: 100_000_000,
  });
  const board = `scenarios/${plan.id}/allocations`;
  await officer("PATCH", board, {
    allocations: [clinic, wells].map(({ id }) => ({ ppa: id, amount_centavos: 10_000_000 })),
  });
  await client("PATCH", `ppas/${wells.id}`, { fiscal_year: 2046 });
  const page = await running.signedIn("budget_officer", { javaScriptEnabled: false });
  await page.goto(`/scenarios/${plan.id}`);
  await page.getByLabel("Amount for Clinic 2045").fill("200k");
  await page.getByLabel("Amount for Clinic 2045").press("Enter");
  await page.getByText("₱300,000.00 of ₱1,000,000.00").waitFor();
  assert.equal((await officer("GET", board)).allocated_centavos, 30_000_000);
  await page.getByRole("button", { name: "Remove former candidates" }).click();
  await page.getByText("No longer candidates").waitFor({ state: "detached" });
  assert.equal((await officer("GET", board)).allocated_centavos, 20_000_000);
  await page.context().close();
});

test("any amount fills the bar of a ceiling of zero", async () => {
  const [client, officer] = [api(running), api(running, "budget_officer")];
  await client("POST", "ppas", {
    title: "Clinic 2047",
    category: "moa_ppa",
    sector: "health",
    fiscal_year: 2047,
    budget_allocation_centavos: 50_000_000,
  });
  await officer("POST", "ceilings", { fiscal_year: 2047, amount_centavos: 0 });
  const plan = await officer("POST", "scenarios", {
    name: "Plan 2047",
    fiscal_year: 2047,
    envelope_centavos: 100_000_000,
  });
  const page = await running.signedIn("budget_officer");
  await page.goto(`/scenarios/${plan.id}`);
  const bar = page.getByRole("row", { name: "2047: all sectors" });
  const width = () => bar.locator('rect[data-series="0"]').getAttribute("width");
  assert.equal(await width(), "0.00");
  await page.getByLabel("Amount for Clinic 2047").fill("100k");
  await bar.getByText("₱100,000.00 over").waitFor();
  assert.equal(await width(), "100.00");
  await page.context().close();
});

for (const width of [1280, 390]) {
  test(`ceilings show their use at ${width} pixels`, async () => {
    const client = api(running, "budget_officer");
    const year = 2050 + (width === 390 ? 1 : 0);
    const ceiling = await client("POST", "ceilings", { fiscal_year: year, amount_centavos: 100_000_000 });
    const page = await running.signedIn("budget_officer", { viewport: { width, height: 844 } });
    await page.goto(`/ceilings?fiscal_year=${year}`);
    await page.getByText(`${year}: all sectors, all sources`).first().waitFor();
    await page.getByText("0%").first().waitFor();
    await fits(page);
    await page.goto(`/ceilings/${ceiling.id}`);
    await page.getByText("No budget takes room under this ceiling yet.").waitFor();
    await fits(page);
    await page.context().close();
  });
}
