//! Texts of people written beside other facts of an asset, in the same transaction and change set.

use super::write::{Saying, checked};
use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_access::Permit;
use cadastre_model::{AssetId, Origin};
use sqlx::PgConnection;
use std::collections::HashMap;

/// Those of the sayings that differ from what people say of the asset now, as they are taken.
///
/// # Errors
/// `Invalid` with the name of each field (`description_zh`) that is too long.
pub(crate) async fn differing(
    conn: &mut PgConnection,
    asset: AssetId,
    sayings: Vec<Saying>,
) -> Result<Vec<Saying>> {
    let sayings = checked(sayings, false)?;
    if sayings.is_empty() {
        return Ok(sayings);
    }
    let open: Vec<(String, String, String)> = sqlx::query_as(
        "select field, language, body from texts
         where asset_id = $1 and column_id is null and origin = $2 and valid_to is null",
    )
    .bind(asset.0)
    .bind(Origin::Person.as_str())
    .fetch_all(conn)
    .await?;
    let open: HashMap<(String, String), String> =
        open.into_iter().map(|(field, language, body)| ((field, language), body)).collect();
    let now = |saying: &Saying| open.get(&(saying.field.to_string(), saying.language.to_string()));
    Ok(sayings.into_iter().filter(|saying| now(saying) != saying.body.as_ref()).collect())
}

/// Says them. Whoever calls indexes the asset for search anew, and records the change.
///
/// # Errors
/// When the database does not take it.
pub(crate) async fn write_beside(
    conn: &mut PgConnection,
    permit: &Permit,
    change: &mut ChangeSet,
    sayings: &[Saying],
) -> Result<()> {
    let asset = permit.asset();
    for saying in sayings {
        sqlx::query(
            "update texts set valid_to = greatest($5, valid_from + interval '1 microsecond'), closed_by = $6
             where asset_id = $1 and column_id is null and field = $2 and language = $3 and origin = $4
                   and valid_to is null",
        )
        .bind(asset.0)
        .bind(saying.field.as_str())
        .bind(saying.language.as_str())
        .bind(Origin::Person.as_str())
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *conn)
        .await?;
        let Some(body) = &saying.body else { continue };
        sqlx::query(
            "insert into texts (asset_id, field, language, origin, body, valid_from, change_set)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(asset.0)
        .bind(saying.field.as_str())
        .bind(saying.language.as_str())
        .bind(Origin::Person.as_str())
        .bind(body)
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *conn)
        .await?;
    }
    if !sayings.is_empty() {
        change.touch(asset);
    }
    Ok(())
}
