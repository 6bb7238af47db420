// The clock of these tests: program, pages and tests count from one moment.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
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

test("no test asks for the time of the machine", async () => {
  const folder = new URL(".", import.meta.url);
  // The benchmark visits a server of today.
  const others = ["program.mjs", "measure.mjs"];
  const files = (await readdir(folder)).filter((name) => name.endsWith(".mjs") && !others.includes(name));
  assert.ok(files.length > 30);
  const own = "clock.test.mjs";
  for (const name of files.filter((name) => name !== own)) {
    const text = await readFile(new URL(name, folder), "utf8");
    const found = /Date\.now\(|new Date\(\)/.exec(text);
    assert.equal(found?.[0], undefined, `${name}: use now() or day() of program.mjs`);
  }
});
