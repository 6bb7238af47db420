// Files of a record in a browser: picked, dropped, pasted, refused, cancelled, removed and undone, seen by others at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openLive } from "./people.mjs";
import { runningProgram } from "./program.mjs";
import { api, becomes, hasCount } from "./work.mjs";

const running = runningProgram();

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** Fires an event with files, as the browser does for a drop or a paste. */
async function bring(page, event, files) {
  await page.evaluate(
    ([name, given]) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      const target = document.querySelector("#files");
      const more = { bubbles: true, cancelable: true };
      if (name === "paste") target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...more }));
      else target.dispatchEvent(new DragEvent(name, { dataTransfer: data, ...more }));
    },
    [event, files],
  );
}

const base64 = (text) => Buffer.from(text).toString("base64");

for (const width of [1280, 390]) {
  test(`files are dropped, pasted, removed and restored at ${width} pixels`, async () => {
    const client = api(running);
    const task = await client("POST", "tasks", { title: `Survey ${width}` });
    const options = { viewport: { width, height: 844 }, hasTouch: width < 600, isMobile: width < 600 };
    const page = await running.signedIn("coordinator", options);
    const other = await running.signedIn("coordinator", options);
    await openLive(page, `/tasks/${task.id}`);
    await openLive(other, `/tasks/${task.id}`);
    const panel = page.locator("#files");
    await becomes(() => panel.getByRole("button", { name: "Upload", exact: true }).isVisible(), false);
    await becomes(() => panel.getByText("Take photo").isVisible(), width < 600, "a phone has a camera");

    await bring(page, "dragover", [{ name: "map.png", type: "image/png", base64: PIXEL }]);
    await hasCount(panel.locator("form[data-over]"), 1);
    await bring(page, "drop", [
      { name: "map.png", type: "image/png", base64: PIXEL },
      { name: "notes.txt", type: "text/plain", base64: base64("Three wells") },
      { name: "page.png", type: "image/png", base64: base64("<!DOCTYPE html><script>alert(1)</script>") },
    ]);
    await panel.getByRole("link", { name: "map.png", exact: true }).waitFor();
    await panel.getByRole("link", { name: "notes.txt", exact: true }).waitFor();
    await hasCount(panel.locator("form[data-over]"), 0);
    // Another person sees them without doing anything.
    await other.locator("#files").getByRole("link", { name: "notes.txt", exact: true }).waitFor();
    // The refused one says why, beside its name, and stays until it is dismissed.
    const refused = panel.locator(".file-upload").filter({ hasText: "page.png" });
    await refused.getByRole("alert").getByText("HTML, SVG or XML").waitFor();
    await assertAccessible(page);
    await refused.getByRole("button", { name: "Remove page.png from the uploads" }).click();
    await hasCount(refused, 0);

    await bring(page, "paste", [{ name: "image.png", type: "image/png", base64: `${PIXEL}` }]);
    // The same picture again is the same file.
    await page.waitForFunction(() => document.querySelectorAll(".file-upload").length === 0);
    await hasCount(panel.locator(".file-list .file-row"), 2);
    await panel.locator("#files-picker").setInputFiles({
      name: "attendance.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("name\nAmina\n"),
    });
    await panel.getByRole("link", { name: "attendance.csv", exact: true }).waitFor();

    // The picture is shown, and loads.
    const picture = panel.locator(".file-row img").first();
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector("#files .file-row img")?.naturalWidth === 1);

    await panel.getByRole("button", { name: "Remove notes.txt" }).click();
    await page.locator(".toast").getByText("notes.txt removed").waitFor();
    await panel.getByRole("link", { name: "notes.txt", exact: true }).waitFor({ state: "detached" });
    await other.locator("#files").getByRole("link", { name: "notes.txt", exact: true }).waitFor({ state: "detached" });
    await page.locator(".toast [data-undo]").click();
    await panel.getByRole("link", { name: "notes.txt", exact: true }).waitFor();

    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
    const history = page.locator("#history");
    await history.getByText("removed a file").first().waitFor();
    await page.context().close();
    await other.context().close();
  });
}

test("an upload is cancelled, one that fails is tried again, and the page is not left by a drop", async () => {
  const client = api(running);
  const task = await client("POST", "tasks", { title: "Slow" });
  const page = await running.signedIn("coordinator");
  await openLive(page, `/tasks/${task.id}`);
  const panel = page.locator("#files");
  let held = null;
  await page.route("**/files", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    held = route;
  });
  await bring(page, "drop", [{ name: "a.txt", type: "text/plain", base64: base64("a") }]);
  const row = panel.locator(".file-upload").filter({ hasText: "a.txt" });
  await row.getByRole("progressbar", { name: "Upload of a.txt" }).waitFor();
  await row.getByRole("button", { name: "Remove a.txt from the uploads" }).click();
  await hasCount(row, 0);
  await held?.abort().catch(() => undefined);

  held = null;
  await bring(page, "drop", [{ name: "b.txt", type: "text/plain", base64: base64("b") }]);
  const second = panel.locator(".file-upload").filter({ hasText: "b.txt" });
  await page.waitForFunction(() => document.querySelector(".file-upload progress"));
  while (!held) await new Promise((resolve) => setTimeout(resolve, 20));
  await held.abort();
  await second.getByRole("alert").getByText("cannot be reached").waitFor();
  await page.unroute("**/files");
  await second.getByRole("button", { name: "Try again" }).click();
  await panel.getByRole("link", { name: "b.txt", exact: true }).waitFor();
  const files = await client("GET", `tasks/${task.id}/files`);
  assert.deepEqual(
    files.items.map(({ name }) => name),
    ["b.txt"],
  );
  assert.equal(new URL(page.url()).pathname, `/tasks/${task.id}`);
  await page.context().close();
});

test("a PDF opens in place and a file of a PPA stands in its tab", async () => {
  const client = api(running);
  const ppa = await client("POST", "ppas", { title: "Clinics", category: "moa_ppa" });
  const page = await running.signedIn("coordinator");
  await page.goto(`/ppas/${ppa.id}`);
  await page.getByRole("navigation", { name: "Parts of this PPA" }).getByRole("link", { name: "Files" }).click();
  await page.locator("#files-picker").setInputFiles({
    name: "memo.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
  });
  const open = page.getByRole("link", { name: "Open memo.pdf" });
  await open.waitFor();
  await becomes(() => open.getAttribute("target"), "_blank");
  const answer = await page.request.get(await open.getAttribute("href"));
  assert.equal(answer.headers()["content-disposition"].split(";")[0], "inline");
  await assertAccessible(page);
  await page.context().close();
});
