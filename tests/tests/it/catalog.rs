//! The catalogue's pages on a crawled source: what is shown, to whom, as of when, and what editing leaves behind.

mod api;
mod edit;
mod history;
mod pages;
mod scope;
mod wide;

use cadastre_model::{AssetId, Role, Sensitivity};
use cadastre_tests::postgres::TestCluster;
use cadastre_tests::register::{Answer, Browser, Person, Register};
use cadastre_tests::source::TestSource;
use http::StatusCode;

/// A shop, crawled, with somebody who administers the register.
struct Shop {
    register: Register,
    source: TestSource,
    admin: Browser,
}

const SHOP: &str = "
    create schema sales;
    create table sales.customers (id bigint primary key, email text not null unique);
    create table sales.orders (
        id bigint primary key, customer_id bigint references sales.customers, net_amount numeric(12,2) default 0);
    comment on table sales.orders is 'Orders of the shop 商城订单';
    comment on column sales.orders.net_amount is '净额';
    create view sales.paid as select o.id, c.email from sales.orders o join sales.customers c on c.id = o.customer_id;
    create schema hr;
    create table hr.salaries (person text, amount numeric);
";

impl Shop {
    async fn open() -> Self {
        Self::with(SHOP).await
    }

    async fn with(sql: &str) -> Self {
        let register = Register::empty().await;
        let database = TestCluster::of_this_run().fresh_database().await;
        database.execute(sql).await;
        let source = register.source("shop_prod", database).await;
        register.crawl(&source).await;
        let (_, admin) = register.administrator().await;
        Self { register, source, admin }
    }

    /// The ids, inside and outside, of an asset by its machine name.
    async fn asset(&self, name: &str) -> (AssetId, String) {
        let (id, public): (i64, uuid::Uuid) =
            sqlx::query_as("select id, public_id from assets where name = $1 and state = 'live'")
                .bind(name)
                .fetch_one(&self.register.app.db().web)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        (AssetId(id), public.to_string())
    }

    /// The id outside of a column.
    async fn column(&self, dataset: AssetId, name: &str) -> String {
        let id: uuid::Uuid = sqlx::query_scalar(
            "select c.public_id from columns c join column_facts f on f.column_id = c.id and f.valid_to is null
             where f.dataset_id = $1 and f.path = array[$2]",
        )
        .bind(dataset.0)
        .bind(name)
        .fetch_one(&self.register.app.db().web)
        .await
        .unwrap();
        id.to_string()
    }

    async fn counter(&self, asset: AssetId) -> String {
        let counter: i64 = sqlx::query_scalar("select counter from assets where id = $1")
            .bind(asset.0)
            .fetch_one(&self.register.app.db().web)
            .await
            .unwrap();
        counter.to_string()
    }

    /// Somebody with one role on one asset, and nothing by belonging to everyone.
    async fn somebody(&self, login: &str, role: Role, scope: AssetId) -> (Person, Browser) {
        let person = self.register.person(login).await;
        self.register.grant(&person, role, scope, Sensitivity::Internal).await;
        let browser = self.register.sign_in(&person).await;
        (person, browser)
    }
}

/// A page that is there.
async fn ok(browser: &mut Browser, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer
}

/// The text of the parts of a page that a selector picks, blanks gathered.
fn text(answer: &Answer, selector: &str) -> String {
    let html = scraper::Html::parse_document(&answer.body);
    let selector = scraper::Selector::parse(selector).unwrap();
    let all: Vec<String> =
        html.select(&selector).flat_map(|element| element.text()).map(ToOwned::to_owned).collect();
    all.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}
