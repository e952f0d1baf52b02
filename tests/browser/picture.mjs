// The picture of the README: a dataset of the demo, and its home page beside it in shots.
// node tests/browser/picture.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paletted } from "./lib/png.mjs";
import { start } from "./lib/program.mjs";
import { search, signIn } from "./lib/steps.mjs";
import { openBrowser, shots, visitor } from "./lib/visitor.mjs";

const target = new URL("readme.png", import.meta.url).pathname;
const [dataset, account] = [process.argv[2] ?? "fct_order", process.argv[3] ?? "admin"];

const program = await start(["demo"], { says: /^\s+guest\s/m, seconds: 600 });
const browser = await openBrowser();
try {
  const password = program.said().match(new RegExp(`^\\s+${account}\\s+(\\S+)`, "m"))?.[1];
  if (!password) throw new Error(`no account ${account}:\n${program.said()}`);
  const guest = await visitor(browser, program.address);
  await signIn(guest, account, password);
  mkdirSync(shots, { recursive: true });
  await guest.open("/");
  await guest.page.screenshot({ path: join(shots, "demo-home.png") });
  await search(guest, dataset);
  await guest.go(guest.page.locator("main article.res h2 a", { hasText: new RegExp(`(^|\\.)${dataset}$`) }));
  const picture = await paletted(guest.page, await guest.page.screenshot());
  writeFileSync(target, picture);
  console.log(`${target}: ${picture.length} bytes`);
} finally {
  await browser.close();
  await program.stop();
}
