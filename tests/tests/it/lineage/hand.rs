//! Edges by a person's hand.

use super::*;
use cadastre_model::{AssetId, Role, Sensitivity};
use cadastre_tests::register::Browser;
use http::StatusCode;

const TABLES: &str = "
    create schema raw; create schema mart;
    create table raw.a (x int, y int); create table mart.b (x int, z int);
    create view mart.v as select x from raw.a;";

async fn id(register: &Register, name: &'static str) -> uuid::Uuid {
    sqlx::query_scalar("select public_id from assets where name = $1 and kind = 'dataset'")
        .bind(name)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap()
}

async fn steward(register: &Register) -> Browser {
    let person = register.person("steward").await;
    register.grant(&person, Role::Steward, AssetId::REGISTER, Sensitivity::Secret).await;
    let mut browser = register.sign_in(&person).await;
    // The token of forms comes with the first page.
    browser.get("/account").await;
    browser
}

#[tokio::test]
async fn a_steward_draws_an_edge_with_columns_and_takes_it_back() {
    let (register, _) = derived(TABLES).await;
    let mut steward = steward(&register).await;
    let b = id(&register, "b").await;
    let fields = [
        ("other", "raw.a"),
        ("side", "up"),
        ("columns", "x -> x\ny -> z"),
        ("note", "copied by hand each Monday"),
    ];
    let path = format!("/d/{b}/lineage/edges");
    let answer = steward.post(&path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let by_hand = "e.valid_to is null and e.maker = 'person' and not e.struck";
    assert_eq!(
        edges_of(&register, by_hand).await,
        ["raw.a → mart.b unknown", "raw.a.x → mart.b.x identity", "raw.a.y → mart.b.z identity"]
    );
    let edge: uuid::Uuid = sqlx::query_scalar(
        "select public_id from lineage_edges where maker = 'person' and from_column is null",
    )
    .fetch_one(&register.app.db().web)
    .await
    .unwrap();
    let asked = steward.get(&format!("/d/{b}/lineage/edges/{edge}/strike")).await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("a → b"), "{}", asked.body);
    let answer =
        steward.post(&format!("/d/{b}/lineage/edges/{edge}/strike"), &[("reason", "no longer")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(edges_of(&register, "e.valid_to is null and e.maker = 'person'").await, [""; 0]);
}

#[tokio::test]
async fn an_edge_that_a_job_says_stays_struck_out_though_the_job_says_it_again() {
    let (register, source) = derived(TABLES).await;
    let mut steward = steward(&register).await;
    let v = id(&register, "v").await;
    let reach = async || {
        let v: i64 = register.count("select id from assets where name = 'v' and kind = 'dataset'").await;
        let ask = cadastre_lineage::ImpactAsk::whole(
            cadastre_lineage::NodeId::Asset(AssetId(v)),
            cadastre_lineage::Direction::Up,
            cadastre_lineage::Level::Datasets,
        );
        register
            .app
            .lineage()
            .ask(|graph| graph.impact(cadastre_lineage::Sight::everything(), &ask).reached.len())
            .unwrap()
            - 1
    };
    let edge: uuid::Uuid = sqlx::query_scalar(
        "select e.public_id from lineage_edges e join assets a on a.id = e.to_id where a.name = 'v' and e.to_column is null",
    )
    .fetch_one(&register.app.db().web)
    .await
    .unwrap();
    assert_eq!(reach().await, 1);
    let answer =
        steward.post(&format!("/d/{v}/lineage/edges/{edge}/strike"), &[("reason", "a test of ours")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(reach().await, 0);
    again(&register, &source).await;
    assert_eq!(reach().await, 0);
    let struck: uuid::Uuid = sqlx::query_scalar("select public_id from lineage_edges where struck")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    let answer = steward.post(&format!("/d/{v}/lineage/edges/{struck}/restore"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(reach().await, 1);
}
