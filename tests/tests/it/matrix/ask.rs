//! Everybody asks.

use super::{Object, Table, body, forms, is_public};
use axum::body::Body;
use cadastre_model::TokenScope;
use cadastre_tests::register::{Answer, Blueprint, Browser, Register};
use cadastre_tests::routes::{self, Route};
use cadastre_tests::world::{PEOPLE, Things, World};
use http::{HeaderValue, StatusCode};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Who asks, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visitor {
    /// Not signed in, no token.
    Nobody,
    /// Signed in, or with a token of theirs that is good for everything.
    Person(&'static str),
    /// The administrator, with a token that is good for less.
    Token(&'static str, &'static [TokenScope]),
}

impl Visitor {
    /// Who asks for pages.
    pub(super) const OF_PAGES: &[Self] = &[
        Self::Nobody,
        Self::Person(PEOPLE[0]),
        Self::Person(PEOPLE[1]),
        Self::Person(PEOPLE[2]),
        Self::Person(PEOPLE[3]),
        Self::Person(PEOPLE[4]),
        Self::Person(PEOPLE[5]),
        Self::Person(PEOPLE[6]),
        Self::Person(PEOPLE[7]),
        Self::Person(PEOPLE[8]),
        Self::Person(PEOPLE[9]),
    ];
    /// Who asks the API.
    pub(super) const OF_API: &[Self] = &[
        Self::Nobody,
        Self::Person(PEOPLE[0]),
        Self::Person(PEOPLE[1]),
        Self::Person(PEOPLE[2]),
        Self::Person(PEOPLE[3]),
        Self::Person(PEOPLE[4]),
        Self::Person(PEOPLE[5]),
        Self::Person(PEOPLE[6]),
        Self::Person(PEOPLE[7]),
        Self::Person(PEOPLE[8]),
        Self::Token("+read", &[TokenScope::Read]),
        Self::Token("+write", &[TokenScope::Read, TokenScope::Write]),
        Self::Token("+values", &[TokenScope::Read, TokenScope::Values]),
        Self::Token("+admin", &[TokenScope::Read, TokenScope::Admin]),
        Self::Person(PEOPLE[9]),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Person(name) | Self::Token(name, _) => name,
        }
    }
}

/// The company with everybody's sessions and tokens in it, to be had as often as wanted.
pub(super) struct Company {
    own: Things,
    foreign: Things,
    blueprint: Blueprint,
    browsers: BTreeMap<&'static str, Browser>,
    tokens: BTreeMap<&'static str, String>,
    document: Value,
}

impl Company {
    pub(super) async fn build() -> Self {
        let world = World::build().await;
        let mut browsers = BTreeMap::new();
        let mut tokens = BTreeMap::new();
        for name in PEOPLE {
            let mut browser = world.browser(name).await;
            // A page of theirs has the token for their forms.
            browser.get("/").await;
            browsers.insert(name, browser);
        }
        for visitor in Visitor::OF_API {
            match visitor {
                Visitor::Nobody => {}
                Visitor::Person(name) => drop(tokens.insert(*name, world.token(name, TokenScope::ALL).await)),
                Visitor::Token(name, scopes) => {
                    drop(tokens.insert(*name, world.token("admin", scopes).await));
                }
            }
        }
        let document = serde_json::to_value(cadastre::http::api_document()).expect("a document");
        let (own, foreign) = (world.own, world.foreign);
        Self { own, foreign, blueprint: world.register.into_blueprint().await, browsers, tokens, document }
    }

    /// A register of this company, of one's own.
    pub(super) async fn register(&self) -> Register {
        self.blueprint.register().await
    }

    /// The path of a route with an object in it.
    pub(super) fn path(&self, route: &Route, object: Object) -> String {
        object.path(route, &self.own, &self.foreign)
    }

    /// The ids of everything that an object may be.
    pub(super) fn ids(&self, object: Object) -> Vec<String> {
        object.ids(&self.own, &self.foreign)
    }

