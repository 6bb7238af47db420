// Words that the scripts show come from `core/words.ts`: no other source has a text for people, and no text is unused.
//
// A literal is a text if a word in it begins with a capital, if it is words between blanks, or if it stands where texts
// are shown. Selectors, classes and names of keys are none.
import { report, sources } from "./sources.mjs";

const WORDS = "core/words.ts";
/** Names of keys and errors, and the parts of a cookie. */
const NAMES = /^(Enter|Escape|Tab|Backspace|Arrow(Up|Down|Left|Right)?|TimeoutError|=?; ?(Secure|Path=.*))$/;
/** What stands before a text that people see or hear, whatever it looks like. */
const SHOWN =
  /(\b(textContent|innerText|title|placeholder|label|alt) ?[:=] |aria-label"[:,] |\b(announce|toast|confirm|alert)\()$/;

/** String and template literals of a source, each with what stands before it on its line. */
function literals(text) {
  const found = [];
  const braces = [];
  let at = 0;
  const before = (start) => text.slice(text.lastIndexOf("\n", start) + 1, start);
  const line = (start) => text.slice(0, start).split("\n").length;
  const template = () => {
    const start = at;
    let value = "";
    while (at < text.length && text[at] !== "`") {
      if (text.startsWith("${", at)) {
        found.push({ value, before: before(start - 1), line: line(start) });
        braces.push(0);
        at += 2;
        return;
      }
      if (text[at] === "\\") at += 1;
      value += text[at];
      at += 1;
    }
    at += 1;
    found.push({ value, before: before(start - 1), line: line(start) });
  };
  while (at < text.length) {
    const char = text[at];
    if (text.startsWith("//", at)) at = text.indexOf("\n", at);
    else if (text.startsWith("/*", at)) at = text.indexOf("*/", at) + 2;
    else if (char === "/" && /[(,=:[!&|?{};]\s*$/.test(text.slice(Math.max(0, at - 40), at))) {
      const length = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//.exec(text.slice(at))?.[0].length ?? 1;
      at += length;
    } else if (char === '"') {
      const [literal] = /^"(?:\\.|[^"\\])*"/.exec(text.slice(at));
      found.push({ value: literal.slice(1, -1), before: before(at), line: line(at) });
      at += literal.length;
    } else if (char === "`") {
      at += 1;
      template();
    } else if (char === "{" && braces.length > 0) {
      braces[braces.length - 1] += 1;
      at += 1;
    } else if (char === "}" && braces.length > 0) {
      at += 1;
      if (braces[braces.length - 1] === 0) {
        braces.pop();
        template();
      } else braces[braces.length - 1] -= 1;
    } else at += 1;
  }
  return found;
}
/** Returns true if people would read the literal. */
function isText({ value, before }) {
  if (NAMES.test(value)) return false;
  if (SHOWN.test(before)) return /\p{L}/u.test(value);
  if (/(^|[\s“(])\p{Lu}\p{Ll}+/u.test(value)) return true;
  const isClass = /\bclass(Name)?"?: [^,]*$/.test(before);
  return (
    !isClass &&
    /^(?=.*\p{L}{2})[\p{L}’'-]+( [\p{L}’'-]+)+[.…:,]?$|^\p{L}{2,} $|^ ?\p{L}{2,} $|^ \p{L}{2,}$/u.test(value)
  );
}

const scripts = sources(".ts");
const others = scripts.filter(({ path }) => path !== WORDS);
const texts = others.flatMap(({ path, text }) =>
  literals(text)
    .filter(isText)
    .map(({ value, line }) => `${path}:${line}: “${value}” belongs into ${WORDS}`),
);
report("Words of the scripts", texts);

const table = scripts.find(({ path }) => path === WORDS).text;
const used = others.flatMap(({ text }) => literals(text).map(({ value }) => value));
// A key whose last part is computed, as in `saved.${action}`, is used by its beginning.
const beginnings = used.filter((value) => /^[a-z_]+\.$/.test(value));
const keys = [...table.matchAll(/^ {2}"([a-z_.]+)":/gm)].map(([, key]) => key);
const unused = keys.filter(
  (key) => !used.includes(key) && !beginnings.some((start) => key.startsWith(start)),
);
report("Words that no script shows", unused);
