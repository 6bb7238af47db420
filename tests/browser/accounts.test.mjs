// Coming in and going out, in a browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, runningProgram, signIn } from "./program.mjs";

const running = runningProgram();

test("the first administrator is made by the link of the first start, once", async () => {
  const context = await running.browser.newContext({ baseURL: running.address });
  const page = await context.newPage();
  await page.goto(running.setupLink);
  await page.getByLabel("User name").fill("rosa.uy");
  await page.getByLabel("Full name").fill("Rosa Uy");
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Create the administrator" }).click();
  await page.getByText("at least 12 characters", { exact: false }).first().waitFor();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create the administrator" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/setup/"));

  await context.clearCookies();
  await signIn(page, "Rosa.Uy");
  const kept = (await context.cookies()).filter((cookie) => cookie.httpOnly).map((cookie) => cookie.name);
  assert.deepEqual(kept.sort(), ["obcms_device", "obcms_session"]);
  assert.equal((await page.goto(running.setupLink)).status(), 404);
  await context.close();
});

test("a wrong password says so and keeps the name", async () => {
  const context = await running.browser.newContext({ baseURL: running.address });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("User name").fill("nobody");
  await page.getByLabel("Password").fill("something wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("do not go together").waitFor();
  assert.equal(await page.getByLabel("User name").inputValue(), "nobody");
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test("whoever is not signed in is led to the page that was asked for", async () => {
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

test("a closed account is out at the next click", async () => {
  const page = await running.signedIn("coordinator");
  await page.goto("/me");
  assert.equal(new URL(page.url()).pathname, "/me");
  running.program.run(["user", "disable", "coordinator.2"]);
  await page.goto("/me");
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.context().close();
});
