//! The pages about rights, domains and the record, as a person walks them.

use cadastre_model::{AssetKind, Role, Sensitivity};
use cadastre_tests::register::Register;
use http::StatusCode;

#[tokio::test]
async fn a_grant_is_given_and_revoked_by_form() {
    let register = Register::empty().await;
    let source = register.bare_source("shop").await;
    let orders = register.within(source, AssetKind::Dataset, "orders").await;
    let (_, mut admin) = register.administrator().await;
    let ann = register.person("ann").await;
    let tab = format!("/d/{}/access", orders.public_id);
    let page = admin.get(&tab).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);

    let fields = [
        ("subject_kind", "person"),
        ("subject", "ANN"),
        ("role", "steward"),
        ("effect", "allow"),
        ("ceiling", "internal"),
    ];
    let wrong = admin
        .post(
            &tab,
            &[
                ("subject_kind", "person"),
                ("subject", "nobody"),
                ("role", "king"),
                ("ceiling", "internal"),
                ("ends_at", "soon"),
                ("reason", "<b>because</b>"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    assert!(
        wrong.body.contains("&#60;b&#62;because") || wrong.body.contains("&lt;b&gt;because"),
        "what was typed is still there"
    );
    let given = admin.post(&tab, &fields).await;
    assert_eq!((given.status, given.location()), (StatusCode::SEE_OTHER, tab.as_str()), "{}", given.body);

    let mut anns = register.sign_in(&ann).await;
    let seen = anns.get(&tab).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let refused = anns.post(&tab, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "nobody changes their own rights: {}", refused.body);

    let id: uuid::Uuid =
        sqlx::query_scalar("select public_id from grants where role = 'steward' and valid_to is null")
            .fetch_one(&register.app.db().web)
            .await
            .unwrap();
    let revoke = format!("/access/grants/{id}/revoke");
    let asked = admin.get(&revoke).await;
    assert!(asked.body.contains("ann") && asked.status == StatusCode::OK, "{}", asked.body);
    let done = admin.post(&revoke, &[("reason", "she moved on")]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, tab.as_str()), "{}", done.body);
    assert_eq!(anns.get(&tab).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.get(&revoke).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_about_rights_opens_in_both_languages() {
    let register = Register::empty().await;
    let source = register.bare_source("shop").await;
    let domain = register.domain("Sales", None).await;
    let below = register.domain("Retail", Some(domain)).await;
    register.within_as(source, AssetKind::Dataset, "orders", Some(below), None).await;
    let (_, mut admin) = register.administrator().await;
    let ann = register.person("ann").await;
    register.grant(&ann, Role::Steward, domain.id, Sensitivity::Internal).await;
    let mut anns = register.sign_in(&ann).await;
    for page in [
        "/access".to_owned(),
        "/access/roles".to_owned(),
        format!("/browse/{}/access", source.public_id),
        format!("/sources/{}/access", source.public_id),
        "/domains".to_owned(),
        "/domains/new".to_owned(),
        format!("/domains/{}", below.public_id),
        format!("/domains/{}/access", below.public_id),
        format!("/domains/{}/edit", below.public_id),
        format!("/domains/{}/remove", below.public_id),
        "/audit".to_owned(),
        "/audit?what=grant&who=nobody".to_owned(),
        "/audit.csv".to_owned(),
    ] {
        for language in ["en", "zh"] {
            let sign = if page.contains('?') { '&' } else { '?' };
            let answer = admin.get(&format!("{page}{sign}lang={language}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
        }
        assert!(anns.get(&page).await.status.as_u16() < 500, "{page}");
    }
    let inherited = admin.get(&format!("/domains/{}/access", below.public_id)).await;
    assert!(inherited.status == StatusCode::OK && inherited.body.contains("Sales"), "{}", inherited.body);
    assert_eq!(anns.get("/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_domain_is_made_changed_and_removed_by_form() {
    let register = Register::empty().await;
    let (_, mut admin) = register.administrator().await;
    admin.get("/domains/new").await;
    let made = admin
        .post(
            "/domains/new",
            &[
                ("version", "0"),
                ("name", "Sales"),
                ("display_name_zh", "销售"),
                ("description_en", "What is sold"),
                ("sensitivity", "internal"),
            ],
        )
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let place = made.location().to_owned();
    let page = admin.get(&format!("{place}?lang=zh")).await;
    assert!(page.body.contains("销售"), "{}", page.body);

    let edit = format!("{place}/edit");
    let form = admin.get(&edit).await;
    let version =
        form.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let twice = admin.post(&edit, &[("version", &version), ("name", "")]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", twice.body);
    let changed =
        admin.post(&edit, &[("version", &version), ("name", "Verkauf"), ("display_name_zh", "销售")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let late = admin.post(&edit, &[("version", &version), ("name", "Late")]).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.body);

    let ask = admin.get(&format!("{place}/remove")).await;
    let version =
        ask.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let gone =
        admin.post(&format!("{place}/remove"), &[("version", &version), ("reason", "no longer")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    assert_eq!(admin.get(&place).await.status, StatusCode::NOT_FOUND);
}
