// A visitor with a browser: looks, keeps pictures, and has every page that they stop at checked for barriers.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const shots = new URL("./shots/", import.meta.url).pathname;
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const sizes = { wide: { width: 1440, height: 960 }, narrow: { width: 390, height: 844 } };

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      `--crash-dumps-dir=${mkdtempSync(join(tmpdir(), "cadastre-chromium."))}`],
  });
}

/** Somebody at an address. What their console or a page of theirs complains of is an error of the journey. */
export async function visitor(browser, address, { size = sizes.wide, locale = "en-US", theme = "light", script = true, as = undefined } = {}) {
  const context = await browser.newContext({
    baseURL: address, viewport: size, locale, colorScheme: theme, javaScriptEnabled: script,
    storageState: await as?.context.storageState(),
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (line) => {
    // A page that answers 4xx on purpose is said by the browser too.
    if (line.type() === "error" && !line.text().includes("Failed to load resource")) complaints.push(`${page.url()}: ${line.text()}`);
  });
  return {
    page, complaints, context,

    async open(path) {
      const answer = await page.goto(path);
      return answer.status();
    },

    async send(selector) {
      await Promise.all([page.waitForLoadState("domcontentloaded"), page.locator(selector).first().click()]);
      await page.waitForLoadState("load");
    },

    /** Fills fields by their names, in the form that has the field `form` or anywhere. */
    async fill(fields) {
      for (const [name, value] of Object.entries(fields)) {
        const field = page.locator(`main [name="${name}"]`).first();
        const tag = await field.evaluate((element) => element.tagName);
        if (tag === "SELECT") await field.selectOption(value);
        else await field.fill(value);
      }
    },

    async signIn(login, password) {
      await page.goto("/signin");
      await this.fill({ login, password });
      await this.send("main form button.p");
    },

    /** A picture, and no barrier. */
    async look(name) {
      mkdirSync(shots, { recursive: true });
      await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(beyond <= 0, `${name}: the page is ${beyond} px wider than the window`);
      if (!script) return;
      // Evaluated by the debugger, so the page's policy stays as strict as it is.
      await page.evaluate(axe);
      const found = await page.evaluate((only) => window.axe.run({ runOnly: only }), rules);
      const barriers = found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 160)).join("\n   ")}`);
      assert.deepEqual(barriers, [], `${name} (${page.url()})`);
    },

    text: () => page.locator("main").innerText(),
  };
}
