// The portfolio in a browser: figures, filters, and that they move without a reload.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { day, runningProgram } from "./program.mjs";

const running = runningProgram();

for (const width of [1280, 390]) {
  test(`portfolio shows its PPAs and updates at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const headers = { Authorization: `Bearer ${running.token("coordinator")}` };
    const make = async (title, sector) => {
      const data = { title, sector, category: "moa_ppa", budget_allocation_centavos: 100_000_000 };
      data.fiscal_year = Number(day(0).slice(0, 4));
      const answer = await fetch(`${running.address}/api/v1/ppas`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify(data),
      });
      assert.equal(answer.status, 201);
    };
    await make(`Water at ${width}`, "health");
    await page.goto("/portfolio?sector=health");
    await page.getByRole("link", { name: `Water at ${width}` }).waitFor();
    await assertAccessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await make(`Clinic at ${width}`, "health");
    await page.getByRole("link", { name: `Clinic at ${width}` }).waitFor();
    await page.getByRole("link", { name: "Remove the filter Sector" }).click();
    await page.waitForURL((url) => url.search === `?fiscal_year=${day(0).slice(0, 4)}`);
    // A figure opens its rows.
    const draft = page.locator(".portfolio-money a", { hasText: "draft" });
    const before = await draft.textContent();
    await draft.click();
    await page.waitForURL((url) => url.pathname === "/ppas");
    await page.getByRole("link", { name: `Clinic at ${width}` }).waitFor();
    assert.match(before, /^₱\d+M draft$/);
    await page.goto("/portfolio?fiscal_year=all");
    await page.getByRole("link", { name: `Clinic at ${width}` }).waitFor();
    // Monitoring has the same money, and its figures open the same rows.
    await page.goto("/monitoring");
    await page.getByRole("heading", { name: "Monitoring and evaluation" }).waitFor();
    await assertAccessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.locator("#sectors").getByRole("link", { name: /^₱/ }).first().click();
    await page.waitForURL((url) => url.pathname === "/ppas" && url.searchParams.get("sector") === "health");
    await page.getByRole("link", { name: `Clinic at ${width}` }).waitFor();
    await page.context().close();
  });
}
