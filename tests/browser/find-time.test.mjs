// Finding a time in a browser: people picked by typing, times with reasons, and the event that is planned from one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { becomes, hasCount } from "./work.mjs";

const running = runningProgram();

for (const width of [1280, 390]) {
  test(`free time is found and an event planned at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    await page.goto("/calendar/find-time");
    await page.getByLabel("Duration").selectOption("120");
    await page.getByRole("button", { name: "Find times" }).click();
    await page.waitForURL((url) => url.searchParams.get("minutes") === "120");
    const first = page.locator(".suggestion").first();
    await first.getByText("Everyone is free").waitFor();
    await assertAccessible(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
    await first.getByRole("link", { name: "Plan event" }).click();
    await page.waitForURL((url) => url.pathname === "/events/new");
    const asked = new URL(page.url()).searchParams;
    const [day, time] = asked.get("start").split("T");
    await becomes(() => page.locator("[name=start]").inputValue(), day);
    await becomes(() => page.locator("[name='start.time']").inputValue(), time);
    await hasCount(page.locator("[name=participants]"), 1);
    await page.context().close();
  });

  test(`search for a time without people shows an error at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    await page.goto("/calendar/find-time?people=&minutes=90");
    await page.getByText("Enter at least one person.").first().waitFor();
    await page.getByRole("heading", { name: "Correct these fields to find times" }).waitFor();
    await becomes(() => page.getByLabel("Duration").inputValue(), "90");
    await page.context().close();
  });
}
