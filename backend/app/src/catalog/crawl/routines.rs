//! Functions and procedures of a schema, kept for lineage.

use super::containers::MatchedSchema;
use crate::change::ChangeSet;
use crate::error::Result;
use crate::sources::reader::{Function, Listing};
use sqlx::PgConnection;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    arguments: String,
    language: String,
    definition: String,
    comment: Option<String>,
}

impl Row {
    fn says(&self, function: &Function) -> bool {
        self.name == function.name
            && self.arguments == function.arguments
            && self.language == function.language
            && self.definition == function.definition
            && self.comment == function.comment
    }
}

/// Brings the routines of a schema to what the listing says; says whether any changed.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &ChangeSet,
    schema: &MatchedSchema,
    listing: &Listing,
) -> Result<bool> {
    let mut old: Vec<Row> = sqlx::query_as(
        "select id, name, arguments, language, definition, comment from routines where schema_id = $1 and valid_to is null",
    )
    .bind(schema.id.0)
    .fetch_all(&mut *conn)
    .await?;
    let mut new: Vec<&Function> = Vec::new();
    for function in listing.functions.iter().filter(|function| function.schema == schema.name) {
        match old.iter().position(|row| row.says(function)) {
            Some(place) => drop(old.swap_remove(place)),
            None => new.push(function),
        }
    }
    if new.is_empty() && (old.is_empty() || !listing.complete) {
        return Ok(false);
    }
    let gone: Vec<i64> = old.iter().map(|row| row.id).collect();
    sqlx::query(
        "update routines set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where id = any($1)",
    )
    .bind(gone)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *conn)
    .await?;
    let names: Vec<&str> = new.iter().map(|function| function.name.as_str()).collect();
    let arguments: Vec<&str> = new.iter().map(|function| function.arguments.as_str()).collect();
    let languages: Vec<&str> = new.iter().map(|function| function.language.as_str()).collect();
    let definitions: Vec<&str> = new.iter().map(|function| function.definition.as_str()).collect();
    let comments: Vec<Option<&str>> = new.iter().map(|function| function.comment.as_deref()).collect();
    sqlx::query(
        "insert into routines (schema_id, name, arguments, language, definition, comment, valid_from, change_set)
         select $1, name, arguments, language, definition, comment, $7, $8
         from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
              as t (name, arguments, language, definition, comment)",
    )
    .bind(schema.id.0)
    .bind(names)
    .bind(arguments)
    .bind(languages)
    .bind(definitions)
    .bind(comments)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(true)
}
