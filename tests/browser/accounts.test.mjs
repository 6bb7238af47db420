// Coming in and going out, in a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openLive, signInAgain, typeLike, whoAmI } from "./people.mjs";
import { PASSWORD, runningProgram, signIn } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();

test("setup link creates the first administrator once", async () => {
  const context = await running.browser.newContext({ baseURL: running.address });
  const page = await context.newPage();
  await page.goto(running.setupLink);
  await page.getByLabel("User name").fill("rosa.uy");
  await page.getByLabel("Full name").fill("Rosa Uy");
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByText("at least 12 characters", { exact: false }).first().waitFor();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/setup/"));

  await context.clearCookies();
  await signIn(page, "Rosa.Uy");
  const kept = (await context.cookies()).filter((cookie) => cookie.httpOnly).map((cookie) => cookie.name);
  assert.deepEqual(kept.sort(), ["obcms_device", "obcms_session"]);
  assert.equal((await page.goto(running.setupLink)).status(), 404);
  await context.close();
});

test("wrong password shows an error and keeps the user name", async () => {
  const context = await running.browser.newContext({ baseURL: running.address });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("User name").fill("nobody");
  await page.getByLabel("Password").fill("something wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Wrong user name or password").waitFor();
  await becomes(() => page.getByLabel("User name").inputValue(), "nobody");
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test("sign-in returns to the requested page", async () => {
  const page = await running.signedIn("staff");
  await page.context().clearCookies();
  await page.goto("/me");
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.getByLabel("User name").fill("staff.1");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/me");
  await page.context().close();
});

test("disabled account loses access at the next request", async () => {
  const page = await running.signedIn("coordinator");
  await page.goto("/me");
  assert.equal(new URL(page.url()).pathname, "/me");
  running.program.run(["user", "disable", "coordinator.2"]);
  await page.goto("/me");
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.context().close();
});

for (const [where, viewport] of [
  ["at a desk", { width: 1280, height: 800 }],
  ["on a phone", { width: 390, height: 844 }],
]) {
  /** A form with something typed, on a page that hears of changes. */
  const typing = async (role) => {
    const page = await running.signedIn(role, { viewport });
    await openLive(page, "/tasks/new");
    await typeLike(page, "Half typed", page.getByLabel("Title"));
    return { page, me: await whoAmI(page), banner: page.locator("#access-ended") };
  };

  test(`page shows why access ended and keeps typed text ${where}`, async () => {
    const admin = api(running, "admin");
    for (const [end, words] of [
      [({ id }) => admin("POST", `users/${id}/disable`, {}), "Your account is disabled"],
      [({ id }) => admin("PATCH", `users/${id}`, { roles: [] }), "no longer has a role"],
      [({ id }) => admin("POST", `users/${id}/end-access`, { sessions: true }), "Sign in again"],
    ]) {
      const { page, me, banner } = await typing("staff");
      await end(me);
      await banner.getByText(words).waitFor();
      await assertAccessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), words);
      await becomes(() => page.getByLabel("Title").inputValue(), "Half typed");
      const again = banner.getByRole("link", { name: "Sign in again" });
      await becomes(() => again.getAttribute("href"), "/login?next=%2Ftasks%2Fnew");
      await page.context().close();
    }
  });

  test(`typed text survives signing out in another tab ${where}`, async () => {
    const { page, me, banner } = await typing("staff");
    const other = await page.context().newPage();
    await other.goto("/me");
    await other.locator("#sign-out").evaluate((form) => form.requestSubmit());
    await other.waitForURL((url) => url.pathname === "/login");
    await banner.getByText("You are signed out").waitFor();
    await banner.getByRole("link", { name: "Sign in again" }).click();
    await page.getByText("Your changes are restored").waitFor();
    await signInAgain(page, me.username, PASSWORD);
    await page.getByText("Unsaved changes restored").waitFor();
    await becomes(() => page.getByLabel("Title").inputValue(), "Half typed");
    await page.getByRole("button", { name: "Create task" }).click();
    await page.getByRole("heading", { name: "Half typed", level: 1 }).waitFor();
    await page.context().close();
  });

  test(`page asks for a reload after a second sign-in ${where}`, async () => {
    const { page, me, banner } = await typing("staff");
    // The other tab asked for a password before this one had a session.
    const other = await page.context().newPage();
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await other.goto("/login");
    await page.context().addCookies(cookies);
    await signInAgain(other, me.username, PASSWORD);
    await banner.getByText("You signed in again").waitFor();
    await banner.getByRole("link", { name: "Reload" }).click();
    await page.getByText("Unsaved changes restored").waitFor();
    await becomes(() => page.getByLabel("Title").inputValue(), "Half typed");
    await hasCount(banner, 0);
    await page.context().close();
  });
}
