//! Writing, switching and retiring rules, by people and by the operator.

use super::custom;
use super::incident;
use super::known;
use super::store::{self, Kept, Owner, RuleFacts};
use super::words;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::change::{Author, ChangeSet};
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::{Action, Cron, Message, PublicId, Version, next_after};
use chrono::{DateTime, Utc};
use rules::{Rule, Schedule};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Writer<'a> {
    /// Somebody, with their rights.
    Person(&'a Caller),
    /// The operator at the command line, whom no right limits.
    Operator(&'a Author),
}

impl Writer<'_> {
    fn author(&self) -> &Author {
        match self {
            Self::Person(caller) => &caller.author,
            Self::Operator(author) => author,
        }
    }

    fn see(&self) -> Result<Option<Arc<Scope>>> {
        match self {
            Self::Person(caller) => caller.scope(Action::See).map(Some),
            Self::Operator(_) => Ok(None),
        }
    }

    /// The dataset, locked.
    pub(super) async fn lock(&self, tx: &mut PgConnection, dataset: PublicId) -> Result<Asset> {
        match self {
            Self::Person(caller) => Ok(asset::lock(tx, caller, dataset, Action::ManageRules).await?.0),
            Self::Operator(_) => asset::read(tx, dataset).await,
        }
    }

    async fn may_custom(&self, conn: &mut PgConnection, dataset: &Asset) -> Result<bool> {
        match self {
            Self::Person(caller) => custom::may(conn, caller, dataset).await,
            Self::Operator(_) => Ok(true),
        }
    }
}

/// What became of a rule that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It is new, or was retired before.
    Added,
    /// It says something else now.
    Changed,
    /// It said the same.
    Same,
}

/// Whether the caller may write rules at a dataset: asked before what they wrote is looked at.
///
/// # Errors
/// `Absent` and `Forbidden`.
pub(super) async fn permitted(app: &App, caller: &Caller, dataset: PublicId) -> Result<()> {
    asset::find(&app.db().web, caller, dataset, Action::ManageRules).await.map(drop)
}

/// Writes a rule at a dataset by its name; gives its id. Nothing is written where it says the same already.
///
/// # Errors
/// `Absent` and `Forbidden` by the dataset, `Forbidden` also for SQL of one's own by who may not see all values of the source;
/// `Invalid` with the members that are wrong; `Conflict` where no source can be asked.
pub(super) async fn save(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
    rule: Rule,
) -> Result<(PublicId, Written, Option<Version>)> {
    let mut tx = app.db().web.begin().await?;
    let writer = Writer::Person(caller);
    let asset = writer.lock(&mut tx, dataset).await?;
    let mut change = ChangeSet::begin_set(&mut tx, "rule.save", &caller.author).await?;
    let (id, written) = write(&mut tx, &mut change, writer, &asset, rule, None).await?;
    if written == Written::Same {
        return Ok((id, written, None));
    }
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok((id, written, Some(version)))
}

/// The same in a transaction with others, after the dataset was locked. `origin` is the file that it comes from.
pub(super) async fn write(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    writer: Writer<'_>,
    asset: &Asset,
    rule: Rule,
    origin: Option<&str>,
) -> Result<(PublicId, Written)> {
    let facts = facts(tx, change.at, writer, asset, rule, origin).await?;
    let before = store::named(tx, asset.id, &facts.rule.name).await?;
    if let Some(before) = &before
        && same(&before.facts, &facts)
    {
        return Ok((before.public_id, Written::Same));
    }
    let (id, public) = store::identity(tx, asset.id, &facts.rule.name).await?;
    store::open(tx, change, id, &facts).await?;
    store::put_next_due(tx, id, next(&facts, change.at)?).await?;
    change.touch(asset.id);
    change.note("rule", facts.rule.name);
    Ok((public, if before.is_some() { Written::Changed } else { Written::Added }))
}

/// Whether a version would say nothing new: who wrote it is nothing that it says.
fn same(before: &RuleFacts, new: &RuleFacts) -> bool {
    let kept = (before.enabled, before.muted_until);
    before.rule == new.rule
        && before.owner == new.owner
        && before.origin == new.origin
        && kept == (new.enabled, new.muted_until)
}

/// Looks at a rule against what is known of the dataset, without writing anything.
///
/// # Errors
/// As [`save`].
pub(super) async fn facts(
    tx: &mut PgConnection,
    now: DateTime<Utc>,
    writer: Writer<'_>,
    asset: &Asset,
    rule: Rule,
    origin: Option<&str>,
) -> Result<RuleFacts> {
    known::checkable(asset)?;
    let is_custom = custom::is_custom(&rule);
    if is_custom && !writer.may_custom(tx, asset).await? {
        return Err(custom::refused());
    }
    let see = writer.see()?;
    let known = known::of(tx, asset, see.as_deref(), &rule.check.others()).await?;
    rules::check(&rule, &known.subject(now, &BTreeMap::new())).map_err(|fault| words::invalid(&[fault]))?;
    let owner = match rule.owner.as_deref() {
        Some(name) => Some(owner(tx, name).await?),
        None => None,
    };
    let before = store::named(tx, asset.id, &rule.name).await?.map(|kept| kept.facts);
    let facts = RuleFacts {
        rule,
        owner,
        enabled: before.as_ref().is_none_or(|before| before.enabled),
        muted_until: before.and_then(|before| before.muted_until),
        is_custom,
        author: writer.author().person,
        origin: origin.map(str::to_owned),
    };
    next(&facts, now)?;
    Ok(facts)
}

