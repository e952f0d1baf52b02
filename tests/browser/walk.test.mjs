// The first walk: from an empty register to a colleague who sees one schema and nothing else.
import assert from "node:assert/strict";
import { journey } from "./lib/journey.mjs";
import * as steps from "./lib/steps.mjs";
import { until } from "./lib/time.mjs";
import { visitor } from "./lib/visitor.mjs";

const step = journey();
const written = "Every loan that a member **took home**; returned ones stay.";
const shown = /Every loan that a member took home/;
const fromSource = /A copy in the hands of a member/;
const colleaguesPassword = "seven gulls over the pier";
const hidden = /payroll|salaries|employees|contracts|工资|员工/i;

/** The stage, who stands on it, and the ids of what they found. */
let admin;
const stage = steps.staged((guest) => { admin = guest; });
let colleague;
const ids = {};

step("the first administrator is made by the printed link, once", async () => {
  const link = steps.setUpLink(stage.program);
  await admin.open(link);
  await admin.look("01-set-up");
  await steps.setUp(admin, stage.program);
  const late = await visitor(stage.browser, stage.program.address);
  assert.equal(await late.open(link), 404);
  await late.context.close();
});

step("they sign in; a wrong password is told in words", async () => {
  await admin.context.clearCookies();
  await admin.open("/sources");
  assert.match(admin.page.url(), /\/signin/);
  await admin.look("02-sign-in");
  assert.equal(await steps.signIn(admin, steps.administrator.login, "not the password at all"), 422);
  assert.match(await admin.text(), /User name or password is not right/);
  assert.equal(await steps.signIn(admin, steps.administrator.login, steps.administrator.password), 200);
  assert.equal(await admin.open("/"), 200);
  await admin.look("03-home-empty");
});

step("they add a source, which is tested first", async () => {
  await admin.open("/sources/new");
  await admin.look("04-source-kind");
  await steps.fillConnection(admin, stage.source, "City library");
  await admin.fill({ secret: "wrong" });
  await admin.go('main button[value="test"]');
  assert.match(await admin.page.locator("#checks").innerText(), /Sign-in[\s\S]*Fails|Fails[\s\S]*Sign-in/);
  await admin.look("05-source-refused");
  assert.doesNotMatch(await admin.page.content(), /value="wrong"/, "a secret is never written back");
  await admin.fill({ secret: stage.source.password });
  assert.equal(await admin.go('main button[value="test"]'), 200);
  const checks = await admin.page.locator("#checks").innerText();
  for (const word of ["Name", "Connection", "Encryption", "Sign-in", "Server", "Rights"]) assert.ok(checks.includes(word), `${word}: ${checks}`);
  assert.doesNotMatch(checks, /Fails|Not tried/);
  assert.match(checks, /in the clear/);
  await admin.look("06-source-tested");
  ids.source = await steps.saveSource(admin, stage.source, (at) => admin.look(`07-source-${at}`));
  await admin.look("08-source");
});

step("a crawl tells how far it is, by itself", async () => {
  await admin.go('main form[action$="/crawl"] button');
  await admin.look("09-crawl-begun");
  await until(60, "the page's own news of the end", () => admin.page.evaluate(() => !document.querySelector("[data-events]")).catch(() => false));
  await steps.crawled(admin, ids.source);
  await admin.look("10-source-crawled");
  await admin.go('main a[href^="/tasks/"]');
  ids.task = admin.id();
  assert.match(await admin.text(), /Done/);
  await admin.look("11-task");
  await admin.open("/tasks");
  await admin.look("12-tasks");
});

step("a table is found by a Chinese and by an English word", async () => {
  for (const [words, name] of [["loans", "loans"], ["hands of a member", "loans"], ["借阅", "loans"], ["读者", "members"], ["逾期", "fines"], ["book authors", "book_authors"], ["工资", "salaries"]]) {
    const found = await steps.search(admin, words);
    assert.ok(found.some((one) => one.split(".").pop() === name), `${words}: ${found}`);
  }
  assert.deepEqual(await steps.search(admin, "no such thing anywhere"), []);
  await admin.look("13-nothing-found");
  await steps.search(admin, "借阅");
  await admin.look("14-search");
  ids.salaries = await steps.openDataset(admin, "salaries", "salaries");
  ids.branches = await steps.openDataset(admin, "branches", "branches");
  ids.loans = await steps.openDataset(admin, "loans", "loans");
  assert.match(await admin.text(), fromSource);
  await admin.look("15-dataset");
});

