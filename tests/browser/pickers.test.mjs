// Pickers and forms as people use them: quick keys, slow answers, presses of the mouse, ends of a session.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endSession, picker, pressLike, slowly, typeLike, whoAmI } from "./people.mjs";
import { PASSWORD, runningProgram } from "./program.mjs";
import { api, becomes } from "./work.mjs";

const running = runningProgram();
const WIDTHS = [
  ["at a desk", { width: 1280, height: 800 }],
  ["on a phone", { width: 390, height: 844 }],
];

let organizations = null;
/** Three organizations, of which two begin alike. */
async function ready() {
  if (organizations) return organizations;
  const client = api(running);
  organizations = {};
  for (const name of ["Jainal Foundation", "Santos Cooperative", "Santos Federation"]) {
    organizations[name] = (await client("POST", "organizations", { name })).id;
  }
  return organizations;
}

/** A form with a picker of several organizations. */
async function open(viewport) {
  const ids = await ready();
  const page = await running.signedIn("coordinator", { viewport });
  await page.goto("/events/new?start=2027-03-10T09:00");
  await page.locator("details.more-fields > summary").click();
  await page.getByLabel(/^Title/).fill("Visit");
  return { ids, page, field: picker(page, "organizations"), here: page.url() };
}

for (const [where, viewport] of WIDTHS) {
  for (const delay of [0, 300, 1500]) {
    test(`Enter chooses and never sends the form, with answers after ${delay} ms ${where}`, async () => {
      const { ids, page, field, here } = await open(viewport);
      await slowly(page, "**/api/v1/organizations?*", delay);
      // Several one after the other, without a look at the list.
      for (const [text, name] of [
        ["jainal", "Jainal Foundation"],
        ["santos fed", "Santos Federation"],
      ]) {
        await typeLike(page, text, text === "jainal" ? field.input : undefined);
        await page.keyboard.press("Enter");
        await field.chosen.filter({ hasText: name }).waitFor();
      }
      assert.equal(page.url(), here);
      assert.deepEqual(await field.values(), [ids["Jainal Foundation"], ids["Santos Federation"]]);
      await becomes(() => field.input.inputValue(), "");
      await page.context().close();
    });
  }

  test(`leaving the field takes a clear match and keeps other text ${where}`, async () => {
    const { ids, page, field, here } = await open(viewport);
    await slowly(page, "**/api/v1/organizations?*", 400);
    await typeLike(page, "jainal", field.input);
    await page.keyboard.press("Tab");
    await field.chosen.filter({ hasText: "Jainal Foundation" }).waitFor();
    // Two fit: the text stays, and keeps the form from being sent until one is chosen.
    await typeLike(page, "santos", field.input);
    await page.keyboard.press("Tab");
    await field.error.filter({ hasText: "Several options match" }).waitFor();
    await becomes(() => field.input.inputValue(), "santos");
    await pressLike(page, page.getByRole("button", { name: "Create event" }));
    await page.waitForFunction(() => document.activeElement?.closest('[data-name="organizations"]'));
    assert.equal(page.url(), here);
    await becomes(() => field.input.inputValue(), "santos");
    // Nothing fits: the same.
    await field.input.fill("nobody of this name");
    await page.keyboard.press("Enter");
    await field.error.filter({ hasText: "Nothing found" }).waitFor();
    await becomes(() => field.input.inputValue(), "nobody of this name");
    await field.input.fill("Santos Cooperative");
    await pressLike(page, page.getByRole("button", { name: "Create event" }));
    await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
    const id = new URL(page.url()).pathname.split("/").pop();
    const event = await page.evaluate(async (of) => (await fetch(`/api/v1/events/${of}`)).json(), id);
    assert.deepEqual(
      event.organizations.toSorted(),
      [ids["Jainal Foundation"], ids["Santos Cooperative"]].toSorted(),
    );
    await page.context().close();
  });

  test(`Escape closes the list and keeps the text, and late answers are ignored ${where}`, async () => {
    const { page, field } = await open(viewport);
    await typeLike(page, "santos", field.input);
    await field.option.first().waitFor();
    await page.keyboard.press("Escape");
    await field.list.waitFor({ state: "hidden" });
    await becomes(() => field.input.inputValue(), "santos");
    await field.input.fill("");
    // The answer to the first letters comes last.
    await slowly(page, "**/api/v1/organizations?*", (url) => (url.includes("q=jainal&") ? 0 : 900));
    const [asked, late] = ["request", "response"].map((event) =>
      page.waitForEvent(event, { predicate: (found) => found.url().includes("q=san&") }),
    );
    await typeLike(page, "san", field.input);
    await asked;
    await field.input.fill("jainal");
    await field.option.filter({ hasText: "Jainal" }).waitFor();
    await late;
    await becomes(() => field.option.allTextContents(), ["Jainal Foundation"]);
    await page.context().close();
  });

  test(`open list moves nothing, and a press on the button below counts ${where}`, async () => {
    await ready();
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/needs/new");
    for (const label of [/^Title/, /^Description/]) {
      const input = page.getByLabel(label).first();
      if (await input.count()) await input.fill("Wells");
    }
    const height = () => page.evaluate(() => document.documentElement.scrollHeight);
    const holders = page.locator("form [data-reference]:visible");
    const before = await height();
    const last = holders.last().locator('input[type="text"]');
    await last.scrollIntoViewIfNeeded();
    await last.focus();
    await holders.last().locator(".picker-list:popover-open").waitFor();
    assert.equal(await height(), before, "the list makes the page longer");
    const sent = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/needs/new"),
    );
    await pressLike(page, page.getByRole("button", { name: "Create need" }));
    await sent;
    await page.getByRole("link", { name: /^Community/ }).or(page.locator(".error-summary")).first().waitFor();
    await page.context().close();
  });

  test(`press counts when the page moves under it ${where}`, async () => {
    const page = await running.signedIn("coordinator", { viewport });
    await page.goto("/organizations/new");
    await page.getByLabel(/^Name/).fill(`Pressed ${viewport.width}`);
    const button = page.getByRole("button", { name: "Create organization" });
    await page.evaluate(() => {
      document.addEventListener("pointerdown", () => {
        const grown = document.createElement("div");
        grown.style.height = "120px";
        document.querySelector("form.form").prepend(grown);
      });
    });
    await pressLike(page, button);
    await page.waitForURL(/\/organizations\/[0-9a-f-]{36}$/);
    await page.context().close();
  });

  test(`ended session keeps typed text ${where}`, async () => {
    const { ids, page, field } = await open(viewport);
    await page.getByLabel("Venue").fill("Session hall");
    await typeLike(page, "jainal", field.input);
    await page.keyboard.press("Enter");
    await field.chosen.waitFor();
    const name = (await whoAmI(page)).username;
    await endSession(page);
    await pressLike(page, page.getByRole("button", { name: "Create event" }));
    await page.waitForURL(/\/login\?next=/);
    await page.getByText("Your changes are restored").waitFor();
    await page.getByLabel("User name").fill(name);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/events\/new\?start=/);
    await page.getByText("Unsaved changes restored").waitFor();
    await becomes(() => page.getByLabel(/^Title/).inputValue(), "Visit");
    await becomes(() => page.getByLabel("Venue").inputValue(), "Session hall");
    assert.deepEqual(await field.values(), [ids["Jainal Foundation"]]);
    await page.getByRole("button", { name: "Create event" }).click();
    await page.waitForURL(/\/events\/[0-9a-f-]{36}$/);
    // Taken: the next form is empty again.
    await page.goto("/events/new?start=2027-03-10T09:00");
    await becomes(() => page.getByLabel(/^Title/).inputValue(), "");
    await page.context().close();
  });
}

