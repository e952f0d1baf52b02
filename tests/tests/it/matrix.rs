//! The route matrix: every route there is × everybody who may ask × what they ask for. The routes come from the code and
//! from the API's document; what each is answered stands in `matrix/pages.txt` and `matrix/api.txt`, a line a route and
//! object. A route without a line fails, and so does another answer than the one in the file.
//!
//! `UPDATE=1` writes the files anew: read the difference before it is committed; it is the list of who may do what.
//!
//! `in` stands for the way to the sign-in (303 from a page); all else is the status. Every write is tried on a copy of the
//! company of its own, with the fields of its own form or a body after its own schema, against a state that has passed by
//! where it asks for one: 412, 409 and 422 are the answers to somebody who may.

mod ask;
mod body;
mod forms;
mod laws;
mod object;
mod table;

use ask::{Company, Visitor};
use cadastre_tests::routes::{self, Route};
pub(crate) use object::Object;
use table::Table;

/// Routes that are open to everybody, by what they are for: signing in, and what a browser or an operator's machine
/// asks for before anybody has.
const PUBLIC: &[&str] = &[
    "GET /signin",
    "POST /signin",
    "GET /setup/{token}",
    "POST /setup/{token}",
    "POST /theme",
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
    "GET /_/{*path}",
    "GET /api/v1/openapi.json",
];

fn is_public(route: &Route) -> bool {
    PUBLIC.contains(&route.to_string().as_str())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_answers_everybody_as_the_table_says() {
    let company = Company::build().await;
    let table = company.ask_all(&routes::pages(), Visitor::OF_PAGES).await;
    table.has_no_fault();
    table.holds("pages.txt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_of_the_api_answers_everybody_as_the_table_says() {
    let company = Company::build().await;
    let table = company.ask_all(&routes::api(), Visitor::OF_API).await;
    table.has_no_fault();
    table.holds("api.txt");
}

#[test]
fn every_public_route_is_one() {
    let all: Vec<String> = routes::pages().iter().chain(&routes::api()).map(ToString::to_string).collect();
    for route in PUBLIC {
        assert!(all.iter().any(|known| known == route), "{route} is listed as public and does not exist");
    }
}
