//! What an asset takes over where it says nothing itself: domain and level. The same order as in `refresh_effective()`.

use super::asset::Asset;
use super::rows::word;
use super::visible;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, Sensitivity};
use sqlx::PgConnection;

/// What would count without the asset's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inherited {
    /// The name of the domain, if the reader sees it.
    pub domain: Option<String>,
    /// The level.
    pub sensitivity: Sensitivity,
}

/// What the asset takes over.
pub(crate) async fn of(conn: &mut PgConnection, see: &Scope, asset: &Asset) -> Result<Inherited> {
    let (domain, name, level): (Option<i64>, Option<String>, String) = sqlx::query_as(
        "select d.id, d.name, coalesce(p.container_sensitivity, own.effective_sensitivity, r.effective_sensitivity)
         from assets a join assets r on r.id = 1
         left join assets p on p.id = a.parent_id and p.kind not in ('register', 'domain')
         left join assets d on d.id = p.effective_domain_id
         left join assets own on own.id = coalesce(a.domain_id, d.id)
         where a.id = $1",
    )
    .bind(asset.id.0)
    .fetch_one(&mut *conn)
    .await?;
    let seen = visible::of(conn, see, domain.map(AssetId)).await?;
    Ok(Inherited { domain: name.filter(|_| !seen.is_empty()), sensitivity: word(&level)? })
}
