//! A scope as a condition in SQL: one branch per kind and sensitivity, so that the GIN index on `scope_path` serves.

use cadastre_access::Scope;
use cadastre_model::{AssetKind, ObjectKind, Sensitivity};
use sqlx::{Postgres, QueryBuilder};

/// Adds `( … )`: true for the rows of `assets`, under this alias, that the scope covers. A list that asks for it has right
/// totals, right facets and no check per row.
pub fn push_scope(query: &mut QueryBuilder<Postgres>, alias: &'static str, scope: &Scope) {
    query.push("(false");
    for &kind in ObjectKind::ALL {
        let kinds: Vec<&str> = AssetKind::ALL
            .iter()
            .filter(|asset| ObjectKind::from(**asset) == kind)
            .map(|asset| asset.as_str())
            .collect();
        let deny: Vec<i64> = scope.deny(kind).iter().map(|id| id.0).collect();
        for (levels, allow) in branches(scope, kind) {
            query.push(" or (").push(alias).push(".kind = any(").push_bind(kinds.clone());
            query.push(") and ").push(alias).push(".effective_sensitivity = any(").push_bind(levels);
            query.push(") and ").push(alias).push(".scope_path && ").push_bind(allow);
            if !deny.is_empty() {
                query.push(" and not ").push(alias).push(".scope_path && ").push_bind(deny.clone());
            }
            query.push(")");
        }
    }
    query.push(")");
}

/// Sensitivities with the same scopes share a branch.
fn branches(scope: &Scope, kind: ObjectKind) -> Vec<(Vec<&'static str>, Vec<i64>)> {
    let mut branches: Vec<(Vec<&'static str>, Vec<i64>)> = Vec::new();
    for &level in Sensitivity::ALL {
        let allow: Vec<i64> = scope.allow(kind, level).iter().map(|id| id.0).collect();
        if allow.is_empty() {
            continue;
        }
        match branches.iter_mut().find(|(_, same)| *same == allow) {
            Some((levels, _)) => levels.push(level.as_str()),
            None => branches.push((vec![level.as_str()], allow)),
        }
    }
    branches
}
