// Checks of a page: accessibility and width.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rule for the contrast of text, which takes half the time of all rules. */
const CONTRAST = "color-contrast";
/** Width in pixels from which a page is at a desk. */
const DESK = 600;

/**
 * Fails when axe finds something wrong with the page as it stands: every violation with the elements it is about.
 * `options.exclude` are selectors of parts that are not ours to mend. The contrast is looked at at a desk;
 * `contrast.test.mjs` does so for the main screens on a phone and in the dark theme.
 */
export async function assertAccessible(page, { exclude = [] } = {}) {
  const rules = { [CONTRAST]: { enabled: page.viewportSize().width >= DESK } };
  assert.deepEqual(await violations(page, exclude, { rules }), []);
}

/** Fails when axe finds text on the page that stands out too little from its ground. */
export async function assertContrast(page, where) {
  assert.deepEqual(await violations(page, [], { runOnly: [CONTRAST] }), [], where);
}

/**
 * Loads axe into the page. A content security policy lets no script in from outside; evaluating is not loading. A session of
 * the tools for developers passes it on as it is, where `page.evaluate` would first read half a megabyte as an argument.
 */
async function load(page) {
  const session = await page.context().newCDPSession(page);
  const { exceptionDetails } = await session.send("Runtime.evaluate", { expression: await source });
  assert.equal(exceptionDetails, undefined);
  await session.detach();
}

/** What axe finds: the rule, what it says, and the elements. */
async function violations(page, exclude, options) {
  if (!(await page.evaluate(() => "axe" in window))) await load(page);
  return page.evaluate(
    ([without, options]) =>
      window.axe
        .run(without.length > 0 ? { exclude: without } : document, {
          ...options,
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
    [exclude, options],
  );
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
