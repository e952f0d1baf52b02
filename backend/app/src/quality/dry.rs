//! Trying a rule, and looking at the rows that fail it: at the source, at once, and nothing of it is kept.

use super::custom;
use super::ground::{Ground, Unasked};
use super::known;
use super::measure;
use super::result::Found;
use crate::access::Caller;
use crate::app::App;
use crate::audit;
use crate::catalog::asset::{self, Asset};
use crate::error::{Failure, Result};
use crate::profile::mask::{Mask, Shown};
use crate::sources::safe::{self, Most, Purpose, SafeReader};
use cadastre_model::{Action, Message, PublicId};
use rules::{Rule, Subject};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So many failing rows are shown.
const ROWS: u32 = 50;

/// Failing rows, or why there are none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failing {
    /// These, by column; masked for the reader.
    Rows(Vec<String>, Vec<Vec<Shown>>),
    /// The reader may not see values.
    Withheld,
    /// The rule keeps none, or rows do not fail it one by one.
    Off,
}

/// What a trial found.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) found: Found,
    pub(super) took: Duration,
    pub(super) rows: Failing,
    /// What the source said, for who may see its values.
    pub(super) detail: Option<String>,
}

/// Tries a rule at a dataset.
///
/// # Errors
/// `Absent` and `Forbidden` by the dataset, and for SQL of one's own by who may not have it run; `Invalid` where it does not fit;
/// `Unavailable` and `TooMany` where the source does not answer.
pub(super) async fn try_rule(app: &App, caller: &Caller, dataset: PublicId, rule: &Rule) -> Result<Tried> {
    let (asset, _) = asset::find(&app.db().web, caller, dataset, Action::ManageRules).await?;
    let mut reader = open(app, caller, &asset, rule).await?;
    let since = Instant::now();
    let tried = tried(app, caller, &mut reader, &asset, rule).await;
    reader.close().await;
    let took = since.elapsed();
    match tried {
        Ok((found, rows, detail)) => Ok(Tried { found, took, rows, detail }),
        Err(Unasked::Read(error)) if error.lies_in_the_query() => {
            let detail = said(app, caller, &asset, error.detail().map(str::to_owned)).await?;
            Ok(Tried { found: Found::not_run(rule, error.message()), took, rows: Failing::Off, detail })
        }
        Err(unasked) => Err(failure(unasked)),
    }
}

fn failure(unasked: Unasked) -> Failure {
    match unasked {
        Unasked::Read(error) => error.into(),
        Unasked::Gone(path) => {
            Failure::invalid("dataset", Message::new("check-table-gone").arg("name", path.join(".")))
        }
        Unasked::Stopped => Failure::unavailable("the trial was stopped"),
    }
}

/// A visit for a rule, which SQL that somebody wrote needs the right and the role for.
async fn open(app: &App, caller: &Caller, asset: &Asset, rule: &Rule) -> Result<SafeReader> {
    let source = known::checkable(asset)?;
    let is_custom = custom::is_custom(rule);
    if is_custom {
        let mut conn = app.db().web.acquire().await?;
        if !custom::may(&mut conn, caller, asset).await? {
            return Err(custom::refused());
        }
    }
    let purpose = if is_custom { Purpose::CustomRule } else { Purpose::Rule };
    Ok(safe::open(app, source, purpose).await?)
}

async fn tried(
    app: &App,
    caller: &Caller,
    reader: &mut SafeReader,
    asset: &Asset,
    rule: &Rule,
) -> Result<(Found, Failing, Option<String>), Unasked> {
    let ground = Ground::of(app, reader, asset, std::iter::once(rule)).await?;
    // All rows, whatever was counted before.
    let marks = BTreeMap::new();
    let subject = ground.subject(app.now(), &marks);
    let plan = rules::compile([rule], &subject);
    let measured = measure::run(reader, &plan, &|_, _| {}).await?;
    let outcome = plan.judge(&measured.cells, &BTreeMap::new()).into_iter().next();
    let found = outcome
        .map_or_else(|| Found::not_run(rule, Message::new("rules-why-not-run")), Found::measured)
        .with_caveat(ground.caveat().as_ref());
    let rows = match found.outcome.failing {
        Some(failing) if failing > 0 => failing_rows(app, caller, reader, asset, rule, &subject).await?,
        _ => Failing::Off,
    };
    let detail = said(app, caller, asset, measured.detail).await?;
    Ok((found, rows, detail))
}

/// What a source says of an error, for who sees the values of all of it: it may hold some of anything that it read.
async fn said(app: &App, caller: &Caller, asset: &Asset, detail: Option<String>) -> Result<Option<String>> {
    let Some(detail) = detail else { return Ok(None) };
    let mut conn = app.db().web.acquire().await?;
    Ok(custom::may(&mut conn, caller, asset).await?.then_some(detail))
}

/// Rows that fail a rule now, for who may see values.
///
/// # Errors
/// As [`try_rule`].
pub(super) async fn rows_of(app: &App, caller: &Caller, asset: &Asset, rule: &Rule) -> Result<Failing> {
    if !caller.may(Action::SeeValues, &asset.resource()) {
        return Ok(Failing::Withheld);
    }
    let source = known::checkable(asset)?;
    let purpose = if custom::is_custom(rule) { Purpose::CustomRule } else { Purpose::Rule };
    let mut reader = safe::open(app, source, purpose).await?;
    let rows = match Ground::of(app, &mut reader, asset, std::iter::once(rule)).await {
        Ok(ground) => {
            let marks = BTreeMap::new();
            let subject = ground.subject(app.now(), &marks);
            failing_rows(app, caller, &mut reader, asset, rule, &subject).await
        }
        Err(unasked) => Err(unasked),
    };
    reader.close().await;
    rows.map_err(failure)
}

async fn failing_rows(
    app: &App,
    caller: &Caller,
    reader: &mut SafeReader,
    asset: &Asset,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Result<Failing, Unasked> {
    let Ok(permit) = caller.permit(Action::SeeValues, &asset.resource()) else {
        return Ok(Failing::Withheld);
    };
    let sample = rules::sample(rule, subject, ROWS).map_err(|fault| super::words::invalid(&[fault]))?;
    let Some(sample) = sample else { return Ok(Failing::Off) };
    // SQL of one's own may read anything of the source: it is for who sees the values of all of it, and masked by all that it reads.
    let mask = {
        let mut conn = app.db().web.acquire().await.map_err(Failure::from)?;
        if custom::is_custom(rule) {
            if !custom::may(&mut conn, caller, asset).await? {
                return Ok(Failing::Withheld);
            }
            let source = known::checkable(asset)?;
            Mask::of_sql(app, &mut conn, caller, source, &sample.sql).await?
        } else {
            Mask::of(app, &mut *conn, caller, asset, &permit).await?
        }
    };
    let event =
        audit::Event::new("values.read").by_caller(caller).about(asset.id).with("what", "failing rows");
    audit::note(app, &event.with("rule", rule.name.clone())).await?;
    let most = Most { time: Duration::from_secs(10), rows: ROWS, cell: 500, ..Most::default() };
    let rows = match reader.ask(&sample.sql, &most).await {
        Ok(rows) => rows,
        Err(error) if error.lies_in_the_query() => return Ok(Failing::Off),
        Err(error) => return Err(error.into()),
    };
    let columns: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
    let shown = |row: &Vec<safe::Cell>| {
        columns.iter().zip(row).map(|(column, cell)| mask.cell(column, cell)).collect::<Vec<Shown>>()
    };
    let shown = rows.rows.iter().map(shown).collect();
    Ok(Failing::Rows(columns, shown))
}