test("form is restored after a link, Back or a server error", async () => {
  const page = await running.signedIn("coordinator");
  await page.goto("/organizations/new");
  await typeLike(page, "Half typed", page.getByLabel(/^Name/));
  await page.goto("/tasks");
  await page.goto("/organizations/new");
  await becomes(() => page.getByLabel(/^Name/).inputValue(), "Half typed");
  await page.route("**/organizations/new", (route) =>
    route.request().method() === "POST" ? route.fulfill({ status: 503, body: "down" }) : route.continue(),
  );
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByText("down").waitFor();
  await page.goBack();
  await becomes(() => page.getByLabel(/^Name/).inputValue(), "Half typed");
  await page.unroute("**/organizations/new");
  // Signed in anew in another tab: the token of this form is another one.
  const name = (await whoAmI(page)).username;
  const other = await page.context().newPage();
  await endSession(page);
  await other.goto("/login");
  await other.getByLabel("User name").fill(name);
  await other.getByLabel("Password").fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.waitForURL((url) => url.pathname !== "/login");
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByRole("link", { name: "Open the form again" }).click();
  await becomes(() => page.getByLabel(/^Name/).inputValue(), "Half typed");
  await page.getByRole("button", { name: "Discard" }).click();
  await page.waitForFunction(() => document.querySelector("#field-name")?.value === "");
  await page.context().close();
});

