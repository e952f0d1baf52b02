//! That the people of a test are people for the register.

use cadastre_model::TokenScope;
use cadastre_tests::register::Register;
use http::{Method, StatusCode};

#[tokio::test]
async fn an_administrator_of_a_test_signs_in_and_asks_by_token() {
    let register = Register::empty().await;
    let (person, mut browser) = register.administrator().await;
    let answer = browser.get("/signin").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "who is signed in is led on: {}", answer.body);

    let token = register.token(&person, TokenScope::ALL).await;
    let known = browser.api(Method::GET, "/api/v1/openapi.json", &token, None).await;
    assert_eq!(known.status, StatusCode::OK, "{}", known.body);
    let unknown = browser.api(Method::GET, "/api/v1/openapi.json", "cad_nothing", None).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
}
