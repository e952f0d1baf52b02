//! The catalogue by JSON: conditions, refusals, what comes back.

use super::Shop;
use axum::body::Body;
use cadastre_model::{AssetId, Role, Sensitivity, TokenScope};
use cadastre_tests::register::{Answer, Browser};
use http::{Method, StatusCode};
use serde_json::{Value, json};

impl Shop {
    /// A program with a token of somebody.
    pub(super) async fn program(&self, login: &str, role: Role, scopes: &[TokenScope]) -> Browser {
        let person = self.register.person(login).await;
        self.register.grant(&person, role, AssetId::REGISTER, Sensitivity::Secret).await;
        let token = self.register.token(&person, scopes).await;
        let mut program = self.register.browser();
        program.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        program
    }
}

async fn send(
    program: &mut Browser,
    method: Method,
    path: &str,
    etag: Option<&str>,
    body: Option<Value>,
) -> Answer {
    program.headers.remove("if-match");
    if let Some(etag) = etag {
        program.headers.insert("if-match", etag.parse().unwrap());
    }
    let kind = body.as_ref().map(|_| "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    program.send(method, path, kind, body).await
}

#[tokio::test]
async fn a_text_is_said_and_taken_back_under_a_condition() {
    let shop = Shop::open().await;
    let (_, id) = shop.asset("orders").await;
    let mut program = shop.program("p", Role::Steward, TokenScope::ALL).await;
    let read = program.get(&format!("/api/v1/assets/{id}")).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.body);
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let path = format!("/api/v1/assets/{id}/texts/description/en");
    let text = json!({"body": "By program", "reason": "import"});

    let missing = send(&mut program, Method::PUT, &path, None, Some(text.clone())).await;
    assert_eq!(missing.status, StatusCode::PRECONDITION_REQUIRED);
    let stale = send(&mut program, Method::PUT, &path, Some("\"999\""), Some(text.clone())).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let said = send(&mut program, Method::PUT, &path, Some(&etag), Some(text.clone())).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    assert!(said.headers.contains_key("cadastre-seen"));
    let of_person = |answer: &Answer| {
        let texts = answer.json()["texts"].as_array().unwrap().clone();
        texts.into_iter().filter(|text| text["origin"] == "person").collect::<Vec<_>>()
    };
    assert_eq!(of_person(&said)[0]["body"], "By program");
    let next = said.headers["etag"].to_str().unwrap().to_owned();
    assert_ne!(next, etag);
    let gone = send(&mut program, Method::DELETE, &path, Some(&next), None).await;
    assert_eq!((gone.status, of_person(&gone)), (StatusCode::OK, Vec::new()), "{}", gone.body);
    let history = program.get(&format!("/api/v1/assets/{id}/history?limit=2")).await.json();
    assert_eq!(history["items"][0]["entries"][0]["sign"], "removed");
    assert_eq!(
        (&history["items"][1]["reason"], &history["items"][1]["via"]),
        (&json!("import"), &json!("token"))
    );
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_order() {
    let shop = Shop::open().await;
    let (orders, id) = shop.asset("orders").await;
    let path = format!("/api/v1/assets/{id}/texts/description/en");
    let text = json!({"body": "x"});
    let any = Some("*");
    let mut nobody = shop.register.browser();
    assert_eq!(
        send(&mut nobody, Method::PUT, &path, any, Some(text.clone())).await.status,
        StatusCode::UNAUTHORIZED
    );
    let mut viewer = shop.program("v", Role::Viewer, TokenScope::ALL).await;
    assert_eq!(
        send(&mut viewer, Method::PUT, &path, any, Some(text.clone())).await.status,
        StatusCode::FORBIDDEN
    );
    let mut reader = shop.program("r", Role::Steward, &[TokenScope::Read]).await;
    assert_eq!(
        send(&mut reader, Method::PUT, &path, any, Some(text.clone())).await.status,
        StatusCode::FORBIDDEN
    );
    let mut steward = shop.program("s", Role::Steward, TokenScope::ALL).await;
    for (path, body, status) in [
        (
            format!("/api/v1/assets/{}/texts/description/en", uuid::Uuid::new_v4()),
            text.clone(),
            StatusCode::NOT_FOUND,
        ),
        (format!("/api/v1/assets/{id}/texts/poem/en"), text.clone(), StatusCode::NOT_FOUND),
        (format!("/api/v1/assets/{id}/texts/docs/fr"), text.clone(), StatusCode::NOT_FOUND),
        (path.clone(), json!({"body": "x", "more": 1}), StatusCode::UNPROCESSABLE_ENTITY),
        (path.clone(), json!({"body": "a\u{0}b"}), StatusCode::BAD_REQUEST),
        (path.clone(), json!({"body": "x".repeat(64 * 1024 + 1)}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = send(&mut steward, Method::PUT, &path, any, Some(body)).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    assert_eq!(shop.counter(orders).await, shop.counter(orders).await);
    assert_eq!(shop.register.count("select count(*) from texts where origin = 'person'").await, 0);
}

#[tokio::test]
async fn an_owner_is_named_and_removed() {
    let shop = Shop::open().await;
    let (_, id) = shop.asset("orders").await;
    let team = shop.register.team("Sales", None).await;
    let mut program = shop.program("p", Role::Administrator, TokenScope::ALL).await;
    let path = format!("/api/v1/assets/{id}/owners");
    let owner = json!({"kind": "technical", "subject_kind": "team", "subject": team.public_id});
    let named = send(&mut program, Method::POST, &path, Some("*"), Some(owner)).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.body);
    let owner = &named.json()["owners"][0];
    assert_eq!((&owner["kind"], &owner["who"]["name"]), (&json!("technical"), &json!("Sales")));
    let bad = json!({"kind": "technical", "subject_kind": "team", "subject": uuid::Uuid::new_v4()});
    let refused = send(&mut program, Method::POST, &path, Some("*"), Some(bad)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let place = format!("{path}/{}", owner["id"].as_str().unwrap());
    assert_eq!(
        send(&mut program, Method::DELETE, &place, Some("*"), None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        send(&mut program, Method::DELETE, &place, Some("*"), None).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_tree_and_the_columns_are_read_page_by_page() {
    let shop = Shop::open().await;
    let mut program = shop.program("p", Role::Viewer, &[TokenScope::Read]).await;
    let tree = program.get("/api/v1/tree").await.json();
    assert_eq!((&tree["items"][0]["name"], &tree["items"][0]["datasets"]), (&json!("shop_prod"), &json!(4)));
    let mut id = tree["items"][0]["id"].as_str().unwrap().to_owned();
    for name in [shop.source.database.name(), "sales"] {
        let children = program.get(&format!("/api/v1/assets/{id}/children")).await.json();
        let child =
            children["items"].as_array().unwrap().iter().find(|child| child["name"] == name).unwrap().clone();
        id = child["id"].as_str().unwrap().to_owned();
    }
    let children = program.get(&format!("/api/v1/assets/{id}/children?q=ORD")).await.json();
    assert_eq!(children["items"].as_array().unwrap().len(), 1);
    let orders = children["items"][0]["id"].as_str().unwrap().to_owned();
    let dataset = program.get(&format!("/api/v1/datasets/{orders}")).await.json();
    assert_eq!((&dataset["columns"], &dataset["kind"]), (&json!(3), &json!("table")));
    assert_eq!(dataset["keys"].as_array().unwrap().len(), 2, "{dataset}");
    let first = program.get(&format!("/api/v1/datasets/{orders}/columns?limit=2")).await.json();
    let next = first["next"].as_str().unwrap();
    let rest = program.get(&format!("/api/v1/datasets/{orders}/columns?limit=2&cursor={next}")).await.json();
    assert_eq!((first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
    assert_eq!((&rest["items"][0]["type_written"], &rest["next"]), (&json!("numeric(12,2)"), &Value::Null));
    let column = rest["items"][0]["id"].as_str().unwrap();
    let column = program.get(&format!("/api/v1/datasets/{orders}/columns/{column}")).await.json();
    assert_eq!(column["texts"][0]["body"], "净额");
    let then = program.get(&format!("/api/v1/datasets/{orders}?at=2001-01-01T00:00:00Z")).await;
    assert_eq!(then.status, StatusCode::NOT_FOUND);
}
