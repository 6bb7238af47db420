// Every export has a doc comment and is imported by another source.
import { report, sources } from "./sources.mjs";

const EXPORT = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm;

const scripts = sources(".ts");
const problems = scripts.flatMap(({ path, text }) =>
  [...text.matchAll(EXPORT)].flatMap(({ 1: name, index }) => {
    const word = new RegExp(`\\b${name}\\b`);
    const isImported = scripts.some((other) => other.path !== path && word.test(other.text));
    const hasComment = text.slice(0, index).endsWith("*/\n");
    return [
      ...(isImported ? [] : [`${path}: nobody imports ${name}`]),
      ...(hasComment ? [] : [`${path}: ${name} has no doc comment`]),
    ];
  }),
);
report("Exports of the scripts", problems);
