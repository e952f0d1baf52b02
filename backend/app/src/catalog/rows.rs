//! Assets as lists show them. Whoever calls has found the ids under a scope; here they become names and figures, with what
//! is hidden around them left out.

use super::visible;
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::{AssetId, AssetKind, AssetState, DatasetKind, Language, PublicId, Sensitivity};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::str::FromStr;
use uuid::Uuid;

/// A word of a closed set, as the database keeps it.
///
/// # Errors
/// `Internal` when the set does not have it: the schema and the model disagree.
pub(crate) fn word<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T> {
    text.parse().map_err(Failure::internal)
}

/// An asset by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id inside.
    pub id: AssetId,
    /// The id outside.
    pub public_id: PublicId,
    /// What it is.
    pub kind: AssetKind,
    /// The machine name.
    pub name: String,
    /// The name for people in the reader's language.
    pub display_name: Option<String>,
    /// The names of what it lies in, from the source down, as far as the reader sees it.
    pub path: Vec<String>,
}

/// A dataset in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetRow {
    /// Its names.
    pub named: Named,
    /// What kind it is.
    pub kind: DatasetKind,
    /// Its description's first part: in the reader's language before others, a person's before the source's.
    pub description: Option<String>,
    /// How many columns it has.
    pub columns: i64,
    /// The source's estimate of its rows.
    pub rows: Option<i64>,
    /// The level in force.
    pub sensitivity: Sensitivity,
    /// The name of its first owner.
    pub owner: Option<String>,
    /// When it last changed.
    pub changed: DateTime<Utc>,
    /// Where it stands in its life.
    pub state: AssetState,
}

#[derive(Debug, sqlx::FromRow)]
struct NamedRow {
    id: i64,
    public_id: Uuid,
    kind: String,
    name: String,
    display_name: Option<String>,
    container_path: Vec<i64>,
}

/// The names of assets, by id.
pub(crate) async fn named(
    conn: &mut PgConnection,
    see: &Scope,
    ids: &[AssetId],
    language: Language,
) -> Result<HashMap<AssetId, Named>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<NamedRow> = sqlx::query_as(
        "select a.id, a.public_id, a.kind, a.name, a.container_path,
                (select t.body from texts t where t.asset_id = a.id and t.column_id is null and t.field = 'display_name'
                    and t.language = $2 and t.origin <> 'proposal' and t.valid_to is null
                 order by t.origin <> 'person' limit 1) as display_name
         from assets a where a.id = any($1)",
    )
    .bind(&ids)
    .bind(language.as_str())
    .fetch_all(&mut *conn)
    .await?;
    let around = names_around(conn, see, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let above = row.container_path.iter().filter(|id| **id != row.id);
            let named = Named {
                id: AssetId(row.id),
                public_id: PublicId(row.public_id),
                kind: word(&row.kind)?,
                name: row.name,
                display_name: row.display_name,
                path: above.filter_map(|id| around.get(id).cloned()).collect(),
            };
            Ok((named.id, named))
        })
        .collect()
}

/// The names of the containers of these rows that are seen.
async fn names_around(
    conn: &mut PgConnection,
    see: &Scope,
    rows: &[NamedRow],
) -> Result<HashMap<i64, String>> {
    let mut ids: Vec<AssetId> =
        rows.iter().flat_map(|row| &row.container_path).map(|id| AssetId(*id)).collect();
    ids.sort_unstable();
    ids.dedup();
    let seen: Vec<i64> = visible::of(conn, see, ids).await?.into_iter().map(|id| id.0).collect();
    let names: Vec<(i64, String)> =
        sqlx::query_as("select id, name from assets where id = any($1)").bind(&seen).fetch_all(conn).await?;
    Ok(names.into_iter().collect())
}

#[derive(Debug, sqlx::FromRow)]
struct FiguresRow {
    id: i64,
    kind: Option<String>,
    description: Option<String>,
    columns: i64,
    rows: Option<i64>,
    sensitivity: String,
    owner: Option<String>,
    changed_at: DateTime<Utc>,
    state: String,
}

/// Datasets as lists show them, in the order of the ids.
pub(crate) async fn datasets(
    conn: &mut PgConnection,
    see: &Scope,
    ids: &[AssetId],
    language: Language,
) -> Result<Vec<DatasetRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut named = named(&mut *conn, see, ids, language).await?;
    let raw: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<FiguresRow> = sqlx::query_as(
        "select a.id, a.effective_sensitivity as sensitivity, a.changed_at, a.state,
                (select f.kind from dataset_facts f where f.dataset_id = a.id order by f.valid_from desc limit 1) as kind,
                (select left(t.body, 400) from texts t where t.asset_id = a.id and t.column_id is null
                    and t.field = 'description' and t.origin <> 'proposal' and t.valid_to is null
                 order by t.language <> $2, t.origin <> 'person' limit 1) as description,
                (select count(*) from column_facts f where f.dataset_id = a.id and f.valid_to is null) as columns,
                (select m.row_estimate from dataset_measures m where m.dataset_id = a.id order by m.at desc limit 1) as rows,
                (select coalesce(p.display_name, t.name) from owners o
                    left join person_facts p on p.person_id = o.person_id and p.valid_to is null
                    left join team_facts t on t.team_id = o.team_id and t.valid_to is null
                 where o.asset_id = a.id and o.origin <> 'proposal' and o.valid_to is null
                 order by o.kind, o.valid_from, o.id limit 1) as owner
         from unnest($1::bigint[]) with ordinality as u (id, place) join assets a on a.id = u.id
         order by u.place",
    )
    .bind(&raw)
    .bind(language.as_str())
    .fetch_all(conn)
    .await?;
    let row = |row: FiguresRow| {
        let Some(named) = named.remove(&AssetId(row.id)) else { return Ok(None) };
        // What never was a dataset of a known kind is not listed.
        let Some(kind) = row.kind else { return Ok(None) };
        Ok(Some(DatasetRow {
            named,
            kind: word(&kind)?,
            description: row.description,
            columns: row.columns,
            rows: row.rows,
            sensitivity: word(&row.sensitivity)?,
            owner: row.owner,
            changed: row.changed_at,
            state: word(&row.state)?,
        }))
    };
    rows.into_iter().map(row).filter_map(Result::transpose).collect()
}
