// The clock of these tests: program, pages and tests count from one moment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { day, now, runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();
const MINUTE = 60_000;

test("program, pages and tests have the same time", async () => {
  const page = await running.signedIn("staff");
  await page.goto("/calendar");
  const [written, called, stamp] = await page.evaluate(() => [
    new Date().toISOString(),
    Date.now(),
    +new Date(0),
  ]);
  for (const time of [Date.parse(written), called]) assert.ok(Math.abs(time - now()) < MINUTE, written);
  assert.equal(stamp, 0);
  await page.locator(`.fc-day-today[data-date="${day()}"]`).first().waitFor();
  const task = await api(running)("POST", "tasks", { title: "Made now" });
  assert.ok(Math.abs(Date.parse(task.created_at) - now()) < MINUTE, task.created_at);
  await page.context().close();
});
