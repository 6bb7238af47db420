// Saved views, groups, sidebar and palette in a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes, matches } from "./work.mjs";

const running = runningProgram();

for (const javaScriptEnabled of [true, false]) {
  test(`view is saved, pinned, shared and deleted ${javaScriptEnabled ? "with" : "without"} script`, async () => {
    const viewport = { width: 1280, height: 900 };
    const page = await running.signedIn("coordinator", { viewport, javaScriptEnabled });
    const name = javaScriptEnabled ? "Ready to rank" : "Ready, without script";
    await page.goto("/needs?status=validated&sort=title&group=sector");
    await page.getByTitle("Saved views").click();
    await page.getByLabel("Save current view as").fill(name);
    await page.getByLabel("Share with the office").check();
    await page.getByRole("button", { name: "Save view" }).click();
    const favourite = page.locator("#navigation").getByRole("link", { name });
    await favourite.waitFor();
    await page.goto("/calendar/find-time");
    await favourite.click();
    await page.waitForURL(/needs\?status=validated&sort=title&group=sector/);
    // The menu says which view this is.
    await matches(() => page.locator(".views-menu > summary").innerText(), new RegExp(name));
    const other = await running.signedIn("executive", { viewport, javaScriptEnabled });
    await other.goto("/needs");
    await other.getByTitle("Saved views").click();
    await other.locator(".view-entry").getByRole("link", { name }).waitFor();
    await other.context().close();
    await page.getByTitle("Saved views").click();
    await page.locator(".view-entry", { hasText: name }).getByTitle("Change view").click();
    if (javaScriptEnabled) await assertAccessible(page);
    await page.getByRole("button", { name: "Delete" }).click();
    await favourite.waitFor({ state: "detached" });
    await page.context().close();
  });
}

test("sidebar has few lines, and remembers what is open", async () => {
  const page = await running.signedIn("admin", { viewport: { width: 1280, height: 900 } });
  await page.goto("/");
  const lines = page.locator("#navigation .sidebar-link:visible, #navigation summary:visible");
  await becomes(async () => (await lines.count()) <= 12, true, "twelve lines at most");
  const saved = page.waitForResponse((answer) => answer.url().includes("/settings/sidebar.open"));
  await page.locator(".sidebar-group summary", { hasText: "Field" }).click();
  await saved;
  await page.goto("/tasks");
  await page.locator("#navigation").getByRole("link", { name: "Places" }).click();
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Barangays" }).click();
  await page.waitForURL(/barangays/);
  await becomes(() => page.locator("#navigation [aria-current]").innerText(), "Places");
  await page.context().close();
});

test("palette tells records of one title apart, and runs the commands of the page", async () => {
  const client = api(running);
  for (const days of [1, 2, 3]) await client("POST", "tasks", { title: "Quarterly report", due_date: day(days) });
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  await page.goto("/ppas");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("quarterly rep");
  const options = page.getByRole("option", { name: /Quarterly report/ });
  await options.nth(2).waitFor();
  const texts = await options.allInnerTexts();
  assert.equal(new Set(texts).size, 3, texts.join(" | "));
  assert.match(texts[0], /Not started/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("print all");
  await page.getByRole("option", { name: "Print all" }).click();
  await page.waitForURL(/print=all/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("new ppa");
  await page.getByRole("option", { name: "New PPA" }).first().click();
  await page.waitForURL(/ppas\/new/);
  await page.context().close();
});

test("chain is one line that opens its records", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", { title: "Chain of water", category: "moa_ppa" });
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  await page.goto(`/ppas/${ppa.id}`);
  const chain = page.locator(".chain-line");
  assert.ok((await boxOf(chain)).height < 60);
  await chain.locator("summary", { hasText: "Tasks" }).click();
  await chain.locator("details[open] a[href^='/tasks/']").first().click();
  await page.waitForURL(/tasks\//);
  await page.context().close();
});

test("reference is typed by name without script", async () => {
  const client = api(running);
  const page = await running.signedIn("coordinator", { javaScriptEnabled: false });
  for (const title of ["Bridge", "Bridge"]) await client("POST", "ppas", { title, category: "moa_ppa" });
  await client("POST", "ppas", { title: "Only well", category: "moa_ppa" });
  await page.goto("/events/new");
  await page.getByLabel("Title", { exact: false }).first().fill("Visit");
  await page.locator("details summary", { hasText: "More fields" }).click();
  const reference = page.locator("[data-name=related_ppa] input");
  await reference.fill("Bridge");
  await page.locator("#field-start").fill(day(3));
  await page.locator("input[name='start.time']").fill("09:00");
  await page.locator("main form button[type=submit]").last().click();
  await page.getByText("2 records have the name “Bridge”").first().waitFor();
  await page.context().close();
});
