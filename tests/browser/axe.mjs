// Checks of a page: accessibility and width.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const script = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/**
 * Fails when axe finds something wrong with the page as it stands: every violation with the elements it is about.
 * `options.exclude` are selectors of parts that are not ours to mend.
 */
export async function assertAccessible(page, { exclude = [] } = {}) {
  // A content security policy lets no script in from outside; evaluating is not loading.
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(await readFile(script, "utf8"));
  }
  const found = await page.evaluate(
    (without) =>
      window.axe
        .run(without.length > 0 ? { exclude: without } : document, {
          // What else axe could tell is not looked at, and takes a third of its time.
          resultTypes: ["violations"],
          selectors: false,
          preload: false,
        })
        .then(({ violations }) =>
          violations.map(({ id, help, nodes }) => ({
            id,
            help,
            where: nodes.map((node) => node.html.slice(0, 200)),
          })),
        ),
    exclude,
  );
  assert.deepEqual(found, []);
}

/** Viewports of a desk and a phone. */
export const WIDTHS = [
  ["at a desk", { width: 1280, height: 900 }],
  ["on a phone", { width: 390, height: 844 }],
];

/** Fails when the page is wider than the window. */
export async function assertFits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${page.url()} is ${over} px too wide`);
}

/** Fails when the page is wider than the window or axe finds something wrong with it. */
export async function fits(page) {
  await assertFits(page);
  await assertAccessible(page);
}
