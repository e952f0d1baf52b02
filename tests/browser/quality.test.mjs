// A rule from its first draft to a closed incident: defined and tried in the browser, saved, the data broken, an incident that says what
// lies downstream, repaired, closed. The overview and the lineage say the same. In both languages, narrow and dark, and without scripts.
import assert from "node:assert/strict";
import { journey } from "./lib/journey.mjs";
import * as steps from "./lib/steps.mjs";
import { until } from "./lib/time.mjs";
import { visitor } from "./lib/visitor.mjs";

const step = journey();
const title = "Returned after it was lent";
let admin;
const stage = steps.staged((guest) => { admin = guest; });
const ids = {};

/** Asks for all rules of the dataset, and comes back when none runs any more. */
async function runAll(guest) {
  await guest.open(`/d/${ids.loans}/quality`);
  await guest.go(guest.page.locator("main .act form button").last());
  await until(60, "the end of the check", async () => {
    await guest.open(`/d/${ids.loans}/quality`);
    return await guest.page.locator("[data-events]").count() === 0;
  });
}

step("a source is crawled, and its table has no rules yet", async () => {
  await steps.setUp(admin, stage.program);
  await steps.fillConnection(admin, stage.source, "City library");
  const source = await steps.saveSource(admin, stage.source);
  await steps.crawl(admin, source);
  ids.loans = await steps.openDataset(admin, "loans", "loans");
  await admin.go('nav.tabs a[href$="/quality"]');
  assert.match(await admin.text(), /No rules yet|no rules/i);
  await admin.look("quality-01-empty");
});

step("what its keys guarantee is suggested and taken by a click", async () => {
  const suggested = await admin.page.locator('button[name="suggestion"]').count();
  assert.ok(suggested > 2, `${suggested} suggestions`);
  await admin.go(admin.page.locator('button[name="suggestion"]').first());
  assert.equal(await admin.page.locator('button[name="suggestion"]').count(), suggested - 1);
});

step("a rule is defined: what it becomes is shown, and what is wrong stands at its field", async () => {
  await admin.open(`/quality/rules/new?dataset=${ids.loans}&kind=compare`);
  await admin.fill({ left: "returned_at", operator: ">=", right: "lent_att", name: "returned-late", title });
  assert.equal(await admin.go('main button[name="do"][value="save"]'), 422);
  assert.match(await admin.text(), /lent_att/);
  await admin.look("quality-02-wrong");
  await admin.fill({ right: "lent_at" });
  await admin.go(admin.page.locator('main .act button[value="show"]'));
  assert.match(await admin.page.locator(".rule-parts").innerText(), /select[\s\S]*returned_at/i);
  await admin.look("quality-03-editor");
});

step("it is tried on the data as it is, and saved", async () => {
  assert.equal(await admin.go('main .act button[value="dry_run"]'), 200);
  assert.match(await admin.page.locator("#dry").innerText(), /Would pass/);
  await admin.look("quality-04-tried");
  assert.equal(await admin.go('main .act button[value="save"]'), 200);
  assert.match(admin.page.url(), /\/quality/);
  await runAll(admin);
  const row = admin.page.locator("#rules tbody tr", { hasText: title });
  assert.match(await row.innerText(), /Passing/);
  await admin.look("quality-05-passing");
});

step("the data breaks: the rule fails, an incident says so and names what lies downstream", async () => {
  stage.source.run("update lending.loans set returned_at = lent_at - interval '1 day' where loan_id % 50 = 1");
  await runAll(admin);
  assert.match(await admin.page.locator("#rules tbody tr", { hasText: title }).innerText(), /Failing/);
  await admin.look("quality-06-failing");
  await admin.go(admin.page.locator('main a[href^="/quality/incidents/"]').first());
  ids.incident = new URL(admin.page.url()).pathname;
  const said = await admin.text();
  assert.match(said, /INC-/);
  assert.match(said, new RegExp(title));
  assert.ok(await admin.page.locator(".asides a", { hasText: "overdue" }).count() > 0, "the view downstream is not named");
  await admin.look("quality-07-incident");
});

step("it is acknowledged and noted", async () => {
  await admin.go(admin.page.locator('main form[action$="/acknowledge"] button').first());
  await admin.fill({ text: "The night import swapped two columns." });
  await admin.go('main form[action$="/notes"] button');
  assert.match(await admin.text(), /swapped two columns/);
});

step("the overview, the search and the lineage say that it fails", async () => {
  await admin.open("/quality");
  assert.match(await admin.text(), new RegExp(title));
  assert.equal(await admin.page.locator("#failing tbody tr").count(), 1);
  await admin.look("quality-08-overview");
  assert.deepEqual((await steps.search(admin, "", "&quality=failing")).map((one) => one.split(".").pop()), ["loans"]);
  await admin.look("quality-09-search");
  await admin.open(`/lineage/${ids.loans}`);
  assert.equal(await admin.page.locator(".stage [data-n] .st.fail").count(), 1);
  await admin.look("quality-10-lineage");
});

step("in Chinese, dark and narrow, and without scripts", async () => {
  const pages = { tab: `/d/${ids.loans}/quality`, incident: ids.incident, overview: "/quality", rules: "/quality/rules", incidents: "/quality/incidents", editor: `/quality/rules/new?dataset=${ids.loans}&kind=compare` };
  const ways = [{ language: "zh", theme: "dark", size: "narrow" }, { language: "zh", size: "small" }, { theme: "dark" }, { scripts: false }];
  for (const how of ways) {
    const guest = await visitor(stage.browser, stage.program.address, { ...how, as: admin });
    for (const [name, path] of Object.entries(pages)) {
      assert.equal(await guest.open(`${path}${path.includes("?") ? "&" : "?"}lang=${how.language ?? "en"}`), 200);
      await guest.look(`quality-11-${name}-${Object.values(how).join("-")}`);
    }
    assert.deepEqual(guest.complaints, []);
    await guest.context.close();
  }
});

step("the data is repaired: the rule passes and the incident is closed, by nobody's hand", async () => {
  stage.source.run("update lending.loans set returned_at = lent_at + interval '9 days' where loan_id % 50 = 1");
  const plain = await visitor(stage.browser, stage.program.address, { scripts: false, as: admin });
  await runAll(plain);
  assert.match(await plain.page.locator("#rules tbody tr", { hasText: title }).innerText(), /Passing/);
  await plain.context.close();
  await admin.open(ids.incident);
  assert.match(await admin.text(), /Resolved|Closed/);
  await admin.look("quality-12-closed");
  await admin.open("/quality");
  assert.equal(await admin.page.locator("#failing tbody tr").count(), 0);
  assert.deepEqual(admin.complaints, []);
});
