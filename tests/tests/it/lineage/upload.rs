//! Handing definitions in by the page.

use super::*;
use cadastre_model::{AssetId, Role, Sensitivity};
use cadastre_tests::postgres::fixtures;
use cadastre_tests::register::Browser;
use http::StatusCode;

const TABLES: &str = "create table a (x int); create table b (x int)";

async fn somebody(register: &Register, role: Role) -> Browser {
    let person = register.person(role.as_str()).await;
    register.grant(&person, role, AssetId::REGISTER, Sensitivity::Secret).await;
    let mut browser = register.sign_in(&person).await;
    browser.get("/account").await;
    browser
}

async fn jobs(register: &Register) -> i64 {
    register.count("select count(*) from assets where kind = 'job' and state = 'live'").await
}

#[tokio::test]
async fn a_pasted_text_is_checked_and_then_saved_with_the_files_beside_it() {
    let (register, source) = derived(TABLES).await;
    let mut engineer = somebody(&register, Role::Engineer).await;
    let fields = |button| {
        [
            ("kind", "sql"),
            ("dialect", ""),
            ("namespace", source.namespace.as_str()),
            ("schema", ""),
            ("name", "pasted.sql"),
            ("text", "insert into b select x from a"),
            ("do", button),
        ]
    };
    let files: [(&str, &str, &[u8]); 2] = [
        ("files", "later.sql", b"insert into a select x from b"),
        ("files", "no text.sql", &[0xff, 0xfe, 0x00]),
    ];
    let checked = engineer.post_files("/jobs/new", &fields("check"), &files).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.body);
    assert!(checked.body.contains("pasted.sql") && checked.body.contains("later.sql"), "{}", checked.body);
    assert!(checked.body.contains("It is not UTF-8 text."), "{}", checked.body);
    assert_eq!(jobs(&register).await, 0, "it was only checked");
    let saved = engineer.post_files("/jobs/new", &fields("save"), &files).await;
    assert_eq!((saved.status, jobs(&register).await), (StatusCode::OK, 2), "{}", saved.body);
    assert!(column_edges(&register).await.contains(&"public.a.x → public.b.x identity".to_owned()));
}

#[tokio::test]
async fn the_form_takes_the_dialect_of_the_namespace_unless_another_is_chosen() {
    let (register, source) = derived(TABLES).await;
    let mut engineer = somebody(&register, Role::Engineer).await;
    let form = engineer.get("/jobs/new").await.body;
    let dialects = form.split_once(r#"name="dialect""#).map_or("", |(_, rest)| rest);
    let chosen = dialects.split_once("<option").map_or("", |(_, rest)| rest);
    assert!(chosen.trim_start().starts_with(r#"value="""#), "{chosen}");
    let fields = [
        ("kind", "sql"),
        ("dialect", ""),
        ("namespace", source.namespace.as_str()),
        ("name", "p.sql"),
        // PostgreSQL's alone: `::`.
        ("text", "insert into b select x::int from a"),
        ("do", "save"),
    ];
    let saved = engineer.post_files("/jobs/new", &fields, &[]).await;
    assert_eq!((saved.status, jobs(&register).await), (StatusCode::OK, 1), "{}", saved.body);
    assert!(column_edges(&register).await.iter().any(|edge| edge.starts_with("public.a.x → public.b.x")));
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept() {
    let register = Register::empty().await;
    let mut engineer = somebody(&register, Role::Engineer).await;
    let fields = [("kind", "sql"), ("namespace", ""), ("text", "select '<script>' as kept"), ("do", "save")];
    for (language, said) in [("en", "Say where the jobs belong."), ("zh", "请填写作业所属的命名空间。")]
    {
        let page = engineer.post_files(&format!("/jobs/new?lang={language}"), &fields, &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
        assert!(page.body.contains(said) && page.body.contains("as kept"), "{}", page.body);
        assert!(!page.body.contains("'<script>'"), "{}", page.body);
    }
}

#[tokio::test]
async fn who_may_not_hand_in_and_a_form_of_another_session_change_nothing() {
    let register = Register::empty().await;
    let fields = [("kind", "sql"), ("namespace", "anywhere"), ("text", "select 1"), ("do", "save")];
    let mut viewer = somebody(&register, Role::Viewer).await;
    assert_eq!(viewer.get("/jobs/new").await.status, StatusCode::FORBIDDEN);
    assert_eq!(viewer.post_files("/jobs/new", &fields, &[]).await.status, StatusCode::FORBIDDEN);
    let person = register.person("other").await;
    register.grant(&person, Role::Engineer, AssetId::REGISTER, Sensitivity::Secret).await;
    // Without a page first there is no token.
    let mut engineer = register.sign_in(&person).await;
    let answer = engineer.post_files("/jobs/new", &[("csrf", "made up"), ("kind", "sql")], &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    assert_eq!(jobs(&register).await, 0);
}

#[tokio::test]
async fn a_form_over_the_limit_is_refused_with_the_limit() {
    let register = Register::empty().await;
    let mut engineer = somebody(&register, Role::Engineer).await;
    let large = vec![b' '; 9 << 20];
    let files: [(&str, &str, &[u8]); 1] = [("files", "large.sql", &large)];
    let answer = engineer.post_files("/jobs/new", &[("kind", "sql")], &files).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
    assert!(answer.body.contains("8 MiB"), "{}", answer.body);
}

#[tokio::test]
async fn configurations_of_others_become_jobs_or_say_why_not() {
    for (kind, folder) in [("flume", "jobs/flume"), ("kafka_connect", "jobs/kafka_connect")] {
        let register = Register::empty().await;
        let mut engineer = somebody(&register, Role::Engineer).await;
        let mut read = 0;
        for file in walk(&fixtures().join(folder)) {
            let bytes = std::fs::read(&file).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            let fields = [("kind", kind), ("namespace", "edge"), ("do", "save")];
            let answer = engineer.post_files("/jobs/new", &fields, &[("files", name, &bytes)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
            read += 1;
        }
        assert!(read > 3, "{kind}: {read}");
        assert!(jobs(&register).await > 1, "{kind}");
        // The agents of Flume's own tests mostly make their events up and throw them away.
        let ends = "select count(*) from lineage_edges where valid_to is null and how = 'copy'";
        assert!(kind == "flume" || register.count(ends).await > 1, "{kind}");
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let (mut left, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { left.push(path) } else { files.push(path) }
        }
    }
    files
}
