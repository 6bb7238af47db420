// The list, the form and the page that every kind gets from its description, at a desk and on a phone.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { assertAccessible, assertFits, WIDTHS } from "./axe.mjs";
import { typeLike, withoutReload } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount, matches } from "./work.mjs";

const running = runningProgram();

async function make(token, collection, body) {
  const answer = await fetch(`${running.address}/api/v1/${collection}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

for (const [where, viewport] of WIDTHS) {
  test(`list is searched, filtered, archived and undone ${where}`, async () => {
    const token = running.token("coordinator");
    const mark = `List${viewport.width}`;
    for (const name of ["Alpha", "Beta"]) await make(token, "organizations", { name: `${mark} ${name}` });
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/organizations");
    await page.getByRole("searchbox", { name: "Search organizations" }).fill(mark);
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    await hasCount(page.locator("tbody tr"), 2);
    await assertAccessible(page);
    await assertFits(page);

    await page.getByLabel(`Select ${mark} Alpha`).check();
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByText("1 organization archived").waitFor();
    await hasCount(page.locator("tbody tr"), 1);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator("tbody tr").nth(1).waitFor();

    await page.locator(".filter-add > summary").click();
    await page.locator(".filter-panel").getByLabel("Status").selectOption({ label: "Active" });
    await page.locator(".filter-panel").getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/partnership_status=active/);
    await page.locator(".chip", { hasText: "Active" }).waitFor();
    await page.getByRole("link", { name: "Remove the filter Status" }).click();
    await page.waitForURL((url) => !url.search.includes("partnership_status"));
    await page.context().close();
  });

  test(`form shows errors, keeps input, and opens the saved record ${where}`, async () => {
    const token = running.token("coordinator");
    const need = await makeNeed(token, `Water ${viewport.width}`);
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/ppas/new?needs=${need.id}&category=moa_ppa`);
    await hasCount(page.getByText(need.title), 1, "the picker shows the title");
    await page.getByLabel("Budget", { exact: true }).fill("plenty");
    await page.getByRole("button", { name: "Create PPA" }).click();
    const summary = page.locator(".error-summary");
    await summary.waitFor();
    await matches(() => summary.innerText(), /^Title is required\.$/m);
    await becomes(() => page.getByLabel("Budget", { exact: true }).inputValue(), "plenty");
    await hasCount(page.getByText(need.title), 1, "and still does");
    await assertAccessible(page);
    await assertFits(page);

    await page.getByRole("textbox", { name: "Title required" }).fill(`Water system ${viewport.width}`);
    await page.getByLabel("Budget", { exact: true }).fill("1.25M");
    await page.getByRole("button", { name: "Create PPA" }).click();
    await page.waitForURL(/\/ppas\/[0-9a-f-]{36}$/);
    const id = new URL(page.url()).pathname.split("/").pop();
    const answer = await fetch(`${running.address}/api/v1/ppas/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const ppa = await answer.json();
    assert.equal(ppa.budget_allocation_centavos, 125_000_000);
    assert.deepEqual(ppa.needs, [need.id]);
    await page.context().close();
  });

  test(`event shows preparation and history, and undoes a change ${where}`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/events/new?start=2027-03-10T09:00&title=Consultation");
    await becomes(() => page.getByLabel("Start, time").inputValue(), "09:00");
    await page.getByLabel("All day").check();
    await becomes(() => page.getByLabel("Start, time").isVisible(), false);
    await page.getByLabel("All day").uncheck();
    await page.getByRole("button", { name: "Create event" }).click();
    await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
    await page.getByText("Event created").waitFor();
    await page.locator("#tasks").getByText("before)").first().waitFor();
    await assertAccessible(page);
    await assertFits(page);

    await page.locator("#tasks").getByRole("button", { name: /^Complete / }).first().click();
    await page.getByText("Task completed").waitFor();
    await page.locator("#tasks").getByRole("button", { name: /^Reopen / }).first().waitFor();

    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Venue").fill("Session hall");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Session hall").first().waitFor();
    await page.locator(".tabs").getByRole("link", { name: "History" }).click();
    await page.locator("#history ins", { hasText: "Session hall" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Undo last change" }).click();
    // It leads back to the event, whose history tells of it.
    await page.getByText("Last change undone").waitFor();
    await page.locator(".tabs").getByRole("link", { name: "History" }).click();
    await page.locator("#history").getByText("undid a change").waitFor();
    await page.context().close();
  });

  test(`Undo is offered for own changes only ${where}`, async () => {
    const token = running.token("coordinator");
    const made = await make(token, "organizations", { name: `Not theirs ${viewport.width}` });
    const history = `/organizations/${made.id}?tab=history`;
    const undo = (page) => page.locator("#history").getByRole("button", { name: "Undo last change" });
    const opened = async (role) => {
      const page = await running.signedIn(role, { viewport });
      await page.goto(history);
      await page.locator("#history").getByText("created this").waitFor();
      return page;
    };
    // Made by somebody else: nobody is offered to take that back, whatever they may do.
    const pages = [];
    for (const role of ["coordinator", "staff", "executive", "admin"]) pages.push(await opened(role));
    for (const page of pages) await hasCount(undo(page), 0);
    const [own, ...others] = pages;
    await own.goto(`/organizations/${made.id}/edit`);
    await typeLike(own, " Annex", own.getByLabel(/^Name/));
    await own.keyboard.press("Enter");
    await own.waitForURL((url) => url.pathname === `/organizations/${made.id}`);
    await own.goto(history);
    await undo(own).waitFor();
    for (const page of others) {
      await page.reload();
      await page.locator("#history ins", { hasText: "Annex" }).waitFor();
      await hasCount(undo(page), 0);
    }
    await undo(own).click();
    await own.getByText("Last change undone").waitFor();
    // What is left is the creation, by somebody else.
    await own.goto(history);
    await own.locator("#history").getByText("undid a change").waitFor();
    await hasCount(undo(own), 0);
    for (const page of pages) await page.context().close();
  });

  test(`import shows a preview of the file ${where}`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/organizations/import");
    await assertAccessible(page);
    const file = (text) => ({ name: "records.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.getByLabel(/^File/).setInputFiles(file("name,email\nGood,\nBad,nobody\n"));
    await page.getByRole("button", { name: "Check the file" }).click();
    await page.getByText("Not imported: ").waitFor();
    await hasCount(page.locator("tbody tr"), 1);
    for (const text of ["B3", "email", "nobody", "Must be an e-mail address"]) {
      await page.locator("tbody tr").getByText(text).first().waitFor();
    }
    await assertAccessible(page);
    await assertFits(page);

    const name = `From a file ${viewport.width}`;
    await page.getByLabel(/^File/).setInputFiles(file(`Name,Type,E-mail\n${name},Other,office@example.org\n`));
    await page.getByRole("button", { name: "Check another file" }).click();
    await page.getByText("No errors. Nothing is saved yet.").waitFor();
    await matches(() => page.locator(".import-counts").innerText(), /New\s+1\s+Changed\s+0\s+Unchanged\s+0/);
    await assertAccessible(page);
    await assertFits(page);
    await page.getByRole("button", { name: "Import organizations" }).click();
    await page.getByText("1 created, 0 changed, 0 unchanged").waitFor();
    await page.getByRole("link", { name }).waitFor();
    await page.context().close();
  });
}

test("export has the columns on the screen", async () => {
  const token = running.token("coordinator");
  await make(token, "organizations", { name: "Office of exports", acronym: "OOE", phone: "0917" });
  const page = await running.signedIn("coordinator", { viewport: { width: 1280, height: 900 } });
  await page.goto("/organizations?q=exports");
  const download = async (label) => {
    await page.locator(".filter-row, .filters").getByLabel("More actions").click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByText(label).click()]);
    await page.keyboard.press("Escape");
    return file;
  };
  const text = async () => readFile(await (await download("Export as CSV")).path(), "utf8");
  const before = (await text()).replace("\ufeff", "").split("\r\n");
  assert.match(before[0], /^Name,Acronym,.*,ID$/);
  assert.ok(!before[0].includes("Phone"));
  await page.getByText("Columns", { exact: true }).click();
  await page.locator(".column-chooser").getByLabel("Phone").check();
  await page.locator(".column-chooser").getByLabel("Acronym").uncheck();
  // The file has the columns that are saved, and the table shows them once they are.
  await page.getByRole("columnheader", { name: "Phone" }).waitFor();
  await hasCount(page.getByRole("columnheader", { name: "Acronym" }), 0);
  await page.keyboard.press("Escape");
  const after = (await text()).replace("\ufeff", "").split("\r\n");
  assert.ok(after[0].includes("Phone") && !after[0].includes("Acronym"), after[0]);
  assert.ok(after[1].includes("0917") && after[1].startsWith("Office of exports,"), after[1]);
  const workbook = await download("Export as XLSX");
  assert.match(workbook.suggestedFilename(), /^organizations-search-exports-.*\.xlsx$/);
  await page.context().close();
});

async function makeNeed(token, title) {
  const community = await make(token, "communities", { name: `Sitio ${title}`, barangay: "1206511001" });
  return make(token, "needs", { title, community: community.id });
}

test("address says what an action shows", async () => {
  const client = api(running);
  const body = await client("POST", "organizations", { name: "Footbridge Committee" });
  const page = await running.signedIn("coordinator");
  await page.goto(`/organizations/${body.id}?tab=history`);
  await page.locator("summary[aria-label='More actions']").click();
  await withoutReload(page, async () => {
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByText("Archived: not in lists").waitFor();
  });
  // What is shown is the overview, also after the next update.
  assert.equal(new URL(page.url()).search, "");
  await page.context().close();
});

test("message of a change waits for the page that it leads to", async () => {
  const page = await running.signedIn("coordinator");
  const { id } = await make(running.token("coordinator"), "organizations", { name: "Slow script" });
  await page.goto(`/organizations/${id}/edit`);
  const form = await page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("main form"))));
  const address = await page.locator("main form").first().getAttribute("action");
  // The answer has come, and the page that is left or another tab starts its script before the next page does.
  const answer = await page.request.post(address, { form: { ...form, name: "Slow page" }, maxRedirects: 0 });
  assert.equal(answer.status(), 303, await answer.text());
  await page.goto("/organizations");
  await page.getByRole("link", { name: "Slow page" }).first().waitFor();
  await hasCount(page.locator(".toast"), 0);
  // Nor does it tell that another form was saved, whose answer never came.
  await page.goto("/organizations/new");
  await page.getByLabel(/^Name/).fill("Not saved");
  await page.route("**/organizations/new", (route) => route.abort());
  const lost = page.waitForEvent("requestfailed");
  await page.keyboard.press("Enter");
  await lost;
  await page.unroute("**/organizations/new");
  await page.goto("/organizations");
  await page.goto("/organizations/new");
  await becomes(() => page.getByLabel(/^Name/).inputValue(), "Not saved");
  await page.goto(answer.headers().location);
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Slow script", level: 1 }).waitFor();
  await page.context().close();
});
