// Import of a file: its columns, its rows with their values, and duplicates, at a desk and on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fits, WIDTHS } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, matches } from "./work.mjs";

const running = runningProgram();

const csv = (text) => ({ name: "records.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

async function check(page, text) {
  await page.getByLabel(/^File/).setInputFiles(csv(text));
  await page.getByRole("button", { name: /^Check (the|another) file$/ }).click();
}

for (const [where, viewport] of WIDTHS) {
  test(`preview names wrong columns together ${where}`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/ppas/import");
    await check(page, "Titel,Category,Fiscal year,Budjet\nOne,Request of a community,2027,5\n");
    const alert = page.getByRole("alert");
    await alert.getByText("Titel (column A) is not a field of PPAs. Did you mean Title?").waitFor();
    await alert.getByText("Budjet (column D) is not a field of PPAs. Did you mean Budget?").waitFor();
    await fits(page);
    await page.context().close();
  });

  test(`preview shows rows, and duplicates are skipped or created ${where}`, async () => {
    const client = api(running);
    const title = (name) => `${name} ${viewport.width}`;
    const ppa = (name) =>
      client("POST", "ppas", {
        title: title(name),
        category: "obc_request",
        budget_allocation_centavos: 100_000,
      });
    const [changed, same] = [await ppa("Changed"), await ppa("Same")];
    const known = await ppa("Known");
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/ppas/import");
    const category = "Request of a community";
    const file = [
      "ID,Title,Category,Budget",
      `${changed.id},${title("Changed")},${category},1.25M`,
      `${same.id},${title("Same")},${category},1000`,
      `,${title("Known")},${category},1000`,
      `,${title("Fresh")},${category},500`,
      "",
    ].join("\n");
    await check(page, file);
    await page.getByText("No errors. Nothing is saved yet.").waitFor();
    const row = (name) => page.getByRole("row").filter({ hasText: title(name) });
    const change = row("Changed").locator(".history-changes");
    await becomes(() => change.locator("del").innerText(), "₱1,000.00");
    await becomes(() => change.locator("ins").innerText(), "₱1,250,000.00");
    await matches(() => row("Fresh").innerText(), /₱500\.00/);
    await becomes(() => row("Same").isVisible(), false);
    await page.locator("summary", { hasText: "Unchanged" }).click();
    await row("Same").waitFor();
    const original = row("Known").getByRole("link", { name: "Existing record" });
    await becomes(() => original.getAttribute("href"), `/ppas/${known.id}`);
    await fits(page);

    // Skipped unless the person decides otherwise.
    await becomes(() => page.getByLabel("Skip", { exact: true }).isChecked(), true);
    await page.getByRole("button", { name: "Import PPAs" }).click();
    await page.getByText("1 created, 1 changed, 1 unchanged, 1 skipped as duplicates").waitFor();

    await page.goto("/ppas/import");
    await check(page, `Title,Category\n${title("Known")},${category}\n`);
    await page.getByLabel("Create anyway").check();
    await page.getByRole("button", { name: "Import PPAs" }).click();
    await page.getByText("1 created, 0 changed, 0 unchanged").waitFor();
    const found = await client("GET", `ppas?q=${encodeURIComponent(title("Known"))}`);
    assert.equal(found.items.filter((item) => item.title === title("Known")).length, 2);
    await page.context().close();
  });
}
