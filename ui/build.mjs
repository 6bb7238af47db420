// Builds the browser side of obcms: `node build.mjs FOLDER`.
//
// FOLDER receives every file under its hashed name, a brotli copy beside it where that is smaller, `assets.tsv`
// (name, file, content type), `icons.tsv` (name, content of the svg element) and the fonts of printed documents. `crates/web/build.rs` embeds
// exactly these; a packager may build the folder beforehand and name it in OBCMS_UI_DIST.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(root, "dist");
/** Fonts of printed documents: the program embeds them, browsers do not load them. */
const fonts = {
  "regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  "bold.ttf": "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf",
  "arabic.ttf": "@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf",
};
const contentTypes = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const result = await build({
  absWorkingDir: root,
  entryPoints: [
    "src/app.ts",
    "src/tasks/board.ts",
    "src/tasks/gantt.ts",
    "src/programme/project-board.ts",
    "src/calendar/calendar.ts",
    "src/styles/app.css",
    "src/styles/calendar/calendar.css",
    "src/styles/exchange/shared.css",
  ],
  outdir: target,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox121", "safari17.5"],
  minify: true,
  loader: { ".svg": "text" },
  legalComments: "none",
  plugins: [withoutIconFont()],
  metafile: true,
  logLevel: "warning",
});

const assets = [];
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  const file = basename(path);
  const extension = extname(file);
  const name = output.entryPoint ? basename(output.entryPoint, extname(output.entryPoint)) + extension : file;
  assets.push({ name, file });
}

addHashed("favicon.svg", readFileSync(join(root, "src/favicon.svg")));
addHashed("licences.txt", Buffer.from(licences(bundledPackages(result.metafile))));

for (const asset of assets) {
  const bytes = readFileSync(join(target, asset.file));
  const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  if (packed.length < bytes.length) {
    writeFileSync(join(target, `${asset.file}.br`), packed);
  }
}

assets.sort((left, right) => (left.name < right.name ? -1 : 1));
writeFileSync(
  join(target, "assets.tsv"),
  assets.map(({ name, file }) => `${name}\t${file}\t${contentTypes[extname(file)]}\n`).join(""),
);
writeFileSync(
  join(target, "icons.tsv"),
  iconNames()
    .map((name) => `${name}\t${iconContent(name)}\n`)
    .join(""),
);

for (const [name, file] of Object.entries(fonts)) {
  writeFileSync(join(target, name), readFileSync(join(root, "node_modules", file)));
}

/** Takes the icon font out of FullCalendar: we do not use it, and a font in a data address breaks our content policy. */
function withoutIconFont() {
  return {
    name: "without-icon-font",
    setup({ onLoad }) {
      onLoad({ filter: /@fullcalendar\/core\/internal-common\.js$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const without = text.replace(/@font-face\s*\{[^}]*\}/, "");
        if (without === text)
          throw new Error("the icon font of FullCalendar is not where it was: see build.mjs");
        return { contents: without, loader: "js" };
      });
    },
  };
}

/** Writes a file that esbuild does not make under a name with its own hash. */
function addHashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const extension = extname(name);
  const file = `${basename(name, extension)}-${hash}${extension}`;
  writeFileSync(join(target, file), bytes);
  assets.push({ name, file });
}

/** The packages whose code is in the bundles, and those of the icons and fonts. */
function bundledPackages(metafile) {
  const ofFonts = Object.values(fonts).map((file) => file.split("/").slice(0, 2).join("/"));
  const packages = new Set(["lucide-static", ...ofFonts]);
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  return [...packages].sort();
}

/** The licences of the bundled packages, which ask to travel with the code. */
function licences(packages) {
  return packages
    .map((name) => {
      const folder = join(root, "node_modules", name);
      const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const files = readdirSync(folder).filter((entry) => /^licen[cs]e/i.test(entry));
      const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
      const text = files.length > 0 ? texts.join("\n\n") : `Licence: ${about.license}`;
      return `${name} ${about.version}\n\n${text}\n`;
    })
    .join("\n\n");
}

/** The icons the pages use: `src/icons.txt`, one name a line. */
function iconNames() {
  return readFileSync(join(root, "src/icons.txt"), "utf8").split("\n").filter(Boolean);
}

/** What stands inside the svg element of an icon, on one line. */
function iconContent(name) {
  const path = join(root, "node_modules/lucide-static/icons", `${name}.svg`);
  if (!existsSync(path)) throw new Error(`src/icons.txt names "${name}", which lucide-static does not have`);
  const text = readFileSync(path, "utf8");
  const inner = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>"));
  return inner.replace(/\s+/g, " ").replaceAll("> <", "><").trim();
}
