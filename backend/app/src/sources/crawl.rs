//! A crawl as a task: read the source whole, then bring the catalogue to what was read.

use super::check::policy;
use super::reader::{FailureClass, Listing, Phase, Progress, SourceError, reader};
use super::{rest, store};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::catalog::crawl::{CrawlOutcome, Target, apply};
use crate::change::Author;
use crate::error::{Failure, Result};
use crate::tasks::{Asked, Level, NewTask, Reason, Run, Stage, StageState, Trouble, enqueue};
use cadastre_frontend::tasks::CRAWL_PHASES;
use cadastre_model::{Action, AssetId, AssetKind, Message, PersonId, PublicId, SourceKind, Via};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// The word of the kind of task.
pub(crate) const KIND: &str = "crawl";

/// How often a crawl is tried.
const ATTEMPTS: i32 = 5;

/// Asks for a crawl in the caller's transaction. One that waits or runs already is the answer too: a source is never
/// crawled twice at once.
pub(super) async fn ask(conn: &mut PgConnection, source: AssetId, by: Option<PersonId>) -> Result<Asked> {
    let key = format!("crawl:{source}");
    let task = NewTask {
        kind: KIND,
        dedupe_key: &key,
        asset: Some(source),
        payload: json!({}),
        by,
        max_attempts: ATTEMPTS,
    };
    enqueue(conn, &task).await
}

/// Asks for a crawl by page or API.
///
/// # Errors
/// `Absent` when there is no such source, or not for the caller; `Forbidden` for who may not crawl it.
pub async fn crawl_now(app: &App, caller: &Caller, id: PublicId) -> Result<Asked> {
    let mut tx = app.db().web.begin().await?;
    let (source, _permit) = asset::find(&mut *tx, caller, id, Action::Crawl).await?;
    if source.kind != AssetKind::Source || store::facts(&mut tx, source.id).await?.is_none() {
        return Err(Failure::absent());
    }
    rest::end(&mut tx, source.id).await?;
    let asked = ask(&mut tx, source.id, Some(caller.person())).await?;
    tx.commit().await?;
    Ok(asked)
}

/// The handler of the task.
pub(crate) async fn run(app: App, run: Run) -> Result<Value, Trouble> {
    let source = run.asset.ok_or_else(|| Trouble::Final(Reason::of("source-gone")))?;
    let crawled = crawl(&app, &run, source).await;
    match crawled {
        Err(Trouble::MayPass(reason)) => {
            // While a source rests nothing is tried again, only when it is due after the rest.
            let rests = note_failure(&app, &run, source).await?;
            Err(if rests { Trouble::Final(reason) } else { Trouble::MayPass(reason) })
        }
        Err(Trouble::Final(reason)) => {
            note_failure(&app, &run, source).await?;
            Err(Trouble::Final(reason))
        }
        done => done,
    }
}

async fn crawl(app: &App, run: &Run, source: AssetId) -> Result<Value, Trouble> {
    let (facts, secret) = {
        let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
        let facts = store::facts(&mut conn, source).await?;
        let facts = facts.ok_or_else(|| Trouble::Final(Reason::of("source-gone")))?;
        (facts, store::secret(&mut conn, app.keys(), source).await?)
    };
    let told = Told { run };
    told.report(Phase::Connect, 0, None);
    let listing = reader(SourceKind::Postgresql, policy(app))
        .crawl(&facts.place.connection(secret), &facts.patterns.filters(), &told, run.cancel.clone())
        .await
        .map_err(|error| trouble(&error))?;
    for notice in &listing.notices {
        run.say(Level::Warn, notice.clone());
    }
    told.writes(0, listing.datasets.len() as u64);
    let turn = run.turn_to_write().await?;
    let author = Author { person: run.asked_by, ..Author::task(run.fence.task, Via::Crawl) };
    let target = Target { source, namespace: &facts.namespace, author: &author, fence: Some(run.fence) };
    let outcome =
        apply(&app.db().tasks, &target, &listing, &|done, total| told.writes(done, total), &run.cancel)
            .await?;
    drop(turn);
    note_success(app, run, source, &listing).await?;
    let line = Message::new("crawl-said")
        .arg("added", outcome.added)
        .arg("changed", outcome.changed)
        .arg("removed", outcome.removed)
        .arg("unchanged", outcome.unchanged);
    run.say(Level::Info, line);
    Ok(result(&outcome, &listing))
}

