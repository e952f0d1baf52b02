//! Home: what needs the caller, what changed, what they looked at, how complete what they see is.

mod queries;

use super::history::{self, ChangeSetRow};
use super::rows::{self, Named};
use super::tree::{self, SourceRow};
use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use crate::http::Paging;
use crate::sources::may_register;
use cadastre_model::{Action, AssetId};
use chrono::{DateTime, Utc};

pub use queries::Coverage;

/// What home shows.
#[derive(Debug, Clone)]
pub struct Home {
    /// The sources that the caller sees, the first fifty.
    pub sources: Vec<SourceRow>,
    /// How complete it is.
    pub coverage: Coverage,
    /// How many datasets that the caller or their teams own nobody describes, and the names of a few.
    pub undescribed: (i64, Vec<String>),
    /// How many datasets whose owners the caller may name nobody owns, and the names of a few.
    pub unowned: (i64, Vec<String>),
    /// What changed last, newest first.
    pub(crate) changed: Vec<(Named, ChangeSetRow)>,
    /// What the caller looked at, newest first.
    pub viewed: Vec<(Named, DateTime<Utc>)>,
    /// Whether the caller may register sources.
    pub may_add_source: bool,
}

/// How many lines a list on home has.
const LINES: i64 = 8;

/// Gathers home for the caller.
///
/// # Errors
/// When the database does not answer.
pub async fn show(app: &App, caller: &Caller) -> Result<Home> {
    let may_add_source = may_register(app, caller).await?;
    let sources = tree::sources(app, caller, &Paging::default()).await?.items;
    let (see, name_owners) = (caller.scope(Action::See)?, caller.scope(Action::EditOwners)?);
    let person = caller.person();
    let teams = caller.ask(|rights| rights.teams_of(person))?;
    let mut conn = app.db().web.acquire().await?;
    let recent = queries::changed(&mut conn, &see, LINES * 3).await?;
    let mut last = history::last(&mut conn, &recent).await?;
    let viewed = queries::viewed(&mut conn, &see, person, LINES).await?;
    let ids: Vec<AssetId> = recent.iter().copied().chain(viewed.iter().map(|(id, _)| *id)).collect();
    let named = rows::named(&mut conn, &see, &ids, caller.language).await?;
    let mut changed: Vec<(Named, ChangeSetRow)> =
        recent.iter().filter_map(|id| Some((named.get(id)?.clone(), last.remove(id)?))).collect();
    // By what the reader sees of the change: a grant that they don't see moves nothing up.
    changed.sort_by_key(|(_, change)| std::cmp::Reverse(change.version));
    changed.truncate(usize::try_from(LINES).unwrap_or(usize::MAX));
    Ok(Home {
        sources,
        coverage: queries::coverage(&mut conn, &see).await?,
        undescribed: queries::undescribed(&mut conn, &see, person, &teams).await?,
        unowned: queries::unowned(&mut conn, &see, &name_owners).await?,
        changed,
        viewed: viewed.into_iter().filter_map(|(id, at)| Some((named.get(&id)?.clone(), at))).collect(),
        may_add_source,
    })
}
