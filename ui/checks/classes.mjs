// Every class that a style names is named by a page, a component or a script as well.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { report, sources } from "./sources.mjs";

const pages = fileURLToPath(new URL("../../crates/web", import.meta.url));
/** Classes of the grid of FullCalendar. */
const FOREIGN = /^fc(-|$)/;

const rust = ["src", "examples"].flatMap((folder) =>
  readdirSync(join(pages, folder), { recursive: true })
    .filter((path) => path.endsWith(".rs"))
    .map((path) => readFileSync(join(pages, folder, path), "utf8")),
);
const named = new Set();
for (const text of [...rust, ...sources(".ts").map((source) => source.text)]) {
  // In a literal, or written as `.name` in markup.
  for (const [literal] of text.matchAll(/"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/g))
    for (const word of literal.match(/[\w-]+/g) ?? []) named.add(word);
  for (const [, name] of text.matchAll(/\.([a-z][\w-]*)/g)) named.add(name);
}
const unused = sources(".css").flatMap(({ path, text }) => {
  const selectors = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\{[^{}]*\}/g, "{}");
  return [...new Set([...selectors.matchAll(/\.([a-zA-Z_][\w-]*)/g)].map(([, name]) => name))]
    .filter((name) => !FOREIGN.test(name) && !named.has(name) && !selectors.includes(`"./${name}`))
    .map((name) => `${path}: .${name}`);
});
report("Classes that nothing has", unused);
