// Copies the vendored files at their exact versions from node_modules into app/static/vendor/ (what pages load), app/data/fonts/
// (what PDF are set in) and tests/browser/vendor/ (what only tests load), and writes app/static/vendor/manifest.json.
//
//   npm ci --ignore-scripts && node tools/assets.mjs
//
// Everything it writes is committed, so running the portal needs neither node nor a network.
// The same input gives the same bytes; `node tools/assets.mjs --check` writes nothing and fails on a difference.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const vendor = "app/static/vendor";
const printed = "app/data/fonts";
const checking = process.argv.includes("--check");

const fonts = "@fontsource/ibm-plex-sans-arabic";
const weights = ["400", "600"];
const whole = "@ibm/plex-sans-arabic";
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

/** The font inside a WOFF file (W3C, WOFF 1.0): the same tables, no longer compressed, each at a multiple of four. */
function unpacked(woff) {
  const count = woff.readUInt16BE(12), power = 31 - Math.clz32(count);
  const font = Buffer.alloc(woff.readUInt32BE(16));
  woff.copy(font, 0, 4, 8);
  [count, 16 << power, power, (count - (1 << power)) * 16].forEach((value, i) => font.writeUInt16BE(value, 4 + 2 * i));
  let end = 12 + 16 * count;
  for (let i = 0; i < count; i += 1) {
    const [offset, packed, size, sum] = [4, 8, 12, 16].map((at) => woff.readUInt32BE(44 + 20 * i + at));
    const bytes = woff.subarray(offset, offset + packed);
    woff.copy(font, 12 + 16 * i, 44 + 20 * i, 48 + 20 * i);
    [sum, end, size].forEach((value, at) => font.writeUInt32BE(value, 16 + 16 * i + 4 * at));
    (packed < size ? inflateSync(bytes) : bytes).copy(font, end);
    end += (size + 3) & ~3;
  }
  return font;
}

// Bootstrap's parts that no page of ours uses: we have our own in taawun.css, or none.
const unused = ["accordion", "alert", "badge", "card", "carousel", "dropdown", "dropend", "dropstart", "dropup", "figure", "form-floating",
  "form-range", "input-group", "list-group", "modal", "nav", "navbar", "offcanvas", "placeholder", "popover", "progress", "ratio",
  "spinner", "tab", "text-bg", "toast", "tooltip", "btn-check", "btn-close", "btn-group", "btn-toolbar", "vr", "hstack", "vstack",
  "link-(?:primary|secondary|success|danger|warning|info|light|dark|body-emphasis|opacity|offset|underline)",
  "btn-(?:outline-)?(?:secondary|success|danger|warning|info|light|dark)", "table-(?:primary|secondary|success|danger|warning|info|light|dark)",
  "text-(?!wrap|nowrap|break|center|start|end|decoration-none)[a-z-]+", "(?:bg|border|shadow|z|fs|fst|fw-bold|rounded|position|top|bottom|start|end|translate-middle|opacity|object-fit|float|focus-ring|icon-link)(?=-)",
  "(?:[a-z]+-)+(?:sm|md|lg|xl|xxl)-[a-z0-9-]+", "container-(?:sm|md|lg|xl|xxl)"];
const isUnused = new RegExp(`\\.(?:${unused.join("|")})(?![a-z0-9])|\\.(?:${unused.join("|")})-`);

/** A style sheet without the rules all of whose selectors name an unused part; blocks left empty go too. */
function withoutUnused(css) {
  let out = "", at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) return out + css.slice(at);
    const head = css.slice(at, open);
    let depth = 1, end = open + 1;
    for (; depth; end += 1) depth += css[end] === "{" ? 1 : css[end] === "}" ? -1 : 0;
    const body = css.slice(open + 1, end - 1);
    if (/@(media|supports)/.test(head)) {
      const kept = withoutUnused(body);
      if (kept) out += `${head}{${kept}}`;
    } else if (head.includes("@") && !head.includes("keyframes")) out += `${head}{${body}}`;
    else if (!head.includes("@") && !splitSelectors(head).every((selector) => isUnused.test(selector))) out += `${head}{${body}}`;
    at = end;
  }
  return out;
}

/** A selector list taken apart at the commas outside brackets. */
const splitSelectors = (head) => head.replace(/^(@charset "UTF-8";|\/\*.*?\*\/)+/s, "").split(/,(?![^(]*\))/);

const bootstrap = (file) => Buffer.from(withoutUnused(withoutMap(source("bootstrap", `dist/css/${file}`)).toString("utf8")));

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

// package, file, how it is made, and how that differs from the file in the package.
const plan = [
  ["bootstrap", `${vendor}/bootstrap/bootstrap.min.css`, () => bootstrap("bootstrap.min.css"), "without the parts that no page uses, and without the source map"],
  ["bootstrap", `${vendor}/bootstrap/bootstrap.rtl.min.css`, () => bootstrap("bootstrap.rtl.min.css"), "without the parts that no page uses, and without the source map"],
  ["bootstrap", `${vendor}/bootstrap/LICENSE`, () => source("bootstrap", "LICENSE")],
  [fonts, `${vendor}/ibm-plex-sans-arabic/fonts.css`, fontSheet, "400.css and 600.css in one, woff2 only"],
  [fonts, `${vendor}/ibm-plex-sans-arabic/LICENSE`, () => source(fonts, "LICENSE")],
  ...weights.flatMap((weight) => subsets.map((subset) => {
    const file = `files/ibm-plex-sans-arabic-${subset}-${weight}-normal.woff2`;
    return [fonts, `${vendor}/ibm-plex-sans-arabic/${file}`, () => source(fonts, file)];
  })),
  ...["Regular", "SemiBold"].map((weight) => {
    const file = `IBMPlexSansArabic-${weight}`;
    return [whole, `${printed}/${file}.ttf`, () => unpacked(source(whole, `fonts/complete/woff/${file}.woff`)), "unpacked from WOFF"];
  }),
  [whole, `${printed}/LICENSE`, () => source(whole, "LICENSE.txt")],
  ["htmx.org", `${vendor}/htmx/htmx.min.js`, () => withoutMap(source("htmx.org", "dist/htmx.min.js"))],
  ["htmx.org", `${vendor}/htmx/LICENSE`, () => source("htmx.org", "LICENSE")],
  ["lucide-static", `${vendor}/icons.svg`, iconSprite, "the symbols named in tools/icons.txt"],
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
const made = plan.map(([name, path, make, changed]) => [name, path, make(), changed]);
if (!checking) for (const folder of [vendor, printed, "tests/browser/vendor"]) rmSync(join(root, folder), { recursive: true, force: true });

const files = made.map(([name, path, bytes, changed]) => {
  put(path, bytes);
  const { version, license } = about(name);
  return { package: name, version, licence: license, file: path, sha256: sha256(bytes), bytes: bytes.length, ...(changed && { changed }) };
});
put(`${vendor}/manifest.json`, Buffer.from(JSON.stringify({ files }, null, 2) + "\n"));

if (differing.length) {
  console.error(`Differs from the packages, run "make assets":\n${differing.join("\n")}`);
  process.exit(1);
}
console.log(`${files.length} vendored files ${checking ? "are as they should be" : "written"}`);
