// Projects: the board by stage, by mouse, keyboard, menu and touch width, and the completion that asks about open work.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, withoutReload } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount, matches } from "./work.mjs";

const running = runningProgram();
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const column = (page, name) => page.getByRole("region", { name, exact: true });
const titlesIn = (page, name) => column(page, name).locator(".card-title").allTextContents();

/** Creates a project with a validated need, moved forward so many stages. */
async function newProject(client, title, { stages = 0, isValidated = true } = {}) {
  const barangay = (await client("GET", "barangays?limit=1")).items[0].id;
  const community = await client("POST", "communities", { name: `Sitio of ${title}`, barangay });
  const need = await client("POST", "needs", { title, community: community.id });
  if (isValidated) await client("PATCH", `needs/${need.id}`, { status: "validated" });
  const project = await client("POST", "projects", { need: need.id });
  for (let stage = 0; stage < stages; stage += 1) await client("POST", `projects/${project.id}/advance`, {});
  return project;
}

async function moveByMenu(page, title, to) {
  await page.getByRole("article", { name: title }).focus();
  await page.keyboard.press("m");
  await page.getByRole("button", { name: to, exact: true }).click();
}

for (const [size, viewport] of Object.entries(sizes)) {
  test(`card advances by keyboard, and returns with a reason (${size})`, async () => {
    const client = api(running);
    const title = `Water ${size}`;
    const project = await newProject(client, title);
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/projects/board?q=${encodeURIComponent(title)}`);
    const stage = async () => (await client("GET", `projects/${project.id}`)).current_stage;
    await page.getByRole("article", { name: title }).focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await page.getByText("Moved to Need validation").waitFor();
    assert.equal(await stage(), "need_validation");

    // Backwards it asks for a reason; without one the card stays where it was.
    await moveByMenu(page, title, "Need identification");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Return project" }).click();
    await dialog.getByText("Enter a reason.").waitFor();
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await becomes(() => titlesIn(page, "Need validation"), [title]);
    await moveByMenu(page, title, "Need identification");
    await page.getByRole("dialog").getByLabel("Reason").fill("Counted twice");
    await page.getByRole("dialog").getByRole("button", { name: "Return project" }).click();
    await page.getByText("Moved to Need identification").waitFor();
    assert.equal(await stage(), "need_identification");

    // A project advances one stage at a time.
    await moveByMenu(page, title, "Implementation");
    await page.getByText("A project advances one stage at a time. Next stage: Need validation.").waitFor();
    assert.deepEqual(await titlesIn(page, "Need identification"), [title]);
    assert.equal(await stage(), "need_identification");
    await page.context().close();
  });

  test(`failed checks are listed with links, and the linkage is skipped with a reason (${size})`, async () => {
    const client = api(running);
    const title = `Road ${size}`;
    const project = await newProject(client, title, { stages: 2, isValidated: false });
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/projects/board?q=${encodeURIComponent(title)}`);
    await moveByMenu(page, title, "MAO coordination");
    const missing = page.getByRole("dialog").getByRole("link", { name: "The need is not validated" });
    await becomes(() => missing.getAttribute("href"), `/needs/${project.need}/edit#field-status`);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await becomes(() => titlesIn(page, "Policy linkage"), [title]);

    const other = `Bridge ${size}`;
    const skipping = await newProject(client, other, { stages: 1 });
    await page.goto(`/projects/board?q=${encodeURIComponent(other)}`);
    await moveByMenu(page, other, "MAO coordination");
    await page.getByRole("dialog").getByLabel("Reason").fill("No policy fits");
    await page.getByRole("dialog").getByRole("button", { name: "Skip policy linkage" }).click();
    await page.getByText("Moved to MAO coordination").waitFor();
    assert.equal((await client("GET", `projects/${skipping.id}`)).current_stage, "mao_coordination");
    await page.context().close();
  });

  test(`board follows changes of others and does not scroll sideways (${size})`, async () => {
    const client = api(running);
    const title = `Clinic ${size}`;
    const project = await newProject(client, title);
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/projects");
    await page.getByLabel("Projects as list or board").getByRole("link", { name: "Board" }).click();
    await page.waitForURL("**/projects/board");
    await page.goto(`/projects/board?q=${encodeURIComponent(title)}`);
    await client("POST", `projects/${project.id}/block`, { reason: "No deed of the lot" });
    await page.getByRole("article", { name: title }).getByText("Blocked").waitFor();
    await assertAccessible(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    await moveByMenu(page, title, "Need validation");
    await page.getByText("This project is blocked: No deed of the lot.").waitFor();
    await becomes(() => titlesIn(page, "Need identification"), [title]);
    await page.context().close();
  });
}

