//! Rules from files: what a folder of YAML says is brought to be so, file by file, each whole or not at all. A rule that a file no
//! longer has is retired; rules that people wrote elsewhere are left alone, and a file may not take one over.

use super::save::{self, Writer, Written};
use super::select;
use super::store::{self, Kept};
use super::words;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::change::{Author, ChangeSet};
use crate::error::{Failure, FailureKind, Result};
use cadastre_model::{AssetId, Message, PublicId, Version};
use rules::{Document, Rule, Selection, Target};
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// What happens to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It says something else.
    Changed,
    /// It says the same.
    Same,
    /// No file has it any more.
    Retired,
}

/// A rule of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The dataset.
    pub dataset: String,
    /// The rule.
    pub rule: String,
    /// What happens to it.
    pub change: Change,
}

/// Brings the rules of a file to what it says; with `save` off only says what that would be. `origin` names the file, the same each
/// time.
///
/// # Errors
/// `Invalid` with every member that is wrong, and nothing is written then.
pub async fn apply(app: &App, author: &Author, origin: &str, text: &str, save: bool) -> Result<Vec<Applied>> {
    bring(app, author, origin, text, if save { Mode::Save } else { Mode::Plan }).await
}

/// What is to become of what a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is only said.
    Plan,
    /// It is written.
    Save,
    /// It is written again, as it was kept: a dataset that does not take a rule keeps none of the others back, and the file may
    /// select none any more.
    Renew,
}

