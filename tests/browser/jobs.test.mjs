// The jobs of the program, as an administrator sees them, at a desk and on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, assertFits, WIDTHS } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { hasCount, matches } from "./work.mjs";

const running = runningProgram();

for (const [where, viewport] of WIDTHS) {
  test(`job is run manually and its result appears ${where}`, async () => {
    const page = await running.signedIn("admin", { viewport });
    await page.goto("/admin/jobs");
    await page.getByText("1 process runs them", { exact: false }).waitFor();
    const name = page.getByText("Clean up", { exact: true });
    const row = page.locator("#jobs tbody tr").filter({ has: name });
    await row.getByText("23 3 * * *").waitFor();
    await assertAccessible(page);
    await assertFits(page);

    await row.getByRole("button", { name: "Run now" }).click();
    await page.getByText("Clean up will run shortly.").waitFor();
    await row.getByText("finished jobs deleted", { exact: false }).waitFor();
    await matches(() => row.textContent(), /Queued/);
    await assertFits(page);

    await page.getByRole("link", { name: /^Failed/ }).click();
    await page.getByText("No jobs").waitFor();
    await assertAccessible(page);
    await page.context().close();
  });
}

test("jobs page is in the navigation of administrators only", async () => {
  const admin = await running.signedIn("admin");
  await admin.goto("/admin/users");
  await admin.locator('a[href="/admin/jobs"]').first().waitFor();
  await admin.context().close();
  const staff = await running.signedIn("staff");
  await staff.goto("/");
  await hasCount(staff.locator('a[href="/admin/jobs"]'), 0);
  const answer = await staff.goto("/admin/jobs");
  assert.equal(answer.status(), 403);
  await staff.context().close();
});
