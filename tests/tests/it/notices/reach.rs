//! Whom something reaches, and whom it must not reach.

use super::*;
use sqlx::query;

#[tokio::test]
async fn an_incident_reaches_the_owner_the_subscriber_of_the_domain_and_the_owner_of_what_is_downstream() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    let subscriber = shop.viewer("sam").await;
    let downstream = shop.viewer("dora").await;
    shop.register.owner(&downstream, shop.daily.id).await;
    let uninvolved = shop.viewer("una").await;
    let domain = shop.domain.public_id;
    shop.subscribe(&subscriber, json!({"about": "asset", "asset": domain, "channel": "inbox"})).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&owner).await, ["opened owner orders"]);
    assert_eq!(shop.inbox(&subscriber).await, ["opened subscription orders"]);
    assert_eq!(shop.inbox(&downstream).await, ["upstream downstream daily"]);
    assert!(shop.inbox(&uninvolved).await.is_empty());
}

#[tokio::test]
async fn people_of_a_team_that_owns_it_are_told_those_of_its_teams_below_too() {
    let mut shop = Shop::open().await;
    let (above, below) = (shop.viewer("abe").await, shop.viewer("bea").await);
    let team = shop.register.team("makers", None).await;
    let part = shop.register.team("makers of orders", Some(&team)).await;
    shop.register.enrol(&above, &team).await;
    shop.register.enrol(&below, &part).await;
    query(
        "insert into owners (asset_id, kind, team_id, origin, valid_from, change_set)
         select $1, 'business', id, 'person', valid_from, change_set from (
             select t.id, f.valid_from, f.change_set from teams t join team_facts f on f.team_id = t.id where t.public_id = $2) made",
    )
    .bind(shop.orders.id.0)
    .bind(team.public_id.0)
    .execute(&shop.register.app.db().web)
    .await
    .unwrap();
    shop.incident(shop.orders).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&above).await, ["opened owner orders"]);
    assert_eq!(shop.inbox(&below).await, ["opened owner orders"]);
}

#[tokio::test]
async fn two_replicas_tell_everybody_once() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    let (other, _router) = shop.register.replica().await;
    for _ in 0..20 {
        shop.incident(shop.orders).await;
    }
    let (here, there) = tokio::join!(tell(&shop.register.app), tell(&other));
    assert_eq!(here.unwrap() + there.unwrap(), 20);
    shop.tell().await;
    assert_eq!(shop.inbox(&owner).await.len(), 20);
}

#[tokio::test]
async fn an_occasion_is_told_once_however_often_it_is_looked_at() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    shop.subscribe(&owner, json!({"about": "all", "channel": "inbox"})).await;
    let dataset = shop.orders.public_id;
    shop.subscribe(&owner, json!({"about": "asset", "asset": dataset, "channel": "inbox"})).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    shop.tell().await;
    assert_eq!(shop.inbox(&owner).await, ["opened owner orders"], "the strongest of three reasons");
}

#[tokio::test]
async fn who_may_not_see_it_is_not_told_and_what_is_hidden_later_is_gone() {
    let mut shop = Shop::open().await;
    let person = shop.register.person("hal").await;
    let grant = shop.register.grant(&person, Role::Viewer, shop.domain.id, Sensitivity::Internal).await;
    shop.subscribe(&person, json!({"about": "all", "channel": "inbox"})).await;
    let blind = shop.register.person("bob").await;
    shop.subscribe(&blind, json!({"about": "all", "channel": "inbox"})).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&person).await, ["opened subscription orders"]);
    assert!(shop.inbox(&blind).await.is_empty());
    assert_eq!(
        shop.register.count("select count(*) from notices").await,
        1,
        "nothing is kept for who sees nothing"
    );
    shop.register.revoke(grant).await;
    assert!(shop.inbox(&person).await.is_empty());
    let mut browser = shop.register.sign_in(&person).await;
    let home = browser.get("/notices?show=all").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(
        !home.body.contains("orders") && !home.body.contains("INC-"),
        "neither in the list nor at the bell"
    );
    assert!(!home.body.contains(r#"class="n num""#), "{}", home.body);
}

#[tokio::test]
async fn a_hidden_dataset_is_no_bridge_to_who_owns_what_is_behind_it() {
    let mut shop = Shop::open().await;
    let far = shop
        .register
        .within_as(shop.source, AssetKind::Database, "mart", None, Some(Sensitivity::Internal))
        .await;
    let report = shop.register.within(far, AssetKind::Dataset, "report").await;
    shop.register.edge(None, shop.daily, report).await;
    shop.lineage_follows().await;
    let seeing = shop.viewer("vera").await;
    shop.register.owner(&seeing, report.id).await;
    let blind = shop.register.person("bob").await;
    shop.register.owner(&blind, report.id).await;
    shop.register.grant(&blind, Role::Viewer, shop.orders.id, Sensitivity::Internal).await;
    shop.incident(shop.orders).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&seeing).await, ["upstream downstream report"]);
    assert!(shop.inbox(&blind).await.is_empty(), "what lies between is hidden from them");
}

#[tokio::test]
async fn an_assignment_reaches_the_assignee_and_nobody_is_told_of_their_own_acts() {
    let mut shop = Shop::open().await;
    let owner = shop.owner("olga", shop.orders).await;
    let assignee = shop.viewer("ada").await;
    let other = shop.owner("otto", shop.orders).await;
    let incident = shop.incident(shop.orders).await;
    shop.tell().await;
    shop.act(&owner, incident, json!({"act": "assign", "assignee": "ada"})).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&assignee).await, ["assigned assignee orders"]);
    shop.act(&owner, incident, json!({"act": "note", "note": "looking at it"})).await;
    shop.act(&owner, incident, json!({"act": "resolve", "reason": "the source was mended"})).await;
    shop.tell().await;
    let told = ["resolved assignee orders", "noted assignee orders", "assigned assignee orders"];
    assert_eq!(shop.inbox(&assignee).await, told);
    assert_eq!(shop.inbox(&owner).await, ["opened owner orders"], "what they did themselves is no news");
    assert_eq!(
        shop.inbox(&other).await,
        ["resolved owner orders", "noted owner orders", "opened owner orders"]
    );
}

#[tokio::test]
async fn a_subscription_tells_from_its_severity_on_and_no_incident_that_is_muted() {
    let mut shop = Shop::open().await;
    let person = shop.viewer("sam").await;
    shop.subscribe(&person, json!({"about": "all", "severity": "medium", "channel": "inbox"})).await;
    let incident = shop.incident(shop.orders).await;
    query("update incidents set severity = 'low' where public_id = $1")
        .bind(incident.0)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    let muted = shop.incident(shop.orders).await;
    query("update incidents set muted_until = now() + interval '1 day' where public_id = $1")
        .bind(muted.0)
        .execute(&shop.register.app.db().web)
        .await
        .unwrap();
    shop.tell().await;
    assert!(shop.inbox(&person).await.is_empty());
    shop.incident(shop.daily).await;
    shop.tell().await;
    assert_eq!(shop.inbox(&person).await, ["opened subscription daily"]);
}
