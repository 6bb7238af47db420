// Quick add, editing in place, dependent tasks and the Gantt chart, at desktop and phone width.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, hold, ownId, slowly, typeLike, undo } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, hasCount, newTask } from "./work.mjs";

const running = runningProgram();
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const toasts = (page) => page.locator("#toasts");

/** Reads a task through the API. */
const read = (client, task) => client("GET", `tasks/${task.id}`);

for (const [size, viewport] of Object.entries(sizes)) {
  test(`line becomes a task without leaving the list (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    await page.goto("/tasks?mine=true&open=true");
    const bar = page.locator("#quick-add");
    const input = bar.getByRole("textbox");
    await input.pressSequentially(`Call the captain ${size} tomorrow 3pm !high #eid`);
    await bar.getByText("Priority high").waitFor();
    await bar.getByText("3:00 PM").waitFor();
    await hasCount(bar.locator(".chip"), 4);
    // A dismissed part stays in the title.
    await bar.getByRole("button", { name: "Keep “tomorrow” in the title" }).click();
    await becomes(() => input.inputValue(), `Call the captain ${size} "tomorrow" 3pm !high #eid`);
    await bar.locator(".chip", { hasText: "Due" }).waitFor({ state: "detached" });
    await input.press("Enter");
    const row = page.locator("tbody tr", { hasText: `Call the captain ${size} tomorrow` });
    await row.waitFor();
    await becomes(() => input.inputValue(), "");
    assert.equal(await input.evaluate((element) => element === document.activeElement), true);
    const found = await client("GET", `tasks?q=captain ${size}`);
    assert.equal(found.items[0].priority, "high");
    assert.deepEqual(found.items[0].assignees, [await ownId(page)]);
    await toasts(page).getByRole("button", { name: "Undo" }).click();
    await row.waitFor({ state: "detached" });
    await assertAccessible(page);
    await page.context().close();
  });

  test(`next line is typed while the last one is added, and a refused one is not lost (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    await slowly(page, "**/api/v1/tasks/quick", 600);
    await page.goto("/");
    const input = page.locator("#quick-add input[name=text]");
    await typeLike(page, `Count boats ${size}`, input);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await typeLike(page, `Count nets ${size}`);
    await page.keyboard.press("Enter");
    const titles = async () =>
      (await client("GET", `tasks?q=count ${size}&sort=created_at`)).items.map((task) => task.title);
    await becomes(titles, [`Count boats ${size}`, `Count nets ${size}`]);
    await typeLike(page, "friday 3pm");
    await page.keyboard.press("Enter");
    await page.locator("#quick-add").getByText("Type what is to be done.").waitFor();
    await becomes(() => input.inputValue(), "friday 3pm");
    await input.fill("monday");
    await page.keyboard.press("Enter");
    await typeLike(page, "Next");
    await page.getByText("“monday” was not added.").waitFor();
    await becomes(() => input.inputValue(), "Next");
    await page.context().close();
  });

  test(`focus stays on a value whose row moves (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const moved = await newTask(client, { title: `First row ${size}`, due_date: day(0) });
    await newTask(client, { title: `Second row ${size}`, due_date: day(1) });
    await page.goto(`/tasks?q=row ${size}`);
    await page.locator(`tr[data-id="${moved.id}"] [data-edit="due_date"]`).click();
    await page.getByRole("button", { name: "Next Monday" }).click();
    await page.locator("tbody tr", { hasText: "First row" }).last().waitFor();
    await page.waitForFunction((id) => document.querySelector("tbody tr:last-child")?.dataset.id === id, moved.id);
    await page.waitForFunction((id) => {
      const focused = document.activeElement;
      return focused?.dataset.edit === "due_date" && focused.closest("tr").dataset.id === id;
    }, moved.id);
    await page.context().close();
  });

  test(`key Q adds a task from any page (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/needs");
    await page.keyboard.press("q");
    const dialog = page.getByRole("dialog", { name: "Add a task" });
    await dialog.getByRole("textbox").fill(`Ask about fuel ${size}`);
    await page.keyboard.press("Enter");
    await page.getByText(`Task added: Ask about fuel ${size}`).first().waitFor();
    // Letters typed next are the next task.
    assert.equal(await dialog.getByRole("textbox").evaluate((element) => element === document.activeElement), true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.match(page.url(), /\/needs$/);
    await page.context().close();
  });

  test(`values change in place in the list, by mouse and by keyboard (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const task = await newTask(client, { title: `Count the chairs ${size}`, due_date: day(5) });
    await page.goto(`/tasks?q=chairs ${size}`);
    const row = page.locator(`tr[data-id="${task.id}"]`);
    await row.locator('[data-edit="status"]').click();
    await page.getByRole("menuitemradio", { name: "In progress" }).click();
    await row.getByText("In progress").waitFor();
    assert.equal((await read(client, task)).status, "in_progress");
    assert.match(page.url(), /\/tasks\?q=/);

    await page.keyboard.press("Escape");
    await page.locator("h1").click();
    await page.keyboard.press("j");
    await page.keyboard.press("p");
    await page.getByRole("menuitemradio", { name: "Medium" }).waitFor();
    await page.keyboard.press("c");
    await page.keyboard.press("Enter");
    await page.waitForFunction((id) => document.querySelector(`tr[data-id="${id}"] [data-edit="priority"]`)?.dataset.value === "critical", task.id);

    await page.locator("h1").click();
    await page.keyboard.press("j");
    await page.keyboard.press("e");
    const title = page.getByRole("dialog").getByRole("textbox");
    await title.fill(`Count the tables ${size}`);
    await page.keyboard.press("Enter");
    await becomes(async () => (await read(client, task)).title, `Count the tables ${size}`);
    await page.context().close();
  });

  test(`card and page of a task are edited in place (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const task = await newTask(client, { title: `Print the map ${size}` });
    await page.goto(`/board?q=map ${size}`);
    const card = page.getByRole("article", { name: `Print the map ${size}` });
    await card.focus();
    await page.keyboard.press("d");
    await page.getByRole("button", { name: "Tomorrow" }).click();
    await card.getByText("Tomorrow").waitFor();
    assert.equal((await read(client, task)).due_date, day(1));

    await page.goto(`/tasks/${task.id}`);
    await page.locator('#task-facts [data-edit="assignees"]').click();
    await page.getByRole("button", { name: "Assign to me" }).click();
    await page.locator("#task-facts").getByText("Unassigned").waitFor({ state: "detached" });
    await page.locator('#task-facts [data-edit="progress"]').click();
    await page.getByRole("button", { name: "75 %" }).click();
    await page.locator('#task-facts [data-edit="progress"][data-value="75"]').waitFor();
    assert.deepEqual((await read(client, task)).assignees, [await ownId(page)]);
    await page.locator('#task-facts [data-edit="labels"]').click();
    await page.getByRole("dialog").getByRole("textbox").fill("Maps, Field");
    await page.keyboard.press("Enter");
    await page.locator("#task-facts").getByText("field").waitFor();
    await assertAccessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false);
    await page.context().close();
  });

  test(`moved task offers to move what depends on it (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const first = await newTask(client, { title: `Design ${size}`, start_date: day(2), due_date: day(3) });
    const next = await newTask(client, {
      title: `Build ${size}`, start_date: day(6), due_date: day(7), depends_on: [first.id],
    });
    await page.goto(`/tasks/${first.id}`);
    await page.locator('#task-facts [data-edit="due_date"]').click();
    await page.getByRole("dialog").getByLabel("Date", { exact: true }).fill(day(10));
    await page.keyboard.press("Enter");
    const question = page.getByRole("dialog", { name: "1 task depends on this one" });
    await question.getByText(`Build ${size}`).waitFor();
    await question.getByRole("button", { name: "Move 1 task with it" }).click();
    await toasts(page).getByText("Moved, with 1 dependent task").waitFor();
    assert.ok((await read(client, next)).start_date > day(10));
    await undo(page, "Moved, with 1 dependent task");
    await toasts(page).getByText("Undone").waitFor();
    assert.equal((await read(client, next)).start_date, day(6));
    assert.equal((await read(client, first)).due_date, day(3));
    await page.context().close();
  });

  test(`Gantt chart shows dependencies and moves bars by key (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const ppa = await client("POST", "ppas", { title: `Bridge ${size}`, category: "obc_request" });
    const origin = { kind: "ppa", id: ppa.id };
    const first = await newTask(client, { title: "Survey", start_date: day(1), due_date: day(2), origin });
    await newTask(client, { title: "Draw", start_date: day(8), due_date: day(9), origin, depends_on: [first.id] });
    await page.goto(`/tasks/gantt?ppa=${ppa.id}&q=survey`);
    await assertAccessible(page);
    const bar = page.locator(`.gantt-bar[data-task="${first.id}"]`);
    await bar.focus();
    await page.keyboard.press("ArrowRight");
    await toasts(page).getByText("Saved").waitFor();
    assert.equal((await read(client, first)).start_date, day(2));
    assert.equal((await read(client, first)).due_date, day(3));
    await page.locator(`.gantt-bar[data-due="${day(3)}"]`).focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.waitForFunction((due) => document.querySelector(`.gantt-bar[data-due="${due}"]`) !== null, day(4));
    assert.equal((await read(client, first)).start_date, day(2));
    await page.goto(`/tasks/gantt?ppa=${ppa.id}`);
    await page.locator(".gantt-arrow").first().waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Set baseline" }).click();
    await page.locator(".gantt-baseline").first().waitFor({ state: "attached" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false);
    await page.context().close();
  });
}

test("bar of the Gantt chart is dragged, and its end resizes it", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  const task = await newTask(client, { title: "Dragged", start_date: day(3), due_date: day(4) });
  await page.goto("/tasks/gantt?q=dragged&scale=day");
  const drag = async (locator, days) => {
    await locator.scrollIntoViewIfNeeded();
    const box = await boxOf(locator);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + days * 26, y, { steps: 5 });
    await page.mouse.up();
  };
  // No second change begins before the first one is shown: it would start from the old dates.
  const answer = await hold(page, `/api/v1/tasks/${task.id}/reschedule`);
  await drag(page.locator(".gantt-body"), 2);
  await page.locator(".gantt-bar").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator("#announcements", { hasText: "The last change is still being saved." }).waitFor({ state: "attached" });
  answer();
  await page.locator(`.gantt-bar[data-due="${day(6)}"]`).waitFor({ state: "attached" });
  assert.equal((await read(client, task)).start_date, day(5));
  await drag(page.locator('.gantt-edge[data-edge="due"]'), 3);
  await page.locator(`.gantt-bar[data-due="${day(9)}"]`).waitFor({ state: "attached" });
  assert.equal((await read(client, task)).start_date, day(5));
  await page.context().close();
});

test("task is edited on its card in the calendar, and a drag offers to move its successors", async () => {
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  const client = api(running);
  const me = await ownId(page);
  const first = await newTask(client, { title: "Pour the floor", due_date: day(0), assignees: [me] });
  await newTask(client, { title: "Lay the tiles", due_date: day(1), depends_on: [first.id] });
  await page.goto("/calendar?view=week&q=floor");
  await page.getByText("Pour the floor").first().click();
  const card = page.getByRole("dialog", { name: "Pour the floor" });
  await card.locator('[data-edit="priority"]').click();
  await page.getByRole("menuitemradio", { name: "High" }).click();
  await toasts(page).getByText("Saved").waitFor();
  assert.equal((await read(client, first)).priority, "high");
  await page.getByText("Pour the floor").first().click();
  await card.locator('[data-edit="due_date"]').click();
  await page.getByRole("dialog").getByLabel("Date", { exact: true }).fill(day(2));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Move 1 task with it" }).click();
  await toasts(page).getByText("Moved, with 1 dependent task").waitFor();
  assert.equal((await read(client, first)).due_date, day(2));
  await page.context().close();
});

test("actions leave the page where it is", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  const task = await newTask(client, { title: "Stay here" });
  await page.goto(`/tasks/${task.id}`);
  await page.evaluate(() => Object.assign(window, { stays: true }));
  await page.getByLabel("Add a step").fill("Ask");
  await page.locator(".add-step").getByRole("button", { name: "Add" }).click();
  await page.getByRole("checkbox", { name: "Ask" }).click();
  await page.getByRole("checkbox", { name: "Ask", checked: true }).waitFor();
  assert.equal(await page.evaluate(() => window.stays), true);
  await page.context().close();
});

test("second of two people who edit a field is told", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  const task = await newTask(client, { title: "Edited twice" });
  await page.goto(`/tasks/${task.id}`);
  await page.locator('#task-facts [data-edit="priority"]').click();
  const item = page.getByRole("menuitemradio", { name: "Low" });
  await item.waitFor();
  await client("PATCH", `tasks/${task.id}`, { priority: "high" });
  await item.click();
  await toasts(page).getByText("Someone else changed this task meanwhile").waitFor();
  await page.locator('#task-facts [data-edit="priority"][data-value="high"]').waitFor();
  assert.equal((await read(client, task)).priority, "high");
  await page.context().close();
});

test("blocked task asks for the reason in place", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  const first = await newTask(client, { title: "Before" });
  const task = await newTask(client, { title: "After it", depends_on: [first.id] });
  await page.goto(`/tasks?q=after it`);
  await page.locator(`tr[data-id="${task.id}"] [data-edit="status"]`).click();
  await page.getByRole("menuitemradio", { name: "Completed" }).click();
  await page.getByLabel("Reason to go ahead").fill("Agreed by phone");
  await page.getByRole("button", { name: "Go ahead with this reason" }).click();
  await page.waitForFunction((id) => document.querySelector(`tr[data-id="${id}"] [data-edit="status"]`)?.dataset.value === "completed", task.id);
  await page.context().close();
});

test("bar and forms of a task work without script", async () => {
  const page = await running.signedIn("coordinator", { javaScriptEnabled: false });
  const client = api(running);
  await page.goto("/tasks/quick");
  await page.getByLabel("Add a task").fill("friday 3pm");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText("Type what is to be done.").waitFor();
  await becomes(() => page.getByLabel("Add a task").inputValue(), "friday 3pm");
  await page.getByLabel("Add a task").fill("Send the letters !high");
  await page.getByRole("button", { name: "Add" }).click();
  const task = (await client("GET", "tasks?q=send letters")).items[0];
  assert.equal(task.priority, "high");
  await page.goto(`/tasks/${task.id}`);
  await page.getByLabel("Add a step").fill("Envelopes");
  await page.locator(".add-step").getByRole("button", { name: "Add" }).click();
  await page.getByRole("checkbox", { name: "Envelopes" }).click();
  assert.deepEqual((await read(client, task)).checklist, [{ text: "Envelopes", state: "done" }]);
  await page.getByLabel("Hours to log").fill("1.5");
  await page.getByRole("button", { name: "Log hours" }).click();
  assert.equal((await read(client, task)).actual_hours, 1.5);
  await page.context().close();
});
