// Search in a browser: the page and the palette.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";

const running = runningProgram();

for (const width of [1280, 390]) {
  test(`new record is found by page and palette at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const title = `Kulintang rehearsal ${width}`;
    const answer = await fetch(`${running.address}/api/v1/tasks`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${running.token("coordinator")}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ title }),
    });
    assert.equal(answer.status, 201);
    const { id } = await answer.json();
    await page.goto(`/search?q=kulint+${width}`);
    await page.getByRole("link", { name: title }).waitFor();
    await page.getByRole("heading", { name: "Tasks (1)" }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Control+k");
    await page.keyboard.type(`kulint ${width}`);
    await page.getByRole("option", { name: title }).click();
    await page.waitForURL((url) => url.pathname === `/tasks/${id}`);
    await page.context().close();
  });
}
