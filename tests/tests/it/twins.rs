//! Twin worlds: two registers that differ only by what is hidden from a reader answer every GET of theirs with the same
//! bytes: pages, API, lists, search, facets, totals, cursors, tree, history, exports, errors.
//!
//! What a register makes up by itself is made alike first: ids are numbered as they come, times and sealed texts are
//! taken out. Everything else has to be equal to the byte.

use crate::matrix::Object;
use cadastre_model::{AssetId, AssetKind, PublicId, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Answer, Browser, Register, TestAsset};
use cadastre_tests::routes;
use cadastre_tests::world::World;
use http::{HeaderValue, Method};
use regex::{Captures, Regex};
use std::collections::{BTreeMap, VecDeque};

/// What lists are asked for. What a route doesn't know, it refuses or passes over, alike in both worlds.
const QUERIES: [&str; 14] = [
    "",
    "?at=2098-01-01T00:00:00Z",
    "?cursor=made-up",
    "?q=orders",
    "?q=north_ord",
    "?q=hidden",
    "?q=amount",
    "?q=nobody",
    "?sort=name",
    "?sort=changed",
    "?kind=table",
    "?sensitivity=secret",
    "?limit=1",
    "?limit=2&sort=name",
];

async fn asset(register: &Register, name: &str) -> TestAsset {
    let row: (i64, uuid::Uuid, String, Option<i64>) =
        sqlx::query_as("select id, public_id, kind, source_id from assets where name = $1")
            .bind(name)
            .fetch_one(&register.app.db().web)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    TestAsset {
        id: AssetId(row.0),
        public_id: PublicId(row.1),
        kind: row.2.parse().unwrap(),
        source: row.3.map(AssetId),
    }
}

/// A description in English, as a person writes it.
async fn describe(world: &World, admin: &str, asset: TestAsset, words: &str) {
    let mut browser = world.register.browser();
    let path = format!("/api/v1/assets/{}", asset.public_id);
    let now = browser.api(Method::GET, &path, admin, None).await;
    let tag: &HeaderValue = now.headers.get("etag").unwrap_or_else(|| panic!("{path}: {}", now.body));
    browser.headers.insert("if-match", tag.clone());
    let body = serde_json::json!({ "body": words });
    let path = format!("{path}/texts/description/en");
    let answer = browser.api(Method::PUT, &path, admin, Some(body)).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.body);
}

/// What both worlds have, and readers see.
async fn world() -> (World, String) {
    let world = World::build().await;
    let admin = world.token("admin", TokenScope::ALL).await;
    let schema = asset(&world.register, "north_sales").await;
    let domain = asset(&world.register, "north").await;
    for name in ["orders", "order_lines", "customers"] {
        let dataset = world.register.within_as(schema, AssetKind::Dataset, name, Some(domain), None).await;
        world.register.column(dataset, "amount").await;
        describe(&world, &admin, dataset, &format!("All {name} of the north")).await;
    }
    // A text that names what is hidden is another text than one that does not, and withheld: the job has none.
    sqlx::query("update job_facts set definition = null")
        .execute(&world.register.app.db().web)
        .await
        .unwrap();
    (world, admin)
}

