//! Which of some assets somebody sees. What lies around a visible asset (its source, its domain, the other end of a key)
//! may itself be hidden, and hidden is absent: its name is then left out of paths, facets and keys.

use super::asset::Asset;
use crate::access::push_scope;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, ObjectKind, Sensitivity};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashSet;

/// Those of the assets that the scope covers.
pub(crate) async fn of(
    conn: &mut PgConnection,
    scope: &Scope,
    ids: impl IntoIterator<Item = AssetId>,
) -> Result<HashSet<AssetId>> {
    let ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let mut query = QueryBuilder::<Postgres>::new("select a.id from assets a where a.id = any(");
    query.push_bind(ids).push(") and ");
    push_scope(&mut query, "a", scope);
    let seen: Vec<i64> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(seen.into_iter().map(AssetId).collect())
}

/// Whether the scope covers all that there is in the asset's source: what its SQL names is then seen, whatever it is.
/// Narrower than need be until the names in SQL are resolved; never wider.
pub(crate) async fn whole_source(conn: &mut PgConnection, scope: &Scope, asset: &Asset) -> Result<bool> {
    let Some(source) = asset.source else { return Ok(false) };
    if covers_all_below(scope, asset, source) {
        return Ok(true);
    }
    let mut query =
        QueryBuilder::<Postgres>::new("select not exists (select from assets a where a.source_id = ");
    query.push_bind(source.0).push(" and not ");
    push_scope(&mut query, "a", scope);
    query.push(")");
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// The answer without asking the database, where nothing is denied anywhere and the whole source is given at any level.
fn covers_all_below(scope: &Scope, asset: &Asset, source: AssetId) -> bool {
    let kinds = [ObjectKind::Source, ObjectKind::Container, ObjectKind::Dataset];
    kinds.iter().all(|&kind| {
        let given = scope.allow(kind, Sensitivity::Secret);
        let from_above = |id: &AssetId| *id == source || *id == AssetId::REGISTER;
        scope.deny(kind).is_empty() && asset.scope_path.iter().any(|id| from_above(id) && given.contains(id))
    })
}
