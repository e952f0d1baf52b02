// The first walk: from an empty register to a colleague who sees one schema and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeSource, pause, start } from "./program.mjs";
import { openBrowser, sizes, visitor } from "./visitor.mjs";

let program;
let browser;
let source;
let admin;
const place = {};
const login = "lin.wei";
const password = "a harbour with twelve pines";

before(async () => {
  source = makeSource();
  program = await start(["serve"], { CADASTRE_ALLOW_NETWORKS: `127.0.0.1/32:${source.port}` });
  browser = await openBrowser();
  admin = await visitor(browser, program.address);
});

after(async () => {
  await browser?.close();
  const code = await program?.stop();
  assert.equal(code, 0, program?.log().slice(-2000));
});

const idOf = (url) => new URL(url).pathname.split("/")[2];

test("the first administrator is made by the one-time link", async () => {
  const link = program.said().match(/\/setup\/\S+/)?.[0];
  assert.ok(link, program.said());
  await admin.open(link);
  await admin.look("01-set-up");
  await admin.fill({ display_name: "Lin Wei", login, password });
  await admin.send("main form button.p");
  assert.notEqual(await (await visitor(browser, program.address)).open(link), 200, "the link works once");
});

test("they sign in", async () => {
  await admin.context.clearCookies();
  await admin.open("/");
  assert.match(admin.page.url(), /\/signin/);
  await admin.look("02-sign-in");
  await admin.signIn(login, "not the password at all");
  assert.match(await admin.text(), /User name or password is not right/);
  await admin.signIn(login, password);
  assert.equal(await admin.open("/"), 200);
  await admin.look("03-home-empty");
});

test("they add a source: its connection is tested first", async () => {
  await admin.open("/sources/new");
  await admin.look("04-source-kind");
  await admin.send('main a[href*="kind=postgresql"]');
  const { host, port, database, user } = source;
  const fields = { name: "Web shop", host, port, database, user, tls: "disable" };
  await admin.fill({ ...fields, secret: "wrong" });
  await admin.send('main button[value="test"]');
  await admin.look("05-source-refused");
  assert.match(await admin.page.locator("#checks").innerText(), /Fails/);
  await admin.fill({ ...fields, secret: source.password });
  await admin.send('main button[value="test"]');
  await admin.look("06-source-tested");
  assert.doesNotMatch(await admin.page.locator("#checks").innerText(), /Fails/);
  await admin.fill({ secret: source.password });
  await admin.send('main button[value="save"]');
  await admin.look("07-source-scope");
  await admin.send("main form button.p");
  await admin.look("08-source-schedule");
  if (await admin.page.locator('main [name="crawl_now"]').isChecked()) await admin.page.locator('main [name="crawl_now"]').uncheck();
  await admin.send("main form button.p");
  place.source = idOf(admin.page.url());
  assert.equal(await admin.open(`/sources/${place.source}`), 200);
  await admin.look("09-source");
});

async function crawl(shot) {
  await admin.open(`/sources/${place.source}`);
  await admin.send(`main form[action$="/crawl"] button`);
  await admin.look(shot);
  for (let tries = 0; tries < 150; tries += 1, await pause(200)) {
    await admin.open(`/sources/${place.source}`);
    if (await admin.page.locator(`main form[action$="/crawl"]`).count()) return;
  }
  assert.fail(`the crawl does not end: ${await admin.text()}`);
}

test("a crawl runs and says how far it is", async () => {
  await crawl("10-crawl");
  await admin.look("11-source-crawled");
  await admin.send(`main a[href^="/tasks/"]`);
  await admin.look("12-task");
  await admin.open("/tasks");
  await admin.look("13-tasks");
});

test("a table is found in English and in Chinese", async () => {
  for (const [words, expected] of [["orders", "orders"], ["web shop orders", "orders"], ["客户", "customers"], ["订单", "orders"]]) {
    await admin.open(`/search?q=${encodeURIComponent(words)}`);
    const found = await admin.page.locator("main article.res h2 a").allInnerTexts();
    assert.ok(found.some((name) => name.includes(expected)), `${words}: ${found}`);
  }
  await admin.look("14-search");
  await admin.open("/search?q=orders");
  await admin.page.locator("main article.res h2 a", { hasText: /^(sales\.)?orders$/ }).first().click();
  await admin.page.waitForLoadState("load");
  place.orders = idOf(admin.page.url());
  assert.match(await admin.text(), /Orders of the web shop/);
  await admin.look("15-dataset");
  await admin.open("/search?q=salaries");
  place.salaries = idOf(new URL(await admin.page.locator("main article.res h2 a").first().getAttribute("href"), program.address).href);
});

const written = "Every order that a customer **confirmed** on the web; cancelled ones stay, with amount 0.";