pub(super) async fn bring(
    app: &App,
    author: &Author,
    origin: &str,
    text: &str,
    mode: Mode,
) -> Result<Vec<Applied>> {
    let documents = Document::read(text).map_err(|faults| words::invalid(&faults))?;
    let mut tx = app.db().web.begin().await?;
    // What is crawled after this is looked at the next time.
    let seen = Version(sqlx::query_scalar("select version from register").fetch_one(&mut *tx).await?);
    let mut change = ChangeSet::begin_set(&mut tx, "rule.apply", author).await?;
    let writer = Writer::Operator(author);
    let (mut applied, mut kept, mut faults) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (i, document) in documents.iter().enumerate() {
        let at = if documents.len() == 1 { String::new() } else { format!("[{i}].") };
        for dataset in datasets(&mut tx, &document.target, &at, mode).await? {
            let locked = writer.lock(&mut tx, dataset).await?;
            for (j, rule) in document.rules.iter().enumerate() {
                let told = one(&mut tx, &mut change, writer, &locked, rule, origin).await;
                match told {
                    Ok(one) => applied.push(one),
                    Err(failure) if mode == Mode::Renew && is_refusal(&failure) => {
                        tracing::warn!(origin, dataset = locked.name, rule = rule.name, %failure, "a rule of a file is not for it");
                    }
                    Err(failure) if failure.kind == FailureKind::Invalid => {
                        let within = |(field, said)| (format!("{at}rules[{j}].{field}"), said);
                        faults.extend(failure.fields.into_iter().map(within));
                    }
                    Err(failure) => return Err(failure),
                }
                kept.insert((locked.id, rule.name.clone()));
            }
        }
    }
    Failure::when_any(faults)?;
    let gone = store::of_origin(&mut tx, origin).await?;
    applied
        .extend(retire(&mut tx, &mut change, gone.into_iter().filter(|rule| !is_kept(&kept, rule))).await?);
    if mode == Mode::Plan {
        return Ok(applied);
    }
    let selects = documents.iter().any(|document| matches!(document.target, Target::All(_)));
    select::keep(&mut tx, origin, selects.then_some(text), seen).await?;
    if !change.is_empty() {
        change.note("file", origin);
        change.record_set(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(applied)
}

/// Whether it is about the rule and the dataset, not about the register.
const fn is_refusal(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Invalid | FailureKind::Conflict | FailureKind::Absent)
}

fn is_kept(kept: &BTreeSet<(AssetId, String)>, rule: &Kept) -> bool {
    kept.contains(&(rule.dataset, rule.facts.rule.name.clone()))
}

async fn one(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    writer: Writer<'_>,
    dataset: &Asset,
    rule: &Rule,
    origin: &str,
) -> Result<Applied> {
    if let Some(other) = store::named(tx, dataset.id, &rule.name).await?
        && other.facts.origin.as_deref() != Some(origin)
    {
        let taken = match other.facts.origin {
            Some(origin) => Message::new("rule-of-file").arg("origin", origin),
            None => Message::new("rule-of-hand"),
        };
        return Err(Failure::invalid("name", taken));
    }
    let (_, written) = save::write(tx, change, writer, dataset, rule.clone(), Some(origin)).await?;
    let change = match written {
        Written::Added => Change::Added,
        Written::Changed => Change::Changed,
        Written::Same => Change::Same,
    };
    Ok(Applied { dataset: full_name(tx, dataset.id).await?, rule: rule.name.clone(), change })
}

async fn retire(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    gone: impl Iterator<Item = Kept>,
) -> Result<Vec<Applied>> {
    let mut applied = Vec::new();
    for kept in gone {
        let dataset = asset::of(&mut *tx, kept.dataset).await?;
        save::end(tx, change, &dataset, &kept).await?;
        let dataset = full_name(tx, kept.dataset).await?;
        applied.push(Applied { dataset, rule: kept.facts.rule.name, change: Change::Retired });
    }
    Ok(applied)
}

/// Retires the rules of files of a set that are no more: those whose origin begins with the set's name, and is not among these.
///
/// # Errors
/// When the database does not answer.
pub async fn prune(
    app: &App,
    author: &Author,
    set: &str,
    origins: &BTreeSet<String>,
    save: bool,
) -> Result<Vec<Applied>> {
    let mut tx = app.db().web.begin().await?;
    let known: Vec<String> = sqlx::query_scalar(
        "select distinct origin from rule_facts where valid_to is null and origin is not null order by 1",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut change = ChangeSet::begin_set(&mut tx, "rule.apply", author).await?;
    let mut applied = Vec::new();
    let within = format!("{set}/");
    let is_gone = |origin: &&String| origin.starts_with(&within) && !origins.contains(*origin);
    for origin in known.iter().filter(is_gone) {
        let gone = store::of_origin(&mut tx, origin).await?;
        applied.extend(retire(&mut tx, &mut change, gone.into_iter()).await?);
        select::forget(&mut tx, origin).await?;
    }
    if save && !change.is_empty() {
        change.record_set(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(applied)
}

/// The datasets that rules are for, at least one.
async fn datasets(tx: &mut PgConnection, target: &Target, at: &str, mode: Mode) -> Result<Vec<PublicId>> {
    let invalid = |member: &str, message| Failure::invalid(format!("{at}{member}"), message);
    match target {
        Target::One(name) => Ok(vec![one_named(tx, name, &format!("{at}dataset")).await?]),
        // Datasets have no tags yet, so none has these.
        Target::All(Selection { tags, .. }) if !tags.is_empty() => {
            Err(invalid("datasets.tags", Message::new("rule-no-tags")))
        }
        Target::All(selection) => {
            let found = select::selected(tx, selection, None).await?;
            if found.is_empty() && mode != Mode::Renew {
                Err(invalid("datasets", Message::new("rule-selects-none")))
            } else {
                Ok(found)
            }
        }
    }
}

/// The one dataset of a source of a name.
///
/// # Errors
/// `Invalid` at `field` where none or several are called so.
pub(super) async fn one_named(conn: &mut PgConnection, name: &str, field: &str) -> Result<PublicId> {
    let wrong = |key| Err(Failure::invalid(field, Message::new(key).arg("name", name)));
    match named(conn, name).await?[..] {
        [one] => Ok(one),
        [] => wrong("rule-dataset-unknown"),
        _ => wrong("rule-dataset-several"),
    }
}

/// Datasets of sources by their whole name or the end of it, with dots: `source.schema.dataset`.
async fn named(conn: &mut PgConnection, name: &str) -> Result<Vec<PublicId>> {
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select a.public_id from assets a left join assets s on s.id = a.parent_id left join assets o on o.id = a.source_id
         where a.kind = 'dataset' and a.state = 'live' and a.source_id is not null and (a.name = $1
               or ($1 like '%.' || a.name and right('.' || concat_ws('.', o.name, s.name, a.name), length($1) + 1) = '.' || $1))
         order by a.id limit 2",
    )
    .bind(name)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(PublicId).collect())
}

/// `source.schema.dataset`.
async fn full_name(conn: &mut PgConnection, dataset: AssetId) -> Result<String> {
    Ok(sqlx::query_scalar(
        "select concat_ws('.', o.name, s.name, a.name) from assets a
         left join assets s on s.id = a.parent_id left join assets o on o.id = a.source_id where a.id = $1",
    )
    .bind(dataset.0)
    .fetch_one(conn)
    .await?)
}