step("the tree leads from the source to the table", async () => {
  await admin.open("/browse");
  for (const name of [/City library/, /^library_/, /^lending/, /^loans$/]) {
    if (name.source === "^library_" && !(await admin.page.locator("main .tree a", { hasText: name }).count())) continue;
    assert.equal(await admin.go(admin.page.locator("main .page a.it, main .page td a, main .page [role=cell] a", { hasText: name })), 200);
    if (name.source === "^lending") ids.lending = admin.id();
  }
  assert.equal(admin.id(), ids.loans);
});

step("its description is edited", async () => {
  ids.before = new Date(Date.now()).toISOString();
  await new Promise((later) => setTimeout(later, 1100));
  await admin.open(`/d/${ids.loans}`);
  assert.equal(await admin.go(`main a[href="/d/${ids.loans}/edit"]`), 200);
  await admin.look("16-edit");
  await admin.fill({ description_en: written, description_zh: "读者**带回家**的每一次借阅；归还的也保留。", reason: "So that nobody counts copies" }, 'form[action$="/text"]');
  assert.equal(await admin.go('main form[action$="/text"] button.p'), 200);
  await admin.open(`/d/${ids.loans}`);
  assert.match(await admin.text(), shown);
  await admin.look("17-described");
});

step("another crawl leaves what a person wrote, and closes what is gone", async () => {
  stage.source.run("drop table lending.reservations; alter table lending.loans add column renewals int; comment on table lending.loans is 'Another word from the source';");
  await steps.crawl(admin, ids.source);
  await admin.open(`/d/${ids.loans}`);
  assert.match(await admin.text(), shown);
  assert.match(await admin.text(), /renewals/);
  assert.deepEqual(await steps.search(admin, "reservations"), []);
});

step("the history shows it; as of a moment before, the page is without it", async () => {
  await admin.open(`/d/${ids.loans}/history`);
  const history = await admin.text();
  for (const word of [/Lin Wei/, /So that nobody counts copies/, /took home/, /renewals/]) assert.match(history, word);
  await admin.look("18-history");
  await admin.open(`/d/${ids.loans}?at=${encodeURIComponent(ids.before)}`);
  const then = await admin.text();
  assert.doesNotMatch(then, shown);
  assert.match(then, fromSource);
  assert.doesNotMatch(then, /renewals/);
  await admin.look("19-as-of");
  await admin.go("main .note.info a");
  assert.match(await admin.text(), shown);
});

step("a colleague is added and granted one schema", async () => {
  await admin.open("/people/new");
  await admin.look("20-person-new");
  await admin.fill({ kind: "person", display_name: "陈雨", login: "chen.yu" });
  await admin.go("main form button.p");
  ids.once = (await admin.page.locator("main .secret code").innerText()).trim();
  await admin.look("21-person-made");
  await admin.open(`/browse/${ids.lending}`);
  assert.equal(await admin.go(`main a[href="/browse/${ids.lending}/access"]`), 200);
  await admin.look("22-access");
  await admin.fill({ subject_kind: "person", subject: "chen.yu", role: "viewer", effect: "allow", ceiling: "internal", reason: "Reports of the library" }, "#grant");
  assert.equal(await admin.go("#grant form button.p"), 200);
  assert.match(await admin.text(), /陈雨/);
  await admin.look("23-granted");
});

step("the colleague chooses a password of their own", async () => {
  colleague = await visitor(stage.browser, stage.program.address, { language: "zh" });
  await steps.signIn(colleague, "chen.yu", ids.once);
  await colleague.open("/search");
  assert.match(colleague.page.url(), /\/account/, "nothing else before that");
  await colleague.look("24-first-password-zh");
  await colleague.fill({ current: ids.once, password: colleaguesPassword, again: colleaguesPassword });
  assert.equal(await colleague.go('main form[action="/account/password"] button'), 200);
});