test("its description is edited", async () => {
  place.before = new Date().toISOString();
  await pause(50);
  await admin.open(`/d/${place.orders}/edit`);
  await admin.look("16-edit");
  await admin.fill({ description_en: written, description_zh: "顾客在网上**确认**的每一笔订单；取消的也保留，金额为 0。" });
  await admin.send('main form[action$="/text"] button.p');
  await admin.open(`/d/${place.orders}`);
  assert.match(await admin.text(), /Every order that a customer confirmed/);
});

test("another crawl leaves what a person wrote", async () => {
  await crawl("17-crawl-again");
  await admin.open(`/d/${place.orders}`);
  assert.match(await admin.text(), /Every order that a customer confirmed/);
  await admin.look("18-dataset-described");
});

test("the history shows the change, and the page of then is without it", async () => {
  await admin.open(`/d/${place.orders}/history`);
  assert.match(await admin.text(), /Lin Wei/);
  await admin.look("19-history");
  await admin.open(`/d/${place.orders}?at=${encodeURIComponent(place.before)}`);
  assert.doesNotMatch(await admin.text(), /Every order that a customer confirmed/);
  assert.match(await admin.text(), /Orders of the web shop/);
  await admin.look("20-as-of");
});

test("a colleague gets access to one schema, and sees that and nothing else", async () => {
  await admin.open("/people/new");
  await admin.fill({ display_name: "Chen Yu", login: "chen.yu" });
  await admin.page.locator('main [name="kind"][value="person"]').check({ force: true });
  await admin.send("main form button.p");
  const once = (await admin.page.locator("main .secret code").innerText()).trim();
  await admin.look("21-person-made");

  await admin.open(`/d/${place.orders}`);
  await admin.page.locator('main a[href^="/browse/"]', { hasText: /^sales$/ }).first().click();
  await admin.page.waitForLoadState("load");
  place.schema = idOf(admin.page.url());
  await admin.open(`/browse/${place.schema}/access`);
  await admin.fill({ subject_kind: "person", subject: "chen.yu", role: "viewer", ceiling: "internal", reason: "Reports of the web shop" });
  await admin.send("main #grant form button.p");
  assert.match(await admin.text(), /Chen Yu/);
  await admin.look("22-granted");

  const colleague = await visitor(browser, program.address, { locale: "zh-CN" });
  await colleague.signIn("chen.yu", once);
  await colleague.open("/account");
  await colleague.look("23-first-password");
  await colleague.fill({ current: once, password: "seven gulls over the pier", again: "seven gulls over the pier" });
  await colleague.send('main form[action="/account/password"] button');
  await colleague.open("/search");
  const seen = await colleague.page.locator("main article.res h2 a").allInnerTexts();
  assert.deepEqual(seen.map((name) => name.split(".").pop()).sort(), ["customers", "daily_orders", "orders"]);
  await colleague.look("24-colleague-search-zh");
  assert.equal(await colleague.open(`/d/${place.salaries}`), 404);
  await colleague.look("25-not-found-zh");
  assert.equal(await colleague.open(`/d/${place.orders}`), 200);
  assert.match(await colleague.text(), /顾客在网上确认的每一笔订单/);
  assert.equal(await colleague.page.locator('main a[href$="/edit"]').count(), 0);
  await colleague.look("26-colleague-dataset-zh");
  assert.deepEqual(colleague.complaints, []);
});

test("each page stands in both languages, light and dark, wide and narrow", async () => {
  const pages = {
    home: "/", search: "/search?q=orders", browse: "/browse", schema: `/browse/${place.schema}`, dataset: `/d/${place.orders}`,
    history: `/d/${place.orders}/history`, source: `/sources/${place.source}`, tasks: "/tasks", people: "/people", account: "/account",
    access: `/browse/${place.schema}/access`, admin: "/admin", audit: "/audit", roles: "/access/roles", api: "/api",
  };
  for (const [language, locale] of [["en", "en-US"], ["zh", "zh-CN"]]) {
    for (const theme of ["light", "dark"]) {
      for (const [name, size] of Object.entries(sizes)) {
        const guest = await visitor(browser, program.address, { size, locale, theme, as: admin });
        for (const [page, path] of Object.entries(pages)) {
          assert.equal(await guest.open(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`), 200, path);
          await guest.look(`page-${page}-${language}-${theme}-${name}`);
        }
        assert.deepEqual(guest.complaints, []);
        await guest.context.close();
      }
    }
  }
});

test("all of it goes without scripts", async () => {
  const plain = await visitor(browser, program.address, { script: false });
  await plain.signIn(login, password);
  await plain.open("/search?q=orders");
  await plain.page.locator("main article.res h2 a", { hasText: /^(sales\.)?orders$/ }).first().click();
  assert.match(await plain.text(), /Every order that a customer confirmed/);
  await plain.open(`/d/${place.orders}/edit`);
  await plain.fill({ display_name_en: "Web orders" });
  await plain.send('main form[action$="/text"] button.p');
  await plain.open(`/d/${place.orders}`);
  assert.match(await plain.text(), /Web orders/);
  await plain.look("30-no-scripts");
});

test("nothing complained on the way", () => {
  assert.deepEqual(admin.complaints, []);
});
