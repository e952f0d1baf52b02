//! Keys, checks and indexes of a dataset. A foreign key names another dataset: who does not see that one does not see the
//! key.

use crate::catalog::asset::Asset;
use crate::catalog::names::resolve;
use crate::catalog::rows::word;
use crate::catalog::visible;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, AssetName, ConstraintKind, MatchRule, PublicId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A key, check or index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it is.
    pub kind: ConstraintKind,
    /// Its name at the source.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// What a foreign key points to: path within the source, and the dataset where the register knows it.
    pub refers_to: Option<(Vec<String>, Option<PublicId>)>,
    /// The columns that it points to.
    pub ref_columns: Vec<String>,
    /// As the source writes it.
    pub definition: String,
    /// Whether it forbids equal values.
    pub is_unique: bool,
    /// Whether the rows that were there before were checked.
    pub validated: bool,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    kind: String,
    name: String,
    columns: Vec<String>,
    refers_to: Option<Vec<String>>,
    ref_columns: Option<Vec<String>>,
    definition: String,
    is_unique: bool,
    validated: bool,
}

/// At most this many are read: a partitioned table may have thousands.
const MOST: i64 = 200;

/// The keys that the reader sees, primary before unique before foreign before checks before indexes.
pub(crate) async fn list(
    conn: &mut PgConnection,
    see: &Scope,
    dataset: &Asset,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Key>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select kind, name, columns, refers_to, ref_columns, left(definition, 2000) as definition, is_unique, validated
         from dataset_constraints where dataset_id = $1 and holds(valid_from, valid_to, $2)
         order by array_position(array['primary', 'unique', 'foreign', 'check', 'index'], kind), name limit $3",
    )
    .bind(dataset.id.0)
    .bind(at)
    .bind(MOST)
    .fetch_all(&mut *conn)
    .await?;
    let targets = targets(&mut *conn, see, dataset, &rows, at).await?;
    let is_hidden = |path: &Vec<String>| !targets.contains_key(path);
    let shows_all = match rows.iter().filter_map(|row| row.refers_to.as_ref()).any(is_hidden) {
        true => visible::whole_source(conn, see, dataset).await?,
        false => true,
    };
    let shown = rows.into_iter().filter(|row| shows_all || !row.refers_to.as_ref().is_some_and(is_hidden));
    shown
        .map(|row| {
            Ok(Key {
                kind: word(&row.kind)?,
                name: row.name,
                columns: row.columns,
                refers_to: row.refers_to.map(|path| {
                    let target = targets.get(&path).copied();
                    (path, target)
                }),
                ref_columns: row.ref_columns.unwrap_or_default(),
                definition: row.definition,
                is_unique: row.is_unique,
                validated: row.validated,
            })
        })
        .collect()
}

/// The datasets that the keys point to and the reader sees, by path.
async fn targets(
    conn: &mut PgConnection,
    see: &Scope,
    dataset: &Asset,
    rows: &[Row],
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<Vec<String>, PublicId>> {
    let paths: Vec<Vec<String>> = rows.iter().filter_map(|row| row.refers_to.clone()).collect();
    let Some(source) = dataset.source.filter(|_| !paths.is_empty()) else { return Ok(HashMap::new()) };
    let namespace: Option<String> = sqlx::query_scalar(
        "select namespace from source_facts where source_id = $1 and holds(valid_from, valid_to, $2)",
    )
    .bind(source.0)
    .bind(at)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(namespace) = namespace else { return Ok(HashMap::new()) };
    let names: Vec<AssetName> = paths.iter().map(|path| AssetName::new(&*namespace, path)).collect();
    let found = resolve(&mut *conn, &names, MatchRule::Exact, at).await?;
    let seen = visible::of(&mut *conn, see, found.iter().flatten().copied()).await?;
    let ids: Vec<i64> = seen.iter().map(|id| id.0).collect();
    let public: Vec<(i64, Uuid)> = sqlx::query_as("select id, public_id from assets where id = any($1)")
        .bind(&ids)
        .fetch_all(conn)
        .await?;
    let public: HashMap<AssetId, PublicId> =
        public.into_iter().map(|(id, public)| (AssetId(id), PublicId(public))).collect();
    let target = |(path, id): (Vec<String>, Option<AssetId>)| Some((path, *public.get(&id?)?));
    Ok(paths.into_iter().zip(found).filter_map(target).collect())
}
