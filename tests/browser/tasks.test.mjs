// The list of tasks and the page of one, at desktop and phone width.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { runningProgram } from "./program.mjs";
import { api, newTask } from "./work.mjs";

const running = runningProgram();
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(sizes)) {
  test(`a task goes its way on its page (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const task = await newTask(api(running), { title: `Visit the school ${size}` });
    await page.goto(`/tasks/${task.id}`);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText(`In progress: Visit the school ${size}`).waitFor();
    await page.getByLabel("Percent done").fill("40");
    await page.getByRole("button", { name: "Set progress" }).click();
    await page.getByText("Progress saved").waitFor();
    await page.getByText("Add a description").click();
    await page.getByLabel("Description").fill("Bring the list.\nAsk for the hall.");
    await page.getByRole("button", { name: "Save description" }).click();
    await page.getByText("Description saved").waitFor();
    await page.getByText("Bring the list.").first().waitFor();
    await page.getByRole("button", { name: "Complete", exact: true }).click();
    await page.getByRole("button", { name: "Reopen" }).waitFor();
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Complete", exact: true }).waitFor();
    assert.equal(await page.getByLabel("Percent done").inputValue(), "40");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false);
    await page.context().close();
  });

  test(`a blocked task starts only with a reason (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const first = await newTask(client, { title: "Find the hall" });
    const second = await newTask(client, { title: "Set up the chairs", depends_on: [first.id] });
    await page.goto(`/tasks/${second.id}`);
    await page.getByText("Start anyway").first().click();
    await page.getByLabel("Why it cannot wait").fill("The owner opens early");
    await page.getByRole("button", { name: "Start anyway" }).click();
    await page.getByText("In progress: Set up the chairs").waitFor();
    await page.getByText("The owner opens early").waitFor();
    assert.equal(await page.getByRole("link", { name: "Find the hall" }).first().isVisible(), true);
    await page.context().close();
  });

  test(`tasks are completed together and taken back together (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    for (const number of [1, 2, 3]) await newTask(client, { title: `Call ${size} office ${number}` });
    await page.goto(`/tasks?q=${size} office&open=true`);
    await assertAccessible(page);
    for (const number of [1, 2]) await page.getByLabel(`Select Call ${size} office ${number}`).check();
    await page.getByRole("button", { name: "Complete" }).click();
    await page.getByText("2 tasks completed").waitFor();
    assert.equal(await page.locator("tbody tr").count(), 1);
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 3);
    await page.context().close();
  });
}

test("the tabs count, and the list follows what others do", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  await page.goto("/tasks?assignees=none&open=true");
  const tab = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /Unassigned/ });
  assert.equal(await tab.getAttribute("aria-current"), "page");
  await page.waitForTimeout(300);
  await newTask(client, { title: "Out of nowhere" });
  await page.getByRole("link", { name: "Out of nowhere" }).waitFor({ timeout: 5000 });
  await page.context().close();
});

test("staff without a part in a task read it and change nothing", async () => {
  const page = await running.signedIn("staff");
  const task = await newTask(api(running), { title: "Not theirs" });
  await page.goto(`/tasks/${task.id}`);
  await page.getByRole("heading", { name: "Not theirs" }).waitFor();
  for (const name of ["Start", "Complete", "Set progress"]) {
    assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, name);
  }
  await page.context().close();
});

test("a partner does not find what is not theirs", async () => {
  const page = await running.signedIn("partner");
  const task = await newTask(api(running), { title: "Inside the office" });
  const answer = await page.goto(`/tasks/${task.id}`);
  assert.equal(answer.status(), 404);
  await page.goto("/tasks");
  await page.getByText("No tasks yet").waitFor();
  await page.context().close();
});
