// A shared calendar: made by somebody of the office, opened by somebody without an account, on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { becomes, hasCount } from "./work.mjs";

const running = runningProgram();

test("share is created, opened on a phone with its pass phrase, and revoked", async () => {
  const page = await running.signedIn("coordinator");
  await page.goto("/shares/new");
  await page.getByLabel("Name").fill("For our partners");
  await page.getByLabel("Pass phrase").fill("river stone");
  await page.getByLabel("View limit").fill("3");
  // Nothing is public until it is chosen.
  await page.getByRole("button", { name: "Create" }).click();
  await page.locator("#field-modules-error").waitFor();
  await becomes(() => page.getByLabel("Name").inputValue(), "For our partners");
  await page.getByLabel("Coordination").check();
  await page.getByLabel("Holidays").check();
  await page.getByLabel("Pass phrase").fill("river stone");
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/shares\/[0-9a-f-]{36}$/);
  const detail = page.url();
  await assertAccessible(page);
  const address = await page.getByLabel("Address to share").inputValue();

  const phone = await running.browser.newContext({ viewport: { width: 390, height: 844 } });
  const stranger = await phone.newPage();
  await stranger.goto(address);
  await assertAccessible(stranger);
  await stranger.getByLabel("Pass phrase").fill("river stone");
  await stranger.getByRole("button", { name: "Open the calendar" }).click();
  await stranger.getByRole("heading", { name: "For our partners" }).waitFor();
  await assertAccessible(stranger);
  await hasCount(stranger.locator("a"), 0);
  await becomes(() => stranger.locator(".shared-grid").first().isVisible(), false);
  await stranger.getByText("Month", { exact: true }).click();
  await becomes(() => stranger.locator(".shared-grid").first().isVisible(), true);
  await assertAccessible(stranger);
  assert.equal(await stranger.evaluate(() => document.documentElement.scrollWidth), 390);

  await page.goto(detail);
  await page.getByText("of 3 views used").waitFor();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("The address does not work at present").waitFor();
  assert.equal((await stranger.goto(address)).status(), 410);
  await stranger.getByText("no longer shared").first().waitFor();
  await assertAccessible(stranger);
  await phone.close();
  await page.context().close();
});
