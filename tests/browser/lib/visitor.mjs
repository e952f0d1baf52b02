// Somebody with a browser. What they stop at is photographed and looked over for barriers; what their browser
// complains of is an error of the journey.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const shots = new URL("../shots/", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// Of a taller page only the window is photographed: a picture of all of the API takes seconds.
const tallest = 15_000;

export const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 }, small: { width: 320, height: 700 } };
export const locales = { en: "en-US", zh: "zh-CN" };

/** Chromium with a new profile. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    timeout: 60_000,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A visitor at an address; `as` another visitor: signed in as they are. */
export async function visitor(browser, address, { size = "wide", language = "en", theme = "light", scripts = true, as } = {}) {
  const context = await browser.newContext({
    baseURL: address, viewport: sizes[size], locale: locales[language], colorScheme: theme, javaScriptEnabled: scripts,
    timezoneId: "Asia/Shanghai", storageState: await as?.context.storageState(),
  });
  context.setDefaultTimeout(15_000);
  context.setDefaultNavigationTimeout(30_000);
  const page = await context.newPage();
  const complaints = [];
  const streams = [];
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (line) => {
    // That a page answers 4xx is the journey's to judge; the browser says it too.
    const answered = line.text().startsWith("Failed to load resource") && line.location().url === page.url();
    if (line.type() === "error" && !answered) complaints.push(`${page.url()}: ${line.text()}`);
  });
  page.on("response", (answer) => {
    if (answer.headers()["content-type"]?.startsWith("text/event-stream")) streams.push(answer.url());
  });

  return {
    page, context, complaints, streams,

    /** Goes to an address; gives the status of the answer. A page that tells how far something is goes there itself at its end: then
        the visit is interrupted, or has no answer of its own, and is made once more. */
    async open(path) {
      for (let left = 3; ; left -= 1) {
        try {
          const answer = await page.goto(path);
          if (answer) return answer.status();
          if (left === 0) throw new Error(`no answer of its own at ${path}`);
        } catch (why) {
          if (left === 0 || !/interrupted by another navigation|net::ERR_ABORTED/.test(why.message)) throw why;
        }
        await page.waitForLoadState("load");
      }
    },

    /** Follows a link or sends a form; gives the status of the page that comes. */
    async go(target) {
      const at = typeof target === "string" ? page.locator(target).first() : target.first();
      const [answer] = await Promise.all([
        page.waitForResponse((found) => found.request().isNavigationRequest() && found.request().redirectedTo() === null
          && (found.status() < 300 || found.status() >= 400)),
        at.click(),
      ]);
      await page.waitForLoadState("load");
      return answer.status();
    },

    /** Fills fields by their names; `form` narrows where. */
    async fill(fields, form = "main") {
      for (const [name, value] of Object.entries(fields)) {
        const field = page.locator(`${form} [name="${name}"]:not([type=hidden])`).first();
        const kind = await field.evaluate((element) => element.type);
        if (kind === "select-one") await field.selectOption(value);
        else if (kind === "checkbox") await field.setChecked(value, { force: true });
        else if (kind === "radio") await page.locator(`${form} [name="${name}"][value="${value}"]`).check({ force: true });
        else await field.fill(String(value));
      }
    },

    text: () => page.locator("body").innerText(),

    /** The id in the address. */
    id: () => new URL(page.url()).pathname.split("/")[2],

    /** A picture; no wider than the window; no barrier (axe needs scripts, which its absence here does not hide: each page
        is looked over with scripts too). */
    async look(name) {
      for (let left = 3; ; left -= 1) {
        try {
          return await this.lookOnce(name);
        } catch (why) {
          // A page that tells how far something is comes again by itself at its end: then the new one is looked at.
          if (left === 0 || !/context was destroyed/.test(why.message)) throw why;
          await page.waitForLoadState("load");
        }
      }
    },

    async lookOnce(name) {
      mkdirSync(shots, { recursive: true });
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.screenshot({ path: join(shots, `${name}.png`), fullPage: height < tallest });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(beyond <= 0, `${name}: ${page.url()} is ${beyond} px wider than the window`);
      if (!scripts) return;
      await page.evaluate(axe); // by the debugger: the page's policy stays as strict as it is
      const { violations } = await page.evaluate((only) => window.axe.run({ runOnly: only, resultTypes: ["violations"] }), rules);
      const barriers = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 200)).join("\n    ")}`);
      assert.deepEqual(barriers, [], `${name}: barriers at ${page.url()}`);
    },
  };
}
