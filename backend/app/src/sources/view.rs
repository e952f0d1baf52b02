//! One source and the list of them, as the service hands them to page and API.

use super::queries::{self, SourceRow};
use super::store::{self, Facts};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::error::{Failure, FailureKind, Result};
use crate::http::Paging;
use crate::tasks::queries::{TaskRow, Which};
use crate::tasks::service::{self as tasks, TaskView};
use cadastre_frontend::T;
use cadastre_frontend::parts::{AssetLink, Said, SourceRow as ShownRow, SourceState, Texts};
use cadastre_frontend::sources::{SourceHead, SourceSettings, tls_choices};
use cadastre_frontend::tasks::TaskState;
use cadastre_model::{Action, AssetId, AssetKind, PublicId, SourceKind};

/// How many crawls one page shows.
pub(super) const CRAWLS: i64 = 20;

/// Sources that the caller sees, by name: one more than fits, where there are more.
///
/// # Errors
/// `Invalid` for a cursor that is none.
pub(super) async fn list(app: &App, caller: &Caller, paging: &Paging) -> Result<Vec<SourceRow>> {
    let after: Option<(String, i64)> = paging.after(app, "sources")?;
    queries::list(&app.db().web, &*caller.scope(Action::See)?, after.as_ref(), paging.size()? + 1).await
}

/// One source.
///
/// # Errors
/// `Absent` when there is none, or not for the caller.
pub(super) async fn one(app: &App, caller: &Caller, id: PublicId) -> Result<SourceRow> {
    queries::one(&app.db().web, &*caller.scope(Action::See)?, id).await
}

/// What is set about a source, for who may manage it.
#[derive(Debug, Clone)]
pub(super) struct Managed {
    pub(super) facts: Facts,
    pub(super) aliases: Vec<String>,
}

/// What is set; none for who sees the source and may not manage it.
///
/// # Errors
/// `Absent` when there is none, or not for the caller.
pub(super) async fn managed(app: &App, caller: &Caller, id: PublicId) -> Result<Option<Managed>> {
    let mut conn = app.db().web.acquire().await?;
    let (source, _permit) = match asset::find(&mut *conn, caller, id, Action::ManageSources).await {
        Err(failure) if failure.kind == FailureKind::Forbidden => return Ok(None),
        found => found?,
    };
    let facts = store::facts(&mut conn, source.id).await?.ok_or_else(Failure::absent)?;
    let aliases = store::aliases(&mut conn, source.id).await?;
    Ok(Some(Managed { facts, aliases }))
}

/// The crawls of a source that the caller sees, newest first, from the one before `before`.
pub(super) async fn crawls(
    app: &App,
    caller: &Caller,
    id: PublicId,
    before: Option<i64>,
) -> Result<Vec<TaskRow>> {
    let which = Which { kind: Some(super::crawl::KIND), asset: Some(id), before, ..Which::default() };
    tasks::list(app, caller, &which, CRAWLS).await
}

/// The crawl among these that runs or waits, with its log.
pub(super) async fn live(app: &App, caller: &Caller, crawls: &[TaskRow]) -> Result<Option<TaskView>> {
    match crawls.iter().find(|task| !task.state().is_over()) {
        Some(task) => tasks::view(app, caller, PublicId(task.public_id)).await.map(Some),
        None => Ok(None),
    }
}

/// What stands at the head of a source's pages.
pub(super) async fn head(app: &App, caller: &Caller, t: &T, row: &SourceRow) -> Result<SourceHead> {
    let (db, see, source) = (&app.db().web, caller.scope(Action::See)?, AssetId(row.id));
    let domain = match row.domain_id {
        Some(id) => queries::domain(db, &see, id).await?,
        None => None,
    };
    let texts = queries::descriptions(db, source).await?;
    let said = |(body, language, origin): (String, String, String)| {
        Some(Said { body, language: language.parse().ok()?, origin: origin.parse().ok()? })
    };
    let texts = Texts(texts.into_iter().filter_map(said).collect());
    let server = queries::server_version(db, source).await?;
    Ok(SourceHead {
        id: row.public_id.to_string(),
        name: row.name.clone(),
        kind: row.kind(),
        server: server.and_then(|version| version.split(' ').next().map(ToOwned::to_owned)),
        state: row.state(),
        domain: domain.map(|(id, name)| AssetLink {
            id: id.to_string(),
            kind: AssetKind::Domain,
            name,
            display_name: None,
            path: Vec::new(),
        }),
        description: texts.shown(t).cloned(),
    })
}

impl SourceRow {
    pub(super) fn kind(&self) -> SourceKind {
        self.kind.parse().unwrap_or(SourceKind::Postgresql)
    }

    pub(super) fn state(&self) -> SourceState {
        if self.crawling {
            SourceState::Crawling
        } else if self.failing_since.is_some() {
            SourceState::Failing
        } else if self.last_crawl_at.is_none() {
            SourceState::New
        } else if self.paused {
            SourceState::Paused
        } else {
            SourceState::Fine
        }
    }

    pub(super) fn shown(&self) -> ShownRow {
        ShownRow {
            id: self.public_id.to_string(),
            name: self.name.clone(),
            kind: self.kind(),
            state: self.state(),
            datasets: self.datasets,
            last_crawl: self.last_crawl_at,
            next_crawl: self.next_due,
        }
    }
}

/// What is set, as the page of a source shows it.
pub(super) fn settings(t: &T, row: &SourceRow, managed: Managed) -> SourceSettings {
    let Managed { facts, aliases } = managed;
    let tls = facts.place.tls.as_str();
    SourceSettings {
        address: format!("{}:{}", facts.place.host, facts.place.port),
        database: facts.place.database,
        user: facts.place.user,
        tls: tls_choices(t)
            .into_iter()
            .find(|choice| choice.value == tls)
            .map_or_else(String::new, |c| c.label),
        secret_set: row.secret_set_at,
        include: facts.patterns.include,
        exclude: facts.patterns.exclude,
        namespace: facts.namespace,
        aliases,
        cron: facts.schedule.cron.map(|cron| (cron, facts.schedule.time_zone)),
        next_crawl: row.next_due,
    }
}

/// The last crawl that failed, while none came to its end after it.
pub(super) fn last_failure(crawls: &[TaskRow]) -> Option<cadastre_model::Message> {
    let last = crawls.iter().find(|task| {
        matches!(task.state(), TaskState::Failed | TaskState::Done) || task.reason().is_some()
    })?;
    last.reason().map(|reason| reason.message)
}
