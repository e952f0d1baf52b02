//! The audit trail: who reads it, what it holds, and that nobody changes it unseen.

use cadastre::audit::verify::{Broken, Verdict, verify};
use cadastre::audit::{seal, sign};
use cadastre_model::{AssetId, AssetKind, Role, Sensitivity, TokenScope};
use cadastre_tests::register::Register;
use http::{Method, StatusCode};

async fn checked(register: &Register, heads: Option<&str>) -> Verdict {
    let mut conn = register.database.connect().await;
    verify(&mut conn, register.app.keys(), heads).await.unwrap()
}

/// A register in which something happened: people, refused sign-ins, a sealed batch, a signed head.
async fn lived_in() -> (Register, String) {
    let register = Register::empty().await;
    register.person("ann").await;
    register.administrator().await;
    let mut browser = register.browser();
    browser.get("/signin").await;
    for _ in 0..3 {
        browser.post("/signin", &[("login", "nobody"), ("password", "nothing at all")]).await;
    }
    assert!(seal(&register.app).await.unwrap() >= 3);
    let head = sign(&register.app).await.unwrap().expect("a head").to_string();
    register.person("bob").await;
    (register, head)
}

#[tokio::test]
async fn a_chain_that_nobody_touched_is_whole() {
    let (register, head) = lived_in().await;
    let verdict = checked(&register, Some(&head)).await;
    assert_eq!(verdict.broken, None);
    assert_eq!(verdict.change_sets, register.count("select version from register").await);
    assert_eq!((verdict.heads, verdict.unknown_keys), (2, 0));
    assert!(verdict.events >= 3 && verdict.unsealed == 0);
    assert_eq!(seal(&register.app).await.unwrap(), 0, "there is nothing left to seal");
    assert!(sign(&register.app).await.unwrap().is_some(), "the chain has grown since");
    assert!(sign(&register.app).await.unwrap().is_none(), "and not since then");
}

/// Whether what was found is what was done.
type Named = fn(&Broken) -> bool;

#[tokio::test]
async fn every_way_to_change_the_record_is_named_by_its_first_row() {
    let seal_row = "(select version from change_sets where kind = 'audit.seal' limit 1)";
    let cases: Vec<(&str, String, Named)> = vec![
        ("an edit", "update change_sets set reason = 'no reason' where version = 2".into(), |b| *b == Broken::Changed { version: 2 }),
        ("a deletion", "delete from change_sets where version = 2".into(), |b| *b == Broken::Missing { version: 2 }),
        (
            "another order",
            "alter table change_sets drop constraint change_sets_version_key;
             update change_sets set version = 5 - version where version in (2, 3)".into(),
            |b| *b == Broken::Changed { version: 2 },
        ),
        (
            "a truncation",
            "delete from change_sets where version = (select version from register)".into(),
            |b| matches!(b, Broken::End { .. }),
        ),
        (
            "a truncation that the register hides",
            "delete from change_sets where version > 2;
             update register set version = 2, head = (select head from change_sets where version = 2)".into(),
            |b| matches!(b, Broken::Head { .. } | Broken::Event { .. }),
        ),
        (
            "an insertion",
            "insert into change_sets select 999999, (select version + 1 from register), gen_random_uuid(), at, kind, person_id, via, token_id,
                task_id, request_id, reason, topics, assets, summary, head from change_sets where version = 2".into(),
            |b| matches!(b, Broken::Changed { .. }),
        ),
        ("an event edited", "update audit_events set kind = 'nothing' where id = (select min(id) from audit_events)".into(), |b| matches!(b, Broken::Events { .. })),
        ("an event removed", "delete from audit_events where id = (select max(id) from audit_events)".into(), |b| matches!(b, Broken::Events { .. })),
        (
            "an event added to a batch",
            format!("insert into audit_events (kind, sealed_by) values ('sign_in', (select id from change_sets where version = {seal_row}))"),
            |b| matches!(b, Broken::Events { .. }),
        ),
        ("an event that claims to be sealed", "insert into audit_events (kind, sealed_by) values ('sign_in', 1)".into(), |b| matches!(b, Broken::Event { .. })),
        (
            "a chain that was made anew from some row on",
            "do $$ declare c change_sets; h bytea := sha256('cadastre'); begin
                update change_sets set reason = 'forged' where version = 2;
                for c in select * from change_sets order by version loop
                    h := sha256(h || change_set_body(c));
                    update change_sets set head = h where version = c.version;
                end loop;
                update register set head = h;
             end $$".into(),
            |b| matches!(b, Broken::Head { .. }),
        ),
    ];
    for (what, sql, expected) in cases {
        let (register, _) = lived_in().await;
        register.database.execute(&sql).await;
        let broken = checked(&register, None).await.broken.unwrap_or_else(|| panic!("{what} went unseen"));
        assert!(expected(&broken), "{what}: {broken}");
    }
}