fn result(outcome: &CrawlOutcome, listing: &Listing) -> Value {
    json!({
        "added": outcome.added,
        "changed": outcome.changed,
        "removed": outcome.removed,
        "left_out": outcome.left_out,
        "unchanged": outcome.unchanged,
        "schemas": outcome.schemas,
        "columns": outcome.columns,
        "server_version": listing.server_version,
        "complete": listing.complete,
    })
}

fn trouble(error: &SourceError) -> Trouble {
    tracing::info!(class = error.class.as_str(), cause = error.cause, "a crawl could not read its source");
    let reason = Reason { message: error.message.clone(), detail: error.server_text.clone() };
    match error.class {
        FailureClass::Cancelled => Trouble::Stopped,
        class if class.may_pass() => Trouble::MayPass(reason),
        _ => Trouble::Final(reason),
    }
}

/// Notes for the register itself, outside change sets, under the fence like all else.
async fn note_success(app: &App, run: &Run, source: AssetId, listing: &Listing) -> Result<()> {
    let mut tx = app.db().tasks.begin().await?;
    sqlx::query(
        "update sources set failing_since = null, failures = 0, rests_until = null, system_identifier = coalesce($2, system_identifier),
                last_crawl_at = case when $3 then clock_timestamp() else last_crawl_at end
         where asset_id = $1",
    )
    .bind(source.0)
    .bind(&listing.system_identifier)
    .bind(listing.complete)
    .execute(&mut *tx)
    .await?;
    crate::lineage::ask(&mut tx, source, run.asked_by).await?;
    run.fence.hold(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn note_failure(app: &App, run: &Run, source: AssetId) -> Result<bool> {
    let mut tx = app.db().tasks.begin().await?;
    let rests = rest::failed(&mut tx, source).await?;
    run.fence.hold(&mut tx).await?;
    tx.commit().await?;
    Ok(rests)
}

/// Turns what the reader tells into the task's progress.
struct Told<'a> {
    run: &'a Run,
}

impl Progress for Told<'_> {
    fn report(&self, phase: Phase, done: u64, total: Option<u64>) {
        self.show(phase.as_str(), done, total);
    }
}

impl Told<'_> {
    fn writes(&self, done: u64, total: u64) {
        self.show("write", done, Some(total));
    }

    fn show(&self, word: &str, done: u64, total: Option<u64>) {
        let at = CRAWL_PHASES.iter().position(|(phase, _)| *phase == word).unwrap_or(0);
        self.run.report(|progress| {
            if progress.stages.is_empty() {
                let next = |(_, key): &(&'static str, &'static str)| Stage {
                    name: Message::new(key),
                    note: None,
                    state: StageState::Next,
                };
                progress.stages = CRAWL_PHASES.iter().map(next).collect();
            }
            for (place, stage) in progress.stages.iter_mut().enumerate() {
                stage.state = match place.cmp(&at) {
                    std::cmp::Ordering::Less => StageState::Done,
                    std::cmp::Ordering::Equal => StageState::Now,
                    std::cmp::Ordering::Greater => StageState::Next,
                };
            }
            if let Some(stage) = progress.stages.get_mut(at) {
                stage.note = (done > 0).then(|| Message::new("crawl-stage-count").arg("n", done));
                progress.doing = Some(stage.name.clone());
            }
            (progress.done, progress.total) = (done, total);
        });
    }
}
