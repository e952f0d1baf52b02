//! Every route that is served, read off where it is written: the pages from `.route("…", get(…).post(…))` in the
//! code, the API from its document. Nothing keeps a list beside them that could fall behind.

use crate::tree;
use cadastre::http::api_document;
use http::Method;
use std::collections::BTreeSet;
use std::fmt;
use syn::visit::{self, Visit};

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The path with its parameters, as `/d/{id}`.
    pub path: String,
    /// The method, as `GET`.
    pub method: String,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Route {
    /// The method as a request carries it.
    ///
    /// # Panics
    /// Never: it was read off a method's name.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method.parse().expect("a method")
    }

    /// Whether a path is one of this route's.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        for pattern in self.path.split('/') {
            if pattern.starts_with("{*") {
                return parts.next().is_some();
            }
            let Some(part) = parts.next() else { return false };
            let fits = if pattern.starts_with('{') { !part.is_empty() } else { part == pattern };
            if !fits {
                return false;
            }
        }
        parts.next().is_none()
    }
}

/// The routes of the pages, and of everything else that is not in the API's document.
///
/// # Panics
/// Where a route is written so that its path or methods can't be read off.
#[must_use]
pub fn pages() -> BTreeSet<Route> {
    let mut found = Found::default();
    for (path, file) in tree::rust_with(&["backend/app/src"], ".route(") {
        path.clone_into(&mut found.file);
        found.visit_file(&file);
    }
    found.routes
}

/// The routes of the API.
///
/// # Panics
/// When the document is none.
#[must_use]
pub fn api() -> BTreeSet<Route> {
    let document = serde_json::to_value(api_document()).expect("a document");
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").keys();
            methods
                .filter(|method| *method != "parameters")
                .map(|method| Route { path: path.clone(), method: method.to_uppercase() })
                .collect::<Vec<_>>()
        })
        .collect()
}

#[derive(Default)]
struct Found {
    file: String,
    routes: BTreeSet<Route>,
}

impl<'ast> Visit<'ast> for Found {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        if call.method != "route" || call.args.len() != 2 {
            return;
        }
        let path = tree::literal(&call.args[0])
            .unwrap_or_else(|| panic!("{}: a route whose path is no literal", self.file));
        let mut methods = Vec::new();
        methods_of(&call.args[1], &mut methods);
        assert!(!methods.is_empty(), "{}: no method can be read off the route {path}", self.file);
        self.routes.extend(methods.into_iter().map(|method| Route { path: path.clone(), method }));
    }
}

/// `get(a).post(b)` is GET and POST.
fn methods_of(expression: &syn::Expr, into: &mut Vec<String>) {
    let mut keep = |name: &syn::Ident| {
        let name = name.to_string();
        if ["get", "post", "put", "patch", "delete"].contains(&name.as_str()) {
            into.push(name.to_uppercase());
        }
    };
    match expression {
        syn::Expr::Call(call) => {
            if let syn::Expr::Path(path) = &*call.func {
                path.path.segments.last().into_iter().for_each(|segment| keep(&segment.ident));
            }
        }
        syn::Expr::MethodCall(call) => {
            keep(&call.method);
            methods_of(&call.receiver, into);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_routes_and_no_other() {
        let route = |path: &str| Route { path: path.to_owned(), method: "GET".to_owned() };
        assert!(route("/d/{id}/history").matches("/d/7/history"));
        assert!(!route("/d/{id}/history").matches("/d/7"));
        assert!(!route("/d/{id}").matches("/d/7/history"));
        assert!(!route("/d/{id}").matches("/d/"));
        assert!(route("/_/{*path}").matches("/_/css/app.css"));
        assert!(route("/").matches("/"));
    }
}
