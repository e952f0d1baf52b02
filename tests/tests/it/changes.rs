//! The mechanism under everything: versions without gaps, read models that follow, rights that end at once, a tree that
//! stays right while it is moved.

use cadastre::access::push_scope;
use cadastre::app::{App, Options};
use cadastre::change::{Author, ChangeSet, Topic};
use cadastre::follower::{Patience, rebuild};
use cadastre_access::{Actor, Facts, Grant, Resource, Rights};
use cadastre_model::{
    Action, AssetId, AssetKind, Effect, GrantId, ObjectKind, PersonId, Role, Sensitivity, SubjectId,
    TokenScope, Version,
};
use cadastre_tests::register::{Browser, Register};
use cadastre_tests::soak;
use http::{Method, StatusCode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, QueryBuilder};
use std::time::{Duration, Instant};

/// What takes longer than this does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Numbers that look random and are the same each time.
fn pauses(seed: u64) -> impl Iterator<Item = Duration> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Duration::from_millis(state % 25)
    })
}

/// One writer: gives grants and takes some back, each in a transaction that dawdles before its version and before its
/// commit.
async fn write(db: PgPool, seed: u64, people: Vec<PersonId>, rounds: usize) {
    let mut pauses = pauses(seed);
    let mut pause = || pauses.next().unwrap();
    let mut given: Vec<i64> = Vec::new();
    for round in 0..rounds {
        let mut tx = db.begin().await.unwrap();
        let mut change = ChangeSet::begin_set(&mut tx, "grant.give", &Author::cli()).await.unwrap();
        if round % 3 == 2 {
            let id = given.remove(0);
            sqlx::query("update grants set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3 where id = $1")
                .bind(id)
                .bind(change.at)
                .bind(change.id.0)
                .execute(&mut *tx)
                .await
                .unwrap();
        } else {
            let id = sqlx::query_scalar(
                "insert into grants (person_id, role, asset_id, effect, ceiling, valid_from, change_set)
                 values ($1, 'analyst', 1, 'allow', 'internal', $2, $3) returning id",
            )
            .bind(people[round % people.len()].0)
            .bind(change.at)
            .bind(change.id.0)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
            given.push(id);
        }
        change.about(if round % 5 == 4 { Topic::Catalogue } else { Topic::Rights });
        change.about(Topic::Rights);
        tokio::time::sleep(pause()).await;
        change.record_set(&mut tx).await.unwrap();
        tokio::time::sleep(pause() / 4).await;
        tx.commit().await.unwrap();
    }
}