test("dragged card returns when a check fails", async () => {
  const client = api(running);
  await newProject(client, "Wells", { stages: 2, isValidated: false });
  const page = await running.signedIn("coordinator");
  await page.goto("/projects/board?q=Wells");
  const card = page.getByRole("article", { name: "Wells" });
  await card.hover({ position: { x: 20, y: 20 } });
  const [from, to] = [await boxOf(card), await boxOf(column(page, "MAO coordination"))];
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + 40, { steps: 4 });
  await page.mouse.move(to.x + to.width / 2, to.y + 60, { steps: 8 });
  await column(page, "MAO coordination").locator(".card").waitFor();
  await page.mouse.up();
  await page.getByRole("dialog").getByText("Wells cannot advance yet").waitFor();
  await page.keyboard.press("Escape");
  await becomes(() => titlesIn(page, "Policy linkage"), ["Wells"]);
  await page.context().close();
});

for (const [size, viewport] of Object.entries(sizes)) {
  test(`page of a project blocks, unblocks and returns (${size})`, async () => {
    const client = api(running);
    const project = await newProject(client, `Pier ${size}`, { stages: 1 });
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/projects/${project.id}`);
    await page.locator("summary", { hasText: "Mark as blocked" }).click();
    await page.locator("#field-note-block").fill("No deed of the lot");
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: "Mark as blocked" }).click();
      await page.getByText("Project marked as blocked").waitFor();
    });
    await hasCount(page.getByRole("button", { name: /^Advance/ }), 0);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Unblock project" }).click();
    await page.getByText("Project unblocked").waitFor();
    await page.locator("summary", { hasText: "Return to an earlier stage" }).click();
    await page.locator("#field-stage-return").selectOption("need_identification");
    await page.locator("#field-note-return").fill("Counted twice");
    await withoutReload(page, async () => {
      await page.getByRole("button", { name: "Return project" }).click();
      await page.getByText("Untouched tasks archived: 2").waitFor();
    });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.context().close();
  });
}

/** Creates a PPA whose budget is enacted. */
async function enactedPpa(title) {
  // Its maker decides on none of its stages.
  const client = api(running, "admin");
  const organization = await client("POST", "organizations", { name: `Ministry of ${title}` });
  const ppa = await client("POST", "ppas", {
    title,
    category: "moa_ppa",
    summary: "Six clinics",
    sector: "health",
    lead_organization: organization.id,
    total_slots: 500,
    obc_slots: 300,
    budget_allocation_centavos: 1_000_000,
    funding_source: "gaa",
    appropriation_class: "mooe",
    fiscal_year: 2027,
    outcome_framework: { outputs: [{ indicator: "Clinics", target: 6 }] },
  });
  const step = (by, action) => by("POST", `ppas/${ppa.id}/approval`, { action, comment: "Good" });
  await step(client, "submit");
  for (const role of ["coordinator", "budget_officer", "coordinator", "executive", "budget_officer"]) {
    await step(api(running, role), "approve");
  }
  return ppa;
}

for (const [size, viewport] of Object.entries(sizes)) {
  test(`completion asks about open tasks and money (${size})`, async () => {
    const client = api(running);
    const title = `Clinics ${size}`;
    const project = await newProject(client, title);
    const ppa = await enactedPpa(title);
    await client("PATCH", `projects/${project.id}`, { ppa: ppa.id, mao_focal_person: "Amina Sali" });
    for (let stage = 0; stage < 7; stage += 1) await client("POST", `projects/${project.id}/advance`, {});
    await api(running, "budget_officer")("POST", "tranches", {
      ppa: ppa.id,
      kind: "allocation",
      amount_centavos: 800_000,
      date: "2027-02-01",
      document: "SARO 1",
    });
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto(`/projects/board?q=${encodeURIComponent(title)}`);
    await moveByMenu(page, title, "Completion");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("link", { name: "₱8,000.00 allotted, not obligated" }).waitFor();
    await matches(() => dialog.getByRole("link", { name: /open task/ }).getAttribute("href"), /^\/tasks\?origin=/);
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await becomes(() => titlesIn(page, "Monitoring and evaluation"), [title]);

    // The page of the project asks in the same way.
    await page.goto(`/projects/${project.id}`);
    const form = page.locator("#step-advance");
    await form.getByRole("link", { name: "Allotted, not obligated: ₱8,000.00" }).waitFor();
    await form.getByRole("button", { name: "Advance to Completion" }).click();
    await page.getByText("Not completed:").first().waitFor();
    assert.equal((await client("GET", `projects/${project.id}`)).current_stage, "monitoring");
    await page.goto(`/projects/board?q=${encodeURIComponent(title)}`);
    await moveByMenu(page, title, "Completion");
    await dialog.getByLabel("Reason").fill("Turned over; the rest lapses");
    await dialog.getByRole("button", { name: "Complete project" }).click();
    await page.getByText("Moved to Completion").waitFor();
    assert.equal((await client("GET", `ppas/${ppa.id}`)).status, "completed");
    await page.context().close();
  });
}
