// The list of tasks and the page of one, at desktop and phone width.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openLive, ownId, undo, withoutReload } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount, newTask } from "./work.mjs";

const running = runningProgram();
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(sizes)) {
  test(`task changes its status on its page (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const task = await newTask(api(running), { title: `Visit the school ${size}` });
    await page.goto(`/tasks/${task.id}`);
    await assertAccessible(page);
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.getByText(`In progress: Visit the school ${size}`).waitFor();
    });
    await page.locator('#task-facts [data-edit="progress"]').click();
    await page.getByRole("spinbutton", { name: "progress" }).fill("40");
    await page.keyboard.press("Enter");
    await page.locator('#task-facts [data-edit="progress"][data-value="40"]').waitFor();
    await page.getByText("Add a description").click();
    await page.getByLabel("Description").fill("Bring the list.\nAsk for the hall.");
    await page.getByRole("button", { name: "Save description" }).click();
    await page.getByText("Description saved").waitFor();
    await page.getByText("Bring the list.").first().waitFor();
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: "Complete", exact: true }).click();
      await page.getByRole("button", { name: "Reopen" }).waitFor();
      await undo(page, `Completed: Visit the school ${size}`);
      await page.getByRole("button", { name: "Complete", exact: true }).waitFor();
    });
    await page.locator('#task-facts [data-edit="progress"][data-value="40"]').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false);
    await page.context().close();
  });

  test(`blocked task starts only with a reason (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    const first = await newTask(client, { title: "Find the hall" });
    const second = await newTask(client, { title: "Set up the chairs", depends_on: [first.id] });
    await page.goto(`/tasks/${second.id}`);
    await page.getByText("Start anyway").first().click();
    await page.getByLabel("Reason to go ahead").fill("The owner opens early");
    await page.getByRole("button", { name: "Start anyway" }).click();
    await page.getByText("In progress: Set up the chairs").waitFor();
    await page.getByText("The owner opens early").waitFor();
    await becomes(() => page.getByRole("link", { name: "Find the hall" }).first().isVisible(), true);
    await page.context().close();
  });

  test(`bulk completion of tasks is undone at once (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    for (const number of [1, 2, 3]) await newTask(client, { title: `Call ${size} office ${number}` });
    await page.goto(`/tasks?q=${size} office&open=true`);
    await assertAccessible(page);
    for (const number of [1, 2]) await page.getByLabel(`Select Call ${size} office ${number}`).check();
    await page.getByRole("button", { name: "Complete" }).click();
    await page.getByText("2 tasks completed").waitFor();
    await hasCount(page.locator("tbody tr"), 1);
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 3);
    await page.context().close();
  });
}

for (const [size, viewport] of Object.entries(sizes)) {
  /** Creates a record with tasks, one of them completed. Returns it with its states now and after a cancellation. */
  const withTasks = async (collection, body) => {
    const client = api(running);
    const record = await client("POST", collection, { title: `Given up ${size}`, ...body });
    const tasks = async () => (await client("GET", `tasks?origin=${record.id}&limit=100`)).items;
    const states = async () => (await tasks()).map(({ id, status }) => `${id} ${status}`).sort();
    const [first, ...others] = await tasks();
    assert.ok(others.length > 1, "a template gives it tasks");
    await client("POST", `tasks/${first.id}/transition`, { status: "completed", force_reason: "Done" });
    const before = await states();
    const after = before.map((state) => (state.startsWith(first.id) ? state : `${state.slice(0, 36)} cancelled`));
    return { record, states, before, after, open: others.length };
  };
  const undoOffered = (page) => page.locator("#toasts").getByRole("button", { name: "Undo" }).waitFor();
  const undoLast = async (page, address) => {
    await page.goto(`${address}?tab=history`);
    await page.getByRole("button", { name: "Undo last change" }).click();
    await page.getByText("Last change undone").waitFor();
  };

  test(`cancelling an event cancels its open tasks on request, and reopening restores them (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const body = { event_type: "forum", start: "2031-05-06T09:00:00+08:00" };
    const { record, states, before, after, open } = await withTasks("events", body);
    const edit = async () => {
      await page.goto(`/events/${record.id}/edit`);
      return {
        status: page.getByLabel(/^Status/).first(),
        box: page.getByLabel(`Also cancel ${open} open tasks`),
        save: page.getByRole("button", { name: "Save", exact: true }),
      };
    };

    const form = await edit();
    await becomes(() => form.box.isVisible(), false, "nothing is cancelled as long as the status goes on");
    await form.status.selectOption("cancelled");
    await form.box.check();
    await assertAccessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    // Thought better of: what is out of sight is not meant.
    await form.status.selectOption(record.status);
    await becomes(() => form.box.isVisible(), false);
    await form.status.selectOption("cancelled");
    await becomes(() => form.box.isChecked(), false);
    await form.box.check();
    await form.save.click();
    await undoOffered(page);
    assert.deepEqual(await states(), after);
    await page.goto(`/events/${record.id}`);
    await hasCount(page.locator("#tasks li").getByText("Cancelled", { exact: true }), open);

    // One Undo takes back all of it.
    await undoLast(page, `/events/${record.id}`);
    assert.deepEqual(await states(), before);

    const again = await edit();
    await again.status.selectOption("cancelled");
    await again.box.check();
    await again.save.click();
    await undoOffered(page);
    assert.deepEqual(await states(), after);
    const reopened = await edit();
    await hasCount(page.locator("#field-cancel_open_tasks"), 0, "nothing is open");
    await reopened.status.selectOption(record.status);
    await reopened.save.click();
    await undoOffered(page);
    assert.deepEqual(await states(), before);
    await page.context().close();
  });

  test(`cancelling a PPA cancels its open tasks on request, and resuming restores them (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const body = { category: "moa_ppa", start_date: "2031-03-01" };
    const { record, states, before, after, open } = await withTasks("ppas", body);
    const address = `/ppas/${record.id}`;
    const cancel = async () => {
      await page.goto(address);
      await page.locator("#status summary", { hasText: "Cancel PPA" }).click();
      await page.getByLabel("Also cancel open tasks and bookings").check();
      await assertAccessible(page);
      await page.locator("#field-reason-cancel").fill("The road is closed");
      await page.getByRole("button", { name: "Cancel PPA" }).click();
      await undoOffered(page);
      assert.deepEqual(await states(), after);
    };
    await cancel();
    await page.goto(`${address}?tab=tasks`);
    await hasCount(page.locator("#tasks li").getByText("Cancelled", { exact: true }), open);
    await undoLast(page, address);
    assert.deepEqual(await states(), before);
    await cancel();
    await page.goto(address);
    await page.locator("#status summary", { hasText: "Resume" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await undoOffered(page);
    assert.deepEqual(await states(), before);
    await page.context().close();
  });

  test(`bulk action on a repeating task changes its next occurrence (${size})`, async () => {
    const client = api(running);
    const page = await running.signedIn("coordinator", { viewport });
    const event = await client("POST", "events", {
      title: `Market ${size}`,
      event_type: "other",
      start: "2031-04-01T09:00:00+08:00",
    });
    const days = ["2031-04-07", "2031-04-14", "2031-04-21"];
    const task = await newTask(client, {
      title: `Stall report ${size}`,
      due_date: days[0],
      rrule: "FREQ=WEEKLY;COUNT=3",
      origin: { kind: "event", id: event.id },
      assignees: [await ownId(page)],
    });
    const dates = async () =>
      (await client("GET", `tasks/${task.id}/occurrences`)).items.map(({ due_date, status }) => [due_date, status]);
    const done = (...states) => days.map((day, place) => [day, states[place] ?? "not_started"]);
    const undoButton = page.locator("#toasts").getByRole("button", { name: "Undo" });

    // In the list, where several are completed together.
    await page.goto(`/tasks?q=stall+report+${size}`);
    await page.getByLabel(`Select Stall report ${size}`).check();
    await page.getByRole("button", { name: "Complete" }).click();
    await page.getByText("1 task completed").waitFor();
    assert.deepEqual(await dates(), done("completed"));
    await undoButton.click();
    await page.getByText("Undone").waitFor();
    assert.deepEqual(await dates(), done());
    // Where it belongs, and on Today, one date after the other.
    await page.goto(`/events/${event.id}`);
    await page.locator("#tasks").getByRole("button", { name: /^Complete .*Stall report/ }).click();
    await undoButton.waitFor();
    assert.deepEqual(await dates(), done("completed"));
    await page.goto("/");
    await page.getByRole("button", { name: `Complete Stall report ${size}` }).click();
    await undoButton.waitFor();
    assert.deepEqual(await dates(), done("completed", "completed"));
    await undoButton.click();
    await page.getByText("Undone").waitFor();
    assert.deepEqual(await dates(), done("completed"));
    assert.equal((await client("GET", `tasks/${task.id}`)).rrule, "FREQ=WEEKLY;COUNT=3");
    await page.context().close();
  });
}

test("tabs count tasks, and the list follows other people's changes", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  await openLive(page, "/tasks?assignees=none&open=true");
  const tab = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /Unassigned/ });
  await becomes(() => tab.getAttribute("aria-current"), "page");
  await newTask(client, { title: "Out of nowhere" });
  await page.getByRole("link", { name: "Out of nowhere" }).waitFor();
  await page.context().close();
});

test("staff who do not take part in a task cannot change it", async () => {
  const page = await running.signedIn("staff");
  const task = await newTask(api(running), { title: "Not theirs" });
  await page.goto(`/tasks/${task.id}`);
  await page.getByRole("heading", { name: "Not theirs" }).waitFor();
  for (const name of ["Start", "Complete", "Set progress"]) {
    await hasCount(page.getByRole("button", { name, exact: true }), 0, name);
  }
  await page.context().close();
});

test("partner does not find records of others", async () => {
  const page = await running.signedIn("partner");
  const task = await newTask(api(running), { title: "Inside the office" });
  const answer = await page.goto(`/tasks/${task.id}`);
  assert.equal(answer.status(), 404);
  await page.goto("/tasks");
  await page.getByText("No tasks yet").waitFor();
  await page.context().close();
});
