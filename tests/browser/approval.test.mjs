// Approval and money of a PPA in a browser: submitted, decided by five people, enacted, and entered in the ledger.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fits } from "./axe.mjs";
import { withoutReload } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();

/** Members of a PPA that can pass every stage. */
async function complete(client, title) {
  const organization = await client("POST", "organizations", { name: `Ministry of Health ${title}` });
  return {
    title,
    category: "moa_ppa",
    summary: "Six clinics",
    sector: "health",
    lead_organization: organization.id,
    total_slots: 500,
    obc_slots: 300,
    budget_allocation_centavos: 125_000_000,
    funding_source: "gaa",
    appropriation_class: "mooe",
    fiscal_year: 2027,
    outcome_framework: { outputs: ["Six clinics"] },
  };
}

/** Answers a question before a decision. */
async function confirm(page, question, button) {
  await page.getByRole("dialog", { name: question }).getByRole("button", { name: button }).click();
}

async function inSight(locator) {
  await locator.evaluate(async (element) => {
    const isInSight = () => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    };
    while (!isInSight()) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

for (const width of [1280, 390]) {
  test(`budget is submitted, approved by five people and spent at ${width} pixels`, async () => {
    const client = api(running);
    const options = { viewport: { width, height: 844 } };
    const ppa = await client("POST", "ppas", await complete(client, `Clinics ${width}`));
    const address = `/ppas/${ppa.id}?tab=approval`;

    const submitter = await running.signedIn("coordinator", options);
    await submitter.goto(address);
    await fits(submitter);
    await withoutReload(submitter, async () => {
      await submitter.getByRole("button", { name: "Submit for approval" }).click();
      await submitter.getByRole("listitem").filter({ hasText: "Technical review" }).getByText("Pending").waitFor();
    });
    // Its figures are read-only from now on.
    await submitter.goto(`/ppas/${ppa.id}/edit`);
    await submitter.getByText("locks the figures of this PPA").waitFor();
    await hasCount(submitter.locator("input[name='budget_allocation_centavos']"), 0);
    await submitter.context().close();

    // From the queue with a comment.
    const coordinator = await running.signedIn("coordinator", options);
    await coordinator.goto("/");
    await coordinator.getByRole("link", { name: "Waiting for my decision" }).click();
    await coordinator.waitForURL("**/approvals");
    await fits(coordinator);
    const row = coordinator.getByRole("row").filter({ hasText: ppa.title });
    await row.locator("summary").click();
    await row.getByLabel("Comment", { exact: true }).fill("Sound design");
    await withoutReload(coordinator, async () => {
      await row.getByRole("button", { name: "Approve", exact: true }).click();
      await row.waitFor({ state: "detached" });
    });
    await coordinator.context().close();

    const officer = await running.signedIn("budget_officer", options);
    await officer.goto(address);
    await officer.getByText("Sound design").first().waitFor();
    await officer.getByText("Correct figures").click();
    await officer.locator("#field-budget_allocation_centavos").fill("1.2M");
    await officer.getByLabel("Comment", { exact: true }).fill("Rounded");
    await officer.getByRole("button", { name: "Reject" }).click();
    await confirm(officer, "Reject this PPA?", "Reject");
    // Refused: figures can be corrected only by an approval. Nothing typed is lost.
    await officer.getByRole("alert").getByText("Figures can be corrected only").waitFor();
    await becomes(() => officer.locator("#field-budget_allocation_centavos").inputValue(), "1,200,000.00");
    await becomes(() => officer.getByLabel("Comment", { exact: true }).inputValue(), "Rounded");
    await fits(officer);
    await officer.getByRole("button", { name: "Approve" }).click();
    await officer.getByText("₱1,200,000.00").first().waitFor();
    await officer.context().close();

    const second = await running.signedIn("coordinator", options);
    await second.goto(address);
    await second.getByRole("button", { name: "Waive the consultation" }).click();
    await second.getByText("Enter a reason.").first().waitFor();
    await second.getByLabel("Comment", { exact: true }).fill("Held in May");
    await second.getByRole("button", { name: "Waive the consultation" }).click();
    await second.getByText("Waived", { exact: true }).waitFor();
    await second.context().close();

    const executive = await running.signedIn("executive", options);
    await executive.goto(address);
    await executive.getByRole("button", { name: "Approve" }).click();
    await executive.getByText("decides the enactment").waitFor();
    await executive.goto(`/ppas/${ppa.id}/approval/sheet`);
    await fits(executive);
    await executive.context().close();

    const treasurer = await running.signedIn("budget_officer", options);
    await treasurer.goto(address);
    // On the phone a link leads to the form, which is below the figures.
    const decide = treasurer.getByRole("link", { name: "Decide" });
    await becomes(() => decide.isVisible(), width < 1000);
    if (width < 1000) {
      await decide.click();
      await inSight(treasurer.getByRole("heading", { name: /^Decide: enactment/ }));
    }
    // Enactment is final: it asks first, and Escape leaves everything as it is.
    await treasurer.getByRole("button", { name: "Enact the budget" }).click();
    await treasurer.getByRole("dialog", { name: "Enact this budget?" }).waitFor();
    await fits(treasurer);
    await treasurer.keyboard.press("Escape");
    await treasurer.getByRole("dialog").waitFor({ state: "detached" });
    const { state } = await client("GET", `ppas/${ppa.id}/approval`);
    assert.equal(state, "enactment");
    await treasurer.getByRole("button", { name: "Enact the budget" }).click();
    await confirm(treasurer, "Enact this budget?", "Enact the budget");
    await treasurer.getByText("Enacted", { exact: true }).first().waitFor();

    await treasurer.goto(`/ppas/${ppa.id}?tab=money`);
    await fits(treasurer);
    const form = treasurer.locator("#new-entry");
    await becomes(() => form.locator("#field-adjusts").isVisible(), false);
    await form.getByLabel("Kind").selectOption("allocation");
    // A mistake of typing is refused as it was typed, not read as another amount.
    await form.getByLabel("Amount").fill("12,50");
    await form.getByLabel("Amount").blur();
    await form.getByRole("button", { name: "Add entry" }).click();
    await form.getByText("Use commas for thousands").first().waitFor();
    await becomes(() => form.getByLabel("Amount").inputValue(), "12,50");
    await form.getByLabel("Kind").selectOption("allocation");
    await form.getByLabel("Amount").fill("1.25M");
    await form.getByRole("button", { name: "Add entry" }).click();
    await form.getByRole("alert").getByText("must not exceed the enacted budget").waitFor();
    await becomes(() => form.getByLabel("Amount").inputValue(), "1,250,000.00");
    await form.getByLabel("Amount").fill("1,000,000.50");
    await form.getByRole("button", { name: "Add entry" }).click();
    const ledger = treasurer.locator("#ledger");
    await ledger.getByText("₱1,000,000.50").waitFor();
    await ledger.getByRole("link", { name: /^Reverse/ }).click();
    await treasurer.locator("#reversal").getByLabel("Reason").fill("Wrong amount");
    await treasurer.getByRole("button", { name: "Reverse entry" }).click();
    await ledger.getByText("−₱1,000,000.50").waitFor();
    await fits(treasurer);
    await treasurer.context().close();
  });
}

test("comment stays when somebody else decides", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", await complete(client, "Ferry"));
  await client("POST", `ppas/${ppa.id}/approval`, { action: "submit" });
  const address = `/ppas/${ppa.id}?tab=approval`;
  const [slow, fast] = [await running.signedIn("coordinator"), await running.signedIn("coordinator")];
  await slow.goto(address);
  await slow.getByLabel("Comment", { exact: true }).fill("Half a sentence");
  await fast.goto(address);
  await fast.getByRole("button", { name: "Approve" }).click();
  const review = slow.getByRole("listitem").filter({ hasText: "Technical review" });
  await review.getByText("Approved", { exact: true }).waitFor();
  await becomes(() => slow.getByLabel("Comment", { exact: true }).inputValue(), "Half a sentence");
  // It is refused for the stage that is over, and still there.
  await slow.getByRole("button", { name: "Return for revision" }).click();
  await slow.getByText("The approval moved on").waitFor();
  await slow.getByText("Half a sentence").first().waitFor();
});

test("several PPAs are approved with one comment by keyboard alone", async () => {
  const client = api(running);
  for (const title of ["Bridge", "Market"]) {
    const ppa = await client("POST", "ppas", await complete(client, title));
    await client("POST", `ppas/${ppa.id}/approval`, { action: "submit" });
  }
  const page = await running.signedIn("coordinator");
  await page.goto("/approvals");
  await page.getByLabel("Select Bridge").focus();
  await page.keyboard.press("Space");
  await page.getByLabel("Select Market").focus();
  await page.keyboard.press("Space");
  await page.getByLabel("Comment for the selected PPAs").focus();
  await page.keyboard.type("As planned");
  // Enter asks and does not send; a second one is Cancel, where the focus is.
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Approve the selected PPAs?" });
  await question.getByText("Bridge: Technical review").waitFor();
  await question.getByText("Market: Technical review").waitFor();
  await page.keyboard.press("Enter");
  await question.waitFor({ state: "detached" });
  await becomes(() => page.getByLabel("Comment for the selected PPAs").inputValue(), "As planned");
  await page.keyboard.press("Enter");
  await question.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("2 PPAs approved").waitFor();
  await page.getByText("Nothing to decide").waitFor();
  await page.context().close();
});