test("gesture without a session is reverted and offers sign-in", async () => {
  const client = api(running);
  const page = await running.signedIn("coordinator");
  await client("POST", "tasks", { title: "Card to move" });
  await page.goto("/board?q=Card+to+move");
  const card = page.locator(".card", { hasText: "Card to move" });
  const column = () => card.evaluate((element) => element.closest("[data-column]").dataset.column);
  assert.equal(await column(), "not_started");
  for (const [prepare, words] of [
    [
      () => page.route("**/api/v1/tasks/**", (route) => route.fulfill({ status: 503, body: "" })),
      "not available",
    ],
    [() => page.route("**/api/v1/tasks/**", (route) => route.abort()), "cannot be reached"],
    [() => endSession(page), "session has ended"],
  ]) {
    await prepare();
    await card.focus();
    for (const key of [" ", "ArrowRight", " "]) await page.keyboard.press(key);
    await page.locator(".toast", { hasText: words }).waitFor();
    assert.equal(await column(), "not_started", words);
    await page.unroute("**/api/v1/tasks/**").catch(() => undefined);
  }
  await page.locator(".toast").getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL(/\/login\?next=%2Fboard/);
  await page.context().close();
});

test("double submit creates one record", async () => {
  const page = await running.signedIn("coordinator");
  await page.goto("/organizations/new");
  await page.getByLabel(/^Name/).fill("Made once");
  const key = await page.locator('input[name="request_key"]').inputValue();
  assert.ok(key.length > 20);
  await page.getByRole("button", { name: "Create organization" }).dblclick();
  await page.waitForURL(/\/organizations\/[0-9a-f-]{36}$/);
  const first = page.url();
  // Sent a second time, as by a reload after a lost answer.
  const again = await page.evaluate(async (request_key) => {
    const csrf_token = document.querySelector('meta[name="csrf-token"]').content;
    const form = await (await fetch("/organizations/new")).text();
    const page = new DOMParser().parseFromString(form, "text/html");
    const fields = new URLSearchParams(new FormData(page.querySelector("form.form")));
    for (const [name, value] of Object.entries({
      csrf_token,
      request_key,
      name: "Made once",
    }))
      fields.set(name, value);
    return (await fetch("/organizations/new", { method: "POST", body: fields })).url;
  }, key);
  assert.equal(again, first);
  const found = await page.evaluate(async () => (await fetch("/api/v1/organizations?q=Made+once")).json());
  assert.equal(found.total, 1);
  await page.context().close();
});
