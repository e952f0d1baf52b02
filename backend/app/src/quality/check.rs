//! A check: all that is due on a dataset, as a task. One snapshot of the source, as few statements as can be, and in one
//! transaction under the task's fence the results come and the due rows go.

use super::custom;
use super::due::{self, Due};
use super::ground::{Ground, Unasked};
use super::known;
use super::measure;
use super::result::{self, Found, Looked};
use super::store::Kept;
use super::unusual;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::Failure;
use crate::sources::safe::{self, Purpose, ReadError, SafeReader};
use crate::tasks::{Asked, Level, NewTask, Reason, Run, Trouble, enqueue};
use cadastre_model::{AssetId, Message, PersonId};
use rules::Verdict;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The word of the kind of task.
pub(crate) const KIND: &str = "check";

/// How often a check is tried while its source can't be asked; then the results say so.
const ATTEMPTS: i32 = 5;

/// Asks for a check of what is due on a dataset.
pub(super) async fn ask(
    conn: &mut PgConnection,
    dataset: AssetId,
    by: Option<PersonId>,
) -> crate::error::Result<Asked> {
    let key = format!("check:{dataset}");
    let task = NewTask {
        kind: KIND,
        dedupe_key: &key,
        asset: Some(dataset),
        payload: json!({}),
        by,
        max_attempts: ATTEMPTS,
    };
    enqueue(conn, &task).await
}

/// The handler of the task.
pub(crate) async fn run(app: App, run: Run) -> Result<Value, Trouble> {
    let dataset = run.asset.ok_or_else(|| Trouble::Final(Reason::of("error-absent")))?;
    let mut said = Said::default();
    // What becomes due while it runs belongs to the same task.
    loop {
        let (asset, due) = {
            let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
            (asset::of(&mut *conn, dataset).await?, due::at(&mut conn, dataset).await?)
        };
        if due.is_empty() {
            break;
        }
        if run.cancel.is_cancelled() {
            return Err(Trouble::Stopped);
        }
        let looked = look_at(&app, &run, &asset, &due).await?;
        said.add(&looked);
        result::write(&app, &run, &asset, &due, &looked).await?;
    }
    run.say(Level::Info, said.line());
    Ok(
        json!({ "rules": said.rules, "failing": said.failing, "errors": said.errors, "statements": said.statements }),
    )
}

/// What a task did, over all its rounds.
#[derive(Debug, Default)]
struct Said {
    rules: usize,
    failing: usize,
    errors: usize,
    statements: i32,
}

impl Said {
    fn add(&mut self, looked: &Looked) {
        let count = |verdict| looked.found.iter().filter(|found| found.outcome.verdict == verdict).count();
        self.rules += looked.found.len();
        self.failing += count(Verdict::Fail);
        self.errors += count(Verdict::Error);
        self.statements += looked.statements;
    }

    fn line(&self) -> Message {
        Message::new("check-said")
            .arg("rules", self.rules)
            .arg("failing", self.failing)
            .arg("errors", self.errors)
            .arg("statements", self.statements)
    }
}

/// Looks at a dataset. A source that can't be asked is tried again later; at the last attempt that is what the results say.
async fn look_at(app: &App, run: &Run, asset: &Asset, due: &[(Kept, Vec<Due>)]) -> Result<Looked, Trouble> {
    let started = result::clock(app).await?;
    let asked = match known::checkable(asset) {
        Ok(source) => measured(app, run, asset, source, due).await,
        // What has left its source is not there to be asked.
        Err(failure) => Err(Unasked::Read(ReadError::from(failure))),
    };
    let why = match asked {
        Ok((mut found, marks, statements)) => {
            let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
            unusual::judge(&mut conn, started, due, &mut found).await?;
            return Ok(Looked { started, found, marks, statements });
        }
        Err(Unasked::Stopped) => return Err(Trouble::Stopped),
        Err(Unasked::Read(error)) if error.is_busy() || error.may_pass() && run.attempt < ATTEMPTS => {
            return Err(error.into());
        }
        Err(Unasked::Read(error)) => error.message(),
        Err(Unasked::Gone(path)) => Message::new("check-table-gone").arg("name", path.join(".")),
    };
    run.say(Level::Error, why.clone());
    let not_run = |(kept, _): &(Kept, Vec<Due>)| Found::not_run(&kept.facts.rule, why.clone());
    let found = due.iter().map(not_run).collect();
    Ok(Looked { started, found, marks: BTreeMap::new(), statements: 0 })
}

