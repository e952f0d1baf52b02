//! Descriptions that clients tell: texts of the source, and marked as told. What the source says by itself, found by a
//! crawl, stands; what dbt says goes before what events say.

use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_model::{AssetId, ColumnId, Language, Maker, TextField};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// What is said about a dataset, job or column: a description, or nothing.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) asset: AssetId,
    pub(super) column: Option<ColumnId>,
    pub(super) body: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    asset_id: i64,
    column_id: Option<i64>,
    language: String,
    body: String,
    told_by: Option<String>,
}

/// Brings told descriptions to what is said; gives the assets that changed.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    maker: Maker,
    said: &[Said],
) -> Result<BTreeSet<AssetId>> {
    let assets: BTreeSet<i64> = said.iter().map(|said| said.asset.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select id, asset_id, column_id, language, body, told_by from texts
         where asset_id = any($1) and field = 'description' and origin = 'source' and valid_to is null",
    )
    .bind(assets.into_iter().collect::<Vec<_>>())
    .fetch_all(&mut *conn)
    .await?;
    let mut before: HashMap<(i64, Option<i64>), Vec<Row>> = HashMap::new();
    for row in rows {
        before.entry((row.asset_id, row.column_id)).or_default().push(row);
    }
    let (mut closed, mut opened, mut changed) = (Vec::new(), Vec::new(), BTreeSet::new());
    for one in said {
        let old = before.remove(&(one.asset.0, one.column.map(|id| id.0))).unwrap_or_default();
        if old.iter().any(|row| row.stands_before(maker, one.body.is_some())) {
            continue;
        }
        let body = one.body.as_deref().filter(|body| !body.trim().is_empty());
        let language = body.map(|body| Language::of_text(body).as_str());
        let same = |row: &Row| {
            Some(row.body.as_str()) == body
                && Some(row.language.as_str()) == language
                && row.told_by.as_deref() == Some(maker.as_str())
        };
        if old.len() == usize::from(body.is_some()) && old.iter().all(same) {
            continue;
        }
        changed.insert(one.asset);
        closed.extend(old.into_iter().map(|row| row.id));
        opened.extend(body.zip(language).map(|(body, language)| (one, body, language)));
    }
    write(conn, change, maker, &closed, &opened).await?;
    change.touch_all(changed.iter().copied());
    Ok(changed)
}

impl Row {
    /// Whether this text stays whatever the other says.
    fn stands_before(&self, maker: Maker, says: bool) -> bool {
        match self.told_by.as_deref() {
            None => true,
            Some(by) if by == maker.as_str() => false,
            Some(by) => by == Maker::Dbt.as_str() || !says,
        }
    }
}

async fn write(
    conn: &mut PgConnection,
    change: &ChangeSet,
    maker: Maker,
    closed: &[i64],
    opened: &[(&Said, &str, &str)],
) -> Result<()> {
    if !closed.is_empty() {
        sqlx::query(
            "update texts set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
             where id = any($1)",
        )
        .bind(closed)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *conn)
        .await?;
    }
    if opened.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into texts (asset_id, column_id, field, language, origin, body, told_by, valid_from, change_set)
         select asset, col, $5, language, 'source', body, $6, $7, $8
         from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as t (asset, col, language, body)",
    )
    .bind(opened.iter().map(|(said, ..)| said.asset.0).collect::<Vec<_>>())
    .bind(opened.iter().map(|(said, ..)| said.column.map(|id| id.0)).collect::<Vec<_>>())
    .bind(opened.iter().map(|(_, _, language)| *language).collect::<Vec<_>>())
    .bind(opened.iter().map(|(_, body, _)| *body).collect::<Vec<_>>())
    .bind(TextField::Description.as_str())
    .bind(maker.as_str())
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}
