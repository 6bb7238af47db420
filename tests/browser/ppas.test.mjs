// A PPA in a browser: its tabs, a milestone, a task that moves its progress.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { picker, typeLike, whoAmI } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount, newTask } from "./work.mjs";

const running = runningProgram();

for (const width of [1280, 390]) {
  test(`PPA is viewed and changed at ${width} pixels`, async () => {
    const page = await running.signedIn("coordinator", { viewport: { width, height: 844 } });
    const answer = await fetch(`${running.address}/api/v1/ppas`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${running.token("coordinator")}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ title: "Water system", category: "moa_ppa", start_date: "2027-03-01" }),
    });
    assert.equal(answer.status, 201);
    const address = `/ppas/${(await answer.json()).id}`;
    for (const tab of ["overview", "tasks", "money", "cycle", "milestones", "trace", "history"]) {
      await page.goto(`${address}?tab=${tab}`);
      await assertAccessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), tab);
    }
    await page.goto(`${address}?tab=milestones`);
    await page.getByRole("button", { name: "Add milestone" }).click();
    await page.getByText("Enter a title").first().waitFor();
    await page.getByLabel("Date", { exact: false }).first().fill("2027-06-15");
    await page.getByLabel("Title", { exact: false }).first().fill("Pump delivered");
    await page.getByRole("button", { name: "Add milestone" }).click();
    await page.getByRole("button", { name: "Complete Pump delivered" }).click();
    await page.getByText("Completed", { exact: true }).first().waitFor();

    await page.goto(`${address}?tab=tasks`);
    await page.locator("#tasks button[aria-label^='Complete ']").first().click();
    await page.locator("#tasks button[aria-label^='Reopen ']").first().waitFor();
    await page.goto(address);
    await page.locator("#progress-panel progress:not([value='0'])").first().waitFor();
    await page.context().close();
  });
}

test("PPA is put on hold with a reason", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", { title: "Hall", category: "moa_ppa" });
  const page = await running.signedIn("coordinator");
  // The edit form does not offer the status: it follows, or an action sets it.
  await page.goto(`/ppas/${ppa.id}/edit`);
  await hasCount(page.locator("select#field-status"), 0);
  await page.goto(`/ppas/${ppa.id}`);
  await page.locator("#status summary", { hasText: "Put on hold" }).click();
  const hold = page.getByRole("button", { name: "Put on hold" });
  await hold.click();
  await page.getByText("Reason is required.").first().waitFor();
  await page.locator("#field-reason-hold").fill("The road is closed");
  await hold.click();
  await page.getByText("Status: On hold").waitFor();
  await page.waitForURL(`**/ppas/${ppa.id}*`);
  await page.goto(`/ppas/${ppa.id}?tab=history`);
  await page.getByText("The road is closed").first().waitFor();
  await page.context().close();
});

for (const width of [1280, 390]) {
  test(`partner finds tasks on a PPA and files a need at ${width} pixels`, async () => {
    const client = api(running);
    const admin = api(running, "admin");
    const page = await running.signedIn("partner", { viewport: { width, height: 844 } });
    const me = await whoAmI(page);
    const organization = await client("POST", "organizations", { name: `Ministry ${width}` });
    const barangay = (await client("GET", "barangays?limit=1")).items[0].id;
    const community = await client("POST", "communities", { name: `Sitio Lumbac ${width}`, barangay });
    await admin("PATCH", `users/${me.id}`, { organization: organization.id, communities: [community.id] });
    const ppa = await client("POST", "ppas", {
      title: `Water system ${width}`,
      category: "moa_ppa",
      lead_organization: organization.id,
      communities: [community.id],
    });
    const origin = { kind: "ppa", id: ppa.id };
    await newTask(client, { title: "Send the list", origin, assignees: [me.id] });
    await newTask(client, { title: "Shown to partners", origin, visible_to_partners: true });
    await newTask(client, { title: "Inside the office", origin });

    await page.goto("/ppas");
    await page.getByRole("link", { name: ppa.title }).click();
    await page.locator(".tabs").getByRole("link", { name: /^Tasks/ }).click();
    const tasks = page.locator("#tasks");
    await tasks.getByText("0 of 2 done").waitFor();
    const titles = async () => (await tasks.locator("li a[href^='/tasks/']").allTextContents()).toSorted();
    await becomes(titles, ["Send the list", "Shown to partners"]);
    await assertAccessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    // Their own is done by them, the other one is not.
    await hasCount(tasks.getByRole("button", { name: /^Complete / }), 1);
    await tasks.getByRole("button", { name: "Complete Send the list" }).click();
    await tasks.getByText("1 of 2 done").waitFor();

    await page.getByRole("link", { name: "Record need" }).click();
    await page.waitForURL((url) => url.pathname === "/needs/new");
    await page.getByText(community.name).first().waitFor();
    await typeLike(page, `Deep well ${width}`, page.getByLabel(/^Title/));
    // Chosen again by typing, as somebody who is not sure.
    const field = picker(page, "community");
    if ((await field.values()).length === 0) {
      await typeLike(page, "lumbac", field.input);
      await page.keyboard.press("Enter");
    }
    await field.chosen.filter({ hasText: community.name }).waitFor();
    await page.getByRole("button", { name: "Create need" }).click();
    await page.getByRole("heading", { name: `Deep well ${width}`, level: 1 }).waitFor();
    await page.getByText("Identified").first().waitFor();
    const { items } = await client("GET", `needs?q=Deep+well+${width}`);
    assert.deepEqual(
      items.map(({ community, status }) => [community, status]),
      [[community.id, "identified"]],
    );
    await page.context().close();
  });
}
