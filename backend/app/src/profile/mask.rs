//! The one place where a value of a source becomes something to be shown. Whatever shows values (rows of a sample, a profile, failing
//! rows, an export) passes them here, at its edge: [`Shown`] can be made nowhere else.
//!
//! A column is masked for everybody where its own sensitivity is at or above the register's setting (`mask_from`), and for a reader whose
//! rights do not reach its sensitivity or show values masked only. Of a query that people wrote nobody knows which column a value comes
//! from: one masked column among what it reads masks all ([`Mask::of_sql`]).

use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::rows::word;
use crate::error::{Failure, FailureKind, Result};
use crate::sources::safe::{Cell, relations};
use cadastre_access::{Permit, Resource};
use cadastre_model::{Action, AssetId, PublicId, Sensitivity, SourceKind};
use serde::Serialize;
use sqlx::{PgConnection, PgExecutor};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Which columns of a dataset a reader sees the values of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    all: bool,
    hidden: BTreeMap<String, bool>,
}

/// A value as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shown {
    /// The value as the source writes it; none: there is none, or it is masked.
    text: Option<String>,
    /// It is not shown. Whether there is one is not either.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    masked: bool,
    /// There is more of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl Shown {
    /// The text; none where there is no value and where it is masked.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Whether it is masked.
    #[must_use]
    pub const fn is_masked(&self) -> bool {
        self.masked
    }
}

impl Mask {
    /// What the holder of a permit sees of a dataset.
    ///
    /// # Errors
    /// `Unavailable` while the rights are not known to be current.
    pub async fn of(
        app: &App,
        db: impl PgExecutor<'_>,
        caller: &Caller,
        dataset: &Asset,
        permit: &Permit,
    ) -> Result<Self> {
        let reaches = |level: Sensitivity| -> Result<bool> {
            let sensitivity = level.max(dataset.effective_sensitivity);
            match caller.permit(permit.action(), &Resource { sensitivity, ..dataset.resource() }) {
                Ok(permit) => Ok(!permit.mask()),
                Err(failure) if failure.kind == FailureKind::Unavailable => Err(failure),
                Err(_) => Ok(false),
            }
        };
        let mut hidden = BTreeMap::<String, bool>::new();
        for (name, level) in levels(db, dataset.id).await? {
            let is_hidden = match level {
                None => false,
                Some(level) => level >= app.options().mask_from || !reaches(level)?,
            };
            // A column `a.b` and a part `b` of a column `a` share a name: what hides one hides both.
            *hidden.entry(name).or_default() |= is_hidden;
        }
        Ok(Self { all: permit.mask(), hidden })
    }

    /// What nobody sees: for what the register reads for all, and keeps.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_everybody(app: &App, db: impl PgExecutor<'_>, dataset: AssetId) -> Result<Self> {
        let levels = levels(db, dataset).await?;
        let hides = |level: Option<Sensitivity>| level.is_some_and(|level| level >= app.options().mask_from);
        let mut hidden = BTreeMap::<String, bool>::new();
        for (name, level) in levels {
            *hidden.entry(name).or_default() |= hides(level);
        }
        Ok(Self { all: false, hidden })
    }

    /// What is seen of a query that people wrote: all of it, or nothing. Nothing, where anything that it reads has a masked column, is not
    /// known to the register, or is not for the caller's eyes.
    ///
    /// # Errors
    /// `Unavailable` while the rights are not known to be current.
    pub async fn of_sql(
        app: &App,
        conn: &mut PgConnection,
        caller: &Caller,
        source: AssetId,
        sql: &str,
    ) -> Result<Self> {
        let nothing = Self { all: true, hidden: BTreeMap::new() };
        let Ok(read) = relations(SourceKind::Postgresql, sql) else { return Ok(nothing) };
        let mut masks = Vec::new();
        for path in &read {
            let Some(id) = dataset(conn, source, path).await? else { return Ok(nothing) };
            match asset::find(&mut *conn, caller, id, Action::SeeValues).await {
                Ok((dataset, permit)) => {
                    masks.push(Self::of(app, &mut *conn, caller, &dataset, &permit).await?);
                }
                Err(failure) if failure.kind == FailureKind::Unavailable => return Err(failure),
                Err(_) => return Ok(nothing),
            }
        }
        Ok(Self::of_query(&masks))
    }

    /// What is seen of a query that people wrote, by the masks of all that it reads: all of it, or nothing.
    #[must_use]
    pub fn of_query(read: &[Self]) -> Self {
        Self { all: read.iter().any(Self::hides_any), hidden: BTreeMap::new() }
    }

    /// Whether the values of a column are masked. One that the dataset is not known to have is, where any is.
    #[must_use]
    pub fn hides(&self, column: &str) -> bool {
        self.all || self.hidden.get(column).copied().unwrap_or_else(|| self.hides_any())
    }

    /// Whether any column is masked.
    #[must_use]
    pub fn hides_any(&self) -> bool {
        self.all || self.hidden.values().any(|hidden| *hidden)
    }

    /// A cell of a column, as it is shown.
    #[must_use]
    pub fn cell(&self, column: &str, cell: &Cell) -> Shown {
        self.text_of(column, cell.text.as_deref(), cell.cut)
    }

    /// A text of a column, as it is shown.
    #[must_use]
    pub fn text_of(&self, column: &str, text: Option<&str>, cut: bool) -> Shown {
        if self.hides(column) {
            Shown { text: None, masked: true, cut: false }
        } else {
            Shown { text: text.map(str::to_owned), masked: false, cut }
        }
    }
}

