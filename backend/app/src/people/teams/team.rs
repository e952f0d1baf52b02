//! Use cases about one team: making, renaming, moving, removing.

use crate::access::Caller;
use crate::app::App;
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, FailureKind, Result};
use crate::http::IfMatch;
use crate::people::teams::membership::enrolment;
use crate::people::teams::queries::{self, Team};
use crate::people::teams::store::{self, TeamFacts};
use crate::people::{administrators, naming};
use cadastre_model::{Action, Message, PublicId, SubjectId, TeamId, Version};
use sea_orm::{DatabaseTransaction, TransactionTrait};

/// A team to be.
#[derive(Debug, Clone)]
pub struct NewTeam {
    /// Its name; no two differ in case only.
    pub name: String,
    /// The team that it lies in.
    pub parent: Option<PublicId>,
}

/// What is to be different about a team; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct TeamEdit {
    /// Its name.
    pub name: Option<String>,
    /// The team that it lies in; `Some(None)` puts it at the top.
    pub parent: Option<Option<PublicId>>,
}

/// Makes a team.
///
/// # Errors
/// `Forbidden`; `Invalid` by field.
pub async fn add(app: &App, caller: &Caller, new: NewTeam) -> Result<(Team, Version)> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let name = checked(&new.name)?;
    let tx = app.db().orm.begin().await?;
    store::settle(&tx).await?;
    let parent = place(&tx, new.parent).await?;
    let (id, public_id) = store::insert(&tx, &permit).await?;
    let mut change = ChangeSet::begin(&tx, "team.create", &caller.author).await?;
    change.about(Topic::Rights);
    change.note("team", public_id.to_string());
    change.note("name", name.as_str());
    store::put_facts(&tx, &permit, &change, id, &TeamFacts { name, parent }).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok((queries::find(&app.db().web, &permit, public_id, None).await?, version))
}

/// Renames or moves a team. Whoever is in it is then in the teams above its new place.
///
/// # Errors
/// `Forbidden`, `Absent`, `Stale`; `Invalid` by field, as for a place below itself; `Conflict` for everyone, or when no
/// administrator would remain.
pub async fn edit(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    edit: TeamEdit,
) -> Result<(Team, Option<Version>)> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let tx = app.db().orm.begin().await?;
    store::settle(&tx).await?;
    let administrators = administrators::settle(&tx).await?;
    let team = store::lock(&tx, id).await?;
    condition.check(team.counter)?;
    not_everyone(team.id)?;
    let name = edit.name.map_or_else(|| Ok(team.facts.name.clone()), |name| checked(&name))?;
    let parent = match edit.parent {
        None => team.facts.parent,
        Some(parent) => place(&tx, parent).await?,
    };
    let facts = TeamFacts { name, parent };
    if facts == team.facts {
        tx.rollback().await?;
        return Ok((queries::find(&app.db().web, &permit, id, None).await?, None));
    }
    let permit = match facts.parent.filter(|_| facts.parent != team.facts.parent) {
        None => permit,
        Some(parent) if store::lies_below(&tx, parent, team.id).await? => {
            return Err(Failure::invalid("parent", "team-circle"));
        }
        Some(parent) => enrolment(&tx, caller, SubjectId::Team(team.id), parent).await?,
    };
    let mut change = ChangeSet::begin(&tx, "team.edit", &caller.author).await?;
    change.about(Topic::Rights);
    change.note("team", id.to_string());
    store::put_facts(&tx, &permit, &change, team.id, &facts).await?;
    administrators.must_remain(&tx).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok((queries::find(&app.db().web, &permit, id, None).await?, Some(version)))
}

/// Removes a team, and with it who was in it. What they did and held stays in History.
///
/// # Errors
/// `Conflict` while it has grants, owns something or has teams below it, and for everyone; `Forbidden`, `Absent`,
/// `Stale`.
pub async fn remove(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    reason: Option<&str>,
) -> Result<Version> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let tx = app.db().orm.begin().await?;
    store::settle(&tx).await?;
    let administrators = administrators::settle(&tx).await?;
    let team = store::lock(&tx, id).await?;
    condition.check(team.counter)?;
    not_everyone(team.id)?;
    let (grants, owned, teams) = store::dependents(&tx, team.id).await?;
    if grants + owned + teams > 0 {
        let message =
            Message::new("team-in-use").arg("grants", grants).arg("owned", owned).arg("teams", teams);
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    let mut change = ChangeSet::begin(&tx, "team.remove", &caller.author).await?;
    change.because(reason);
    change.about(Topic::Rights);
    change.note("team", id.to_string());
    change.note("name", team.facts.name);
    store::close_team(&tx, &permit, &change, team.id).await?;
    administrators.must_remain(&tx).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(version)
}

fn checked(name: &str) -> Result<String> {
    let name = name.trim().to_owned();
    match naming::name_fault(&name) {
        Some(fault) => Err(Failure::invalid("name", fault)),
        None => Ok(name),
    }
}

/// The team above: one that is there, and not everyone, below which all are anyway.
async fn place(tx: &DatabaseTransaction, parent: Option<PublicId>) -> Result<Option<TeamId>> {
    let Some(parent) = parent else { return Ok(None) };
    let unknown = || Failure::invalid("parent", "team-parent-unknown");
    let found = store::lock(tx, parent).await.map_err(|failure| match failure.kind {
        FailureKind::Absent => unknown(),
        _ => failure,
    })?;
    if found.id == TeamId::EVERYONE { Err(unknown()) } else { Ok(Some(found.id)) }
}

pub(super) fn not_everyone(team: TeamId) -> Result<()> {
    if team == TeamId::EVERYONE {
        return Err(Failure::new(FailureKind::Conflict, "team-everyone-stays"));
    }
    Ok(())
}
