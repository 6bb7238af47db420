// The board: moving by keyboard, adding, following others, at desktop and phone width.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, openLive, undo } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, hasCount, newTask } from "./work.mjs";

const running = runningProgram();
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const column = (page, name) => page.getByRole("region", { name, exact: true });
const titlesIn = (page, name) => column(page, name).locator(".card-title").allTextContents();

for (const [size, viewport] of Object.entries(sizes)) {
  test(`card moves by keyboard, and Undo moves it back (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    await newTask(client, { title: `Write the minutes ${size}` });
    await page.goto(`/board?q=${size}`);
    const card = page.getByRole("article", { name: `Write the minutes ${size}` });
    await card.focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
    const answer = page.waitForResponse((found) => found.url().endsWith("/move"));
    await page.keyboard.press("Space");
    assert.equal((await answer).status(), 200);
    assert.deepEqual(await titlesIn(page, "In progress"), [`Write the minutes ${size}`]);
    await page.reload();
    assert.deepEqual(await titlesIn(page, "In progress"), [`Write the minutes ${size}`]);
    await becomes(() => column(page, "In progress").locator(".board-head .count").textContent(), "1");

    await card.focus();
    await page.keyboard.press("m");
    await page.getByRole("button", { name: "On hold" }).click();
    await page.getByText("Moved to On hold").waitFor();
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone").waitFor();
    await column(page, "In progress").getByText(`Write the minutes ${size}`).waitFor();
    await page.context().close();
  });

  test(`task added in a column is shown there (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/board?group=priority&domain=policy");
    const title = `Compare the drafts ${size}`;
    await page.getByLabel("Add to High").fill(title);
    await page.keyboard.press("Enter");
    await column(page, "High").locator(".card", { hasText: title }).waitFor();
    assert.match(page.url(), /group=priority&domain=policy/);
    await page.getByRole("link", { name: "Remove the filter Domain" }).click();
    await page.waitForURL((url) => !url.search.includes("domain"));
    await page.context().close();
  });

  test(`board is accessible and does not scroll sideways (${size})`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    const client = api(running);
    await newTask(client, { title: "Late and important", priority: "critical", due_date: "2020-01-01" });
    for (const group of ["status", "priority", "domain", "assignee"]) {
      await page.goto(`/board?group=${group}&overdue=true`);
      await assertAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, `${group} scrolls the page sideways`);
    }
    await page.context().close();
  });
}

test("card of a repeating task moves its next occurrence", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  const due = day(3);
  const task = await newTask(client, { title: "Weekly report", due_date: due, rrule: "FREQ=WEEKLY;COUNT=3" });
  const dates = async () =>
    (await client("GET", `tasks/${task.id}/occurrences`)).items.map((date) => [date.due_date, date.status]);
  const before = await dates();
  const move = async (to) => {
    await page.getByRole("article", { name: "Weekly report" }).focus();
    await page.keyboard.press("m");
    await page.getByRole("button", { name: to, exact: true }).click();
    await page.getByText(`Moved to ${to}`).first().waitFor();
  };
  await page.goto("/board?q=weekly");
  await move("In progress");
  assert.deepEqual(await dates(), [[due, "in_progress"], ...before.slice(1)]);
  await page.reload();
  assert.deepEqual(await titlesIn(page, "In progress"), ["Weekly report"]);
  // Completed, the next date is shown as not started.
  await move("Completed");
  await column(page, "Not started").getByText("Weekly report").waitFor();
  assert.deepEqual(await titlesIn(page, "Completed"), []);
  assert.deepEqual(await dates(), [[due, "completed"], ...before.slice(1)]);
  await undo(page, "Moved to Completed");
  await column(page, "In progress").getByText("Weekly report").waitFor();
  assert.deepEqual(await dates(), [[due, "in_progress"], ...before.slice(1)]);
  await page.context().close();
});

