// Accessibility check of a page.

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
