// Where a number comes from, on the sample company: from a column of a mart to the raw tables, drawn, as a table and
// without scripts, in both languages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { journey } from "./lib/journey.mjs";
import { start } from "./lib/program.mjs";
import { openDataset, signIn } from "./lib/steps.mjs";
import { openBrowser, visitor } from "./lib/visitor.mjs";

const step = journey(240);
let program;
let browser;
let admin;
let plain;
let report;

const boxes = (guest) => guest.page.locator(".stage [data-n] .hd b").allInnerTexts();
const box = (guest, name) => guest.page.locator(".stage [data-n]", { has: guest.page.locator(".hd b", { hasText: new RegExp(`^${name}$`) }) });

before(async () => {
  program = await start(["demo"], { says: /The demo is ready/, seconds: 220 });
  browser = await openBrowser();
  admin = await visitor(browser, program.address);
}, { timeout: 240_000 });

after(async () => {
  await browser?.close();
  const log = program?.log() ?? "";
  assert.equal(await program?.stop(), 0, log.slice(-3000));
}, { timeout: 120_000 });

step("the overview says how much has lineage, and where to start", async () => {
  const [, login, password] = program.said().match(/^ {2}(admin) +(\S+)/m);
  assert.equal(await signIn(admin, login, password), 200);
  assert.equal(await admin.open("/lineage"), 200);
  await admin.look("lineage-overview");
  assert.match(await admin.text(), /Where data begins and ends/);
  await admin.go(admin.page.locator('main a[href*="list=roots"]'));
  assert.ok(await admin.page.locator("#list .members li").count() > 3);
});

step("a mart's table: what it is made from, drawn", async () => {
  report = await openDataset(admin, "rpt_daily_sales", "rpt_daily_sales");
  await admin.go(admin.page.locator('nav.tabs a[href$="/lineage"]'));
  await admin.look("lineage-tab");
  await admin.go('main a.btn.p[href^="/lineage/"]');
  await admin.open(`/lineage/${report}?up=4`);
  assert.ok((await boxes(admin)).length > 4, `${await boxes(admin)}`);
  await admin.look("lineage-drawn");
});

step("a column is chosen: hovering lights the raw columns that it is made from", async () => {
  await admin.open(`/lineage/${report}?up=6&level=column`);
  const own = box(admin, "rpt_daily_sales").locator("[data-c]").filter({ hasText: /sales|amount|revenue|gmv/i }).first();
  await own.hover();
  await admin.page.waitForSelector(".stage.lit-path");
  const lit = await admin.page.locator(".stage [data-n].now .hd b").allInnerTexts();
  assert.ok(lit.length > 2, `${lit}`);
  await own.click();
  await admin.page.waitForLoadState("load");
  assert.match(admin.page.url(), /col=/);
  const raw = admin.page.locator('.stage [data-n] [data-c][aria-current="true"], .stage [data-n] .c.lit');
  assert.ok(await raw.count() > 2);
  assert.ok((await admin.page.locator("path.edge.hot").count()) > 1);
  assert.match(await admin.text(), /How it is computed/);
  await admin.look("lineage-column");
});

step("in Chinese, dark and narrow, and the same as a table", async () => {
  const here = admin.page.url().replace(program.address, "");
  for (const how of [{ language: "zh", theme: "dark" }, { size: "narrow" }, { size: "small", language: "zh" }]) {
    const guest = await visitor(browser, program.address, { ...how, as: admin });
    assert.equal(await guest.open(`${here}&lang=${how.language ?? "en"}`), 200);
    await guest.look(`lineage-column-${Object.values(how).join("-")}`);
    assert.equal(await guest.open(`${here}&view=table&lang=${how.language ?? "en"}`), 200);
    await guest.look(`lineage-table-${Object.values(how).join("-")}`);
    assert.deepEqual(guest.complaints, []);
    await guest.context.close();
  }
});

step("without scripts the table leads to the raw columns, and links open more", async () => {
  plain = await visitor(browser, program.address, { scripts: false, as: admin });
  const column = new URL(admin.page.url()).searchParams.get("col");
  assert.equal(await plain.open(`/lineage/${report}?up=6&level=column&col=${column}&view=table`), 200);
  const names = await plain.page.locator(".lg-tables td .at-place a.mono").allInnerTexts();
  assert.ok(names.length > 2 && new Set(names).size > 1, `${names}`);
  await plain.look("lineage-plain-table");
  await plain.open(`/lineage/${report}`);
  const few = (await boxes(plain)).length;
  await plain.go(plain.page.locator(".stage a.xp.l").first());
  assert.ok((await boxes(plain)).length > few);
  await plain.look("lineage-plain-opened");
  assert.deepEqual(plain.complaints, []);
});

step("the keyboard finds and opens", async () => {
  await admin.open(`/lineage/${report}?up=3`);
  await admin.page.keyboard.press("f");
  await admin.page.keyboard.type("order");
  await admin.page.waitForFunction(() => /\d/.test(document.querySelector("#find output")?.textContent ?? ""));
  await admin.page.keyboard.press("Escape");
});

step("the job behind it: its text with inputs and outputs lit, its versions", async () => {
  await admin.open("/jobs?q=daily");
  await admin.go(admin.page.locator("main td a", { hasText: /daily_sales|daily/ }).first());
  assert.ok(await admin.page.locator("pre.code mark").count() > 1);
  await admin.look("job-definition");
  await admin.go(admin.page.locator('nav.tabs a[href$="/lineage"]'));
  await admin.look("job-lineage");
});

step("the way from a raw table down to the report, and what it affects as a file", async () => {
  await admin.open("/lineage?list=roots");
  const id = await admin.page.locator("#list .members li").evaluateAll((all) => {
    const links = all.filter((one) => one.textContent.includes("shop_ext")).map((one) => one.querySelector("a.mono"));
    return links.find((link) => link.textContent === "orders")?.getAttribute("href").split("/")[2];
  });
  await admin.open(`/lineage/${id}/way?to=rpt_daily_sales`);
  assert.ok(await admin.page.locator("ol.chain > li").count() > 2, await admin.text());
  await admin.look("lineage-way");
  const [file] = await Promise.all([
    admin.page.waitForEvent("download"),
    admin.page.goto(`/lineage/${id}/impact.csv`).catch(() => {}),
  ]);
  const lines = readFileSync(await file.path(), "utf8").split("\n");
  assert.ok(lines.length > 3 && lines.some((line) => line.includes("rpt_daily_sales")), lines.slice(0, 5).join("\n"));
});

step("a pasted statement is read before it is kept", async () => {
  await admin.open("/jobs/new");
  const namespace = await admin.page.locator('[name="namespace"]').evaluate((field) =>
    (field.list ? field.list.options : field.options)[0]?.value ?? "harbour_warehouse");
  await admin.fill({ namespace, name: "by hand.sql", text: "insert into mart.fct_order (order_id) select order_id from staging.stg_order where" });
  await admin.go('main button[value="check"]');
  assert.match(await admin.text(), /by hand\.sql/);
  await admin.look("job-upload-error");
});

step("no page complained", () => assert.deepEqual(admin.complaints, []));
