// The program, started from nothing, answers a browser.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { startBrowser, startProgram } from "./program.mjs";

let address;
let browser;

before(async () => {
  [address, browser] = await Promise.all([startProgram(), startBrowser()]);
});

test("a fresh program answers a browser", async () => {
  const page = await browser.newPage();
  const answer = await page.goto(`${address}/healthz`);
  assert.equal(answer.status(), 200);
  assert.equal((await answer.text()).trim(), "ok");
  await page.close();
});
