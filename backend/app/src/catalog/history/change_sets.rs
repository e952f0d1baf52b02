//! The change sets that touched an asset. `offset 0` keeps the planner on the index of what they touched: walking all
//! change sets backwards until enough are found looks cheap to it, and is not.

use super::Entry;
use crate::catalog::owners::Subject;
use crate::catalog::rows::word;
use crate::error::Result;
use cadastre_model::{AssetId, PublicId, SubjectKind, Via};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::HashMap;
use uuid::Uuid;

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// The asset.
    pub asset: AssetId,
    /// A column of it.
    pub column: Option<PublicId>,
    /// Up to this instant.
    pub until: Option<DateTime<Utc>>,
    /// Those about grants too.
    pub with_rights: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    asset: i64,
    id: i64,
    version: i64,
    public_id: Uuid,
    at: DateTime<Utc>,
    kind: String,
    via: String,
    reason: Option<String>,
    person: Option<Uuid>,
    person_name: Option<String>,
}

/// A change set with who made it.
#[derive(Debug, Clone)]
pub struct Change {
    /// What facts carry.
    pub id: i64,
    /// Its place in the order.
    pub version: i64,
    /// The id outside.
    pub public_id: PublicId,
    /// When.
    pub at: DateTime<Utc>,
    /// The use case.
    pub kind: String,
    /// By which way.
    pub via: Via,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub who: Option<Subject>,
}

impl Row {
    fn change(self) -> Result<Change> {
        let name = self.person_name.unwrap_or_default();
        Ok(Change {
            id: self.id,
            version: self.version,
            public_id: PublicId(self.public_id),
            at: self.at,
            kind: self.kind,
            via: word::<Via>(&self.via)?,
            reason: self.reason,
            who: self.person.map(|id| Subject { kind: SubjectKind::Person, id: PublicId(id), name }),
        })
    }
}

impl Change {
    /// With what is other than before.
    pub(super) fn change(self, entries: Vec<Entry>, more: usize) -> super::Change {
        super::Change {
            id: self.public_id,
            at: self.at,
            kind: self.kind,
            who: self.who,
            via: self.via,
            reason: self.reason,
            entries,
            more,
        }
    }
}

/// At most `limit` of them before a version, newest first.
pub(super) async fn list(
    conn: &mut PgConnection,
    range: Range,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Change>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select $1::bigint as asset, c.id, c.version, c.public_id, c.at, c.kind, c.via, c.reason,
                p.public_id as person, f.display_name as person_name
         from (select * from change_sets where assets @> array[$1::bigint] offset 0) c
         left join people p on p.id = c.person_id
         left join person_facts f on f.person_id = p.id and f.valid_to is null
         where c.version < $2 and ($3::timestamptz is null or c.at <= $3)
           and ($4 or c.kind not like 'grant.%')
           and ($5::uuid is null or exists (
                select from columns k where k.public_id = $5 and k.dataset_id = $1 and (
                    exists (select from column_facts x where x.column_id = k.id and (x.change_set = c.id or x.closed_by = c.id))
                    or exists (select from column_sensitivities x where x.column_id = k.id and (x.change_set = c.id or x.closed_by = c.id))
                    or exists (select from texts x where x.asset_id = $1 and x.column_id = k.id and (x.change_set = c.id or x.closed_by = c.id)))))
         order by c.version desc limit $6",
    )
    .bind(range.asset.0)
    .bind(before.unwrap_or(i64::MAX))
    .bind(range.until)
    .bind(range.with_rights)
    .bind(range.column.map(|id| id.0))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::change).collect()
}

/// Adds the query for the change sets whose ids another one selects: at most `limit` before a version, newest first.
pub(crate) fn push_change_sets(
    query: &mut QueryBuilder<Postgres>,
    ids: &'static str,
    before: Option<i64>,
    limit: i64,
) {
    query.push(
        "select 0::bigint as asset, c.id, c.version, c.public_id, c.at, c.kind, c.via, c.reason,
                p.public_id as person, f.display_name as person_name
         from (select * from change_sets where id in (",
    );
    query.push(ids).push(
        ") offset 0) c
         left join people p on p.id = c.person_id
         left join person_facts f on f.person_id = p.id and f.valid_to is null
         where c.version < ",
    );
    query.push_bind(before.unwrap_or(i64::MAX)).push(" order by c.version desc limit ").push_bind(limit);
}

/// The change sets that such a query gives.
pub(crate) async fn read(conn: &mut PgConnection, query: &mut QueryBuilder<Postgres>) -> Result<Vec<Change>> {
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::change).collect()
}

/// The last change of each of these assets, those of grants apart.
pub(crate) async fn last(conn: &mut PgConnection, assets: &[AssetId]) -> Result<HashMap<AssetId, Change>> {
    let ids: Vec<i64> = assets.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select u.id as asset, c.id, c.version, c.public_id, c.at, c.kind, c.via, c.reason,
                p.public_id as person, f.display_name as person_name
         from unnest($1::bigint[]) u (id)
         cross join lateral (select * from (select * from change_sets where assets @> array[u.id] offset 0) touching
                             where touching.kind not like 'grant.%' order by touching.version desc limit 1) c
         left join people p on p.id = c.person_id
         left join person_facts f on f.person_id = p.id and f.valid_to is null",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let asset = AssetId(row.asset);
            Ok((asset, row.change()?))
        })
        .collect()
}

/// When an asset last changed up to an instant, for anybody who sees it: grants on it apart.
pub(crate) async fn last_change(
    conn: &mut PgConnection,
    asset: AssetId,
    at: Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar(
        "select max(at) from (select * from change_sets where assets @> array[$1::bigint] offset 0) touching
         where kind not like 'grant.%' and ($2::timestamptz is null or at <= $2)",
    )
    .bind(asset.0)
    .bind(at)
    .fetch_one(conn)
    .await?)
}
