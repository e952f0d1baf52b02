//! What is said about assets and columns.

use crate::catalog::rows::word;
use crate::error::Result;
use cadastre_model::{AssetId, ColumnId, Language, Origin, TextField};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

/// A text with who said it, in which language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which text it is.
    pub field: TextField,
    /// Its language.
    pub language: Language,
    /// The source or a person.
    pub origin: Origin,
    /// The text; of a long one the first part, where a page asks for no more.
    pub body: String,
    /// Whether there is more of it.
    pub is_cut: bool,
}

/// How much of each text is read, in characters: a comment at a source may have a megabyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// What a list shows.
    Line,
    /// What the head of a page shows.
    Paragraph,
    /// What a page shows that is about nothing else, within the weight of a page.
    Page,
    /// All of it.
    Whole,
}

impl Length {
    const fn characters(self) -> i32 {
        match self {
            Self::Line => 400,
            Self::Paragraph => 4_000,
            Self::Page => 30_000,
            Self::Whole => i32::MAX,
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    column_id: Option<i64>,
    field: String,
    language: String,
    origin: String,
    body: String,
    is_cut: bool,
}

impl Row {
    fn said(self) -> Result<Said> {
        Ok(Said {
            field: word(&self.field)?,
            language: word(&self.language)?,
            origin: word(&self.origin)?,
            body: if self.is_cut { self.body + "…" } else { self.body },
            is_cut: self.is_cut,
        })
    }
}

/// What is said about an asset itself.
///
/// # Errors
/// When the database does not answer.
pub async fn of_asset(
    conn: &mut PgConnection,
    asset: AssetId,
    length: Length,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Said>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select column_id, field, language, origin, left(body, $2) as body, length(body) > $2 as is_cut
         from texts
         where asset_id = $1 and column_id is null and origin <> 'proposal' and holds(valid_from, valid_to, $3)
         order by field, language, origin",
    )
    .bind(asset.0)
    .bind(length.characters())
    .bind(at)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::said).collect()
}

/// What is said about columns of a dataset, by column.
///
/// # Errors
/// When the database does not answer.
pub async fn of_columns(
    conn: &mut PgConnection,
    dataset: AssetId,
    columns: &[ColumnId],
    length: Length,
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<ColumnId, Vec<Said>>> {
    let columns: Vec<i64> = columns.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select column_id, field, language, origin, left(body, $3) as body, length(body) > $3 as is_cut
         from texts
         where asset_id = $1 and column_id = any($2) and origin <> 'proposal' and holds(valid_from, valid_to, $4)
         order by field, language, origin",
    )
    .bind(dataset.0)
    .bind(&columns)
    .bind(length.characters())
    .bind(at)
    .fetch_all(conn)
    .await?;
    let mut all: HashMap<ColumnId, Vec<Said>> = HashMap::new();
    for row in rows {
        let Some(column) = row.column_id else { continue };
        all.entry(ColumnId(column)).or_default().push(row.said()?);
    }
    Ok(all)
}
