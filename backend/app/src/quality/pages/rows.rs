//! Failing rows, as they are at the source now.

use super::shown;
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Member, Params, html};
use crate::lineage;
use crate::quality::dry::{self, Failing};
use crate::quality::read;
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::quality::lists::FailingRowsPage;
use cadastre_frontend::quality::rows::{Cell, Rows, Sample};
use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Query {}

/// GET /quality/rules/{id}/rows
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(_): Params<Query>,
) -> Result<Response> {
    let (asset, eyes, seen) = read::one(&app, &member.caller, id).await?;
    let rule = &seen.kept.facts.rule;
    let failing = dry::rows_of(&app, &member.caller, &asset, rule).await?;
    let now = app.now();
    let last = seen.results.first();
    let page = FailingRowsPage {
        chrome: member.chrome(&app),
        dataset: lineage::dataset_link(&app, &member.caller, asset.id).await?,
        failing: last.and_then(|told| Some((told.failing?, told.rows?))),
        rows: rows(failing, last.and_then(|told| told.failing), now),
        rule: shown::row(&seen, eyes, seen.owner.as_ref(), None, now),
    };
    html(&member.visitor, &page)
}

/// Failing rows as pages take them.
pub(super) fn rows(failing: Failing, total: Option<i64>, now: DateTime<Utc>) -> Rows {
    match failing {
        Failing::Withheld => Rows::Withheld,
        Failing::Off => Rows::Off,
        Failing::Rows(_, rows) if rows.is_empty() => Rows::None,
        Failing::Rows(columns, rows) => {
            let is_masked = rows.iter().flatten().any(crate::profile::mask::Shown::is_masked);
            let cell = |shown: crate::profile::mask::Shown| match (shown.is_masked(), shown.text()) {
                (true, _) => Cell::Masked("•••".to_owned()),
                (false, Some(text)) => Cell::Value(text.to_owned()),
                (false, None) => Cell::Null,
            };
            let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
            Rows::Shown(Sample { columns, rows, total, taken: Some(now), is_masked })
        }
    }
}
