//! The first administrator.

use cadastre::people::set_up;
use cadastre_tests::register::{Browser, Register};
use futures::future::join_all;
use http::StatusCode;

const FIELDS: [(&str, &str); 4] =
    [("display_name", "林薇"), ("email", ""), ("password", "a long and quiet phrase"), ("language", "zh")];

fn fields(login: &str) -> Vec<(&str, &str)> {
    FIELDS.into_iter().chain([("login", login)]).collect()
}

async fn link(register: &Register) -> String {
    set_up::link(&register.app).await.unwrap().expect("a register without an administrator has a link")
}

#[tokio::test]
async fn the_link_makes_the_first_administrator_and_signs_them_in() {
    let register = Register::empty().await;
    let link = link(&register).await;
    assert!(link.starts_with("/setup/") && link.len() >= "/setup/".len() + 43, "256 bits");
    let mut browser = register.browser();
    let page = browser.get(&link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let done = browser.post(&link, &fields("lin.wei")).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/"), "{}", done.body);
    assert_eq!(browser.get("/signin").await.status, StatusCode::SEE_OTHER, "signed in");
    assert_eq!(
        register.count("select count(*) from grants where role = 'administrator' and asset_id = 1").await,
        1
    );
    assert!(register.kinds().await.contains(&"register.set_up".to_owned()));

    // It closes for good, also while the administrator is disabled.
    for link in [link.as_str(), "/setup/anything"] {
        assert_eq!(register.browser().get(link).await.status, StatusCode::NOT_FOUND);
    }
    assert!(set_up::link(&register.app).await.unwrap().is_none());
    register.database.execute("update person_facts set state = 'disabled'").await;
    assert!(set_up::link(&register.app).await.unwrap().is_none());
}

#[tokio::test]
async fn a_link_that_is_wrong_or_has_ended_is_absent() {
    let register = Register::empty().await;
    let good = link(&register).await;
    let wrong = format!("{}x", &good[..good.len() - 1]);
    let mut browser = register.browser();
    assert_eq!(browser.get(&wrong).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&good).await.status, StatusCode::OK);
    register.database.execute("update setup_links set expires_at = clock_timestamp()").await;
    assert_eq!(browser.get(&good).await.status, StatusCode::NOT_FOUND);
    let late = browser.post(&good, &fields("late")).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "{}", late.body);
    assert_eq!(register.count("select count(*) from people").await, 0);
    let stored: Vec<u8> = sqlx::query_scalar("select token_hash from setup_links")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    assert!(!good.as_bytes().windows(8).any(|part| stored.windows(8).any(|other| part == other)));
}

#[tokio::test]
async fn what_is_wrong_is_shown_again_without_the_password() {
    let register = Register::empty().await;
    let link = link(&register).await;
    let mut browser = register.browser();
    browser.get(&link).await;
    let again = browser
        .post(
            &link,
            &[("login", "Everyone"), ("display_name", ""), ("email", "x"), ("password", "password1")],
        )
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in [
        "stands for the register",
        "Enter a name",
        "full address",
        "known to everybody",
        "value=\"Everyone\"",
    ] {
        assert!(again.body.contains(shown), "{shown}: {}", again.body);
    }
    assert!(!again.body.contains("password1"));
    let done = browser.post(&link, &fields("ada")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "the link is still good: {}", done.body);
}

#[tokio::test]
async fn twenty_at_once_make_one_administrator() {
    let register = Register::empty().await;
    let (_other, router) = register.replica().await;
    let mut tries = Vec::new();
    for number in 0..20 {
        // Each with a link of its own, half of them at another replica.
        let link = link(&register).await;
        let mut browser = if number % 2 == 0 { register.browser() } else { Browser::on(router.clone()) };
        tries.push(async move {
            let page = browser.get(&link).await.status;
            let login = format!("first{}", char::from(b'a' + number));
            let done = browser.post(&link, &fields(&login)).await.status;
            (page, done)
        });
    }
    let done = join_all(tries).await;
    let made = done.iter().filter(|(_, status)| *status == StatusCode::SEE_OTHER).count();
    assert_eq!(made, 1, "{done:?}");
    assert_eq!(register.count("select count(*) from people").await, 1);
    assert_eq!(register.count("select count(*) from grants where role = 'administrator'").await, 1);
}
