// Copies the vendored files at their exact versions from node_modules into app/static/vendor/ (what pages load)
// and tests/browser/vendor/ (what only tests load), and writes app/static/vendor/manifest.json.
//
//   npm ci --ignore-scripts && node tools/assets.mjs
//
// Everything it writes is committed, so running the portal needs neither node nor a network.
// The same input gives the same bytes; `node tools/assets.mjs --check` writes nothing and fails on a difference.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vendor = "app/static/vendor";
const checking = process.argv.includes("--check");

const fonts = "@fontsource/ibm-plex-sans-arabic";
const weights = ["400", "600"];
const subsets = ["arabic", "cyrillic-ext", "latin", "latin-ext"];

const read = (path) => readFileSync(join(root, path));
const source = (name, path) => read(`node_modules/${name}/${path}`);
const about = (name) => JSON.parse(source(name, "package.json"));

/** Without the line that names a source map: we do not ship maps, and a browser's tools would ask for them. */
const withoutMap = (bytes) =>
  Buffer.from(bytes.toString("utf8").replace(/\n?\/[*/]# sourceMappingURL=[^\n]*\n?/g, "\n"));

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** One style sheet for both weights, naming only the woff2 files that are shipped, each with the hash of its content as
    static_url() writes it: the page's preload and the sheet then mean the same address. */
function fontSheet() {
  const sheets = weights.map((weight) => source(fonts, `${weight}.css`).toString("utf8").trim());
  const css = sheets.join("\n\n").replace(/, url\([^)]*\.woff\) format\('woff'\)/g, "")
    .replace(/url\(\.\/(files\/[^)]+)\)/g, (_, file) => `url(./${file}?v=${sha256(source(fonts, file)).slice(0, 10)})`);
  return Buffer.from(css + "\n");
}

/** The symbols that tools/icons.txt names, with their own ids. */
function iconSprite() {
  const sprite = source("lucide-static", "sprite.svg").toString("utf8");
  const names = read("tools/icons.txt").toString("utf8").split("\n").map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  const symbols = [...new Set(names)].sort().map((name) => {
    const symbol = sprite.match(new RegExp(`<symbol id="${name}"[^>]*>.*?</symbol>`, "s"));
    if (!symbol) throw new Error(`lucide has no icon "${name}" (tools/icons.txt)`);
    return symbol[0].replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
  });
  const licence = `<!-- lucide-static ${about("lucide-static").version}, ISC -->`;
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${licence}\n${symbols.join("\n")}\n</svg>\n`);
}

const plan = [
  ["bootstrap", `${vendor}/bootstrap/bootstrap.min.css`, () => withoutMap(source("bootstrap", "dist/css/bootstrap.min.css"))],
  ["bootstrap", `${vendor}/bootstrap/bootstrap.rtl.min.css`, () => withoutMap(source("bootstrap", "dist/css/bootstrap.rtl.min.css"))],
  ["bootstrap", `${vendor}/bootstrap/LICENSE`, () => source("bootstrap", "LICENSE")],
  [fonts, `${vendor}/ibm-plex-sans-arabic/fonts.css`, fontSheet],
  [fonts, `${vendor}/ibm-plex-sans-arabic/LICENSE`, () => source(fonts, "LICENSE")],
  ...weights.flatMap((weight) => subsets.map((subset) => {
    const file = `files/ibm-plex-sans-arabic-${subset}-${weight}-normal.woff2`;
    return [fonts, `${vendor}/ibm-plex-sans-arabic/${file}`, () => source(fonts, file)];
  })),
  ["htmx.org", `${vendor}/htmx/htmx.min.js`, () => withoutMap(source("htmx.org", "dist/htmx.min.js"))],
  ["htmx.org", `${vendor}/htmx/LICENSE`, () => source("htmx.org", "LICENSE")],
  ["lucide-static", `${vendor}/icons.svg`, iconSprite],
  ["lucide-static", `${vendor}/icons.LICENSE`, () => source("lucide-static", "LICENSE")],
  ["axe-core", "tests/browser/vendor/axe.min.js", () => withoutMap(source("axe-core", "axe.min.js"))],
  ["axe-core", "tests/browser/vendor/LICENSE", () => source("axe-core", "LICENSE")],
];

const differing = [];

function put(path, bytes) {
  if (checking) {
    let there = null;
    try { there = read(path); } catch { /* missing counts as different */ }
    if (!there || !there.equals(bytes)) differing.push(path);
    return;
  }
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

// Everything is made before anything is removed, so that a failure leaves the old files in place.
const made = plan.map(([name, path, make]) => [name, path, make()]);
if (!checking) for (const folder of [vendor, "tests/browser/vendor"]) rmSync(join(root, folder), { recursive: true, force: true });

const files = made.map(([name, path, bytes]) => {
  put(path, bytes);
  const { version, license } = about(name);
  return { package: name, version, licence: license, file: path, sha256: sha256(bytes), bytes: bytes.length };
});
put(`${vendor}/manifest.json`, Buffer.from(JSON.stringify({ files }, null, 2) + "\n"));

if (differing.length) {
  console.error(`Differs from the packages, run "make assets":\n${differing.join("\n")}`);
  process.exit(1);
}
console.log(`${files.length} vendored files ${checking ? "are as they should be" : "written"}`);
