// Today: what is to be done, done with one click; what waits; what takes place.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { ownId } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, hasCount, newTask } from "./work.mjs";

const running = runningProgram();
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(sizes)) {
  test(`own tasks are grouped by day and completed with one click (${size})`, async () => {
    const page = await running.signedIn("staff", { viewport });
    await page.goto("/");
    await page.getByText("Nothing to do").waitFor();
    await assertAccessible(page);
    const client = api(running);
    const assignees = [await ownId(page)];
    await newTask(client, { title: "Was due", due_date: day(-3), assignees });
    await newTask(client, { title: "Is due", due_date: day(0), assignees });
    await newTask(client, { title: "Some day", assignees });
    await page.goto("/");
    const part = (name) => page.locator("#my-tasks section").filter({ has: page.getByRole("heading", { name }) });
    await part(/^Late/).getByText("Was due").waitFor();
    await part(/^Later/).getByText("Some day").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Complete Is due" }).click();
    await page.getByText("Completed: Is due").waitFor();
    await hasCount(page.getByRole("link", { name: "Is due" }), 0);
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await part(/^Today/).getByText("Is due").waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false);
    await page.context().close();
  });
}

test("task that others depend on appears under decisions and in the bell", async () => {
  const page = await running.signedIn("staff");
  await page.goto("/");
  const assignees = [await ownId(page)];
  const client = api(running);
  const first = await newTask(client, { title: "Sign the letter", assignees });
  await newTask(client, { title: "Send the letter", depends_on: [first.id] });
  await page.goto("/");
  await page.locator("#decisions").getByRole("link", { name: "Sign the letter" }).waitFor();
  await becomes(() => page.locator("#waiting .bell-count").textContent(), "1");
  await page.getByRole("button", { name: "Complete Sign the letter" }).click();
  await page.locator("#decisions").getByText("Nothing needs your action").waitFor();
  await hasCount(page.locator("#waiting .bell-count"), 0);
  await page.context().close();
});

test("own events of today are beside the tasks", async () => {
  const page = await running.signedIn("staff");
  await page.goto("/");
  const participants = [await ownId(page)];
  const client = api(running);
  await client("POST", "events", { title: "Day of the child", start: day(0), all_day: true, participants });
  await client("POST", "events", { title: "Not mine", start: day(0), all_day: true });
  await page.goto("/");
  const events = page.locator("#my-events");
  await events.getByRole("link", { name: "Day of the child" }).waitFor();
  await hasCount(events.getByText("Not mine"), 0);
  await page.context().close();
});
