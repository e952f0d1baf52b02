//! Looking for assets: what is found, in which order, by whom.

use cadastre::catalog::search::reindex;
use cadastre::catalog::store::{AssetFacts, NewAsset, create_assets};
use cadastre::change::{Author, ChangeSet};
use cadastre_model::{AssetId, AssetKind, AssetState};
use cadastre_tests::register::Register;

#[tokio::test]
async fn what_is_looked_for_is_written_with_the_asset() {
    let register = Register::empty().await;
    let mut tx = register.app.db().web.begin().await.unwrap();
    let mut change = ChangeSet::begin_set(&mut tx, "crawl", &Author::cli()).await.unwrap();
    let facts = AssetFacts {
        name: "Sample_Shop'\\:*<script>".to_owned(),
        parent: Some(AssetId::REGISTER),
        domain: None,
        sensitivity: None,
        state: AssetState::Live,
    };
    let new = NewAsset { kind: AssetKind::Domain, source: None, facts };
    let made = create_assets(&mut tx, &mut change, &[new]).await.unwrap();
    let ids: Vec<AssetId> = made.iter().map(|(id, _)| *id).collect();
    reindex(&mut tx, &ids).await.unwrap();
    change.record_set(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let words: String = sqlx::query_scalar("select words::text from search_documents where asset_id = $1")
        .bind(ids[0].0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    assert_eq!(words, "'=sampleshopscript':1A 'sample':1A 'sampleshopscript':1A 'script':1A 'shop':1A");
}

mod found {
    //! On a crawled shop, through the page and the API.

    use cadastre_model::{AssetId, Role, Sensitivity, TokenScope};
    use cadastre_tests::postgres::TestCluster;
    use cadastre_tests::register::{Browser, Register};
    use http::StatusCode;
    use serde_json::Value;
    use std::collections::BTreeSet;

    const WORDS: &str = "
        create schema mart; create schema raw;
        create table mart.orders (id int primary key, \"netAmount\" numeric);
        comment on table mart.orders is '商城订单明细';
        create table mart.order_items (id int primary key, order_id int, sku text);
        create table raw.orders_2026q1 (payload text);
        create table raw.customerid (id int);
        create view mart.borders as select id from mart.order_items;
        comment on view mart.borders is 'Not about what is sold, though it names orders';
    ";

    async fn shop() -> (Register, Browser) {
        let register = Register::empty().await;
        let database = TestCluster::of_this_run().fresh_database().await;
        database.execute(WORDS).await;
        let source = register.source("shop", database).await;
        register.crawl(&source).await;
        let token = register.administrators_token().await;
        let mut program = register.browser();
        program.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        (register, program)
    }

    async fn json(program: &mut Browser, path: &str) -> Value {
        let answer = program.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }

    async fn names(program: &mut Browser, query: &str) -> Vec<String> {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let page = json(program, &format!("/api/v1/datasets?q={query}")).await;
        let name = |hit: &Value| hit["name"].as_str().unwrap().to_owned();
        page["items"].as_array().unwrap().iter().map(name).collect()
    }

    #[tokio::test]
    async fn the_exact_name_comes_before_a_word_of_it_before_a_column_before_a_text() {
        let (_register, mut program) = shop().await;
        assert_eq!(
            names(&mut program, "orders").await,
            ["orders", "order_items", "orders_2026q1", "borders"],
            "borders only by its text, order_items since order and orders find each other"
        );
        assert_eq!(names(&mut program, "order_ite").await, ["order_items"]);
    }

    #[tokio::test]
    async fn names_are_found_by_their_parts_however_they_are_written() {
        let (_register, mut program) = shop().await;
        for (query, expected) in [
            ("net amount", vec!["orders"]),
            ("NETAMOUNT", vec!["orders"]),
            ("net_am", vec!["orders"]),
            ("customer_id", vec!["customerid"]),
            ("2026", vec!["orders_2026q1"]),
            ("订单", vec!["orders"]),
            ("明细", vec!["orders"]),
            ("细", vec!["orders"]),
            ("单商", vec![]),
            ("mart.orders", vec!["orders", "order_items", "borders"]),
            ("raw.orders", vec!["orders_2026q1"]),
            ("order_items.sku", vec!["order_items"]),
            ("'); drop table assets; --", vec![]),
            ("&|!:*()<->", vec![]),
        ] {
            assert_eq!(names(&mut program, query).await, expected, "{query}");
        }
    }

    #[tokio::test]
    async fn a_hit_says_why_it_was_found() {
        let (_register, mut program) = shop().await;
        let page = json(&mut program, "/api/v1/datasets?q=amount").await;
        let reason = &page["items"][0]["reasons"][0];
        assert_eq!((reason["field"].as_str(), reason["text"].as_str()), (Some("column"), Some("netAmount")));
    }

    #[tokio::test]
    async fn counts_leave_out_their_own_filter_and_add_up_to_the_total() {
        let (_register, mut program) = shop().await;
        let all = json(&mut program, "/api/v1/datasets/counts").await;
        assert_eq!(all["total"], 5);
        let views = json(&mut program, "/api/v1/datasets/counts?kind=view").await;
        assert_eq!(views["total"], 1);
        assert_eq!(views["facets"]["kind"], all["facets"]["kind"]);
        assert_eq!(views["facets"]["schema"].as_array().unwrap().len(), 1);
        for facet in ["kind", "schema", "source", "sensitivity", "owner", "described"] {
            let sum: i64 = all["facets"][facet]
                .as_array()
                .unwrap()
                .iter()
                .map(|value| value["count"].as_i64().unwrap())
                .sum();
            assert_eq!(sum, 5, "{facet}");
        }
        for value in all["facets"]["schema"].as_array().unwrap() {
            let narrowed = json(
                &mut program,
                &format!("/api/v1/datasets/counts?schema={}", value["value"].as_str().unwrap()),
            )
            .await;
            assert_eq!(narrowed["total"], value["count"]);
        }
        let described = json(&mut program, "/api/v1/datasets/counts?described=yes&owner=none").await;
        assert_eq!(described["total"], 2);
    }

    #[tokio::test]
    async fn pages_together_hold_everything_once_in_each_order() {
        let (_register, mut program) = shop().await;
        for sort in ["relevance", "name", "changed"] {
            let (mut seen, mut path) = (BTreeSet::new(), format!("/api/v1/datasets?limit=2&sort={sort}"));
            let mut pages = 0;
            loop {
                let page = json(&mut program, &path).await;
                for item in page["items"].as_array().unwrap() {
                    assert!(seen.insert(item["id"].as_str().unwrap().to_owned()), "{sort}: twice");
                }
                pages += 1;
                let Some(next) = page["next"].as_str() else { break };
                path = format!("/api/v1/datasets?limit=2&sort={sort}&cursor={next}");
            }
            assert_eq!((seen.len(), pages), (5, 3), "{sort}");
        }
    }

    #[tokio::test]
    async fn what_the_list_does_not_know_is_refused() {
        let (_register, mut program) = shop().await;
        for bad in [
            "kind=spreadsheet",
            "nonsense=1",
            "limit=0",
            "limit=201",
            "cursor=abc",
            "sort=size",
            "owner=me%20too",
        ] {
            let answer = program.get(&format!("/api/v1/datasets?{bad}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {}", answer.body);
        }
    }

    #[tokio::test]
    async fn what_is_hidden_changes_neither_order_nor_counts_nor_answers_a_guess() {
        let (register, _) = shop().await;
        let mart: i64 = register.count("select id from assets where kind = 'schema' and name = 'mart'").await;
        let person = register.person("ada").await;
        register.grant(&person, Role::Viewer, AssetId(mart), Sensitivity::Internal).await;
        let token = register.token(&person, &[TokenScope::Read]).await;
        let mut program = register.browser();
        program.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        assert_eq!(names(&mut program, "orders").await, ["orders", "order_items", "borders"]);
        // the source around the schema is hidden: its name finds nothing, neither does the other schema's
        assert_eq!(names(&mut program, "shop.orders").await, Vec::<String>::new());
        assert_eq!(names(&mut program, "raw.orders").await, Vec::<String>::new());
        let counts = json(&mut program, "/api/v1/datasets/counts").await;
        assert_eq!(counts["total"], 3);
        assert_eq!(counts["facets"]["source"], serde_json::json!([]));
        let all = counts.to_string();
        assert!(!all.contains("raw") && !all.contains("shop"), "{all}");
    }
}
