//! Datasets by what a person types into a field.

use crate::access::{Caller, push_scope};
use crate::error::Result;
use cadastre_model::{Action, AssetId, PublicId};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// So many of one name are offered.
const OFFERED: i64 = 20;

/// Datasets that a typed name fits, as far as the caller sees them: an id, an address on this register, or a name with any of
/// the containers before it that the caller sees too, with dots. At most 20, by name.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn datasets(
    conn: &mut PgConnection,
    caller: &Caller,
    typed: &str,
) -> Result<Vec<(AssetId, PublicId)>> {
    let typed = typed.trim();
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id, a.public_id from assets a
         where a.kind = 'dataset' and a.state in ('live', 'referenced') and a.merged_into is null and ",
    );
    push_scope(&mut query, "a", &see);
    if let Some(id) = id_in(typed) {
        query.push(" and a.public_id = ").push_bind(id.0);
    } else {
        let mut parts = typed.rsplit('.').map(|part| part.trim().to_lowercase());
        query.push(" and lower(a.name) = ").push_bind(parts.next().unwrap_or_default());
        for part in parts {
            query.push(" and exists (select from assets c where c.id = any(a.container_path) and c.id <> a.id and lower(c.name) = ");
            query.push_bind(part).push(" and ");
            push_scope(&mut query, "c", &see);
            query.push(")");
        }
    }
    query.push(" order by a.name, a.id limit ").push_bind(OFFERED);
    let rows: Vec<(i64, Uuid)> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id, public)| (AssetId(id), PublicId(public))).collect())
}

/// The id, where an id or an address with one was typed.
fn id_in(typed: &str) -> Option<PublicId> {
    typed.trim_end_matches('/').rsplit('/').find_map(|part| part.parse().ok())
}
