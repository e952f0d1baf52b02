//! Some rows of a dataset, as they are now. Columns that the reader sees masked are not even read. Kept nowhere; who looked is remembered.

use super::dataset::{self, Dataset, quoted};
use super::mask::{Mask, Shown};
use crate::access::Caller;
use crate::app::App;
use crate::audit;
use crate::catalog::asset;
use crate::error::{Failure, Result};
use crate::sources::safe::{self, Most, Purpose, Rows};
use cadastre_model::{Action, Message, PublicId};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// Rows that are shown at most.
pub(super) const MOST: u32 = 100;

/// Columns that are shown; of more, the first.
const COLUMNS: usize = 100;

/// Some rows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Sample {
    /// The columns, in their order.
    pub(crate) columns: Vec<SampleColumn>,
    /// The first rows that the source gives, each with a value a column. Which these are is up to the source.
    pub(crate) rows: Vec<Vec<Shown>>,
    /// There are more rows.
    pub(crate) more: bool,
    /// How many columns are left out, where there are very many.
    pub(crate) columns_left_out: usize,
}

/// A column of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SampleColumn {
    /// Its name.
    pub(crate) name: String,
    /// Its values are masked.
    pub(crate) masked: bool,
}

/// The first rows of a dataset.
///
/// # Errors
/// `Absent`, `Forbidden` for who may not see values; `Unavailable` and `TooMany` where the source does not answer, or its limits are met.
pub(crate) async fn sample(app: &App, caller: &Caller, id: PublicId, limit: u32) -> Result<Sample> {
    if !(1..=MOST).contains(&limit) {
        let message = Message::new("profile-limit").arg("most", MOST);
        return Err(Failure::invalid("limit", message));
    }
    let (mut dataset, mask) = {
        let mut conn = app.db().web.acquire().await?;
        let (asset, permit) = asset::find(&mut *conn, caller, id, Action::SeeValues).await?;
        let mask = Mask::of(app, &mut *conn, caller, &asset, &permit).await?;
        let dataset = dataset::find(&mut conn, asset.id).await?.ok_or_else(Failure::absent)?;
        (dataset, mask)
    };
    let left_out = dataset.columns.len().saturating_sub(COLUMNS);
    dataset.columns.truncate(COLUMNS);
    note(app, caller, &dataset, &mask).await?;
    let rows = read(app, &dataset, &mask, limit).await?;
    Ok(shown(&dataset, &mask, &rows, left_out))
}

/// Remembered before anything is read: what cannot be remembered is not shown.
async fn note(app: &App, caller: &Caller, dataset: &Dataset, mask: &Mask) -> Result<()> {
    let clear = dataset.columns.iter().filter(|column| !mask.hides(&column.name)).count();
    let event = audit::Event::new("values.read")
        .by_caller(caller)
        .about(dataset.id)
        .with("what", "sample")
        .with("columns", clear);
    audit::note(app, &event).await
}

async fn read(app: &App, dataset: &Dataset, mask: &Mask, limit: u32) -> Result<Rows> {
    let clear = dataset.columns.iter().filter(|column| !mask.hides(&column.name));
    let mut columns: Vec<String> = clear.map(|column| quoted(&column.name)).collect();
    if columns.is_empty() {
        // How many rows there are is no secret.
        columns.push("NULL".to_owned());
    }
    let sql = format!("SELECT {} FROM {}", columns.join(", "), dataset.sql());
    // Whoever asks waits for it.
    let most = Most { time: Duration::from_secs(5), rows: limit, cell: 500, ..Most::default() };
    let mut reader = safe::open(app, dataset.source, Purpose::Sample).await?;
    let rows = reader.ask(&sql, &most).await;
    reader.close().await;
    Ok(rows?)
}

fn shown(dataset: &Dataset, mask: &Mask, rows: &Rows, left_out: usize) -> Sample {
    let row = |cells: &Vec<safe::Cell>| {
        let mut cells = cells.iter();
        let shown = dataset.columns.iter().map(|column| {
            if mask.hides(&column.name) {
                mask.text_of(&column.name, None, false)
            } else {
                cells.next().map_or_else(
                    || mask.text_of(&column.name, None, false),
                    |cell| mask.cell(&column.name, cell),
                )
            }
        });
        shown.collect()
    };
    let columns = dataset.columns.iter();
    Sample {
        columns: columns
            .map(|column| SampleColumn { name: column.name.clone(), masked: mask.hides(&column.name) })
            .collect(),
        rows: rows.rows.iter().map(row).collect(),
        more: rows.more,
        columns_left_out: left_out,
    }
}
