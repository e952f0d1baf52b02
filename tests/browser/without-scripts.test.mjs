// The same, with JavaScript switched off: nothing of the register needs it.
import assert from "node:assert/strict";
import { journey } from "./lib/journey.mjs";
import * as steps from "./lib/steps.mjs";

const step = journey();
let guest;
const stage = steps.staged((visitor) => { guest = visitor; }, { scripts: false });
let source;
let loans;

step("set up, sign in", async () => {
  await steps.setUp(guest, stage.program);
  assert.equal(await guest.open("/"), 200);
  await guest.look("plain-home");
});

step("add a source and crawl it", async () => {
  await steps.fillConnection(guest, stage.source, "City library");
  source = await steps.saveSource(guest, stage.source);
  await steps.crawl(guest, source);
  await guest.look("plain-source");
});

step("find a table in both languages, by search and by filter", async () => {
  for (const words of ["loans", "借阅"]) assert.ok((await steps.search(guest, words)).some((name) => name.endsWith("loans")), words);
  await guest.open("/search");
  await guest.go(guest.page.locator("main details.fac a", { hasText: "payroll" }));
  assert.equal((await guest.page.locator("main article.res").count()), 3);
  await guest.look("plain-search");
});

step("edit its description, see it and its history, and the page of before", async () => {
  loans = await steps.openDataset(guest, "loans", "loans");
  const before = new Date().toISOString();
  await new Promise((later) => setTimeout(later, 1100));
  await guest.open(`/d/${loans}/edit`);
  await guest.fill({ description_en: "Written without a script" }, 'form[action$="/text"]');
  assert.equal(await guest.go('main form[action$="/text"] button.p'), 200);
  await guest.open(`/d/${loans}`);
  assert.match(await guest.text(), /Written without a script/);
  await guest.look("plain-dataset");
  await guest.open(`/d/${loans}/history`);
  assert.match(await guest.text(), /Written without a script/);
  await guest.open(`/d/${loans}?at=${encodeURIComponent(before)}`);
  assert.doesNotMatch(await guest.text(), /Written without a script/);
});

step("choose the language and the theme, and sign out", async () => {
  await guest.open("/?lang=zh");
  assert.equal(await guest.page.locator("html").getAttribute("lang"), "zh-Hans");
  await guest.look("plain-home-zh");
  await guest.page.locator("header details.menu summary").last().click();
  await guest.go('form[action="/signout"] button');
  await guest.open("/sources");
  assert.match(guest.page.url(), /\/signin/);
});

step("no page complained", () => assert.deepEqual(guest.complaints, []));