/// When a version is due next by its schedule.
fn next(facts: &RuleFacts, after: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let Schedule::Cron { cron, zone } = &facts.rule.schedule else { return Ok(None) };
    let (cron, zone) = timing(cron, zone)?;
    Ok(if facts.enabled { next_after(&cron, zone, after) } else { None })
}

/// A schedule that was read.
pub(super) fn timing(cron: &str, zone: &str) -> Result<(Cron, chrono_tz::Tz)> {
    let invalid = |member: &str, message: Message| Failure::invalid(format!("schedule.{member}"), message);
    let read: Cron =
        cron.parse().map_err(|_| invalid("cron", Message::new("rule-cron-wrong").arg("text", cron)))?;
    let zone =
        zone.parse().map_err(|_| invalid("zone", Message::new("rule-zone-wrong").arg("text", zone)))?;
    Ok((read, zone))
}

/// A person by the login, a team by its name.
async fn owner(tx: &mut PgConnection, name: &str) -> Result<Owner> {
    let person: Option<i64> = sqlx::query_scalar(
        "select p.id from people p join person_facts f on f.person_id = p.id and f.valid_to is null where p.login = $1",
    )
    .bind(name)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(person) = person {
        return Ok(Owner::Person(cadastre_model::PersonId(person)));
    }
    let team: Option<i64> =
        sqlx::query_scalar("select team_id from team_facts where name = $1 and valid_to is null limit 1")
            .bind(name)
            .fetch_optional(tx)
            .await?;
    let unknown = || Failure::invalid("owner", Message::new("rule-owner-unknown").arg("name", name));
    team.map(|id| Owner::Team(cadastre_model::TeamId(id))).ok_or_else(unknown)
}

/// A rule with its dataset, for who may manage it: both locked.
async fn held(tx: &mut PgConnection, caller: &Caller, rule: PublicId) -> Result<(Asset, Kept)> {
    let dataset: Option<uuid::Uuid> = sqlx::query_scalar(
        "select a.public_id from rules r join assets a on a.id = r.dataset_id where r.public_id = $1",
    )
    .bind(rule.0)
    .fetch_optional(&mut *tx)
    .await?;
    let dataset = PublicId(dataset.ok_or_else(Failure::absent)?);
    let asset = Writer::Person(caller).lock(tx, dataset).await?;
    let kept = store::find(tx, rule).await?.ok_or_else(Failure::absent)?;
    Ok((asset, kept))
}

/// Takes a rule out of force. Its versions and results stay.
///
/// # Errors
/// `Absent` and `Forbidden` by its dataset.
pub(super) async fn retire(app: &App, caller: &Caller, rule: PublicId) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    let (asset, kept) = held(&mut tx, caller, rule).await?;
    let mut change = ChangeSet::begin_set(&mut tx, "rule.retire", &caller.author).await?;
    end(&mut tx, &mut change, &asset, &kept).await?;
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(version)
}

/// The same in a transaction with others.
pub(super) async fn end(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    asset: &Asset,
    kept: &Kept,
) -> Result<()> {
    store::close(tx, change, kept.id).await?;
    store::put_next_due(tx, kept.id, None).await?;
    store::forget_dues(tx, kept.id).await?;
    incident::retired(tx, change.at, kept.id).await?;
    change.touch(asset.id);
    change.note("rule", kept.facts.rule.name.clone());
    Ok(())
}

/// What is switched at a rule.
#[derive(Debug, Clone, Default)]
pub(super) struct Switch {
    /// Whether its schedule counts.
    pub(super) enabled: Option<bool>,
    /// Until when its failing alarms nobody; within: no longer.
    pub(super) muted_until: Option<Option<DateTime<Utc>>>,
    /// Why, in their words.
    pub(super) reason: Option<String>,
}

/// Switches a rule on or off, or mutes it.
///
/// # Errors
/// `Absent` and `Forbidden` by its dataset.
pub(super) async fn switch(
    app: &App,
    caller: &Caller,
    rule: PublicId,
    to: Switch,
) -> Result<Option<Version>> {
    let mut tx = app.db().web.begin().await?;
    let (asset, kept) = held(&mut tx, caller, rule).await?;
    if matches!(to.muted_until, Some(Some(until)) if until <= caller.now) {
        return Err(Failure::invalid("muted_until", "incident-mute-past"));
    }
    let mut facts = kept.facts.clone();
    facts.enabled = to.enabled.unwrap_or(facts.enabled);
    facts.muted_until = to.muted_until.unwrap_or(facts.muted_until);
    if facts == kept.facts {
        return Ok(None);
    }
    let mut change = ChangeSet::begin_set(&mut tx, "rule.switch", &caller.author).await?;
    store::open(&mut tx, &change, kept.id, &facts).await?;
    store::put_next_due(&mut tx, kept.id, next(&facts, change.at)?).await?;
    change.touch(asset.id);
    change.note("rule", kept.facts.rule.name);
    change.because(to.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()));
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}
