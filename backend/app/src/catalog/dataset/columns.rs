//! The columns of a dataset, page by page, at an instant.

use crate::access::push_scope;
use crate::catalog::rows::word;
use crate::catalog::texts::{self, Length, Said};
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, ColumnId, ColumnType, PublicId, Sensitivity};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The id inside.
    pub id: ColumnId,
    /// The id outside.
    pub public_id: PublicId,
    /// Its path; more than one part where it lies in another.
    pub path: Vec<String>,
    /// Its place, from 1.
    pub ordinal: i32,
    /// Its type as the source writes it.
    pub type_written: String,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Its default or the expression that makes it, as the source writes it.
    pub default: Option<String>,
    /// Where its values come from, when not from the writer, in the source's word.
    pub generated: Option<String>,
    /// Its own level, where it has one.
    pub sensitivity: Option<Sensitivity>,
    /// What is said about it.
    pub texts: Vec<Said>,
}

impl Column {
    /// Its path in one word.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

/// Where a column stands; the key of a page's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place(pub i32, pub i64);

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    path: Vec<String>,
    ordinal: i32,
    type_written: String,
    kind: String,
    nullable: bool,
    default_value: Option<String>,
    generated: Option<String>,
    sensitivity: Option<String>,
}

/// Which columns of a dataset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Which<'a> {
    /// The dataset.
    pub dataset: AssetId,
    /// A part of the name or type, in any case; empty: all.
    pub part: &'a str,
    /// One column.
    pub one: Option<PublicId>,
    /// The instant.
    pub at: Option<DateTime<Utc>>,
}

/// At most `limit` columns from after a place, in their order.
pub(crate) async fn list(
    conn: &mut PgConnection,
    which: Which<'_>,
    after: Option<Place>,
    limit: i64,
    length: Length,
) -> Result<Vec<Column>> {
    let after = after.unwrap_or(Place(i32::MIN, i64::MIN));
    let rows: Vec<Row> = sqlx::query_as(
        "select c.id, c.public_id, f.path, f.ordinal, f.type_written, f.type as kind, f.nullable,
                left(f.default_value, 2000) as default_value, f.generated, s.sensitivity
         from column_facts f join columns c on c.id = f.column_id
         left join column_sensitivities s on s.column_id = f.column_id and holds(s.valid_from, s.valid_to, $2)
         where f.dataset_id = $1 and holds(f.valid_from, f.valid_to, $2)
           and ($3 = '' or strpos(lower(array_to_string(f.path, '.')), lower($3)) > 0 or strpos(lower(f.type_written), lower($3)) > 0)
           and ($4::uuid is null or c.public_id = $4)
           and (f.ordinal, f.column_id) > ($5, $6)
         order by f.ordinal, f.column_id limit $7",
    )
    .bind(which.dataset.0)
    .bind(which.at)
    .bind(which.part)
    .bind(which.one.map(|id| id.0))
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<ColumnId> = rows.iter().map(|row| ColumnId(row.id)).collect();
    let mut said = texts::of_columns(conn, which.dataset, &ids, length, which.at).await?;
    let column = |row: Row| {
        Ok(Column {
            id: ColumnId(row.id),
            public_id: PublicId(row.public_id),
            path: row.path,
            ordinal: row.ordinal,
            type_written: row.type_written,
            kind: word(&row.kind)?,
            nullable: row.nullable,
            default: row.default_value,
            generated: row.generated,
            sensitivity: row.sensitivity.as_deref().map(word).transpose()?,
            texts: said.remove(&ColumnId(row.id)).unwrap_or_default(),
        })
    };
    rows.into_iter().map(column).collect()
}

/// How many columns there are of these.
pub(crate) async fn count(conn: &mut PgConnection, which: Which<'_>) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "select count(*) from column_facts f
         where f.dataset_id = $1 and holds(f.valid_from, f.valid_to, $2)
           and ($3 = '' or strpos(lower(array_to_string(f.path, '.')), lower($3)) > 0 or strpos(lower(f.type_written), lower($3)) > 0)",
    )
    .bind(which.dataset.0)
    .bind(which.at)
    .bind(which.part)
    .fetch_one(conn)
    .await?)
}

/// A few datasets beside this one with a column of this path, by name, as far as the scope covers them.
pub(crate) async fn same_name(
    conn: &mut PgConnection,
    see: &Scope,
    but: AssetId,
    path: &[String],
    limit: i64,
) -> Result<Vec<AssetId>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id from column_facts f join assets a on a.id = f.dataset_id \
         where f.valid_to is null and a.state = 'live' and f.path = ",
    );
    query.push_bind(path.to_vec()).push(" and a.id <> ").push_bind(but.0).push(" and ");
    push_scope(&mut query, "a", see);
    query.push(" order by a.name, a.id limit ").push_bind(limit);
    let ids: Vec<i64> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(ids.into_iter().map(AssetId).collect())
}
