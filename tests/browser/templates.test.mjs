// Editor of a task template: rows by mouse and keyboard, resource picker, preview, nothing lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { picker, typeLike } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

const item = (key, days) => ({
  key,
  title: key,
  anchor: "start",
  offset_days: days,
  priority: "medium",
  assignee: "creator",
});

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]) {
  test(`rows are added, moved and saved at ${viewport.width} px`, async () => {
    const client = api(running);
    const name = `letters_${viewport.width}`;
    const hall = await client("POST", "resources", { name: `Hall ${viewport.width}`, resource_type: "room" });
    const made = await client("POST", "task-templates", {
      title: name,
      name,
      domain: "general",
      items: [item("write", -5), item("send", -2)],
    });
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/task-templates/${made.id}/edit`);
    // Typed text survives the buttons of rows, and the focus follows the row.
    await page.getByLabel("Title of task 1").fill("Write the letters");
    await page.getByRole("button", { name: "Move down task 1" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      () => document.querySelector('[aria-label="Title of task 2"]')?.value === "Write the letters",
    );
    await page.getByRole("button", { name: "Add task" }).click();
    const title = page.getByLabel("Title of task 3");
    await title.waitFor();
    assert.ok(await title.evaluate((input) => input === document.activeElement), "the new row has the focus");
    await title.fill("Hold the meeting");
    const more = page.locator(".template-more").nth(2);
    await more.locator("summary").click();
    await more.getByLabel("Write the letters").check();
    const resource = picker(page, "items.booking_resource.2");
    await typeLike(page, `Hall ${viewport.width}`, resource.input);
    await page.keyboard.press("Enter");
    await resource.chosen.filter({ hasText: `Hall ${viewport.width}` }).waitFor();
    await page.locator("#field-base_date").fill("2027-06-12");
    await page.getByRole("button", { name: "Preview dates" }).click();
    await page.getByText("Moved from Sat 12 Jun").waitFor();
    await page.getByRole("button", { name: "Save template" }).click();
    await page.waitForURL(new RegExp(`/task-templates/${made.id}$`));
    const saved = await client("GET", `task-templates/${made.id}`);
    assert.deepEqual(
      saved.items.map((one) => one.title),
      ["send", "Write the letters", "Hold the meeting"],
    );
    assert.deepEqual(saved.items[2].prerequisites, ["write"]);
    assert.equal(saved.items[2].booking_resource, hall.id);
  });
}
