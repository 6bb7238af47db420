// Folders of `src` are subjects that import one another in one direction; `core` imports none of them.
import { posix } from "node:path";
import { report, sources } from "./sources.mjs";

const ROOT = "the root";
const IMPORT = /\b(?:from|import)\s*\(?\s*"(\.[^"]*)"/g;

const folderOf = (path) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : ROOT);

/** Imports between folders: the folder, those that it imports, and a line for each of them. */
function imports() {
  const found = new Map();
  for (const { path, text } of sources(".ts")) {
    const own = folderOf(path);
    const targets = found.get(own) ?? new Map();
    found.set(own, targets);
    for (const [, target] of text.matchAll(IMPORT)) {
      const folder = folderOf(posix.join(posix.dirname(path), target));
      if (folder !== own) targets.set(folder, `${path} imports ${target}`);
    }
  }
  return found;
}

/** The first path from a folder back to itself; null if there is none. */
function circle(found, path) {
  for (const [next, line] of found.get(path.at(-1).folder) ?? []) {
    const longer = [...path, { folder: next, line }];
    if (next === path[0].folder) return longer;
    if (path.some(({ folder }) => folder === next)) continue;
    const closed = circle(found, longer);
    if (closed) return closed;
  }
  return null;
}

const found = imports();
const problems = [...(found.get("core")?.values() ?? [])].map((line) => `core knows no subject: ${line}`);
for (const [folder, targets] of found) {
  const line = targets.get(ROOT);
  if (line) problems.push(`no folder imports the root: ${line}`);
  const closed = circle(found, [{ folder }]);
  if (closed)
    problems.push(
      `circle from ${folder}: ${closed
        .slice(1)
        .map((step) => step.line)
        .join("; ")}`,
    );
}
report("Folders of ui/src", problems);
