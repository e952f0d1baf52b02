//! Notices by e-mail, to a server that speaks SMTP.

use super::*;
use cadastre::notices::{MailServer, MailTls};
use cadastre_tests::post::{Letter, MailBox};
use cadastre_tests::workers::Workers;
use std::time::Duration;

fn options(mailbox: &MailBox) -> Options {
    Options {
        mail: Some(MailServer {
            host: mailbox.address.ip().to_string(),
            port: mailbox.address.port(),
            tls: MailTls::None,
            account: None,
            from: "Cadastre <cadastre@example.org>".to_owned(),
            reply_to: None,
        }),
        gather_mail: Duration::from_millis(300),
        lease: Duration::from_millis(900),
        address: "https://cadastre.example.org".to_owned(),
        ..Options::default()
    }
}

async fn set_address(shop: &Shop, person: &Person, address: &str) {
    sqlx::query("update person_facts set email = $2 where person_id = $1 and valid_to is null")
        .bind(person.id.0)
        .bind(address)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
}

/// A shop whose letters come here, and somebody with an address who sees its sales and has all of it told by e-mail.
async fn told_by_mail(login: &str) -> (MailBox, Shop, Person) {
    let mailbox = MailBox::open().await;
    let mut shop = Shop::with(options(&mailbox)).await;
    let person = shop.viewer(login).await;
    set_address(&shop, &person, &format!("{login}@example.org")).await;
    shop.subscribe(&person, json!({"about": "all", "channel": "email"})).await;
    (mailbox, shop, person)
}

/// Delivers until nothing waits.
pub(super) async fn deliver_all(shop: &Shop) {
    let workers = Workers::start(&shop.register.app);
    for _ in 0..600 {
        deliver(&shop.register.app).await.unwrap();
        if shop.register.count("select count(*) from notice_deliveries where state = 'waiting'").await == 0 {
            workers.stop().await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", shop.register.rows("tasks").await);
}

/// A header of a letter, as a mail program shows it.
fn header(letter: &Letter, name: &str) -> String {
    let head = letter.text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let found =
        head.lines().filter(|line| line.to_lowercase().starts_with(&format!("{name}:"))).collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "{name} in {head}");
    found[0].split_once(": ").unwrap().1.to_owned()
}

fn body(letter: &Letter) -> String {
    let (head, body) = letter.text.split_once("\r\n\r\n").unwrap();
    if head.to_lowercase().contains("base64") {
        use base64::Engine;
        let bytes = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap();
        return String::from_utf8(bytes).unwrap();
    }
    if !head.to_lowercase().contains("quoted-printable") {
        return body.to_owned();
    }
    let text = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn what_arises_together_about_a_dataset_is_one_letter() {
    let (mailbox, mut shop, person) = told_by_mail("sam").await;
    shop.subscribe(&person, json!({"about": "asset", "asset": shop.domain.public_id, "channel": "email"}))
        .await;
    for dataset in [shop.orders, shop.orders, shop.daily] {
        shop.incident(dataset).await;
    }
    shop.tell().await;
    deliver_all(&shop).await;
    let mut letters = mailbox.letters();
    letters.sort_by_key(|letter| header(letter, "subject"));
    assert_eq!(letters.len(), 2, "one a dataset, however many subscriptions: {letters:?}");
    assert!(letters.iter().all(|letter| letter.to == ["<sam@example.org>"]));
    let many =
        letters.iter().find(|letter| header(letter, "subject").contains("2 notices about orders")).unwrap();
    let text = body(many);
    assert_eq!(text.matches("https://cadastre.example.org/quality/incidents/").count(), 2, "{text}");
    assert!(text.contains("https://cadastre.example.org/notices/subscriptions"), "{text}");
    assert!(shop.inbox(&person).await.is_empty(), "they asked for letters only");
}

#[tokio::test]
async fn a_letter_is_in_its_readers_language() {
    let (mailbox, mut shop, person) = told_by_mail("li").await;
    sqlx::query("insert into person_settings (person_id, language) values ($1, 'zh')")
        .bind(person.id.0)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver_all(&shop).await;
    assert!(body(&mailbox.letters()[0]).contains("因为"), "{:?}", mailbox.letters());
}

#[tokio::test]
async fn a_right_that_is_gone_before_the_letter_leaves_keeps_it_here() {
    let mailbox = MailBox::open().await;
    let mut shop = Shop::with(options(&mailbox)).await;
    let person = shop.register.person("hal").await;
    set_address(&shop, &person, "hal@example.org").await;
    let grant = shop.register.grant(&person, Role::Viewer, shop.domain.id, Sensitivity::Internal).await;
    shop.subscribe(&person, json!({"about": "all", "channel": "email"})).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    shop.register.revoke(grant).await;
    deliver_all(&shop).await;
    assert!(mailbox.letters().is_empty());
    assert_eq!(
        shop.register.count("select count(*) from notice_deliveries where state = 'dropped'").await,
        1
    );
}

#[tokio::test]
async fn a_hostile_name_forges_no_header_and_no_line() {
    let (mailbox, mut shop, _) = told_by_mail("sam").await;
    let name = "orders\r\nBcc: everybody@example.org\r\n\r\nhttps://evil.example.org/\u{202e}";
    sqlx::query("update assets set name = $2 where id = $1")
        .bind(shop.orders.id.0)
        .bind(name)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    shop.incident(shop.orders).await;
    shop.tell().await;
    deliver_all(&shop).await;
    let letter = mailbox.letters().pop().unwrap();
    let head = letter.text.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
    assert_eq!(letter.to, ["<sam@example.org>"]);
    assert!(!body(&letter).lines().any(|line| line.starts_with("https://evil")), "{}", body(&letter));
}

#[tokio::test]
async fn a_server_that_does_not_take_it_now_gets_it_later_and_a_test_says_what_is_wrong() {
    let (mailbox, mut shop, person) = told_by_mail("sam").await;
    let own = shop.ask(&person, Method::GET, "/api/v1/subscriptions", None).await.json();
    shop.incident(shop.orders).await;
    shop.tell().await;
    mailbox.refuse(2);
    deliver_all(&shop).await;
    assert_eq!(mailbox.letters().len(), 1);
    let path = format!("/api/v1/subscriptions/{}/tests", own["items"][0]["id"].as_str().unwrap());
    mailbox.refuse(1);
    let refused = shop.ask(&person, Method::POST, &path, None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    let sent = shop.ask(&person, Method::POST, &path, None).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.body);
    assert!(header(&mailbox.letters()[1], "subject").contains("A test"));
}
