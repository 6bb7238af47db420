// The program, started from nothing, answers a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runningProgram } from "./program.mjs";

const running = runningProgram();

test("new installation serves a page", async () => {
  const page = await running.browser.newPage();
  const answer = await page.goto(`${running.address}/healthz`);
  assert.equal(answer.status(), 200);
  assert.equal((await answer.text()).trim(), "ok");
  await page.close();
});
