//! Naming and unnaming owners. An owner is a steward of what they own, so nobody names one beyond what they may give.

use super::queries::OwnerKind;
use crate::access::{Caller, refused};
use crate::app::App;
use crate::catalog::asset::{Asset, lock_orm};
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, FailureKind, Result};
use crate::http::IfMatch;
use cadastre_access::{Giving, NotGiven, Permit};
use cadastre_entities::{owner, person, person_fact, team, team_fact};
use cadastre_model::{
    Action, AssetId, Message, Origin, PersonId, PublicId, SubjectId, SubjectKind, TeamId, Version,
};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, TransactionTrait,
};

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// By the id outside.
    Id(SubjectKind, PublicId),
    /// By the name to sign in with, or the name of the team.
    Name(SubjectKind, String),
}

/// Makes somebody an owner. Gives the version, and nothing where they are one already.
///
/// # Errors
/// `Absent`, `Forbidden`, `Stale`; `Invalid` with `subject` where there is nobody of that name.
pub async fn add(
    app: &App,
    caller: &Caller,
    asset: PublicId,
    condition: &IfMatch,
    (whom, kind): (&Whom, OwnerKind),
) -> Result<Option<Version>> {
    let tx = app.db().orm.begin().await?;
    let (asset, _) = lock_orm(&tx, caller, asset, Action::EditOwners).await?;
    condition.check(asset.counter)?;
    let subject =
        find(&tx, whom).await?.ok_or_else(|| Failure::invalid("subject", "error-nobody-of-that-name"))?;
    let permit = may_name(caller, &asset, subject)?;
    if owner::Entity::find().filter(open(asset.id, subject, kind)).one(&tx).await?.is_some() {
        return Ok(None);
    }
    let change = begin(&tx, caller, "owner.add", &asset).await?;
    insert(&tx, &permit, &change, subject, kind).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}

/// Ends an ownership.
///
/// # Errors
/// `Absent` where there is none such; `Forbidden`, `Stale`.
pub async fn remove(
    app: &App,
    caller: &Caller,
    asset: PublicId,
    condition: &IfMatch,
    (whom, kind): (PublicId, OwnerKind),
) -> Result<Version> {
    let tx = app.db().orm.begin().await?;
    let (asset, _) = lock_orm(&tx, caller, asset, Action::EditOwners).await?;
    let subject = anybody(&tx, whom).await?.ok_or_else(Failure::absent)?;
    if owner::Entity::find().filter(open(asset.id, subject, kind)).one(&tx).await?.is_none() {
        return Err(Failure::absent());
    }
    let permit = may_name(caller, &asset, subject)?;
    condition.check(asset.counter)?;
    let change = begin(&tx, caller, "owner.remove", &asset).await?;
    cadastre_entities::close::<owner::Entity>(
        &tx,
        open(permit.asset(), subject, kind),
        change.at,
        change.id.0,
    )
    .await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(version)
}

async fn begin(
    tx: &DatabaseTransaction,
    caller: &Caller,
    kind: &'static str,
    asset: &Asset,
) -> Result<ChangeSet> {
    let mut change = ChangeSet::begin(tx, kind, &caller.author).await?;
    change.touch(asset.id);
    change.about(Topic::Rights);
    Ok(change)
}

