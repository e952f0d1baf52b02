// Fills ../assets with what is not written by hand: htmx, the symbols, our own scripts bundled.
// Run by `npm install && npm run vendor` in this folder; the output is committed, with its sums in VENDORED.md.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";

const assets = new URL("../assets/", import.meta.url).pathname;
const modules = new URL("./node_modules/", import.meta.url).pathname;
const version = async (name) => JSON.parse(await readFile(`${modules}${name}/package.json`, "utf8")).version;
await mkdir(`${assets}licences`, { recursive: true });

await copyFile(`${modules}htmx.org/dist/htmx.min.js`, `${assets}js/htmx.min.js`);
await copyFile(`${modules}htmx.org/LICENSE`, `${assets}licences/htmx.txt`);
await copyFile(`${modules}lucide-static/LICENSE`, `${assets}licences/lucide.txt`);

const names = (await readFile(`${assets}icons/names.txt`, "utf8")).split(/\s+/).filter(Boolean).sort();
const symbols = await Promise.all(names.map(async (name) => {
  const svg = await readFile(`${modules}lucide-static/icons/${name}.svg`, "utf8");
  const inner = svg.replace(/<!--.*?-->/s, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "");
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>").trim()}</symbol>`;
}));
await writeFile(`${assets}icons/sprite.svg`, `${symbols.join("\n")}\n`);

await build({
  entryPoints: ["shell.ts", "progress.ts", "lineage.ts"].map((file) => new URL(file, import.meta.url).pathname),
  outdir: `${assets}js`, bundle: true, minify: true, format: "iife", target: "es2022", legalComments: "none",
});

const rows = [];
for (const [file, what, licence] of [
  ["js/htmx.min.js", `htmx.org ${await version("htmx.org")}`, "0BSD"],
  ["icons/sprite.svg", `lucide-static ${await version("lucide-static")}, the symbols in icons/names.txt`, "ISC"],
  ["js/shell.js", `ours, from js-src/shell.ts by esbuild ${await version("esbuild")}`, "Apache-2.0"],
  ["js/progress.js", `ours, from js-src/progress.ts by esbuild ${await version("esbuild")}`, "Apache-2.0"],
  ["js/lineage.js", `ours, from js-src/lineage.ts by esbuild ${await version("esbuild")}`, "Apache-2.0"],
]) {
  const sum = createHash("sha256").update(await readFile(assets + file)).digest("hex");
  rows.push(`| ${file} | ${what} | ${licence} | \`${sum}\` |`);
}
await writeFile(`${assets}VENDORED.md`, `# What is not written here by hand

Made by \`npm install && npm run vendor\` in \`frontend/js-src\`; a test holds the sums against the files. Licences: \`licences/\`.

| file | what | licence | sha256 |
|---|---|---|---|
${rows.join("\n")}
`);
