//! Who is in a team.

use crate::access::{Caller, refused};
use crate::app::App;
use crate::audit::{self, Event};
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use crate::people::teams::queries::{self, Member};
use crate::people::teams::store;
use crate::people::teams::team::not_everyone;
use crate::people::{administrators, store as people_store};
use cadastre_access::{Giving, NotGiven, Permit};
use cadastre_model::{Action, PublicId, SubjectId, TeamId, Version};
use sea_orm::{DatabaseTransaction, TransactionTrait};

/// Those who are in a team themselves.
///
/// # Errors
/// `Forbidden`, `Absent`; `Invalid` for a cursor that is none.
pub async fn members(app: &App, caller: &Caller, id: PublicId, paging: &Paging) -> Result<Page<Member>> {
    const LIST: &str = "members";
    let permit = crate::people::queries::permit_to_see(caller)?;
    let team = queries::find(&app.db().web, &permit, id, None).await?;
    let (size, after) = (paging.size()?, paging.after::<String>(app, LIST)?);
    let rows = queries::members(&app.db().web, team.id, after.as_deref(), size, None).await?;
    Page::of(rows, size, app, LIST, |member: &Member| member.login.clone())
}

/// Puts somebody into a team. Nothing is written when they are in it.
///
/// # Errors
/// `Forbidden`, `Absent` for a team or person that is not there; `Conflict` for everyone.
pub async fn enrol(app: &App, caller: &Caller, team: PublicId, person: PublicId) -> Result<Option<Version>> {
    // Before anything is looked up: who does not manage people learns nothing of who is there.
    caller.permit_on_register(Action::ManagePeople).map(drop)?;
    let tx = app.db().orm.begin().await?;
    let team = store::lock(&tx, team).await?;
    not_everyone(team.id)?;
    let member = people_store::lock(&tx, person).await?;
    if store::is_member(&tx, team.id, member.id).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    let permit = enrolment(&tx, caller, SubjectId::Person(member.id), team.id).await?;
    let mut change = ChangeSet::begin(&tx, "team.member.add", &caller.author).await?;
    change.about(Topic::Rights);
    change.note("team", team.facts.name.as_str());
    change.note("person", person.to_string());
    store::put_member(&tx, &permit, &change, team.id, member.id).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}

/// Takes somebody out of a team.
///
/// # Errors
/// `Forbidden`; `Absent` when they are not in it; `Conflict` when no administrator would remain.
pub async fn expel(app: &App, caller: &Caller, team: PublicId, person: PublicId) -> Result<Version> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let tx = app.db().orm.begin().await?;
    let administrators = administrators::settle(&tx).await?;
    let team = store::lock(&tx, team).await?;
    let member = people_store::lock(&tx, person).await?;
    if !store::is_member(&tx, team.id, member.id).await? {
        return Err(Failure::absent());
    }
    let mut change = ChangeSet::begin(&tx, "team.member.remove", &caller.author).await?;
    change.about(Topic::Rights);
    change.note("team", team.facts.name.as_str());
    change.note("person", person.to_string());
    store::close_member(&tx, &permit, &change, team.id, member.id).await?;
    administrators.must_remain(&tx).await?;
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(version)
}

/// Lets the caller put a person or a team into a team. When they gain by it themselves, that is remembered apart.
pub(super) async fn enrolment(
    tx: &DatabaseTransaction,
    caller: &Caller,
    member: SubjectId,
    team: TeamId,
) -> Result<Permit> {
    let giving = caller.ask(|rights| rights.may_enrol(&caller.actor, member, team, caller.now))?;
    match giving.map_err(not_given)? {
        Giving::ToOthers(permit) => Ok(permit),
        Giving::ToOneself(permit) => {
            audit::note_orm(tx, &Event::new("rights.to_oneself").by_caller(caller).with("team", team.0))
                .await?;
            Ok(permit)
        }
    }
}

fn not_given(reason: NotGiven) -> Failure {
    match reason {
        NotGiven::Refused(refusal) => refused(refusal),
        other => Failure { cause: Some(other.to_string()), ..Failure::forbidden() },
    }
}
