//! Comments of the source as texts. What a person wrote stands beside them and is not touched.

use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_model::{AssetId, ColumnId, Language, TextField};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// What the source says about an asset or a column: a comment, or nothing.
#[derive(Debug)]
pub(super) struct Said<'a> {
    asset: AssetId,
    column: Option<ColumnId>,
    comment: Option<&'a str>,
}

impl<'a> Said<'a> {
    pub(super) fn of_asset(asset: AssetId, comment: Option<&'a str>) -> Self {
        Self { asset, column: None, comment: comment.filter(|text| !text.trim().is_empty()) }
    }

    pub(super) fn of_column(asset: AssetId, column: ColumnId, comment: Option<&'a str>) -> Self {
        Self { column: Some(column), ..Self::of_asset(asset, comment) }
    }
}

/// A text that is open: its row, its language, what it says, and whether a client told it.
type Open = (i64, String, String, bool);

/// Brings the source's descriptions of these assets and columns to what it says now; gives the assets that changed. What a
/// client told stays where the source itself says nothing.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    said: &[Said<'_>],
) -> Result<Vec<AssetId>> {
    let assets: Vec<i64> =
        said.iter().map(|said| said.asset.0).collect::<BTreeSet<_>>().into_iter().collect();
    let rows: Vec<(i64, i64, Option<i64>, String, String, bool)> = sqlx::query_as(
        "select id, asset_id, column_id, language, body, told_by is not null from texts
         where asset_id = any($1) and field = 'description' and origin = 'source' and valid_to is null",
    )
    .bind(&assets)
    .fetch_all(&mut *conn)
    .await?;
    let mut before: HashMap<(i64, Option<i64>), Vec<Open>> = HashMap::new();
    for (id, asset, column, language, body, told) in rows {
        before.entry((asset, column)).or_default().push((id, language, body, told));
    }
    let (mut closed, mut opened, mut changed) = (Vec::new(), Vec::new(), BTreeSet::new());
    for said in said {
        let mut old = before.remove(&(said.asset.0, said.column.map(|id| id.0))).unwrap_or_default();
        old.retain(|(.., told)| !told || said.comment.is_some());
        let language = said.comment.map(Language::of_text);
        let stays = |(_, lang, body, told): &Open| {
            !told
                && Some(lang.as_str()) == language.map(Language::as_str)
                && Some(body.as_str()) == said.comment
        };
        let kept = old.iter().any(stays);
        let gone: Vec<i64> = old.iter().filter(|text| !stays(text)).map(|text| text.0).collect();
        if kept && gone.is_empty() || old.is_empty() && said.comment.is_none() {
            continue;
        }
        changed.insert(said.asset);
        closed.extend(gone);
        if !kept && let (Some(body), Some(language)) = (said.comment, language) {
            opened.push((said.asset.0, said.column.map(|id| id.0), language.as_str(), body));
        }
    }
    write(conn, change, &closed, &opened).await?;
    Ok(changed.into_iter().collect())
}

async fn write(
    conn: &mut PgConnection,
    change: &ChangeSet,
    closed: &[i64],
    opened: &[(i64, Option<i64>, &str, &str)],
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
    if !opened.is_empty() {
        let assets: Vec<i64> = opened.iter().map(|text| text.0).collect();
        let columns: Vec<Option<i64>> = opened.iter().map(|text| text.1).collect();
        let languages: Vec<&str> = opened.iter().map(|text| text.2).collect();
        let bodies: Vec<&str> = opened.iter().map(|text| text.3).collect();
        sqlx::query(
            "insert into texts (asset_id, column_id, field, language, origin, body, valid_from, change_set)
             select asset, col, $7, language, 'source', body, $5, $6
             from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as t (asset, col, language, body)",
        )
        .bind(&assets)
        .bind(&columns)
        .bind(&languages)
        .bind(&bodies)
        .bind(change.at)
        .bind(change.id.0)
        .bind(TextField::Description.as_str())
        .execute(conn)
        .await?;
    }
    Ok(())
}
