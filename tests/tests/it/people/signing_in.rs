//! Sessions, their cookies and their ends; guessing, and what it is told.

use cadastre::app::Options;
use cadastre_tests::register::{Answer, Browser, Register};
use http::{HeaderMap, StatusCode};

const COOKIE: &str = "cadastre";

/// Whether the browser is signed in.
async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/signin").await.status == StatusCode::SEE_OTHER
}

async fn try_to_sign_in(browser: &mut Browser, login: &str, password: &str) -> Answer {
    browser.get("/signin").await;
    browser.post("/signin", &[("login", login), ("password", password)]).await
}

#[tokio::test]
async fn an_id_from_before_the_sign_in_is_worth_nothing_after_it() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let planted = "x".repeat(43);
    let mut browser = register.browser();
    browser.set_cookie(COOKIE, &planted);
    browser.sign_in(&ada).await;
    let first = browser.cookie(COOKIE).unwrap().to_owned();
    assert_ne!(first, planted);
    let mut thief = register.browser();
    thief.set_cookie(COOKIE, &planted);
    assert!(!is_in(&mut thief).await);

    // Signing in again gives a new one, and the old one dies.
    let mut again = register.browser();
    again.set_cookie(COOKIE, &first);
    again.get("/signin?lang=en").await;
    let answer = again.post("/signin", &[("login", "ada"), ("password", &ada.password)]).await;
    if answer.status == StatusCode::SEE_OTHER {
        assert_ne!(again.cookie(COOKIE), Some(first.as_str()));
        thief.set_cookie(COOKIE, &first);
        assert!(!is_in(&mut thief).await);
    } else {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "its form had no token of this session");
    }
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_cookie_is_for_this_host_and_for_no_script() {
    for (https, prefix) in [(false, ""), (true, "__Host-")] {
        let register = Register::with(Options { https, ..Options::default() }).await;
        let ada = register.person("ada").await;
        let mut browser = register.browser();
        let mut seen = cookies(&browser.get("/signin?lang=zh").await.headers);
        let signed_in = browser.post("/signin", &[("login", "ada"), ("password", &ada.password)]).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER, "{}", signed_in.body);
        seen.extend(cookies(&signed_in.headers));
        browser.get("/").await;
        seen.extend(cookies(&browser.post("/signout", &[]).await.headers));
        assert!(seen.len() >= 4, "{seen:?}");
        for cookie in &seen {
            assert!(cookie.starts_with(&format!("{prefix}cadastre")), "{cookie}");
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
            assert!(cookie.contains("; Path=/") && !cookie.contains("Domain"), "{cookie}");
            assert_eq!(cookie.contains("; Secure"), https, "{cookie}");
        }
        let strict = signed_in.headers.contains_key("strict-transport-security");
        assert_eq!(strict, https);
    }
}

#[tokio::test]
async fn the_database_knows_no_id_that_could_be_used() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let browser = register.sign_in(&ada).await;
    let id = browser.cookie(COOKIE).unwrap();
    assert!(id.len() >= 43, "256 bits");
    let kept: String = sqlx::query_scalar("select string_agg(s::text, ' ') from sessions s")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    assert!(!kept.contains(id) && !kept.contains(&hex(id.as_bytes())), "{kept}");
    let mut replayed = register.browser();
    let hash: Vec<u8> = sqlx::query_scalar("select token_hash from sessions")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    replayed.set_cookie(COOKIE, &hex(&hash));
    assert!(!is_in(&mut replayed).await);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_session_ends_when_idle_and_ends_at_last() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let mut browser = register.sign_in(&ada).await;
    let idle = "update sessions set last_seen = last_seen - interval '59 minutes'";
    register.database.execute(idle).await;
    assert!(is_in(&mut browser).await, "not idle for long enough");
    let seen = "select count(*) from sessions where last_seen > clock_timestamp() - interval '1 minute'";
    assert_eq!(register.count(seen).await, 1, "and the request counts");
    register.database.execute("update sessions set last_seen = last_seen - interval '61 minutes'").await;
    assert!(!is_in(&mut browser).await);

    let mut browser = register.sign_in(&ada).await;
    let left = "select extract(epoch from max(expires_at) - clock_timestamp())::bigint from sessions";
    let left = register.count(left).await;
    assert!((11 * 3600..=12 * 3600).contains(&left), "{left}");
    register.database.execute("update sessions set expires_at = clock_timestamp()").await;
    assert!(!is_in(&mut browser).await);
}