/// What was found, the new marks by name, and how many statements it took.
type Measured = (Vec<Found>, BTreeMap<String, rules::Mark>, i32);

async fn measured(
    app: &App,
    run: &Run,
    asset: &Asset,
    source: AssetId,
    due: &[(Kept, Vec<Due>)],
) -> Result<Measured, Unasked> {
    run.report(|progress| progress.doing = Some(Message::new("check-stage-connect")));
    let mut reader = safe::open(app, source, Purpose::Rule).await?;
    let refused = refusals(app, &reader, asset, due).await?;
    let may_run = |kept: &Kept| !refused.contains_key(&kept.facts.rule.name);
    let running: Vec<&Kept> = due.iter().map(|(kept, _)| kept).filter(|kept| may_run(kept)).collect();
    let (found, marks, statements) = tokio::select! {
        asked = asked(app, run, &mut reader, asset, &running) => asked?,
        () = run.cancel.cancelled() => return Err(Unasked::Stopped),
    };
    reader.close().await;
    let mut found: BTreeMap<String, Found> =
        found.into_iter().map(|found| (found.outcome.rule.clone(), found)).collect();
    let found = |(kept, _): &(Kept, Vec<Due>)| {
        let rule = &kept.facts.rule;
        let why = || refused.get(&rule.name).cloned().unwrap_or_else(|| Message::new("rules-why-not-run"));
        found.remove(&rule.name).unwrap_or_else(|| Found::not_run(rule, why()))
    };
    Ok((due.iter().map(found).collect(), marks, statements))
}

/// Rules that are not run: SQL that somebody wrote, where the account of the source may too much, or the author no longer may have it
/// run. By name, with the reason.
async fn refusals(
    app: &App,
    reader: &SafeReader,
    asset: &Asset,
    due: &[(Kept, Vec<Due>)],
) -> Result<BTreeMap<String, Message>, Failure> {
    let mut refused = BTreeMap::new();
    let mut conn = app.db().tasks.acquire().await?;
    let mut known: BTreeMap<PersonId, bool> = BTreeMap::new();
    for (kept, _) in due.iter().filter(|(kept, _)| kept.facts.is_custom) {
        if let Some(reason) = reader.refuses_custom() {
            refused.insert(kept.facts.rule.name.clone(), reason.clone());
            continue;
        }
        let Some(author) = kept.facts.author else { continue };
        let may = match known.get(&author) {
            Some(may) => *may,
            None => custom::may(&mut conn, &Caller::beside(app, author), asset).await?,
        };
        known.insert(author, may);
        if !may {
            refused.insert(kept.facts.rule.name.clone(), Message::new("rule-author-may-not"));
        }
    }
    Ok(refused)
}

async fn asked(
    app: &App,
    run: &Run,
    reader: &mut SafeReader,
    asset: &Asset,
    running: &[&Kept],
) -> Result<Measured, Unasked> {
    let ground = Ground::of(app, reader, asset, running.iter().map(|kept| &kept.facts.rule)).await?;
    let mark = |kept: &&Kept| Some((kept.facts.rule.name.clone(), kept.mark.clone()?));
    let marks: BTreeMap<String, rules::Mark> = running.iter().filter_map(mark).collect();
    let subject = ground.subject(app.now(), &marks);
    let plan = rules::compile(running.iter().map(|kept| &kept.facts.rule), &subject);
    let told = |done: usize, total: usize| {
        run.report(|progress| {
            progress.doing = Some(Message::new("check-stage-ask"));
            (progress.done, progress.total) = (done as u64, Some(total as u64));
        });
    };
    let measured = measure::run(reader, &plan, &told).await?;
    let earlier = {
        let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
        result::earlier(&mut conn, running).await?
    };
    let caveat = ground.caveat();
    if let Some(caveat) = &caveat {
        run.say(Level::Warn, caveat.clone());
    }
    let judged = plan.judge(&measured.cells, &earlier).into_iter();
    let found = judged.map(|outcome| Found::measured(outcome).with_caveat(caveat.as_ref())).collect();
    Ok((found, plan.marks(&measured.cells), measured.statements))
}