async fn insert(
    tx: &DatabaseTransaction,
    permit: &Permit,
    change: &ChangeSet,
    subject: SubjectId,
    kind: OwnerKind,
) -> Result<()> {
    let (person, team) = columns(subject);
    let row = owner::ActiveModel {
        asset_id: Set(permit.asset().0),
        kind: Set(kind.as_str().to_owned()),
        person_id: Set(person),
        team_id: Set(team),
        origin: Set(Origin::Person.to_string()),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    owner::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn open(asset: AssetId, subject: SubjectId, kind: OwnerKind) -> Condition {
    let who = match subject {
        SubjectId::Person(id) => owner::Column::PersonId.eq(id.0),
        SubjectId::Team(id) => owner::Column::TeamId.eq(id.0),
    };
    Condition::all()
        .add(owner::Column::AssetId.eq(asset.0))
        .add(owner::Column::Kind.eq(kind.as_str()))
        .add(owner::Column::ValidTo.is_null())
        .add(who)
}

const fn columns(subject: SubjectId) -> (Option<i64>, Option<i64>) {
    match subject {
        SubjectId::Person(id) => (Some(id.0), None),
        SubjectId::Team(id) => (None, Some(id.0)),
    }
}

fn may_name(caller: &Caller, asset: &Asset, subject: SubjectId) -> Result<Permit> {
    let answer =
        caller.ask(|rights| rights.may_name_owner(&caller.actor, subject, &asset.resource(), caller.now))?;
    match answer {
        Ok(Giving::ToOthers(permit) | Giving::ToOneself(permit)) => Ok(permit),
        Err(NotGiven::Refused(refusal)) => Err(refused(refusal)),
        Err(NotGiven::Own) => Err(forbidden("error-owner-oneself".into())),
        Err(NotGiven::Ceiling(most)) => {
            Err(forbidden(Message::new("error-owner-ceiling").arg("sensitivity", most)))
        }
        Err(_) => Err(forbidden("error-owner-beyond".into())),
    }
}

fn forbidden(message: Message) -> Failure {
    Failure::new(FailureKind::Forbidden, message)
}

/// A person who is active, or a team that is there.
async fn find(tx: &DatabaseTransaction, whom: &Whom) -> Result<Option<SubjectId>> {
    match whom {
        Whom::Id(SubjectKind::Person, id) => {
            let found = person::Entity::find().filter(person::Column::PublicId.eq(id.0)).one(tx).await?;
            active(tx, found).await
        }
        Whom::Name(SubjectKind::Person, login) => {
            let login = login.trim().to_lowercase();
            let found = person::Entity::find().filter(person::Column::Login.eq(login)).one(tx).await?;
            active(tx, found).await
        }
        Whom::Id(SubjectKind::Team, id) => {
            let found = team::Entity::find().filter(team::Column::PublicId.eq(id.0)).one(tx).await?;
            let Some(found) = found else { return Ok(None) };
            let there = team_fact::Column::TeamId.eq(found.id);
            team_of(tx, there).await
        }
        Whom::Name(SubjectKind::Team, name) => {
            let lower =
                Expr::expr(Func::lower(Expr::col(team_fact::Column::Name))).eq(name.trim().to_lowercase());
            team_of(tx, lower).await
        }
    }
}

async fn active(tx: &DatabaseTransaction, found: Option<person::Model>) -> Result<Option<SubjectId>> {
    let Some(found) = found else { return Ok(None) };
    let fact = person_fact::Entity::find()
        .filter(person_fact::Column::PersonId.eq(found.id))
        .filter(person_fact::Column::ValidTo.is_null())
        .filter(person_fact::Column::State.eq("active"))
        .one(tx)
        .await?;
    Ok(fact.map(|fact| SubjectId::Person(PersonId(fact.person_id))))
}

async fn team_of(tx: &DatabaseTransaction, which: Expr) -> Result<Option<SubjectId>> {
    let fact =
        team_fact::Entity::find().filter(which).filter(team_fact::Column::ValidTo.is_null()).one(tx).await?;
    Ok(fact.map(|fact| SubjectId::Team(TeamId(fact.team_id))))
}

/// Whoever has the id: what is to end may be of somebody who is disabled.
async fn anybody(tx: &DatabaseTransaction, id: PublicId) -> Result<Option<SubjectId>> {
    if let Some(person) = person::Entity::find().filter(person::Column::PublicId.eq(id.0)).one(tx).await? {
        return Ok(Some(SubjectId::Person(PersonId(person.id))));
    }
    let team = team::Entity::find().filter(team::Column::PublicId.eq(id.0)).one(tx).await?;
    Ok(team.map(|team| SubjectId::Team(TeamId(team.id))))
}