#[tokio::test]
async fn a_session_that_was_left_is_gone_on_every_replica() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let (_other, router) = register.replica().await;
    let mut browser = register.sign_in(&ada).await;
    let mut copies = [register.browser(), Browser::on(router)];
    for copy in &mut copies {
        copy.set_cookie(COOKIE, browser.cookie(COOKIE).unwrap());
        assert!(is_in(copy).await);
    }
    browser.get("/").await;
    let left = browser.post("/signout", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
    assert_eq!(browser.cookie(COOKIE), None);
    for copy in &mut copies {
        assert!(!is_in(copy).await);
    }
}

#[tokio::test]
async fn guessing_one_account_ends_in_429_on_all_replicas_together() {
    let register = Register::empty().await;
    let ada = register.person("ada").await;
    let (_other, router) = register.replica().await;
    let mut browsers = [register.browser(), Browser::on(router)];
    let (mut refused, mut wait) = (0, 0);
    for number in 0..12 {
        let answer = try_to_sign_in(&mut browsers[number % 2], "Ada", "a wrong guess").await;
        match answer.status {
            StatusCode::UNPROCESSABLE_ENTITY => {}
            StatusCode::TOO_MANY_REQUESTS => {
                refused += 1;
                let after: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=300).contains(&after), "{after}");
                wait = after;
            }
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert_eq!(refused, 2, "ten are allowed");
    // Nobody is locked out: the next one works when its time has come.
    let later = format!("update throttles set at = at - interval '{wait} seconds'");
    register.database.execute(&later).await;
    let answer = try_to_sign_in(&mut browsers[0], "ada", &ada.password).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn an_address_is_believed_from_a_trusted_proxy_only() {
    for (proxies, expected) in [(vec![], 1), (vec!["127.0.0.0/8".parse().unwrap()], 0)] {
        let options = Options { trusted_proxies: proxies, ..Options::default() };
        let register = Register::with(options).await;
        let mut browser = register.browser();
        // All but one of the tries of this address are used up.
        register
            .database
            .execute("insert into throttles values ('sign-in address 127.0.0.1', 1, clock_timestamp())")
            .await;
        let mut refused = 0;
        for number in 0..2 {
            let forwarded = format!("203.0.113.{number}, 198.51.100.{number}");
            browser.headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            browser.headers.insert("x-real-ip", "192.0.2.1".parse().unwrap());
            browser.headers.insert("forwarded", "for=192.0.2.1".parse().unwrap());
            let answer = try_to_sign_in(&mut browser, &format!("nobody{number}"), "whatever it is").await;
            refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(refused, expected);
        let by_hop = "select count(*) from throttles where key like 'sign-in address 198.51.100.%'";
        assert_eq!(register.count(by_hop).await, if expected == 0 { 2 } else { 0 });
    }
}

#[tokio::test]
async fn known_unknown_and_disabled_names_are_answered_alike() {
    let register = Register::empty().await;
    register.person("known").await;
    register.person("gone").await;
    register
        .database
        .execute(
            "update person_facts set state = 'disabled' from people p where p.id = person_id and p.login = 'gone'",
        )
        .await;
    let names = ["known", "ghost", "gone"];
    let mut answers = Vec::new();
    for _ in 0..3 {
        for name in &names {
            register.database.execute("delete from throttles").await;
            let mut browser = register.browser();
            browser.get("/signin").await;
            let hashes = register.app.passwords().made();
            let answer = browser.post("/signin", &[("login", name), ("password", "not the password")]).await;
            // The hash is nearly all of the time that an answer takes.
            assert_eq!(register.app.passwords().made() - hashes, 1, "{name} costs one hash, as every name");
            let token = browser.csrf().unwrap().to_owned();
            answers.push((answer.status, answer.body.replace(name, "NAME").replace(&token, "TOKEN")));
        }
    }
    assert!(answers.iter().all(|answer| strip(&answer.1) == strip(&answers[0].1)), "the same words");
    assert!(answers.iter().all(|answer| answer.0 == StatusCode::UNPROCESSABLE_ENTITY));
}

/// Without the id of the request.
fn strip(body: &str) -> String {
    let ids = |c: char| !c.is_ascii_hexdigit();
    body.split(ids).filter(|part| part.len() != 32).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn nothing_is_no_password() {
    let register = Register::empty().await;
    register.person("ada").await;
    let mut browser = register.browser();
    for fields in [&[("login", "ada")][..], &[("login", "ada"), ("password", "")], &[("password", "x")]] {
        browser.get("/signin").await;
        let answer = browser.post("/signin", fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
    }
    assert!(!is_in(&mut browser).await);
}
