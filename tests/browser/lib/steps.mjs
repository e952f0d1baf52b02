// What every journey begins with, done by hand in the browser.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { start } from "./program.mjs";
import { startSource } from "./source.mjs";
import { until } from "./time.mjs";
import { openBrowser, shots, visitor } from "./visitor.mjs";

export const administrator = { display_name: "Lin Wei", login: "lin.wei", password: "a harbour with twelve pines" };

/** An empty register, a source beside it and a browser; `end` stops them and says how the program went. */
export async function begin() {
  const parts = {};
  async function end() {
    await parts.browser?.close();
    const code = await parts.program?.stop();
    await parts.source?.stop();
    console.log(`pictures: ${shots}`);
    return code;
  }
  try {
    parts.source = await startSource();
    parts.program = await start(["serve"], {
      says: /\/setup\//, settings: { CADASTRE_ALLOW_NETWORKS: `127.0.0.1/32:${parts.source.port}` },
    });
    parts.browser = await openBrowser();
  } catch (why) {
    await end();
    throw why;
  }
  return { ...parts, end };
}

/** The stage of a journey, from before its first step to after its last: what `begin` gives. `enter` is told who comes with a browser. */
export function staged(enter, how = {}) {
  const stage = {};
  before(async () => {
    Object.assign(stage, await begin());
    enter(await visitor(stage.browser, stage.program.address, how));
  }, { timeout: 240_000 });
  after(async () => {
    if (!stage.end) return;
    const log = stage.program.log();
    assert.equal(await stage.end(), 0, log.slice(-3000));
  }, { timeout: 120_000 });
  return stage;
}

/** The address that an empty register prints for its first person. */
export function setUpLink(program) {
  return program.said().match(/\/setup\/[\w-]+/)[0];
}

export async function signIn(guest, login, password) {
  await guest.open("/signin");
  await guest.fill({ login, password });
  return guest.go("main form button.p");
}

/** Makes the first administrator by the one-time link; they are signed in afterwards. */
export async function setUp(guest, program) {
  assert.equal(await guest.open(setUpLink(program)), 200);
  await guest.fill(administrator);
  assert.equal(await guest.go("main form button.p"), 200);
  await guest.open("/");
  if (guest.page.url().includes("/signin")) await signIn(guest, administrator.login, administrator.password);
}

/** Opens the form for a connection and fills it, all but the secret. */
export async function fillConnection(guest, source, name) {
  await guest.open("/sources/new");
  await guest.go('main a[href*="kind=postgresql"]');
  const { host, port, database, user } = source;
  await guest.fill({ name, host, port, database, user, tls: "disable" });
}

/** From a filled form for a connection to the source's page, without a crawl; gives its id. */
export async function saveSource(guest, source, look = async () => {}) {
  await guest.fill({ secret: source.password });
  assert.equal(await guest.go('main button[value="save"]'), 200);
  await look("scope");
  assert.equal(await guest.go("main form button.p"), 200);
  await look("schedule");
  await guest.fill({ crawl_now: false });
  assert.equal(await guest.go("main form button.p"), 200);
  assert.match(guest.page.url(), /\/sources\/[0-9a-f-]{36}$/);
  return guest.id();
}

/** Starts a crawl from the source's page and reads that page again until it is over. */
export async function crawl(guest, source) {
  await guest.open(`/sources/${source}`);
  await guest.go('main form[action$="/crawl"] button');
  await crawled(guest, source);
}

/** Comes back when no crawl of the source runs any more. */
export async function crawled(guest, source) {
  await until(60, "the end of the crawl", async () => {
    await guest.open(`/sources/${source}`);
    return await guest.page.locator('main form[action$="/crawl"]').count() > 0;
  });
}

/** Searches; gives the names of what was found, in their order. */
export async function search(guest, words, filter = "") {
  assert.equal(await guest.open(`/search?q=${encodeURIComponent(words)}${filter}`), 200);
  return guest.page.locator("main article.res h2 a").allInnerTexts();
}

/** Searches and opens the dataset of that name; gives its id. */
export async function openDataset(guest, words, name) {
  await search(guest, words);
  const link = guest.page.locator("main article.res h2 a", { hasText: new RegExp(`(^|\\.)${name}$`) });
  assert.equal(await guest.go(link), 200);
  return guest.id();
}
