//! Notices by signed web requests.

use super::mail::deliver_all;
use super::*;
use cadastre_tests::fake::Identity;
use cadastre_tests::post::{Arrival, Hook};
use ring::hmac;
use std::time::Duration;

fn options() -> Options {
    Options {
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        lease: Duration::from_millis(900),
        ..Options::default()
    }
}

/// Somebody who may have the register go into the allowed networks.
async fn engineer(shop: &Shop) -> Person {
    let person = shop.viewer("erin").await;
    shop.register.grant(&person, Role::Administrator, shop.source.id, Sensitivity::Internal).await;
    person
}

async fn hooked(shop: &mut Shop, person: &Person, address: &str) -> (String, String) {
    let body = json!({"about": "all", "channel": "webhook", "address": address});
    let made = shop.subscribe(person, body).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

fn is_signed(arrival: &Arrival, secret: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let text = format!("{}.{}", arrival.headers["cadastre-timestamp"], arrival.body);
    let signature = arrival.headers["cadastre-signature"].strip_prefix("v1=").unwrap();
    hmac::verify(&key, text.as_bytes(), &hex::decode(signature).unwrap()).is_ok()
}

#[tokio::test]
async fn a_request_is_signed_and_tried_again_under_the_same_key() {
    let hook = Hook::open().await;
    let mut shop = Shop::with(options()).await;
    let person = engineer(&shop).await;
    let address = format!("http://{}/hook/s3cret?to=us", hook.address);
    let (id, secret) = hooked(&mut shop, &person, &address).await;
    hook.answer("HTTP/1.1 500 Oh");
    hook.answer("HTTP/1.1 429 Slowly");
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver_all(&shop).await;
    let arrivals = hook.arrivals();
    assert_eq!(arrivals.len(), 3, "{arrivals:?}");
    assert!(
        arrivals.iter().all(|arrival| arrival.line == "POST /hook/s3cret?to=us HTTP/1.1"),
        "{arrivals:?}"
    );
    assert!(arrivals.iter().all(|arrival| is_signed(arrival, &secret)));
    assert!(!is_signed(&arrivals[0], "whsec_other"));
    let keys: std::collections::BTreeSet<&String> =
        arrivals.iter().map(|arrival| &arrival.headers["cadastre-delivery"]).collect();
    assert_eq!(keys.len(), 1, "the same key each time");
    let said: Value = serde_json::from_str(&arrivals[2].body).unwrap();
    assert_eq!(said["type"], "incident.opened");
    assert_eq!(said["notice"]["dataset"]["name"], "orders");
    assert_eq!(
        (said["subscription"].as_str(), Some(&said["id"])),
        (Some(id.as_str()), Some(&json!(keys.first().unwrap())))
    );
    let dump = shop.register.dump().await;
    assert!(
        !dump.contains(&secret) && !dump.contains("s3cret"),
        "neither key nor path lies open in the database"
    );
}

#[tokio::test]
async fn one_that_never_arrives_is_given_up_and_its_person_is_told() {
    let hook = Hook::open().await;
    let mut shop = Shop::with(options()).await;
    let person = engineer(&shop).await;
    let (id, _) = hooked(&mut shop, &person, &format!("http://{}/", hook.address)).await;
    (0..3).for_each(|_| hook.answer("HTTP/1.1 503 No"));
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver(&shop.register.app).await.unwrap();
    sqlx::query("update tasks set max_attempts = 3 where kind = 'webhook'")
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    deliver_all(&shop).await;
    assert_eq!(hook.arrivals().len(), 3);
    shop.tell().await;
    assert_eq!(shop.inbox(&person).await, ["undelivered assignee –"]);
    let path = format!("/api/v1/subscriptions/{id}");
    assert!(shop.ask(&person, Method::GET, &path, None).await.json()["failing_since"].is_string());
    let mut browser = shop.register.sign_in(&person).await;
    let page = browser.get("/notices/subscriptions").await;
    assert!(page.body.contains("status 503"), "{}", page.body);
    assert!(browser.get("/notices").await.body.contains("cannot be delivered"));
    let tested = browser.post(&format!("/notices/subscriptions/{id}/test"), &[]).await;
    assert_eq!(tested.status, StatusCode::SEE_OTHER);
    assert!(
        shop.ask(&person, Method::GET, &path, None).await.json()["failing_since"].is_null(),
        "it works again"
    );
    let test: Value = serde_json::from_str(&hook.arrivals()[3].body).unwrap();
    assert_eq!((test["type"].as_str(), test["notice"].is_null()), (Some("test"), true));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (hook, elsewhere) = (Hook::open().await, Hook::open().await);
    let mut shop = Shop::with(options()).await;
    let person = engineer(&shop).await;
    hooked(&mut shop, &person, &format!("http://{}/", hook.address)).await;
    hook.answer(&format!("HTTP/1.1 307 There\r\nlocation: http://{}/", elsewhere.address));
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver_all(&shop).await;
    assert_eq!((hook.arrivals().len(), elsewhere.arrivals().len()), (1, 0));
    let why = "select count(*) from subscriptions where failing_why->>'key' = 'webhook-redirect'";
    assert_eq!(shop.register.count(why).await, 1);
}

/// Where the test below has the one that it starts keep the authority of its receiver, and the name of that one. What a machine
/// trusts (`SSL_CERT_FILE`) is never written to.
const AUTHORITY: &str = "CADASTRE_TEST_AUTHORITY";
const INNER: &str = "notices::webhook::in_a_process_that_trusts_its_authority_a_receiver_is_told_by_https";

/// What the machine trusts is said by its environment, which a process has from its start.
#[test]
fn https_goes_to_whom_an_authority_of_the_machine_vouches_for() {
    let folder = tempfile::tempdir().unwrap();
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", INNER, "--ignored", "--nocapture"])
        .env(AUTHORITY, folder.path().join("authority.pem"))
        .env("SSL_CERT_FILE", folder.path().join("authority.pem"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success() && told.contains("1 passed"),
        "{told}{}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[tokio::test]
#[ignore = "run by the test above, in an environment of its own"]
#[expect(clippy::disallowed_methods, reason = "a test's own environment")]
async fn in_a_process_that_trusts_its_authority_a_receiver_is_told_by_https() {
    let (ours, strangers) = (Identity::of("localhost", false), Identity::of("localhost", false));
    std::fs::write(std::env::var(AUTHORITY).unwrap(), &ours.ca).unwrap();
    let (known, unknown) = (Hook::open_tls(&ours).await, Hook::open_tls(&strangers).await);
    let mut shop = Shop::with(options()).await;
    let person = engineer(&shop).await;
    let mut secrets = Vec::new();
    for hook in [&known, &unknown] {
        let address = format!("https://localhost:{}/hook", hook.address.port());
        secrets.push(hooked(&mut shop, &person, &address).await.1);
    }
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver(&shop.register.app).await.unwrap();
    shop.register.database.execute("update tasks set max_attempts = 1 where kind = 'webhook'").await;
    deliver_all(&shop).await;
    let arrivals = known.arrivals();
    assert_eq!(arrivals.len(), 1, "{arrivals:?}");
    assert!(is_signed(&arrivals[0], &secrets[0]));
    assert!(unknown.arrivals().is_empty(), "nothing is said to a stranger");
    let why = "select count(*) from subscriptions where failing_why->>'key' = 'webhook-tls'";
    assert_eq!(shop.register.count(why).await, 1);
}

#[tokio::test]
async fn addresses_of_the_inner_network_are_refused_whoever_names_them_and_however() {
    let mut shop = Shop::with(options()).await;
    let (engineer, person) = (engineer(&shop).await, shop.viewer("sam").await);
    let inner = [
        "http://127.0.0.1:9/",
        "https://127.0.0.1:9/",
        "https://localhost/",
        "https://127.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
    ];
    let never = [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/",
        "https://[fe80::1]/",
        "https://0.0.0.0/",
        "https://[::]/",
        "https://100.100.100.200/",
        "http://93.184.216.34/",
        "ftp://127.0.0.1/",
        "https://u:p@127.0.0.1/",
        "file:///etc/passwd",
        "x",
        "",
    ];
    let post = async |shop: &mut Shop, person: &Person, address: &str| {
        let body = json!({"about": "all", "channel": "webhook", "address": address});
        shop.ask(person, Method::POST, "/api/v1/subscriptions", Some(body)).await
    };
    for address in inner.iter().chain(&never) {
        let answer = post(&mut shop, &person, address).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {}", answer.body);
    }
    for address in never {
        let answer = post(&mut shop, &engineer, address).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {}", answer.body);
    }
    assert_eq!(shop.register.count("select count(*) from subscriptions").await, 0);
}

/// What a name stands for, and who may go there, is asked again at each delivery.
#[tokio::test]
async fn an_address_that_is_refused_meanwhile_gets_nothing() {
    let hook = Hook::open().await;
    let mut shop = Shop::with(options()).await;
    let person = shop.viewer("erin").await;
    let grant =
        shop.register.grant(&person, Role::Administrator, shop.source.id, Sensitivity::Internal).await;
    hooked(&mut shop, &person, &format!("http://localhost:{}/", hook.address.port())).await;
    shop.register.revoke(grant).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver(&shop.register.app).await.unwrap();
    sqlx::query("update tasks set max_attempts = 1 where kind = 'webhook'")
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    deliver_all(&shop).await;
    assert!(hook.arrivals().is_empty());
    let why = "select count(*) from subscriptions where failing_why->>'key' = 'webhook-address-refused'";
    assert_eq!(shop.register.count(why).await, 1);
}

#[tokio::test]
async fn what_its_person_does_not_see_any_more_is_not_sent() {
    let hook = Hook::open().await;
    let mut shop = Shop::with(options()).await;
    let person = shop.register.person("hal").await;
    let grant = shop.register.grant(&person, Role::Viewer, shop.domain.id, Sensitivity::Internal).await;
    let other = shop.register.bare_source("another").await;
    shop.register.grant(&person, Role::Administrator, other.id, Sensitivity::Internal).await;
    hooked(&mut shop, &person, &format!("http://{}/", hook.address)).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    shop.register.revoke(grant).await;
    deliver_all(&shop).await;
    assert!(hook.arrivals().is_empty());
    assert_eq!(
        shop.register.count("select count(*) from notice_deliveries where state = 'dropped'").await,
        1
    );
}
