//! What changed at an asset, and how it is shown what changed at anything: the change sets that touched it, and what was before and after, read from the facts that they
//! closed and opened. Nothing is kept beside the facts.
//!
//! A change of rights is shown to who may see who may do what. Statements of views and foreign keys name other datasets:
//! they are shown to who sees the whole source, and otherwise as changed, without their text, or not at all.

mod change_sets;
mod entries;
mod facts;

use super::asset::{self, Asset};
use super::owners::Subject;
use super::visible;
use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use crate::http::{Page, Paging};
use cadastre_model::{Action, PublicId, Via};
use chrono::{DateTime, Utc};

pub use change_sets::Change as ChangeSetRow;
pub(crate) use change_sets::{last, last_change, push_change_sets, read};
pub use entries::{Entry, Sign};
pub(crate) use facts::Fact;

/// A change set, as far as the reader sees it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The id outside.
    pub id: PublicId,
    /// When.
    pub at: DateTime<Utc>,
    /// The use case, as `text.edit`.
    pub kind: String,
    /// Who; none: the register itself.
    pub who: Option<Subject>,
    /// By which way.
    pub via: Via,
    /// Why, in their words.
    pub reason: Option<String>,
    /// What is other than before.
    pub entries: Vec<Entry>,
    /// How many more entries there are.
    pub more: usize,
}

/// What is asked of a history.
#[derive(Debug, Clone, Copy)]
pub struct HistoryOf {
    /// The asset.
    pub asset: PublicId,
    /// A column of it: then only what is about the column.
    pub column: Option<PublicId>,
    /// Up to this instant; none: now.
    pub at: Option<DateTime<Utc>>,
}

/// The most entries of one change that are read.
const MOST_ENTRIES: usize = 50;

/// A page of the history of an asset, newest first.
///
/// # Errors
/// `Absent`; `Invalid` for a cursor or a size that is none.
pub async fn show(
    app: &App,
    caller: &Caller,
    of: HistoryOf,
    paging: &Paging,
) -> Result<(Asset, Page<Change>)> {
    let (size, after) = (paging.size()?, paging.after::<i64>(app, "history")?);
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, of.asset, Action::See).await?;
    let sees_access = caller.may(Action::SeeAccess, &asset.resource());
    let sees_source = visible::whole_source(&mut conn, &*caller.scope(Action::See)?, &asset).await?;
    let range =
        change_sets::Range { asset: asset.id, column: of.column, until: of.at, with_rights: sees_access };
    let rows = change_sets::list(&mut conn, range, after, size + 1).await?;
    let page = Page::of(rows, size, app, "history", |row| row.version)?;
    let ids: Vec<i64> = page.items.iter().map(|row| row.id).collect();
    let about = facts::About { asset: asset.id, column: of.column, sees_access, sees_source };
    let facts = facts::of(&mut conn, about, &ids).await?;
    Ok((asset, shown(page, &facts)))
}

/// Change sets with what they changed, by the facts that they opened and closed.
pub(crate) fn shown(page: Page<ChangeSetRow>, facts: &[Fact]) -> Page<Change> {
    let mut entries = entries::of(facts);
    page.map(|row| {
        let mut found = entries.remove(&row.id).unwrap_or_default();
        let more = found.len().saturating_sub(MOST_ENTRIES);
        found.truncate(MOST_ENTRIES);
        row.change(found, more)
    })
}
