//! Writing what is looked for: in the transaction that changes a name or a text, so that whoever wrote it finds it.

use super::document::{Document, Place};
use crate::error::Result;
use cadastre_model::AssetId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement, Value};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Names before columns before texts: what does not fit into a document is left out from the end.
const READ: &str = "
    select a.id as asset_id, 'name' as place, a.name as body, 1 as rank
        from assets a where a.id = any($1)
    union all
    select t.asset_id, case when t.field <> 'display_name' then 'text' when t.column_id is null then 'name' else 'column' end,
           left(t.body, 65536), case when t.field = 'display_name' then 2 when t.column_id is null then 4 else 5 end
        from texts t
        where t.asset_id = any($1) and t.valid_to is null and t.origin <> 'proposal'
    union all
    select f.dataset_id, 'column', array_to_string(f.path, '.'), 3
        from column_facts f where f.dataset_id = any($1) and f.valid_to is null
    order by asset_id, rank";

const WRITE: &str = "
    insert into search_documents (asset_id, words)
    select t.id, t.words::tsvector from unnest($1::bigint[], $2::text[]) as t (id, words)
    on conflict (asset_id) do update set words = excluded.words
        where search_documents.words is distinct from excluded.words";

#[derive(Debug, sqlx::FromRow, FromQueryResult)]
struct Words {
    asset_id: i64,
    place: String,
    body: String,
}

/// Writes anew what is looked for in these assets, from what is stored of them now. Call it after all else is written, in
/// the same transaction, for each asset whose name, columns' names or texts changed.
///
/// # Errors
/// When the database does not take it.
pub async fn reindex(conn: &mut PgConnection, assets: &[AssetId]) -> Result<()> {
    // In parts, so that a crawl of many thousand datasets does not hold all their texts at once.
    for part in assets.chunks(500) {
        let ids: Vec<i64> = part.iter().map(|id| id.0).collect();
        let rows: Vec<Words> = sqlx::query_as(READ).bind(&ids).fetch_all(&mut *conn).await?;
        let (ids, documents) = documents(rows);
        sqlx::query(WRITE).bind(&ids).bind(&documents).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The same in a transaction of sea-orm, for one asset.
///
/// # Errors
/// As [`reindex`].
pub async fn reindex_orm(tx: &DatabaseTransaction, asset: AssetId) -> Result<()> {
    let read = statement(READ, [vec![asset.0].into()]);
    let rows = tx.query_all_raw(read).await?;
    let rows = rows.iter().map(|row| Words::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    let (ids, documents) = documents(rows);
    tx.execute_raw(statement(WRITE, [ids.into(), documents.into()])).await?;
    Ok(())
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

fn documents(rows: Vec<Words>) -> (Vec<i64>, Vec<String>) {
    let mut all: BTreeMap<i64, Document> = BTreeMap::new();
    for row in rows {
        let document = all.entry(row.asset_id).or_default();
        match row.place.as_str() {
            "name" => document.name(&row.body),
            "column" => document.text(&row.body, Place::Column),
            _ => document.text(&row.body, Place::Text),
        }
    }
    all.into_iter().map(|(id, document)| (id, document.tsvector())).unzip()
}
