//! What holds for every route, whatever its line in the table says.

use super::ask::{Company, Visitor};
use super::{Object, is_public};
use cadastre_tests::register::{Answer, Register};
use cadastre_tests::routes::{self, Route};
use http::StatusCode;
use std::collections::BTreeMap;

fn pages(method: &'static str) -> impl Iterator<Item = Route> {
    // A stream of events is a page that doesn't end.
    routes::pages()
        .into_iter()
        .filter(move |route| route.method == method && !route.path.ends_with("/events"))
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let company = Company::build().await;
    let register = company.register().await;
    for route in pages("POST") {
        let path = company.path(&route, *Object::all_of(&route).last().unwrap());
        let browser = company.browser(Visitor::Person("admin"), &register);
        for token in ["", "csrf=", "csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let kind = Some("application/x-www-form-urlencoded");
            let answer = browser.clone().send(route.method(), &path, kind, token.to_owned().into()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route} with {token:?}");
        }
    }
}

#[tokio::test]
async fn nobody_gets_past_the_door() {
    let company = Company::build().await;
    let register = company.register().await;
    for route in pages("GET").chain(routes::api()).filter(|route| !is_public(route)) {
        for object in Object::all_of(&route) {
            let path = company.path(&route, *object);
            let answer =
                register.browser().send(route.method(), &path, None, axum::body::Body::empty()).await;
            let shut = if route.path.starts_with("/api/") {
                answer.status == StatusCode::UNAUTHORIZED
            } else {
                answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/signin")
            };
            assert!(shut, "{route} ({object}): {} {}", answer.status, answer.location());
        }
    }
}

/// Whether a route is public belongs to the route that was matched, never to how its path looks.
#[tokio::test]
async fn another_spelling_of_a_path_opens_nothing() {
    let company = Company::build().await;
    let register = company.register().await;
    for route in pages("GET").chain(routes::api()).filter(|r| r.method == "GET" && !is_public(r)) {
        let path = company.path(&route, *Object::all_of(&route).last().unwrap());
        let tail = path.trim_start_matches('/');
        let spellings = [
            format!("{path}/"),
            format!("//{tail}"),
            format!("/./{tail}"),
            format!("/_/../{tail}"),
            format!("/_/%2e%2e/{tail}"),
            format!("/signin/../{tail}"),
            format!("/livez/..;/{tail}"),
            format!("{path};/signin"),
            format!("{path}%00"),
            format!("{path}%2f"),
            format!("{path}?/signin"),
            format!("/%{:02x}{}", tail.bytes().next().unwrap_or(b'/'), tail.get(1..).unwrap_or_default()),
            path.to_uppercase(),
        ];
        for spelling in spellings {
            let answer = register.browser().get(&spelling).await;
            assert!(!answer.status.is_success(), "{spelling} answers {} to nobody", answer.status);
        }
    }
}

#[tokio::test]
async fn a_session_opens_no_api_and_a_token_no_page() {
    let company = Company::build().await;
    let register = company.register().await;
    let admin = Visitor::Person("admin");
    for route in routes::api().into_iter().filter(|route| route.method == "GET" && !is_public(route)) {
        let path = company.path(&route, *Object::all_of(&route).last().unwrap());
        let answer = company.browser(admin, &register).get(&path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route} with a session");
    }
    let token = company.token(admin).unwrap();
    for route in pages("GET").filter(|route| !is_public(route)) {
        let path = company.path(&route, *Object::all_of(&route).last().unwrap());
        let answer = register.browser().api(route.method(), &path, token, None).await;
        assert!(!answer.status.is_success(), "{route} with a token: {}", answer.status);
    }
}

/// What an answer says, apart from what was asked for and when.
fn said(company: &Company, answer: &Answer) -> (StatusCode, Vec<String>, String) {
    let plain = |text: &str| {
        let ids = [Object::Foreign, Object::Absent].into_iter().flat_map(|object| company.ids(object));
        without_request_id(&ids.fold(text.to_owned(), |text, id| text.replace(&id, "ID")))
    };
    let headers = answer.headers.iter().filter(|(name, _)| *name != "set-cookie");
    let headers =
        headers.map(|(name, value)| plain(&format!("{name}: {}", value.to_str().unwrap_or_default())));
    (answer.status, headers.collect(), plain(&answer.body))
}

/// Each request has an id of its own, 32 hexadecimal digits.
fn without_request_id(text: &str) -> String {
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_hexdigit()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        plain += &if digits.len() == 32 { word.replace(digits, "REQUEST") } else { word.to_owned() };
    }
    plain
}

#[tokio::test]
async fn what_is_hidden_answers_like_what_never_was() {
    let company = Company::build().await;
    let register = company.register().await;
    let mut tried = 0;
    for route in pages("GET").chain(routes::api()).filter(|route| route.method == "GET") {
        if !Object::all_of(&route).contains(&Object::Foreign) || is_of_everybody(&route) {
            continue;
        }
        for visitor in ["norole", "viewer", "engineer", "steward", "owner"].map(Visitor::Person) {
            let mut answers = Vec::new();
            for object in [Object::Foreign, Object::Absent] {
                let path = company.path(&route, object);
                let mut browser = company.browser(visitor, &register);
                let answer = match company.token(visitor).filter(|_| route.path.starts_with("/api/")) {
                    Some(token) => browser.api(route.method(), &path, token, None).await,
                    None => browser.get(&path).await,
                };
                answers.push(said(&company, &answer));
            }
            assert_eq!(answers[0], answers[1], "{route} tells {visitor:?} what is hidden");
            tried += 1;
        }
    }
    assert!(tried > 50, "only {tried} were tried");
}

/// People and teams are known to whoever is signed in; nothing of them is hidden.
fn is_of_everybody(route: &Route) -> bool {
    ["/people/", "/teams/"].iter().any(|part| route.path.contains(part))
}

/// Everything that is kept, but for what reading may leave behind: sessions seen, throttles, views, entries of the audit.
async fn everything(register: &Register) -> BTreeMap<String, String> {
    const MAY: &[&str] = &["sessions", "throttles", "api_tokens", "recent_views", "audit_events", "register"];
    let mut connection = register.database.connect().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public' and tablename <> all($1) order by 1",
    )
    .bind(MAY)
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut found = BTreeMap::new();
    for table in tables {
        let sql = format!(
            "select count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) order by t::text)), '') from \"{table}\" t"
        );
        let sum = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        found.insert(table, sum);
    }
    found
}

#[tokio::test]
async fn reading_changes_nothing() {
    let company = Company::build().await;
    let register = company.register().await;
    let before = everything(&register).await;
    let admin = Visitor::Person("admin");
    for route in pages("GET").chain(routes::api()).filter(|route| route.method == "GET") {
        let path = company.path(&route, *Object::all_of(&route).last().unwrap());
        let mut browser = company.browser(admin, &register);
        match company.token(admin).filter(|_| route.path.starts_with("/api/")) {
            Some(token) => drop(browser.api(route.method(), &path, token, None).await),
            None => drop(browser.get(&path).await),
        }
    }
    assert_eq!(before, everything(&register).await);
}