step("the colleague sees that schema and nothing else", async () => {
  const all = await steps.search(colleague, "");
  assert.deepEqual(all.map((name) => name.split(".").pop()).sort(), ["authors", "book_authors", "books", "branches", "copies", "fines", "loans", "members", "overdue"]);
  await colleague.look("25-colleague-search-zh");
  for (const words of ["salaries", "工资", "payroll"]) assert.deepEqual(await steps.search(colleague, words), []);
  for (const path of ["/", "/search", "/browse", `/browse/${ids.lending}`, `/d/${ids.branches}`, `/d/${ids.branches}/history`, `/d/${ids.loans}`]) {
    assert.equal(await colleague.open(path), 200, path);
    assert.doesNotMatch(await colleague.page.content(), hidden, path);
  }
  assert.match(await colleague.text(), /读者带回家的每一次借阅/);
  assert.equal(await colleague.page.locator('main a[href$="/edit"]').count(), 0);
  await colleague.look("26-colleague-dataset-zh");
  await colleague.open("/browse");
  await colleague.look("27-colleague-tree-zh");
  for (const path of [`/d/${ids.salaries}`, `/d/${ids.salaries}/history`, `/d/${ids.salaries}/edit`, `/d/${ids.loans}/edit`, "/people/new", "/sources/new", "/audit"]) {
    assert.ok([403, 404].includes(await colleague.open(path)), path);
    if (path.includes(ids.salaries)) assert.match(await colleague.page.content(), /404/);
  }
  await colleague.open(`/d/${ids.salaries}`);
  await colleague.look("28-not-found-zh");
});

step("a grant that is revoked is gone at once", async () => {
  await admin.open(`/browse/${ids.lending}/access`);
  await admin.go(admin.page.locator('main a[href$="/revoke"]'));
  await admin.look("29-revoke");
  if (await admin.page.locator('main [name="reason"]').count()) await admin.fill({ reason: "The reports are written" });
  await admin.go("main form button");
  assert.equal(await colleague.open(`/d/${ids.loans}`), 404);
  assert.deepEqual(await steps.search(colleague, ""), []);
  await colleague.look("30-colleague-without-zh");
});

const faces = {
  home: () => "/", search: () => "/search?q=loans", browse: () => "/browse", schema: () => `/browse/${ids.lending}`, dataset: () => `/d/${ids.loans}`,
  edit: () => `/d/${ids.loans}/edit`, history: () => `/d/${ids.loans}/history`, lineage: () => `/d/${ids.loans}/lineage`, sources: () => "/sources",
  source: () => `/sources/${ids.source}`, "source-edit": () => `/sources/${ids.source}/edit`, task: () => `/tasks/${ids.task}`, tasks: () => "/tasks",
  access: () => `/browse/${ids.lending}/access`, domains: () => "/domains", people: () => "/people", teams: () => "/teams", account: () => "/account",
  tokens: () => "/tokens", roles: () => "/access/roles", audit: () => "/audit", admin: () => "/admin", api: () => "/api",
};

// Every page in both languages, both themes and each size; these six hold every pair.
for (const [language, theme, size] of [["en", "light", "wide"], ["zh", "dark", "wide"], ["en", "dark", "narrow"], ["zh", "light", "narrow"], ["en", "light", "small"], ["zh", "dark", "small"]]) {
  step(`each page stands: ${language}, ${theme}, ${size}`, async () => {
    const guest = await visitor(stage.browser, stage.program.address, { language, theme, size, as: admin });
    const wrong = [];
    for (const [name, path] of Object.entries(faces)) {
      try {
        assert.equal(await guest.open(`${path()}${path().includes("?") ? "&" : "?"}lang=${language}`), 200, path());
        await guest.look(`page-${name}-${language}-${theme}-${size}`);
      } catch (why) {
        wrong.push(why.message);
      }
    }
    assert.deepEqual([...wrong, ...guest.complaints], []);
    await guest.context.close();
  }, { longest: 180 });
}

step("no page complained to the console, and no policy was broken", () => {
  assert.deepEqual([...admin.complaints, ...colleague.complaints], []);
  assert.ok(admin.streams.length > 0, "the progress came as events");
});