/// The dataset that a query means by a name; none where there is none, or not one.
async fn dataset(conn: &mut PgConnection, source: AssetId, path: &[String]) -> Result<Option<PublicId>> {
    let [.., schema, name] = path else { return Ok(None) };
    let found: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select a.public_id from names n join assets a on a.id = n.asset_id
         where a.source_id = $1 and a.kind = 'dataset' and a.state = 'live' and n.origin = 'crawl' and n.valid_to is null
           and n.path[cardinality(n.path) - 1] = $2 and n.path[cardinality(n.path)] = $3",
    )
    .bind(source.0)
    .bind(schema)
    .bind(name)
    .fetch_all(conn)
    .await?;
    Ok(match found.as_slice() {
        [one] => Some(PublicId(*one)),
        _ => None,
    })
}

/// The columns of a dataset with their own sensitivity.
async fn levels(db: impl PgExecutor<'_>, dataset: AssetId) -> Result<Vec<(String, Option<Sensitivity>)>> {
    let rows: Vec<(Vec<String>, Option<String>)> = sqlx::query_as(
        "select f.path, s.sensitivity from column_facts f
         left join column_sensitivities s on s.column_id = f.column_id and s.valid_to is null
         where f.dataset_id = $1 and f.valid_to is null",
    )
    .bind(dataset.0)
    .fetch_all(db)
    .await
    .map_err(Failure::from)?;
    rows.into_iter()
        .map(|(path, level)| Ok((path.join("."), level.as_deref().map(word).transpose()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(columns: &[(&str, bool)]) -> Mask {
        Mask {
            all: false,
            hidden: columns.iter().map(|(name, hidden)| ((*name).to_owned(), *hidden)).collect(),
        }
    }

    #[test]
    fn what_is_masked_tells_nothing() {
        let mask = mask(&[("id", false), ("email", true)]);
        let cell = |text: Option<&str>| Cell { text: text.map(str::to_owned), cut: true };
        assert_eq!(mask.cell("id", &cell(Some("7"))).text(), Some("7"));
        let shown = [mask.cell("email", &cell(Some("canary"))), mask.cell("email", &cell(None))];
        assert!(shown[0].is_masked() && shown[0] == shown[1]);
        assert_eq!(serde_json::to_string(&shown[0]).unwrap(), r#"{"text":null,"masked":true}"#);
        // A column that came meanwhile is not known to be harmless.
        assert!(mask.hides("new"));
    }

    #[test]
    fn one_masked_column_masks_all_of_a_query() {
        let (clear, some) = (mask(&[("id", false)]), mask(&[("email", true)]));
        assert!(!clear.hides("new") && !Mask::of_query(std::slice::from_ref(&clear)).hides("anything"));
        assert!(Mask::of_query(&[clear, some]).hides("anything"));
    }
}