test("dragged card moves on drop and returns on Escape", async () => {
  const page = await running.signedIn("coordinator");
  const task = await newTask(api(running), { title: "Carry the chairs" });
  await page.goto("/board?q=chairs");
  const card = page.getByRole("article", { name: "Carry the chairs" });
  const pickUp = async (onto) => {
    // Hovering waits until the card, which glides back, has come to rest.
    await card.hover({ position: { x: 20, y: 20 } });
    const [from, to] = [await boxOf(card), await boxOf(onto)];
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 40, { steps: 4 });
    await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 8 });
    await column(page, "In progress").locator(".card").waitFor();
  };
  const moves = [];
  page.on("request", (request) => request.url().endsWith("/move") && moves.push(request.url()));
  const columnOnServer = async () => (await api(running)("GET", `tasks/${task.id}`)).status;

  await pickUp(column(page, "In progress"));
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await column(page, "Not started").locator(".card").waitFor();
  assert.deepEqual(await titlesIn(page, "In progress"), []);
  await becomes(() => column(page, "Not started").locator(".board-head .count").textContent(), "1");

  await pickUp(column(page, "In progress"));
  const answer = page.waitForResponse((found) => found.url().endsWith("/move"));
  await page.mouse.up();
  assert.equal((await answer).status(), 200);
  assert.equal(moves.length, 1, "the drag that was given up asked for nothing");
  assert.equal(await columnOnServer(), "in_progress");
  await page.context().close();
});

test("live update that arrives with the first move of a drag waits for its end", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  await newTask(client, { title: "Carry the tables" });
  await openLive(page, "/board?q=tables");
  const card = page.getByRole("article", { name: "Carry the tables" });
  await card.hover({ position: { x: 20, y: 20 } });
  const from = await boxOf(card);
  const to = await boxOf(column(page, "In progress"));
  await page.mouse.down();
  // The page is loaded again, and its board waits for the press to end.
  const loaded = page.waitForResponse((found) => found.url().includes("/board?q=tables"));
  await newTask(client, { title: "Carry the tables back" });
  await (await loaded).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.deepEqual(await titlesIn(page, "Not started"), ["Carry the tables"]);
  await page.mouse.move(from.x + 40, from.y + 40, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + 120, { steps: 8 });
  await column(page, "In progress").locator(".card").waitFor();
  await hasCount(page.getByText("Carry the tables back"), 0);
  const answer = page.waitForResponse((found) => found.url().endsWith("/move"));
  await page.mouse.up();
  assert.equal((await answer).status(), 200);
  await column(page, "Not started").getByText("Carry the tables back").waitFor();
  await column(page, "In progress").getByText("Carry the tables", { exact: true }).waitFor();
  await page.context().close();
});

test("move in one browser appears in another", async () => {
  const [one, other] = await Promise.all([running.signedIn("coordinator"), running.signedIn("executive")]);
  const client = api(running);
  await newTask(client, { title: "Shared with all" });
  // The second page listens before the first one moves.
  await Promise.all([one.goto("/board?q=shared"), openLive(other, "/board?q=shared")]);
  assert.deepEqual(await titlesIn(other, "Not started"), ["Shared with all"]);
  await hasCount(other.locator(".card-menu-button"), 0, "an executive moves no cards of others");
  const card = one.getByRole("article", { name: "Shared with all" });
  await card.focus();
  await one.keyboard.press("m");
  await one.getByRole("button", { name: "Completed" }).click();
  await column(other, "Completed").getByText("Shared with all").waitFor();
  assert.deepEqual(await titlesIn(other, "Not started"), []);
  await Promise.all([one.context().close(), other.context().close()]);
});

test("blocked card returns and names its dependency", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  const first = await newTask(client, { title: "Book the hall" });
  await newTask(client, { title: "Invite the guests", depends_on: [first.id] });
  await page.goto("/board?q=guests");
  const card = page.getByRole("article", { name: "Invite the guests" });
  await card.focus();
  await page.keyboard.press("m");
  await page.getByRole("button", { name: "Completed" }).click();
  await page.getByText("It depends on Book the hall").waitFor();
  assert.deepEqual(await titlesIn(page, "Not started"), ["Invite the guests"]);
  await page.context().close();
});

test("button More loads further cards", async () => {
  const page = await running.signedIn("coordinator");
  const client = api(running);
  for (let number = 1; number <= 52; number += 1) {
    await newTask(client, { title: `Visit sitio ${number}`, status: "on_hold" });
  }
  await page.goto("/board?q=sitio");
  assert.equal((await titlesIn(page, "On hold")).length, 20);
  await column(page, "On hold").getByRole("button", { name: "More" }).click();
  await page.getByText("Visit sitio 40", { exact: true }).waitFor();
  await column(page, "On hold").getByRole("button", { name: "More" }).click();
  await page.getByText("Visit sitio 52", { exact: true }).waitFor();
  assert.equal((await titlesIn(page, "On hold")).length, 52);
  await page.context().close();
});
