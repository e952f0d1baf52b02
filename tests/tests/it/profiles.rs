//! Profiles and samples on real databases: the figures are right, what is masked is nowhere, and who looked is remembered.

use cadastre::access::Caller;
use cadastre::app::{App, Options};
use cadastre::profile::mask::Mask;
use cadastre::tasks::{KINDS, ROUTINES, work_on};
use cadastre_model::{AssetId, PublicId, Role, Sensitivity, TokenScope};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::{Answer, Browser, Register};
use cadastre_tests::source::TestSource;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What no reader may find.
const CANARY: &str = "canary-5f1e";

const SHOP: &str = "
    create schema shop;
    create type shop.mood as enum ('ok', 'bad');
    create table shop.orders (
        id int primary key, state text, amount numeric(12,2), made timestamptz, code text not null, phone text, mood shop.mood,
        paid boolean, extra jsonb, empty text, \"od\"\"d \\ name\" int, day date);
    insert into shop.orders
        select n, case when n % 10 <> 0 then (array['new', 'paid', 'void'])[1 + n % 3] end, n, '2026-01-01Z'::timestamptz + n * interval '1 hour',
               'AB-' || n, 'canary-5f1e-' || n, (array['ok', 'bad']::shop.mood[])[1 + n % 2], n % 4 = 0, '{}', null, n,
               case n when 1 then 'infinity'::date else '2026-01-01'::date + n end
        from generate_series(1, 1000) n;
    create view shop.paid as select id, amount from shop.orders where state = 'paid';
    create table shop.nothing ();
    create table shop.broken (a int);
    create view shop.fails as select 1 / (id - id) as zero from shop.orders;
    analyze;
";

/// A register with workers, a shop that is crawled, and somebody who administers.
struct World {
    register: Register,
    source: TestSource,
    browser: Browser,
    stop: CancellationToken,
    workers: Option<JoinHandle<()>>,
}

impl World {
    async fn open(sql: &str) -> Self {
        Self::with(sql, Options::default()).await
    }

    async fn with(sql: &str, options: Options) -> Self {
        let networks = vec!["127.0.0.0/8".parse().unwrap()];
        let register = Register::with(Options { networks, ..options }).await;
        let database = TestCluster::source().fresh_database().await;
        database.execute(sql).await;
        let source = register.source("shop", database).await;
        register.reads_as(&source, "postgres", &TestCluster::source().password()).await;
        register.crawl(&source).await;
        let stop = CancellationToken::new();
        let (app, token): (App, _) = (register.app.clone(), stop.clone());
        let workers = Some(tokio::spawn(async move { work_on(&app, KINDS, token).await }));
        let browser = register.browser();
        Self { register, source, browser, stop, workers }
    }

    async fn dataset(&self, name: &str) -> (AssetId, PublicId) {
        let (id, public_id): (i64, uuid::Uuid) =
            sqlx::query_as("select id, public_id from assets where kind = 'dataset' and name = $1")
                .bind(name)
                .fetch_one(&self.register.app.db().web)
                .await
                .unwrap();
        (AssetId(id), PublicId(public_id))
    }

    /// A token of somebody who has a role on everything.
    async fn somebody(&self, login: &str, role: Role, ceiling: Sensitivity) -> String {
        let person = self.register.person(login).await;
        self.register.grant(&person, role, AssetId::REGISTER, ceiling).await;
        self.register.token(&person, TokenScope::ALL).await
    }

    async fn ask(&mut self, method: Method, path: &str, token: &str) -> Answer {
        self.browser.api(method, path, token, None).await
    }

    /// Has a dataset profiled, and waits for it.
    async fn profile(&mut self, name: &str, token: &str) -> Value {
        let (id, public_id) = self.dataset(name).await;
        let path = format!("/api/v1/datasets/{}/profile", public_id.0);
        let asked = self.ask(Method::POST, &path, token).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
        self.end_of(id).await;
        let shown = self.ask(Method::GET, &path, token).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        shown.json()
    }

    /// Waits until no task about an asset is left to do; gives the state and the reason of the last.
    async fn end_of(&self, asset: AssetId) -> (String, Option<Value>) {
        for _ in 0..600 {
            let (state, error): (String, Option<Value>) =
                sqlx::query_as("select state, error from tasks where asset_id = $1 and kind = 'profile' order by id desc limit 1")
                    .bind(asset.0)
                    .fetch_one(&self.register.app.db().web)
                    .await
                    .unwrap();
            if ["done", "failed", "cancelled"].contains(&state.as_str()) {
                return (state, error);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no end to it");
    }

    async fn set_level(&self, dataset: AssetId, column: &str, level: Sensitivity) {
        sqlx::query(
            "insert into column_sensitivities (column_id, dataset_id, sensitivity, valid_from, change_set)
             select column_id, dataset_id, $3, clock_timestamp(), 1 from column_facts
             where dataset_id = $1 and path = array[$2] and valid_to is null",
        )
        .bind(dataset.0)
        .bind(column)
        .bind(level.as_str())
        .execute(&self.register.app.db().web)
        .await
        .unwrap();
    }

    async fn close(mut self) {
        self.stop.cancel();
        if let Some(workers) = self.workers.take() {
            workers.await.unwrap();
        }
    }
}

fn column<'v>(profile: &'v Value, name: &str) -> &'v Value {
    let columns = profile["latest"]["columns"].as_array().unwrap();
    columns.iter().find(|column| column["name"] == name).unwrap_or_else(|| panic!("{name}: {profile}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_a_small_table_are_exact() {
    let mut world = World::open(SHOP).await;
    let token = world.somebody("ana", Role::Analyst, Sensitivity::Internal).await;
    let profile = world.profile("orders", &token).await;
    let latest = &profile["latest"];
    assert_eq!(
        (&latest["rows"], &latest["looked_at"], &latest["sample"]),
        (&json!(1000), &json!(1000), &Value::Null)
    );
    assert_eq!(latest["complete"], json!(true), "{latest}");

    let state = column(&profile, "state");
    assert_eq!(
        (&state["nulls"], &state["null_share"], &state["distinct"]),
        (&json!(100), &json!(0.1), &json!(3))
    );
    assert_eq!((&state["distinct_estimated"], &state["unique"]), (&json!(false), &json!(false)));
    let top: Vec<(&str, i64)> = state["values"]["top"]
        .as_array()
        .unwrap()
        .iter()
        .map(|top| (top["value"]["text"].as_str().unwrap(), top["count"].as_i64().unwrap()))
        .collect();
    assert_eq!(top, [("new", 300), ("paid", 300), ("void", 300)]);
    assert_eq!(state["values"]["length"]["max"], json!(4));
    assert_eq!(state["values"]["patterns"][0]["value"]["text"], json!("a"));

    let id = column(&profile, "id");
    assert_eq!(
        (&id["distinct"], &id["unique"], &id["values"]["top"]),
        (&json!(1000), &json!(true), &json!([]))
    );
    let values = &id["values"];
    assert_eq!(
        (&values["min"]["text"], &values["max"]["text"], &values["mean"]),
        (&json!("1"), &json!("1000"), &json!(500.5))
    );
    let quantiles: Vec<&str> =
        values["quantiles"].as_array().unwrap().iter().map(|q| q["text"].as_str().unwrap()).collect();
    assert_eq!(quantiles, ["50", "250", "500", "750", "950"]);
    let bars: Vec<i64> =
        values["histogram"]["counts"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect();
    assert_eq!((bars.len(), bars.iter().sum::<i64>()), (20, 1000));
    assert_eq!((&values["histogram"]["from"], &values["histogram"]["to"]), (&json!(1.0), &json!(1000.0)));

    let made = &column(&profile, "made")["values"];
    assert_eq!(made["min"]["text"], json!("2026-01-01 01:00:00+00"));
    assert_eq!(made["histogram"]["counts"].as_array().unwrap().len(), 20);
    // What is infinite is the greatest, and in no bar.
    let day = &column(&profile, "day")["values"];
    assert_eq!(day["max"]["text"], json!("infinity"));
    let days: i64 = day["histogram"]["counts"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).sum();
    assert_eq!(days, 999);
    assert_eq!(
        column(&profile, "code")["values"]["patterns"][0],
        json!({"value": {"text": "A-9"}, "count": 1000})
    );
    assert_eq!(column(&profile, "mood")["distinct"], json!(2));
    assert_eq!(column(&profile, "paid")["values"]["top"][0], json!({"value": {"text": "f"}, "count": 750}));
    assert_eq!(
        (&column(&profile, "extra")["distinct"], &column(&profile, "extra")["nulls"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(
        (&column(&profile, "empty")["nulls"], &column(&profile, "empty")["distinct"]),
        (&json!(1000), &json!(0))
    );
    assert_eq!(column(&profile, "od\"d \\ name")["distinct"], json!(1000));

    // A second one, and the history has both.
    world.source.database.execute("delete from shop.orders where id > 500").await;
    let profile = world.profile("orders", &token).await;
    let rows: Vec<i64> =
        profile["history"].as_array().unwrap().iter().map(|past| past["rows"].as_i64().unwrap()).collect();
    assert_eq!(rows, [500, 1000]);
    let past: Vec<&Value> =
        column(&profile, "id")["history"].as_array().unwrap().iter().map(|past| &past["distinct"]).collect();
    assert_eq!(past, [&json!(500), &json!(1000)]);

    let nothing = world.profile("nothing", &token).await;
    assert_eq!((&nothing["latest"]["rows"], &nothing["latest"]["columns"]), (&json!(0), &json!([])));
    let view = world.profile("paid", &token).await;
    assert_eq!((&view["latest"]["rows"], &view["latest"]["sample"]), (&json!(150), &Value::Null));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_table_is_drawn_from_and_says_so() {
    let mut world = World::open(
        "create table big (id int, few int, many int, note text);
         insert into big select n, n % 7, n % 50000, 'x' from generate_series(1, 600000) n; analyze big",
    )
    .await;
    let token = world.somebody("ana", Role::Analyst, Sensitivity::Internal).await;
    let profile = world.profile("big", &token).await;
    let latest = &profile["latest"];
    assert_eq!(latest["sample"], json!("pages"));
    let (rows, looked_at) = (latest["rows"].as_i64().unwrap(), latest["looked_at"].as_i64().unwrap());
    assert!((570_000..=630_000).contains(&rows) && (100_000..=300_000).contains(&looked_at), "{latest}");
    assert!(latest["percent"].as_f64().unwrap() < 50.0 && latest["seed"].is_i64());
    let distinct = |name: &str| column(&profile, name)["distinct"].as_i64().unwrap();
    assert_eq!((distinct("few"), column(&profile, "few")["distinct_estimated"] == json!(true)), (7, true));
    assert!((40_000..=60_000).contains(&distinct("many")), "{}", distinct("many"));
    assert!(distinct("id") > 500_000, "{}", distinct("id"));
    println!(
        "{rows} rows, {looked_at} looked at: 7 → {}, 50000 → {}, 600000 → {}",
        distinct("few"),
        distinct("many"),
        distinct("id")
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_masked_is_in_no_answer_and_not_kept() {
    let mut world = World::open(SHOP).await;
    let (id, public_id) = world.dataset("orders").await;
    world.set_level(id, "phone", Sensitivity::Confidential).await;
    let analyst = world.somebody("ana", Role::Analyst, Sensitivity::Secret).await;
    let profile = world.profile("orders", &analyst).await;
    let phone = column(&profile, "phone");
    assert_eq!(
        (&phone["masked"], &phone["values"], &phone["nulls"]),
        (&json!(true), &Value::Null, &json!(0))
    );
    assert_eq!(phone["distinct"], json!(1000), "how many there are is no value");
    let sample =
        world.ask(Method::GET, &format!("/api/v1/datasets/{}/sample?limit=5", public_id.0), &analyst).await;
    assert_eq!(sample.status, StatusCode::OK, "{}", sample.body);
    let rows = sample.json();
    assert_eq!(rows["rows"].as_array().unwrap().len(), 5);
    let at = |name: &str| {
        rows["columns"].as_array().unwrap().iter().position(|column| column["name"] == name).unwrap()
    };
    assert_eq!(rows["columns"][at("phone")], json!({"name": "phone", "masked": true}));
    assert_eq!(rows["rows"][0][at("phone")], json!({"text": null, "masked": true}));
    assert_eq!(rows["rows"][0][at("code")], json!({"text": "AB-1"}));
    assert_eq!(rows["rows"][0][at("empty")], json!({"text": null}));
    assert!(!sample.body.contains(CANARY) && !profile.to_string().contains(CANARY));
    assert!(!world.register.dump().await.contains(CANARY), "kept somewhere");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_is_set_later_masks_what_was_kept_before() {
    let options = Options { mask_from: Sensitivity::Secret, ..Options::default() };
    let mut world = World::with(SHOP, options).await;
    let (id, public_id) = world.dataset("orders").await;
    let low = world.somebody("low", Role::Analyst, Sensitivity::Internal).await;
    let high = world.somebody("high", Role::Analyst, Sensitivity::Confidential).await;
    let before = world.profile("orders", &low).await;
    assert!(before.to_string().contains(CANARY));
    world.set_level(id, "phone", Sensitivity::Confidential).await;
    for path in ["profile", "sample"] {
        let path = format!("/api/v1/datasets/{}/{path}", public_id.0);
        let shown = world.ask(Method::GET, &path, &low).await;
        assert!(shown.status == StatusCode::OK && !shown.body.contains(CANARY), "{path}: {}", shown.body);
        assert!(world.ask(Method::GET, &path, &high).await.body.contains(CANARY), "{path}");
    }
    world.set_level_again(id, "phone").await;
    let path = format!("/api/v1/datasets/{}/sample", public_id.0);
    assert!(!world.ask(Method::GET, &path, &high).await.body.contains(CANARY));
    world.close().await;
}

impl World {
    /// Secret from now on.
    async fn set_level_again(&self, dataset: AssetId, column: &str) {
        sqlx::query(
            "update column_sensitivities set sensitivity = 'secret' where valid_to is null and column_id in
             (select column_id from column_facts where dataset_id = $1 and path = array[$2])",
        )
        .bind(dataset.0)
        .bind(column)
        .execute(&self.register.app.db().web)
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_for_who_may_see_them_and_each_look_is_remembered() {
    let mut world = World::open(SHOP).await;
    let (_, public_id) = world.dataset("orders").await;
    let analyst = world.somebody("ana", Role::Analyst, Sensitivity::Internal).await;
    let viewer = world.somebody("vic", Role::Viewer, Sensitivity::Secret).await;
    let nobody = world.register.person("nob").await;
    let nobody = world.register.token(&nobody, TokenScope::ALL).await;
    let steward = world.somebody("stu", Role::Steward, Sensitivity::Secret).await;
    world.profile("orders", &analyst).await;
    let events = "select count(*) from audit_events where kind = 'values.read'";
    assert_eq!(world.register.count(events).await, 1, "the profile that was looked at");
    for (method, path) in [(Method::GET, "profile"), (Method::POST, "profile"), (Method::GET, "sample")] {
        let path = format!("/api/v1/datasets/{}/{path}", public_id.0);
        for (token, status) in [
            (&viewer, StatusCode::FORBIDDEN),
            (&steward, StatusCode::FORBIDDEN),
            (&nobody, StatusCode::NOT_FOUND),
        ] {
            assert_eq!(world.ask(method.clone(), &path, token).await.status, status, "{method} {path}");
        }
    }
    assert_eq!(world.register.count(events).await, 1, "who saw nothing is not among them");
    let path = format!("/api/v1/datasets/{}/sample", public_id.0);
    for limit in ["0", "101"] {
        let wrong = world.ask(Method::GET, &format!("{path}?limit={limit}"), &analyst).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(world.ask(Method::GET, &path, &analyst).await.json()["rows"].as_array().unwrap().len(), 20);
    let events = world.register.rows("audit_events").await;
    let last = events.iter().rfind(|event| event["kind"] == "values.read").unwrap();
    assert_eq!(last["detail"], json!({"what": "sample", "columns": 12}));

    // A token for reading only reads no values.
    let person = world.register.person("tok").await;
    world.register.grant(&person, Role::Analyst, AssetId::REGISTER, Sensitivity::Internal).await;
    let read = world.register.token(&person, &[TokenScope::Read]).await;
    assert_eq!(world.ask(Method::GET, &path, &read).await.status, StatusCode::FORBIDDEN);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_that_cannot_be_read_keeps_no_other_one_back() {
    let mut world = World::open(SHOP).await;
    world.source.database.execute("drop table shop.broken").await;
    let token = world.somebody("ana", Role::Analyst, Sensitivity::Internal).await;
    // By the settings of the source: all that is in it.
    let admin = world.somebody("adm", Role::Administrator, Sensitivity::Secret).await;
    let path = format!("/api/v1/sources/{}", world.source.public_id.0);
    let body = json!({ "reading": { "profile_cron": "0 4 * * *", "statement_seconds": 30 } });
    let set = world.browser.api_change(Method::PATCH, &path, &admin, Some(body)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    assert_eq!(set.json()["settings"]["reading"]["profile_cron"], json!("0 4 * * *"));
    assert_eq!(
        world.register.count("select count(*) from sources where next_profile_due > clock_timestamp()").await,
        1
    );
    let often = json!({ "reading": { "profile_cron": "* * * * *" } });
    let refused = world.browser.api_change(Method::PATCH, &path, &admin, Some(often)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    sqlx::query("update sources set next_profile_due = clock_timestamp()")
        .execute(&world.register.app.db().web)
        .await
        .unwrap();
    let source = world.source.id;
    // Each replica looks, and one finds it.
    let routine = ROUTINES.iter().find(|routine| routine.name == "schedules of profiles").unwrap();
    (routine.run)(world.register.app.clone()).await.unwrap();
    (routine.run)(world.register.app.clone()).await.unwrap();
    assert_eq!(world.register.count("select count(*) from tasks where kind = 'profile'").await, 1);
    assert_eq!(world.end_of(source).await.0, "done");
    let result: Value = sqlx::query_scalar("select result from tasks where kind = 'profile'")
        .fetch_one(&world.register.app.db().web)
        .await
        .unwrap();
    // The view that divides by zero is counted, and says that something is missing.
    assert_eq!(result["failed"], json!(2), "{result}");
    assert_eq!(result["profiled"], json!(3), "{result}");
    let (_, public_id) = world.dataset("orders").await;
    let shown =
        world.ask(Method::GET, &format!("/api/v1/datasets/{}/profile", public_id.0), &token).await.json();
    assert_eq!(shown["latest"]["rows"], json!(1000));
    // A reason says nothing of values.
    let (broken, _) = world.dataset("fails").await;
    let path = format!("/api/v1/datasets/{}/profile", world.dataset("fails").await.1.0);
    assert_eq!(world.ask(Method::POST, &path, &token).await.status, StatusCode::ACCEPTED);
    let (state, error) = world.end_of(broken).await;
    assert_eq!(
        (state.as_str(), &error.as_ref().unwrap()["message"]["key"]),
        ("failed", &json!("read-wrong")),
        "{error:?}"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_query_of_people_all_is_shown_or_nothing() {
    let world = World::open(SHOP).await;
    let (id, _) = world.dataset("orders").await;
    world.set_level(id, "phone", Sensitivity::Confidential).await;
    let person = world.register.person("ana").await;
    world.register.grant(&person, Role::Analyst, AssetId::REGISTER, Sensitivity::Internal).await;
    let viewer = world.register.person("vic").await;
    world.register.grant(&viewer, Role::Viewer, AssetId::REGISTER, Sensitivity::Internal).await;
    let app = &world.register.app;
    for (who, sql, hides) in [
        (&person, "SELECT id AS x FROM shop.paid", false),
        (&person, "SELECT 1", false),
        (&viewer, "SELECT id FROM shop.paid", true),
        (&person, "SELECT phone AS id FROM shop.orders", true),
        (
            &person,
            "WITH o AS (SELECT phone AS id FROM Shop.\"orders\") SELECT id FROM o JOIN shop.paid USING (id)",
            true,
        ),
        (&person, "SELECT id FROM shop.paid WHERE id IN (SELECT length(phone) FROM shop.orders)", true),
        (&person, "SELECT id FROM elsewhere.paid", true),
        (&person, "DELETE FROM shop.paid", true),
    ] {
        let caller = Caller::beside(app, who.id);
        let mut conn = app.db().web.acquire().await.unwrap();
        let mask = Mask::of_sql(app, &mut conn, &caller, world.source.id, sql).await.unwrap();
        assert_eq!(mask.hides("id"), hides, "{sql}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unusual_by_the_profiles_before_is_marked() {
    let mut world = World::open(SHOP).await;
    let token = world.somebody("ana", Role::Analyst, Sensitivity::Internal).await;
    let first = world.profile("orders", &token).await;
    assert_eq!(
        (&first["latest"]["unusual"], &column(&first, "state")["unusual"]),
        (&Value::Null, &json!([]))
    );
    // Forty days on which there were about five hundred rows, one or two in a hundred without a state.
    sqlx::query(
        "with past as (
             insert into profiles (dataset_id, at, rows, looked_at, took_ms, complete)
             select p.dataset_id, p.at - n * interval '1 day', 500 + n % 4, 500, 5, true from profiles p, generate_series(1, 40) n
             returning id)
         insert into column_profiles (profile_id, column_id, measures)
         select past.id, c.column_id, jsonb_build_object('nulls', 5 + past.id % 3, 'distinct', 3)
         from past, (select distinct column_id from column_profiles) c",
    )
    .execute(&world.register.app.db().web)
    .await
    .unwrap();
    let (_, id) = world.dataset("orders").await;
    let shown = world.ask(Method::GET, &format!("/api/v1/datasets/{}/profile", id.0), &token).await.json();
    let rows = &shown["latest"]["unusual"];
    assert_eq!((&rows["figure"], &rows["value"]), (&json!("rows"), &json!(1000.0)), "{rows}");
    assert!(rows["high"].as_f64().unwrap() < 600.0 && rows["low"].as_f64().unwrap() > 400.0, "{rows}");
    let state = &column(&shown, "state")["unusual"];
    assert_eq!(state[0]["figure"], json!("null_share"), "{state}");
    assert_eq!(state.as_array().unwrap().len(), 1, "as many different values as ever: {state}");
    assert_eq!(shown["history"].as_array().unwrap().len(), 30);
    world.close().await;
}

#[tokio::test]
async fn the_tab_shows_earlier_profiles_and_rows_where_they_are_asked_for() {
    let mut world = World::open(SHOP).await;
    let person = world.register.person("ana").await;
    world.register.grant(&person, Role::Analyst, AssetId::REGISTER, Sensitivity::Secret).await;
    let token = world.register.token(&person, TokenScope::ALL).await;
    let (_, id) = world.dataset("orders").await;
    let first = world.profile("orders", &token).await["latest"].clone();
    let second = world.profile("orders", &token).await["latest"].clone();
    assert_ne!(first["id"], second["id"]);
    let mut browser = world.register.sign_in(&person).await;
    let tab = format!("/d/{}/profile", id.0);
    let newest = browser.get(&tab).await;
    assert_eq!(newest.status, StatusCode::OK, "{}", newest.body);
    let (first, second) = (first["id"].as_str().unwrap(), second["id"].as_str().unwrap());
    assert!(newest.body.contains(&format!(r#"<option value="{second}" selected>"#)), "{}", newest.body);
    assert!(newest.body.contains("sample=rows#rows"), "{}", newest.body);
    let earlier = browser.get(&format!("{tab}?profile={first}")).await;
    assert!(earlier.body.contains(&format!(r#"<option value="{first}" selected>"#)), "{}", earlier.body);
    let shown = world
        .ask(Method::GET, &format!("/api/v1/datasets/{}/profile?profile={first}", id.0), &token)
        .await
        .json();
    assert_eq!(
        (shown["latest"]["id"].as_str(), shown["history"].as_array().unwrap().len()),
        (Some(first), 1)
    );
    let other = format!("{tab}?profile={}", uuid::Uuid::new_v4());
    assert_eq!(browser.get(&other).await.status, StatusCode::NOT_FOUND);
    let noted =
        "select count(*) from audit_events where kind = 'values.read' and detail ->> 'what' = 'sample'";
    assert_eq!(world.register.count(noted).await, 0);
    let rows = browser.get(&format!("{tab}?sample=rows")).await;
    assert!(rows.body.contains(r#"<table class="tbl cells""#), "{}", rows.body);
    assert_eq!(world.register.count(noted).await, 1);
    world.close().await;
}