    /// Somebody's browser at a register.
    pub(super) fn browser(&self, visitor: Visitor, register: &Register) -> Browser {
        match visitor {
            Visitor::Person(name) => self.browsers[name].clone().moved_to(register.router.clone()),
            Visitor::Nobody | Visitor::Token(..) => register.browser(),
        }
    }

    /// Somebody's token.
    pub(super) fn token(&self, visitor: Visitor) -> Option<&str> {
        self.tokens.get(visitor.name()).map(String::as_str)
    }

    /// Everybody asks for everything.
    pub(super) async fn ask_all(&self, routes: &BTreeSet<Route>, visitors: &'static [Visitor]) -> Table {
        let mut table = Table::of(visitors.iter().map(|visitor| visitor.name()).collect());
        let calm = self.register().await;
        let forms = self.forms(&calm).await;
        for route in routes {
            // A write gets a company of its own, so that one does not see what another did.
            let mut own = if route.method == "GET" { None } else { Some(self.register().await) };
            for object in Object::all_of(route) {
                let mut answers = Vec::new();
                for visitor in visitors {
                    // Who knocks often at a public door is throttled: each comes to one of their own.
                    if own.is_some() && is_public(route) {
                        own = Some(self.register().await);
                    }
                    let register = own.as_ref().unwrap_or(&calm);
                    answers.push(self.ask(register, *visitor, route, *object, &forms).await);
                }
                table.put(route, *object, answers);
            }
        }
        table
    }

    async fn ask(
        &self,
        register: &Register,
        visitor: Visitor,
        route: &Route,
        object: Object,
        forms: &BTreeMap<String, forms::Fields>,
    ) -> String {
        let path = self.path(route, object);
        let mut browser = self.browser(visitor, register);
        let answer = async {
            if route.path.starts_with("/api/") {
                return self.ask_api(&mut browser, visitor, route, &path).await;
            }
            if route.method == "GET" {
                return browser.get(&path).await;
            }
            if visitor == Visitor::Nobody {
                // Who is not signed in has a token for forms too: that of their visit.
                browser.get("/signin").await;
            }
            let own = self.path(route, if object == Object::None { object } else { Object::Own });
            let none = Vec::new();
            let fields = forms.get(&own).unwrap_or(&none);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            browser.post(&path, &fields).await
        };
        // A stream of events has no end: its head was the answer.
        let Ok(answer) = tokio::time::timeout(std::time::Duration::from_secs(5), answer).await else {
            return "stream".to_owned();
        };
        if answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/signin") {
            return "in".to_owned();
        }
        answer.status.as_u16().to_string()
    }

    async fn ask_api(&self, browser: &mut Browser, visitor: Visitor, route: &Route, path: &str) -> Answer {
        let body = body::of(&self.document, route);
        if body::takes_if_match(&self.document, route) {
            browser.headers.insert("if-match", HeaderValue::from_static("\"-1\""));
        }
        match self.token(visitor) {
            Some(token) => browser.api(route.method(), path, token, body).await,
            None => {
                let kind = body.as_ref().map(|_| "application/json");
                let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
                browser.send(route.method(), path, kind, body).await
            }
        }
    }

    /// The forms on all pages, as the administrator sees them: target to fields.
    async fn forms(&self, register: &Register) -> BTreeMap<String, forms::Fields> {
        let mut browser = self.browser(Visitor::Person("admin"), register);
        let mut found = BTreeMap::new();
        for route in routes::pages().iter().filter(|route| route.method == "GET") {
            if route.path.ends_with("/events") {
                continue;
            }
            for object in
                Object::all_of(route).iter().filter(|object| matches!(object, Object::Own | Object::None))
            {
                found.extend(forms::on(&browser.get(&self.path(route, *object)).await.body));
            }
        }
        found
    }
}
