// The text of these tests: what would make one of them fail on another day or on a slow machine.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

/** Fails when a file other than these has what the pattern finds. */
async function nowhere(pattern, but, instead) {
  const folder = new URL(".", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".mjs") && !but.includes(name));
  assert.ok(files.length > 30);
  for (const name of files) {
    const text = await readFile(new URL(name, folder), "utf8");
    const found = pattern.exec(text);
    assert.equal(found?.[0], undefined, `${name}: ${instead}`);
  }
}

test("no test asks for the time of the machine", async () => {
  // The benchmark visits a server of today.
  const others = ["clock.test.mjs", "program.mjs", "measure.mjs", "sources.test.mjs"];
  await nowhere(/Date\.now\(|new Date\(\)/, others, "use now() or day() of program.mjs");
});

test("no test looks at the page only once", async () => {
  const states =
    "count|textContent|innerText|inputValue|getAttribute|is[A-Z][a-z]+|allTextContents|allInnerTexts";
  const once = new RegExp(`assert\\.\\w+\\(\\s*\\(*await [^;]*\\.(${states})\\([^;]*\\);`);
  await nowhere(once, [], "use becomes(), matches() or hasCount() of work.mjs, which wait");
});

test("no test asks only once where something is", async () => {
  await nowhere(/\.boundingBox\(/, ["people.mjs", "sources.test.mjs"], "use boxOf() of people.mjs, which waits");
});