#[tokio::test]
async fn a_head_outside_of_the_database_holds_against_who_rewrites_all_of_it() {
    let (register, head) = lived_in().await;
    register
        .database
        .execute(
            "delete from signed_heads; delete from audit_events; delete from change_sets where version > 2;
             update register set version = 2, head = (select head from change_sets where version = 2)",
        )
        .await;
    assert_eq!(checked(&register, None).await.broken, None, "inside there is nothing left that could tell");
    assert!(matches!(checked(&register, Some(&head)).await.broken, Some(Broken::Head { .. })));
    let words: Vec<&str> = head.split(' ').collect();
    let forged = [words[0], "2", words[2], words[3]].join(" ");
    assert_eq!(
        checked(&register, Some(&forged)).await.broken,
        Some(Broken::Line { line: 1 }),
        "not what was signed"
    );
    assert_eq!(checked(&register, Some("what is this")).await.broken, Some(Broken::Line { line: 1 }));
}

#[tokio::test]
async fn a_hundred_thousand_links_are_walked_within_ten_seconds() {
    let register = Register::empty().await;
    register
        .database
        .execute(
            "do $$ declare c change_sets; r register; begin
                select * into r from register;
                c.kind := 'text.edit'; c.via := 'page'; c.topics := '{catalogue}'; c.assets := '{1}';
                c.summary := '{\"field\": \"description\"}'; c.at := clock_timestamp(); c.head := r.head; c.version := r.version;
                for i in 1..100000 loop
                    c.id := nextval('change_set_ids'); c.version := c.version + 1; c.public_id := gen_random_uuid();
                    c.head := sha256(c.head || change_set_body(c));
                    insert into change_sets select c.*;
                end loop;
                update register set version = c.version, head = c.head;
             end $$",
        )
        .await;
    let started = std::time::Instant::now();
    let verdict = checked(&register, None).await;
    let took = started.elapsed();
    assert_eq!((verdict.broken, verdict.change_sets > 100_000), (None, true));
    println!("walked {} links in {took:?}", verdict.change_sets);
    assert!(took.as_secs() < 10, "{took:?}");
}

#[tokio::test]
async fn who_may_read_it_finds_what_was_done_by_whom_and_when() {
    let register = Register::empty().await;
    let (auditor, ann) = (register.person("otto").await, register.person("ann").await);
    register.grant(&auditor, Role::Auditor, AssetId::REGISTER, Sensitivity::Secret).await;
    register.sign_in(&ann).await;
    let (ottos, anns) =
        (register.token(&auditor, TokenScope::ALL).await, register.token(&ann, TokenScope::ALL).await);
    let mut browser = register.browser();
    for path in ["/api/v1/audit", "/api/v1/audit.csv", "/api/v1/audit/chain"] {
        assert!(
            matches!(
                browser.api(Method::GET, path, &anns, None).await.status,
                StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
            ),
            "{path}"
        );
    }
    let items = async |query: String, browser: &mut cadastre_tests::register::Browser| {
        let answer = browser.api(Method::GET, &format!("/api/v1/audit{query}"), &ottos, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["items"].as_array().unwrap().clone()
    };
    let hers = items(format!("?person={}", ann.public_id), &mut browser).await;
    assert_eq!(hers.iter().map(|item| item["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["sign_in"]);
    let grants = items("?kind=grant".into(), &mut browser).await;
    assert!(
        !grants.is_empty() && grants.iter().all(|item| item["kind"].as_str().unwrap().starts_with("grant."))
    );
    let moment = grants[0]["at"].as_str().unwrap();
    assert!(
        items(format!("?from={moment}"), &mut browser).await.iter().any(|item| item["kind"] == "sign_in")
    );
    assert!(items(format!("?to={moment}"), &mut browser).await.iter().all(|item| item["kind"] != "sign_in"));

    // Page by page it is the same list.
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page =
            browser.api(Method::GET, &format!("/api/v1/audit?limit=2{next}"), &ottos, None).await.json();
        all.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(all, items("?limit=200".into(), &mut browser).await);
}

#[tokio::test]
async fn what_is_hidden_from_an_auditor_is_not_in_their_trail() {
    let register = Register::empty().await;
    let auditor = register.person("otto").await;
    register.grant(&auditor, Role::Auditor, AssetId::REGISTER, Sensitivity::Internal).await;
    let source = register.bare_source("shop").await;
    register.within(source, AssetKind::Dataset, "orders").await;
    register.within_as(source, AssetKind::Dataset, "payroll", None, Some(Sensitivity::Secret)).await;
    let ottos = register.token(&auditor, TokenScope::ALL).await;
    let mut browser = register.browser();
    for path in ["/api/v1/audit?limit=200", "/api/v1/audit.csv"] {
        let answer = browser.api(Method::GET, path, &ottos, None).await;
        assert!(
            answer.body.contains("orders") && !answer.body.contains("payroll"),
            "{path}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn taking_it_out_is_itself_in_it() {
    let register = Register::empty().await;
    let admin = register.administrators_token().await;
    let mut browser = register.browser();
    let csv = browser.api(Method::GET, "/api/v1/audit.csv?bom=true&kind=grant", &admin, None).await;
    assert_eq!(csv.status, StatusCode::OK, "{}", csv.body);
    assert!(csv.body.starts_with("\u{feff}at,what,kind,"));
    assert!(csv.body.lines().skip(1).all(|line| line.contains(",grant.")), "{}", csv.body);
    assert_eq!(
        register
            .count("select count(*) from audit_events where kind = 'audit.export' and person_id is not null")
            .await,
        1
    );
}
