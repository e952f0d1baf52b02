//! Sources for the operator at the command line, beside the rights: whoever may read the register's configuration has its
//! database anyway. What they do is in the history as done at the command line.

use super::edit::remove_as;
use super::register::{NewSource, Registered, Tested, register_as};
use super::{check, crawl, queries, rest, store};
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::change::Author;
use crate::error::{Failure, Result};
use crate::sources::reader::Check;
use crate::tasks::{Asked, Progress, Reason};
use cadastre_access::Permit;
use cadastre_model::{Action, AssetId, Message, PublicId, SourceKind, Version};
use serde_json::Value;

const REASON: &str = "the operator, at the command line";

/// A source in the operator's list.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Line {
    pub(crate) id: PublicId,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) datasets: i64,
    pub(crate) last_crawl_at: Option<chrono::DateTime<chrono::Utc>>,
    pub(crate) failing_since: Option<chrono::DateTime<chrono::Utc>>,
}

/// Registers a source after its connection was tested.
pub(crate) async fn add(app: &App, new: &NewSource) -> Result<Tested<Registered>> {
    let permit = Permit::system(Action::ManageSources, AssetId::REGISTER, REASON);
    register_as(app, &permit, &Author::cli(), new).await
}

/// All sources.
pub(crate) async fn list(app: &App) -> Result<Vec<Line>> {
    queries::all(&app.db().web).await?.into_iter().map(Line::try_from).collect()
}

impl TryFrom<queries::OperatorRow> for Line {
    type Error = Failure;

    fn try_from(row: queries::OperatorRow) -> Result<Self> {
        let place: super::Place = serde_json::from_value(row.connection).map_err(Failure::internal)?;
        Ok(Self {
            id: PublicId(row.public_id),
            name: row.name,
            address: format!("{}:{}/{}", place.host, place.port, place.database),
            datasets: row.datasets,
            last_crawl_at: row.last_crawl_at,
            failing_since: row.failing_since,
        })
    }
}

/// The source of a name or id.
///
/// # Errors
/// `Absent` when there is none; `Conflict` when several have the name.
pub(crate) async fn find(app: &App, name: &str) -> Result<Asset> {
    let found = queries::named(&app.db().web, name).await?;
    match found.as_slice() {
        [] => Err(Failure::absent()),
        [id] => asset::read(&app.db().web, PublicId(*id)).await,
        _ => Err(Failure::new(crate::error::FailureKind::Conflict, Message::new("source-name-twice"))),
    }
}

/// Tests the connection of a source with its own secret.
pub(crate) async fn test(app: &App, source: &Asset) -> Result<Vec<Check>> {
    let (facts, secret) = {
        let mut conn = app.db().web.acquire().await?;
        let facts = store::facts(&mut conn, source.id).await?.ok_or_else(Failure::absent)?;
        (facts, store::secret(&mut conn, app.keys(), source.id).await?)
    };
    Ok(check::check(app, SourceKind::Postgresql, &facts.place.connection(secret)).await)
}

/// Asks for a crawl.
pub(crate) async fn crawl(app: &App, source: &Asset) -> Result<Asked> {
    let mut tx = app.db().web.begin().await?;
    rest::end(&mut tx, source.id).await?;
    let asked = crawl::ask(&mut tx, source.id, None).await?;
    tx.commit().await?;
    Ok(asked)
}

/// Takes a source out of the register.
pub(crate) async fn remove(app: &App, source: Asset) -> Result<Version> {
    let permit = Permit::system(Action::ManageSources, source.id, REASON);
    remove_as(app, permit, &Author::cli(), source).await
}

/// How a crawl stands that the operator watches.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) state: String,
    pub(crate) progress: Progress,
    pub(crate) result: Option<Value>,
    pub(crate) reason: Option<Reason>,
}

/// Looks at a crawl.
pub(crate) async fn watch(app: &App, asked: &Asked) -> Result<Watched> {
    let (state, progress, result, error) = queries::watched(&app.db().web, asked.id).await?;
    Ok(Watched {
        state,
        progress: serde_json::from_value(progress).unwrap_or_default(),
        result,
        reason: error.and_then(|error| serde_json::from_value(error).ok()),
    })
}
