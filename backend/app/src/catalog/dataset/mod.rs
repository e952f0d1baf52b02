//! One dataset as somebody sees it: what it is, where it lies, what is said about it, its columns and keys; now, or as of
//! an instant. The facts are those of then, the rights those of today.

mod above;
mod columns;
mod facts;
mod keys;

use super::asset::{self, Asset};
use super::owners::{self, Owner};
use super::rows::{self, DatasetRow};
use super::texts::{self, Length, Said};
use super::visible;
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use crate::quality;
use crate::lineage::activity::{self, Activity};
use cadastre_frontend::quality::tab::HeadQuality;
use cadastre_model::{Action, AssetKind, PublicId, Role};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

pub(crate) use above::standing;
pub use above::{Above, Standing};
pub use columns::Column;
pub use facts::Facts;
pub use keys::Key;

/// What every tab of a dataset shows.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// As rights see it now.
    pub asset: Asset,
    /// Where it stood.
    pub standing: Standing,
    /// What its source says of it.
    pub facts: Facts,
    /// The statement of a view, for who sees all that it may name.
    pub definition: Option<String>,
    /// What is said about it; of long texts the first part.
    pub texts: Vec<Said>,
    /// Who owns it.
    pub owners: Vec<Owner>,
    /// Keys, checks and indexes.
    pub keys: Vec<Key>,
    /// How many columns it has.
    pub columns: i64,
    /// When it last changed, as far as the reader sees it.
    pub changed: Option<DateTime<Utc>>,
    /// When its data was last written, and how often it is read; of now only.
    pub activity: Activity,
    /// How its rules of quality stand; of now only.
    pub quality: Option<HeadQuality>,
    /// The roles that the reader has here.
    pub my_roles: Vec<Role>,
    /// The instant; none: now.
    pub at: Option<DateTime<Utc>>,
}

/// A dataset, as of an instant.
///
/// # Errors
/// `Absent` where the caller sees no such dataset, and where there was none then.
pub async fn show(app: &App, caller: &Caller, id: PublicId, at: Option<DateTime<Utc>>) -> Result<Dataset> {
    let mut conn = app.db().web.acquire().await?;
    let see = caller.scope(Action::See)?;
    let asset = find(&mut conn, caller, id).await?;
    let standing = standing(&mut conn, &see, &asset, at).await?;
    let mut facts = facts::of(&mut conn, asset.id, at).await?.ok_or_else(Failure::absent)?;
    let definition = match facts.definition.take() {
        Some(text) if visible::whole_source(&mut conn, &see, &asset).await? => Some(text),
        _ => None,
    };
    let all = columns::Which { dataset: asset.id, part: "", one: None, at };
    Ok(Dataset {
        standing,
        definition,
        texts: texts::of_asset(&mut conn, asset.id, Length::Paragraph, at).await?,
        owners: owners::of(&mut conn, asset.id, at).await?,
        keys: keys::list(&mut conn, &see, &asset, at).await?,
        columns: columns::count(&mut conn, all).await?,
        changed: super::history::last_change(&mut conn, asset.id, at).await?,
        activity: match at {
            None => activity::of(&mut conn, &[asset.id]).await?.remove(&asset.id).unwrap_or_default(),
            Some(_) => Activity::default(),
        },
        quality: match at {
            None => Some(quality::head(&mut conn, asset.id, caller.now).await?),
            Some(_) => None,
        },
        my_roles: caller.ask(|rights| rights.roles_here(caller.person(), &asset.resource(), caller.now))?,
        facts,
        asset,
        at,
    })
}

/// A dataset that the caller sees.
pub(crate) async fn find(conn: &mut PgConnection, caller: &Caller, id: PublicId) -> Result<Asset> {
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::See).await?;
    if asset.kind == AssetKind::Dataset { Ok(asset) } else { Err(Failure::absent()) }
}

/// What is asked of the columns of a dataset.
#[derive(Debug, Clone, Copy)]
pub struct ColumnsOf<'a> {
    /// The dataset.
    pub dataset: PublicId,
    /// A part of the name or type; empty: all columns.
    pub part: &'a str,
    /// The instant; none: now.
    pub at: Option<DateTime<Utc>>,
}

/// A page of its columns, and how many there are in all.
///
/// # Errors
/// `Absent`; `Invalid` for a cursor or a size that is none.
pub async fn columns(
    app: &App,
    caller: &Caller,
    of: ColumnsOf<'_>,
    paging: &Paging,
) -> Result<(Page<Column>, i64)> {
    let (size, after) = (paging.size()?, paging.after::<columns::Place>(app, "columns")?);
    let mut conn = app.db().web.acquire().await?;
    let asset = find(&mut conn, caller, of.dataset).await?;
    let which = columns::Which { dataset: asset.id, part: of.part.trim(), one: None, at: of.at };
    let found = columns::list(&mut conn, which, after, size + 1, Length::Line).await?;
    let total = columns::count(&mut conn, which).await?;
    let key = |column: &Column| columns::Place(column.ordinal, column.id.0);
    Ok((Page::of(found, size, app, "columns", key)?, total))
}

/// All columns of a dataset, for an export.
///
/// # Errors
/// `Absent`.
pub async fn all_columns(app: &App, caller: &Caller, of: ColumnsOf<'_>) -> Result<(Asset, Vec<Column>)> {
    let mut conn = app.db().web.acquire().await?;
    let asset = find(&mut conn, caller, of.dataset).await?;
    let which = columns::Which { dataset: asset.id, part: of.part.trim(), one: None, at: of.at };
    let found = columns::list(&mut conn, which, None, i64::MAX, Length::Paragraph).await?;
    Ok((asset, found))
}

/// One column, with all that is said about it.
///
/// # Errors
/// `Absent` where there is none such in the dataset at that instant.
pub async fn column(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    column: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<(Asset, Column)> {
    let mut conn = app.db().web.acquire().await?;
    let asset = find(&mut conn, caller, dataset).await?;
    let which = columns::Which { dataset: asset.id, part: "", one: Some(column), at };
    let found = columns::list(&mut conn, which, None, 1, Length::Whole).await?;
    Ok((asset, found.into_iter().next().ok_or_else(Failure::absent)?))
}

/// What is said about an asset, at another length than [`show`] gives.
///
/// # Errors
/// `Absent`.
pub async fn said(
    app: &App,
    caller: &Caller,
    id: PublicId,
    length: Length,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Said>> {
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::See).await?;
    texts::of_asset(&mut conn, asset.id, length, at).await
}

/// A few other datasets that have a column of this name and that the caller sees, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn same_name(
    app: &App,
    caller: &Caller,
    dataset: &Asset,
    column: &Column,
) -> Result<Vec<DatasetRow>> {
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let found = columns::same_name(&mut conn, &see, dataset.id, &column.path, 10).await?;
    rows::datasets(&mut conn, &see, &found, caller.language).await
}