/// What only one of them has, and readers must not notice: more of everything, beside and among what they see.
async fn hide_things(world: &World, admin: &str) {
    let register = &world.register;
    let staff = register.person("hidden.person").await;
    let team = register.team("hidden team", None).await;
    register.enrol(&staff, &team).await;
    let secret = Some(Sensitivity::Secret);
    let domain = register.domain("hidden domain", None).await;
    let source = register.bare_source("hidden-db").await;
    let elsewhere = register.within_as(source, AssetKind::Database, "hidden", None, secret).await;
    // In their own source and their own schema, but above their ceiling.
    let schema = asset(register, "north_sales").await;
    let beside = register
        .within_as(parent(register, schema).await, AssetKind::Schema, "north_hidden", None, secret)
        .await;
    for (number, place) in [schema, beside, elsewhere].into_iter().enumerate() {
        for name in ["north_orders_archive", "orders_hidden", "aaa", "zzz"] {
            let name = format!("{name}_{number}");
            let domain = Some(domain).filter(|_| number == 2);
            let dataset = register.within_as(place, AssetKind::Dataset, &name, domain, secret).await;
            register.column(dataset, "amount").await;
            register.column(dataset, "hidden_column").await;
            register.owner(&staff, dataset.id).await;
            register.grant(&team, Role::Steward, dataset.id, Sensitivity::Secret).await;
        }
    }
    register.grant(&staff, Role::Engineer, source.id, Sensitivity::Secret).await;
    // A job that they see and that reads what they don't; a job that they don't see between what they do.
    let (seen, daily) = (asset(register, "north/daily.sql").await, asset(register, "north_daily").await);
    let (orders, hidden) = (asset(register, "north_orders").await, asset(register, "orders_hidden_0").await);
    register.edge(Some(seen), hidden, daily).await;
    register.edge(Some(seen), daily, hidden).await;
    register.edge(None, hidden, orders).await;
    let unseen = register.job(source, "hidden.sql", Some(domain)).await;
    register.edge(Some(unseen), orders, asset(register, "customers").await).await;
    register.edge(Some(unseen), asset(register, "customers").await, daily).await;
    describe(world, admin, asset(register, "south_orders").await, "orders of the south, hidden").await;
    sqlx::query(
        "insert into tasks (kind, dedupe_key, asset_id, state) values ('crawl', 'hidden crawl', $1, 'failed')",
    )
    .bind(source.id.0)
    .execute(&register.app.db().web)
    .await
    .unwrap();
}

async fn parent(register: &Register, of: TestAsset) -> TestAsset {
    let name: String =
        sqlx::query_scalar("select p.name from assets a join assets p on p.id = a.parent_id where a.id = $1 and p.kind = 'database'")
            .bind(of.id.0)
            .fetch_one(&register.app.db().web)
            .await
            .unwrap();
    let (id, public_id, source): (i64, uuid::Uuid, i64) =
        sqlx::query_as("select id, public_id, source_id from assets where name = $1 and kind = 'database'")
            .bind(name)
            .fetch_one(&register.app.db().web)
            .await
            .unwrap();
    TestAsset {
        id: AssetId(id),
        public_id: PublicId(public_id),
        kind: AssetKind::Database,
        source: Some(AssetId(source)),
    }
}

/// Takes out what a register makes up by itself.
struct Plain {
    ids: Regex,
    sealed: Regex,
    times: Regex,
    requests: Regex,
    ago: Regex,
    hints: Regex,
}

impl Plain {
    fn new() -> Self {
        let regex = |text: &str| Regex::new(text).expect("a pattern");
        Self {
            ids: regex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
            // Forms' tokens, cursors and versions: sealed anew each time.
            sealed: regex(
                r#"(name="(?:csrf|version)" value="|cursor=|"next":"|cadastre-seen: )[A-Za-z0-9_.~%=-]{12,}"#,
            ),
            times: regex(
                r"\d{4}-\d\d-\d\d([T ]|%20)\d\d(:|%3A)\d\d((:|%3A)\d\d(\.\d+)?)?(Z|\+00:00)?|\d\d:\d\d(:\d\d)?",
            ),
            requests: regex("[0-9a-f]{32}"),
            // How long ago: the worlds are made one after the other.
            ago: regex("(<time [^>]*>)[^<]*"),
            hints: regex(r#"(cad_…|"hint":")[A-Za-z0-9_-]{4}"#),
        }
    }

    fn of(&self, answer: &Answer) -> String {
        let mut text = answer.status.to_string();
        for (name, value) in
            answer.headers.iter().filter(|(name, _)| *name != "set-cookie" && *name != "content-length")
        {
            text += &format!("\n{name}: {}", value.to_str().unwrap_or_default());
        }
        text += "\n\n";
        text += &answer.body;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let text = self.ids.replace_all(&text, |found: &Captures<'_>| {
            let next = seen.len();
            format!("id-{}", seen.entry(found[0].to_owned()).or_insert(next))
        });
        let text = self.sealed.replace_all(&text, "${1}SEALED");
        let text = self.times.replace_all(&text, "TIME");
        let text = self.ago.replace_all(&text, "${1}AGO");
        let text = self.hints.replace_all(&text, "${1}HINT");
        self.requests.replace_all(&text, "REQUEST").into_owned()
    }
}

/// Somebody in one of the worlds.
struct Reader {
    browser: Browser,
    token: String,
}

impl Reader {
    async fn of(world: &World, name: &str) -> Self {
        Self { browser: world.browser(name).await, token: world.token(name, TokenScope::ALL).await }
    }