async fn reaches(app: &App, version: Version) {
    let deadline = Instant::now() + PATIENCE;
    while app.rights().version() < version {
        assert!(Instant::now() < deadline, "the rights stay at {} of {version}", app.rights().version());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_two_replicas_and_a_cut_connection_leave_every_model_as_if_read_anew() {
    let rounds = soak::times(24);
    let register = Register::empty().await;
    let (replica, _) = register.replica().await;
    let mut people = Vec::new();
    for name in ["a", "b", "c"] {
        people.push(register.person(name).await.id);
    }
    let before = register.count("select version from register").await;
    // Of their own: they wait for each other as long as it takes, which a request would not.
    let db = PgPoolOptions::new().max_connections(8).acquire_timeout(PATIENCE);
    let db = db.connect(register.database.url().as_str()).await.unwrap();
    let writers: Vec<_> =
        (0..8).map(|seed| tokio::spawn(write(db.clone(), seed + 1, people.clone(), rounds))).collect();
    let mut cut = 0;
    let deadline = Instant::now() + PATIENCE * u32::try_from(soak::times(1)).unwrap();
    // As long as they write, and until some were there to be cut.
    while cut < 4 || writers.iter().any(|writer| !writer.is_finished()) {
        assert!(Instant::now() < deadline, "no listening connection was there to be cut");
        tokio::time::sleep(Duration::from_millis(60)).await;
        let ended: Vec<bool> = sqlx::query_scalar(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'cadastre listen' and datname = current_database()",
        )
        .fetch_all(&mut register.database.connect().await)
        .await
        .unwrap();
        cut += ended.len();
    }
    for writer in writers {
        writer.await.unwrap();
    }

    let end = register.count("select version from register").await;
    assert_eq!(end - before, 8 * rounds as i64);
    assert_eq!(register.count("select count(*) from change_sets").await, end, "versions have no gaps");
    assert_eq!(register.count("select count(distinct version) from change_sets where version between 1 and (select version from register)").await, end);
    let verdict =
        cadastre::audit::verify::verify(&mut register.database.connect().await, register.app.keys(), None)
            .await
            .unwrap();
    assert_eq!(verdict.broken, None);

    let (anew, version) = rebuild::<Rights>(register.app.db()).await.unwrap();
    for app in [&register.app, &replica] {
        reaches(app, version).await;
        assert_eq!(app.rights().ask(Rights::facts).unwrap(), anew.facts());
    }
    soak::count("commits by eight writers that dawdle, two replicas following", 8 * rounds);
    soak::count("listening connections cut meanwhile", cut);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_wrote_reads_it_on_every_replica() {
    // Waited for as long as it takes on a machine that is busy with other tests.
    let register = Register::with(Options {
        patience: Patience { own_write: PATIENCE, ..Patience::default() },
        ..Options::default()
    })
    .await;
    let (_, router) = register.replica().await;
    let source = register.bare_source("shop").await;
    let admin = register.administrators_token().await;
    let ann = register.person("ann").await;
    let anns = register.token(&ann, TokenScope::ALL).await;
    let path = format!("/api/v1/assets/{}/access", source.public_id);
    let grant =
        json!({"subject": {"kind": "person", "id": ann.public_id}, "role": "steward", "ceiling": "internal"});
    for _ in 0..soak::times(5) {
        let given = register.browser().api(Method::POST, &path, &admin, Some(grant.clone())).await;
        let mut other = Browser::on(router.clone());
        other.headers.insert("cadastre-seen", given.headers["cadastre-seen"].clone());
        assert_eq!(other.api(Method::GET, &path, &anns, None).await.status, StatusCode::OK);
        let taken = register.browser().api(Method::DELETE, given.location(), &admin, None).await;
        other.headers.insert("cadastre-seen", taken.headers["cadastre-seen"].clone());
        assert_eq!(other.api(Method::GET, &path, &anns, None).await.status, StatusCode::NOT_FOUND);
    }
    soak::count("writes read on the other replica at once", 2 * soak::times(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revoked_right_ends_on_every_replica_without_anybody_asking() {
    let register = Register::empty().await;
    let (_, router) = register.replica().await;
    let source = register.bare_source("shop").await;
    let ann = register.person("ann").await;
    let grant = register.grant(&ann, Role::Steward, source.id, Sensitivity::Internal).await;
    let anns = register.token(&ann, TokenScope::ALL).await;
    let path = format!("/api/v1/assets/{}/access", source.public_id);
    let mut other = Browser::on(router);
    let becomes = async |other: &mut Browser, status: StatusCode| {
        let deadline = Instant::now() + PATIENCE;
        while other.api(Method::GET, &path, &anns, None).await.status != status {
            assert!(Instant::now() < deadline, "it did not become {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    becomes(&mut other, StatusCode::OK).await;
    register.revoke(grant).await;
    becomes(&mut other, StatusCode::NOT_FOUND).await;
    for _ in 0..20 {
        assert_eq!(
            other.api(Method::GET, &path, &anns, None).await.status,
            StatusCode::NOT_FOUND,
            "it came back"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_model_that_cannot_follow_answers_nobody() {
    let patience = Patience { stale_after: Duration::from_millis(500), ..Patience::default() };
    let register = Register::with(Options { patience, ..Options::default() }).await;
    let admin = register.administrators_token().await;
    let mut browser = register.browser();
    assert_eq!(browser.api(Method::GET, "/api/v1/access", &admin, None).await.status, StatusCode::OK);
    // The pool by which the model follows is taken away; that of requests stays.
    register.app.db().tasks.close().await;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = browser.api(Method::GET, "/api/v1/access", &admin, None).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(answer.headers.contains_key("retry-after"));
            break;
        }
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(Instant::now() < deadline, "it still answers");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(register.app.rights().is_stale());
    assert!(register.app.rights().lag() > Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_stops_before_its_commit_is_ended_and_the_others_go_on() {
    let register = Register::empty().await;
    let admin = register.administrators_token().await;
    let mut stuck = register.app.db().web.begin().await.unwrap();
    let mut change = ChangeSet::begin_set(&mut stuck, "grant.give", &Author::cli()).await.unwrap();
    change.about(Topic::Rights);
    let lost = change.record_set(&mut stuck).await.unwrap();

    let mut browser = register.browser();
    let deadline = Instant::now() + PATIENCE;
    let mut waited = false;
    loop {
        let answer =
            browser.api(Method::POST, "/api/v1/domains", &admin, Some(json!({"name": "Sales"}))).await;
        if answer.status == StatusCode::CREATED {
            break;
        }
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
        assert!(answer.headers.contains_key("retry-after"));
        assert!(Instant::now() < deadline, "the others still wait");
        waited = true;
    }
    assert!(
        stuck.commit().await.is_err(),
        "what stopped is not committed later{}",
        if waited { " (others were told to wait)" } else { "" }
    );
    assert_eq!(
        register.count("select version from register").await,
        lost.0,
        "its version went to who came after"
    );
    let verdict =
        cadastre::audit::verify::verify(&mut register.database.connect().await, register.app.keys(), None)
            .await
            .unwrap();
    assert_eq!(verdict.broken, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_domain_that_moves_while_datasets_come_takes_all_of_them_along() {
    let register = Register::empty().await;
    let admin = register.administrators_token().await;
    let (a, b) = (register.domain("A", None).await, register.domain("B", None).await);
    let moving = register.domain("Moving", Some(a)).await;
    let source = register.bare_source("shop").await;
    let schema = register.within_as(source, AssetKind::Schema, "sales", Some(moving), None).await;
    let (mut mover, path) = (register.browser(), format!("/api/v1/domains/{}", moving.public_id));
    mover.headers.insert("if-match", "*".parse().unwrap());
    let moves = async {
        for round in 0..10 {
            let parent = if round % 2 == 0 { b } else { a };
            let input = json!({"name": "Moving", "parent": parent.public_id});
            let moved = mover.api(Method::PUT, &path, &admin, Some(input)).await;
            assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        }
    };
    let adds = |prefix: &'static str| {
        let register = &register;
        async move {
            for n in 0..15 {
                register.within(schema, AssetKind::Dataset, &format!("{prefix}{n}")).await;
            }
        }
    };
    tokio::join!(moves, adds("x"), adds("y"));
    let wrong = register
        .count(
            "select count(*) from assets d, assets s, assets m where d.kind = 'dataset' and s.name = 'sales' and m.name = 'Moving'
             and (d.scope_path <> m.scope_path || array[s.source_id, s.id, d.id] or d.effective_domain_id is distinct from m.id)",
        )
        .await;
    assert_eq!(wrong, 0);
    assert_eq!(register.count("select count(*) from assets where kind = 'dataset'").await, 30);
    assert_eq!(register.count("select count(*) from assets m, assets a where m.name = 'Moving' and a.name = 'A' and m.scope_path = array[1, a.id, m.id]").await, 1);
}

/// A world at random: a tree of assets, and grants for one person.
#[derive(Debug, Clone)]
struct World {
    assets: Vec<(usize, u8, Sensitivity)>,
    grants: Vec<(usize, Role, Effect, Sensitivity)>,
}

fn world() -> impl Strategy<Value = World> {
    let level = || prop::sample::select(Sensitivity::ALL);
    let assets = prop::collection::vec((any::<prop::sample::Index>(), 0..5u8, level()), 1..25);
    let grants = prop::collection::vec(
        (any::<prop::sample::Index>(), prop::sample::select(Role::ALL), prop::bool::weighted(0.25), level()),
        0..8,
    );
    (assets, grants).prop_map(|(assets, grants)| {
        let count = assets.len();
        World {
            assets: assets
                .into_iter()
                .enumerate()
                .map(|(n, (of, kind, level))| (of.index(n + 1), kind, level))
                .collect(),
            grants: grants
                .into_iter()
                .map(|(on, role, deny, level)| {
                    (on.index(count + 1), role, if deny { Effect::Deny } else { Effect::Allow }, level)
                })
                .collect(),
        }
    })
}

const KINDS: [AssetKind; 5] =
    [AssetKind::Domain, AssetKind::Source, AssetKind::Database, AssetKind::Schema, AssetKind::Dataset];

#[tokio::test]
async fn a_scope_in_sql_covers_what_the_scope_covers() {
    let register = Register::empty().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..48 {
        let world = world().new_tree(&mut runner).unwrap().current();
        let mut tx = register.app.db().web.begin().await.unwrap();
        let mut resources: Vec<Resource> = Vec::new();
        for (n, (parent, kind, sensitivity)) in world.assets.iter().enumerate() {
            let id = 10_000 + n as i64;
            let above = parent
                .checked_sub(1)
                .map_or_else(|| vec![AssetId::REGISTER], |p| resources[p].scope_path.clone());
            let scope_path: Vec<AssetId> = above.into_iter().chain([AssetId(id)]).collect();
            let path: Vec<i64> = scope_path.iter().map(|id| id.0).collect();
            let kind = KINDS[usize::from(*kind)];
            sqlx::query(
                "insert into assets (id, kind, name, parent_id, state, effective_sensitivity, scope_path) values ($1, $2, 'x', 1, 'live', $3, $4)",
            )
            .bind(id)
            .bind(kind.as_str())
            .bind(sensitivity.as_str())
            .bind(&path)
            .execute(&mut *tx)
            .await
            .unwrap();
            resources.push(Resource {
                asset: AssetId(id),
                kind: ObjectKind::from(kind),
                scope_path,
                sensitivity: *sensitivity,
            });
        }
        let subject = SubjectId::Person(PersonId(7));
        let grants = world.grants.iter().enumerate().map(|(n, (on, role, effect, ceiling))| Grant {
            id: GrantId(n as i64),
            subject,
            role: *role,
            scope: on.checked_sub(1).map_or(AssetId::REGISTER, |n| resources[n].asset),
            effect: *effect,
            ceiling: *ceiling,
            mask: false,
            from: None,
            until: None,
        });
        let rights = Rights::new(Facts { grants: grants.collect(), ..Facts::default() }, Version(1)).unwrap();
        for action in
            [Action::See, Action::SeeValues, Action::EditTexts, Action::ManageGrants, Action::ManageSources]
        {
            let scope = rights.scope(&Actor::person(PersonId(7)), action, register.app.now());
            let mut query = QueryBuilder::new("select a.id from assets a where a.id >= 10000 and ");
            push_scope(&mut query, "a", &scope);
            query.push(" order by a.id");
            let found: Vec<i64> = query.build_query_scalar().fetch_all(&mut *tx).await.unwrap();
            let covered: Vec<i64> = resources
                .iter()
                .filter(|resource| scope.covers(resource))
                .map(|resource| resource.asset.0)
                .collect();
            assert_eq!(found, covered, "{action} in {world:?}");
        }
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn the_role_that_serves_can_add_to_the_record_and_never_change_it() {
    let register = Register::empty().await;
    register.person("ann").await;
    let role = format!("run_{}", uuid::Uuid::new_v4().simple());
    register.database.execute(&format!("create role {role}; select grant_run_role('{role}')")).await;
    let mut conn = register.database.connect().await;
    sqlx::query("select set_config('role', $1, false)").bind(&role).execute(&mut conn).await.unwrap();
    for sql in [
        "update change_sets set reason = 'x'",
        "delete from change_sets",
        "insert into change_sets select * from change_sets",
        "update register set version = 0",
        "delete from register",
        "update audit_events set kind = 'x'",
        "delete from audit_events",
        "update signed_heads set head = ''",
        "delete from signed_heads",
        "truncate change_sets",
        "delete from _sqlx_migrations",
        "insert into register_keys (key_id) values ('0123456789abcdef')",
        "update register_keys set key_id = '0123456789abcdef'",
        "delete from register_keys",
        "select grant_run_role('postgres')",
    ] {
        let error = sqlx::query(sql).execute(&mut conn).await.unwrap_err();
        let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{sql}: {error}");
    }
    let mut change = ChangeSet::begin_set(&mut conn, "text.edit", &Author::cli()).await.unwrap();
    change.touch(AssetId::REGISTER);
    change.record_set(&mut conn).await.unwrap();
    sqlx::query("insert into audit_events (kind) values ('sign_in')").execute(&mut conn).await.unwrap();
    let sealed: i32 = sqlx::query_scalar("select seal_audit_events(10)").fetch_one(&mut conn).await.unwrap();
    assert_eq!(sealed, 1);
    sqlx::query("reset role").execute(&mut conn).await.unwrap();
    register.database.execute(&format!("drop owned by {role}; drop role {role}")).await;
}

#[tokio::test]
async fn the_planner_knows_of_every_table_of_facts_that_a_change_set_is_small() {
    let register = Register::empty().await;
    let untold: Vec<String> = sqlx::query_scalar(
        "select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname in ('change_set', 'closed_by')
           and not exists (select from unnest(a.attoptions) told where told like 'n_distinct=%') order by 1",
    )
    .fetch_all(&register.app.db().web)
    .await
    .unwrap();
    assert_eq!(untold, [""; 0], "see migrations/README.md");
}