    async fn get(&mut self, path: &str) -> Answer {
        if path.starts_with("/api/") {
            self.browser.api(Method::GET, path, &self.token, None).await
        } else {
            self.browser.get(path).await
        }
    }
}

/// Where the next part of a list is, by what the answer says.
fn onward(path: &str, body: &str) -> Option<String> {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(body) {
        let next = json["next"].as_str()?;
        let rest: Vec<&str> =
            path.split(['?', '&']).skip(1).filter(|part| !part.starts_with("cursor=")).collect();
        let query = [rest, vec![&*format!("cursor={next}")]].concat().join("&");
        return Some(format!("{}?{query}", path.split('?').next().unwrap_or_default()));
    }
    let link = body.split("href=\"").skip(1).find_map(|rest| {
        let link = rest.split('"').next()?;
        (link.contains("cursor=") && !link.contains("lang="))
            .then(|| link.replace("&amp;", "&").replace("&#38;", "&"))
    })?;
    Some(link)
}

/// Both worlds' answers, as they came and made alike.
async fn ask(readers: &mut [Reader; 2], paths: &[String; 2], canon: &Plain) -> (Vec<Answer>, [String; 2]) {
    let mut answers = Vec::new();
    for (reader, path) in readers.iter_mut().zip(paths) {
        answers.push(reader.get(path).await);
    }
    let said = [canon.of(&answers[0]), canon.of(&answers[1])];
    (answers, said)
}

/// Where two answers begin to differ, with what stands around.
fn difference([plain, full]: &[String; 2]) -> String {
    let at = plain.bytes().zip(full.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let part = text.as_bytes().iter().skip(at.saturating_sub(120)).take(320);
        String::from_utf8_lossy(&part.copied().collect::<Vec<u8>>()).into_owned()
    };
    format!("plain: {}\nfull:  {}", around(plain), around(full))
}

/// Two worlds as a reader sees them.
async fn compare(name: &str) {
    let ((plain, _), (full, admin)) = (world().await, world().await);
    hide_things(&full, &admin).await;
    let canon = Plain::new();
    let mut compared = 0;
    let mut readers = [Reader::of(&plain, name).await, Reader::of(&full, name).await];
    for route in routes::pages().iter().chain(&routes::api()) {
        // A stream has no end; the operator's figures are about the machine.
        let of_machine = route.path == "/metrics" || route.path == "/readyz";
        if route.method != "GET" || route.path.ends_with("/events") || of_machine {
            continue;
        }
        let object = *Object::all_of(route).last().unwrap();
        // What is asked for by its id is no list, but for what lies in it.
        let queries = if object == Object::Own { &QUERIES[..3] } else { &QUERIES[..] };
        for query in queries {
            let paths = [&plain, &full].map(|world| object.path(route, &world.own, &world.foreign) + *query);
            let mut queue = VecDeque::from([(paths, 0)]);
            while let Some((paths, depth)) = queue.pop_front() {
                let (answers, said) = ask(&mut readers, &paths, &canon).await;
                assert!(
                    said[0] == said[1],
                    "{name} sees a difference at {}:\n{}",
                    paths[1],
                    difference(&said)
                );
                compared += 1;
                // A cursor that somebody made up stands in the page's own address, too.
                if *query == "?cursor=made-up" {
                    continue;
                }
                let next = [onward(&paths[0], &answers[0].body), onward(&paths[1], &answers[1].body)];
                if let ([Some(first), Some(second)], true) = (next, depth < 3) {
                    queue.push_back(([first, second], depth + 1));
                }
            }
        }
    }
    assert!(compared > 150, "only {compared} answers were compared");
}

#[tokio::test]
async fn who_has_no_role_sees_nothing_of_what_is_hidden() {
    compare("norole").await;
}

#[tokio::test]
async fn a_viewer_sees_nothing_of_what_is_hidden() {
    compare("viewer").await;
}

#[tokio::test]
async fn an_engineer_sees_nothing_of_what_is_hidden() {
    compare("engineer").await;
}

#[tokio::test]
async fn a_steward_sees_nothing_of_what_is_hidden() {
    compare("steward").await;
}

#[tokio::test]
async fn an_owner_sees_nothing_of_what_is_hidden() {
    compare("owner").await;
}
