//! Use cases about one person: adding, renaming, disabling, a new password. At most an administrator does them.

use crate::access::{Caller, refused};
use crate::app::App;
use crate::audit::{self, Event};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, FailureKind, Result};
use crate::http::IfMatch;
use crate::people::queries::{self, Person};
use crate::people::store::{self, PersonFacts};
use crate::people::{administrators, naming};
use cadastre_access::{NotGiven, Offer, Permit, Resource};
use cadastre_entities::grant;
use cadastre_model::{
    Action, AssetId, Effect, Message, PersonId, PersonKind, PersonState, PublicId, Role, Sensitivity,
    SubjectId, Version,
};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, TransactionTrait};

/// Random bytes of a password that the register makes: 96 bits.
const PASSWORD_BYTES: usize = 12;

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// A person, who gets a password, or a service, which does not.
    pub kind: PersonKind,
    /// The name to sign in with; kept in lower case.
    pub login: String,
    /// The name that is shown.
    pub display_name: String,
    /// Where to write to.
    pub email: Option<String>,
    /// The roles that they get on the whole register, for good.
    pub roles: Vec<Role>,
}

/// Somebody who was added.
#[derive(Debug, Clone)]
pub struct Made {
    /// Their id inside.
    pub id: PersonId,
    /// Their id outside.
    pub public_id: PublicId,
    /// The password that was made for them, to be shown once; none for a service.
    pub password: Option<String>,
    /// What a read after it must have seen.
    pub version: Version,
}

/// What is to be different about a person; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct PersonEdit {
    /// The name that is shown.
    pub display_name: Option<String>,
    /// Where to write to; `Some(None)` takes it away.
    pub email: Option<Option<String>>,
}

/// Adds somebody, on behalf of a caller.
///
/// # Errors
/// `Forbidden` to whoever does not manage people; `Invalid` by field.
pub async fn add(app: &App, caller: &Caller, new: NewPerson) -> Result<Made> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let made = create_with(app, &permit, Some(caller), &caller.author, new).await?;
    caller.has_seen(made.version).await;
    Ok(made)
}

/// Adds somebody from beside the register: the command line and the sample company. Their password need not be changed.
///
/// # Errors
/// `Invalid` by field.
pub async fn create(app: &App, new: NewPerson) -> Result<Made> {
    let permit =
        Permit::system(Action::ManagePeople, AssetId::REGISTER, "the command line beside the database");
    create_with(app, &permit, None, &Author::cli(), new).await
}

async fn create_with(
    app: &App,
    permit: &Permit,
    caller: Option<&Caller>,
    author: &Author,
    new: NewPerson,
) -> Result<Made> {
    let new = checked(new)?;
    let (password, hash) = match new.kind {
        PersonKind::Person => {
            let password = app.keys().random_text(PASSWORD_BYTES).map_err(Failure::internal)?;
            let hash = app.passwords().hash(&password).await?;
            (Some(password), Some(hash))
        }
        PersonKind::Service => (None, None),
    };
    let tx = app.db().orm.begin().await?;
    let (id, public_id) = store::insert(&tx, permit, new.kind, &new.login).await?;
    let mut change = ChangeSet::begin(&tx, "person.create", author).await?;
    change.about(Topic::Rights);
    change.note("person", public_id.to_string());
    change.note("login", new.login.as_str());
    change.note("kind", new.kind.as_str());
    let facts = PersonFacts { display_name: new.display_name, email: new.email, state: PersonState::Active };
    store::put_facts(&tx, permit, &change, id, &facts).await?;
    if let Some(hash) = hash {
        store::put_password(&tx, permit, id, hash, caller.is_some()).await?;
    }
    for &role in &new.roles {
        let permit = caller.map_or_else(|| Ok(permit.clone()), |caller| may_give(caller, id, role))?;
        give_role(&tx, &permit, &mut change, author, id, role).await?;
    }
    let version = change.record(&tx).await?;
    tx.commit().await?;
    Ok(Made { id, public_id, password, version })
}

/// The roles that the caller may give on the whole register to somebody whom they add.
///
/// # Errors
/// `Unavailable` while the rights are not known to be current.
pub fn givable(caller: &Caller) -> Result<Vec<Role>> {
    // Of nobody in particular: no rights reach them yet.
    let nobody = PersonId(0);
    let mut roles = Vec::new();
    for &role in Role::ALL {
        match may_give(caller, nobody, role) {
            Ok(_) => roles.push(role),
            Err(failure) if matches!(failure.kind, FailureKind::Unavailable) => return Err(failure),
            Err(_) => {}
        }
    }
    Ok(roles)
}

/// Lets the caller give a role on the whole register to somebody who is being added.
fn may_give(caller: &Caller, id: PersonId, role: Role) -> Result<Permit> {
    let (effect, ceiling) = (Effect::Allow, Sensitivity::Secret);
    let offer = Offer { subject: SubjectId::Person(id), role, effect, ceiling, until: None };
    let register = Resource::register();
    match caller.ask(|rights| rights.may_give(&caller.actor, &offer, &register, caller.now))? {
        Ok(giving) => Ok(giving.permit().clone()),
        Err(NotGiven::Refused(refusal)) => Err(refused(refusal)),
        Err(_) => Err(Failure::invalid("roles", Message::new("person-role-above").arg("role", role))),
    }
}

/// Gives somebody a role on the whole register, for good.
pub(crate) async fn give_role(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    change: &mut ChangeSet,
    author: &Author,
    id: PersonId,
    role: Role,
) -> Result<()> {
    let row = grant::ActiveModel {
        person_id: Set(Some(id.0)),
        role: Set(role.as_str().to_owned()),
        asset_id: Set(AssetId::REGISTER.0),
        effect: Set(Effect::Allow.as_str().to_owned()),
        ceiling: Set(Sensitivity::Secret.as_str().to_owned()),
        mask: Set(false),
        granted_by: Set(author.person.map(|person| person.0)),
        valid_from: Set(change.at),
        change_set: Set(change.id.0),
        ..Default::default()
    };
    row.insert(tx).await?;
    change.note(role.as_str(), "register");
    change.touch(AssetId::REGISTER);
    Ok(())
}

/// The same, tidied; or all that is wrong with it.
pub(crate) fn checked(new: NewPerson) -> Result<NewPerson> {
    let new = NewPerson {
        kind: new.kind,
        login: naming::login(&new.login),
        display_name: new.display_name.trim().to_owned(),
        email: tidied(new.email),
        roles: new.roles,
    };
    Failure::when_any(faults(Some(&new.login), &new.display_name, new.email.as_deref()))?;
    Ok(new)
}

fn faults(login: Option<&str>, name: &str, email: Option<&str>) -> Vec<(String, Message)> {
    let found = [
        ("login", login.and_then(naming::login_fault)),
        ("display_name", naming::name_fault(name)),
        ("email", email.and_then(naming::email_fault)),
    ];
    found.into_iter().filter_map(|(field, fault)| Some((field.to_owned(), fault?))).collect()
}

fn tidied(email: Option<String>) -> Option<String> {
    email.map(|email| email.trim().to_owned()).filter(|email| !email.is_empty())
}

/// Changes the name that is shown and the address.
///
/// # Errors
/// `Forbidden`, `Absent`, `Stale`, `Invalid` by field.
pub async fn edit(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    edit: PersonEdit,
) -> Result<(Person, Option<Version>)> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let tx = app.db().orm.begin().await?;
    let person = store::lock(&tx, id).await?;
    condition.check(person.counter)?;
    administrators::not_above(&tx, caller, person.id).await?;
    let facts = PersonFacts {
        display_name: edit
            .display_name
            .map_or_else(|| person.facts.display_name.clone(), |name| name.trim().to_owned()),
        email: edit.email.map_or_else(|| person.facts.email.clone(), tidied),
        state: person.facts.state,
    };
    Failure::when_any(faults(None, &facts.display_name, facts.email.as_deref()))?;
    if facts == person.facts {
        tx.rollback().await?;
        return Ok((queries::find(&app.db().web, &permit, id, None).await?, None));
    }
    let mut change = ChangeSet::begin(&tx, "person.edit", &caller.author).await?;
    change.about(Topic::Rights);
    change.note("person", id.to_string());
    store::put_facts(&tx, &permit, &change, person.id, &facts).await?;
    finish(app, caller, &permit, id, tx, change).await
}

/// Disables somebody: they may do nothing from now on, by session or by token, on any replica. What they did stays.
///
/// # Errors
/// `Forbidden` also for oneself; `Conflict` for the last administrator; `Absent`, `Stale`.
pub async fn disable(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    reason: Option<&str>,
) -> Result<(Person, Option<Version>)> {
    set_state(app, caller, id, condition, PersonState::Disabled, reason).await
}

/// Enables somebody again, with the rights and tokens that are still theirs.
///
/// # Errors
/// `Forbidden`, `Absent`, `Stale`.
pub async fn enable(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
) -> Result<(Person, Option<Version>)> {
    set_state(app, caller, id, condition, PersonState::Active, None).await
}

async fn set_state(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    state: PersonState,
    reason: Option<&str>,
) -> Result<(Person, Option<Version>)> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let tx = app.db().orm.begin().await?;
    let administrators = administrators::settle(&tx).await?;
    let person = store::lock(&tx, id).await?;
    condition.check(person.counter)?;
    not_oneself(caller, person.id)?;
    administrators::not_above(&tx, caller, person.id).await?;
    if person.facts.state == state {
        tx.rollback().await?;
        return Ok((queries::find(&app.db().web, &permit, id, None).await?, None));
    }
    let mut change = put_state(&tx, &permit, &caller.author, id, &person, state, administrators).await?;
    change.because(reason);
    finish(app, caller, &permit, id, tx, change).await
}

/// Writes the state, ends the sessions of whom it disables, and sees to it that an administrator remains.
async fn put_state(
    tx: &DatabaseTransaction,
    permit: &Permit,
    author: &Author,
    id: PublicId,
    person: &store::Locked,
    state: PersonState,
    administrators: administrators::Administrators,
) -> Result<ChangeSet> {
    let kind = if state == PersonState::Disabled { "person.disable" } else { "person.enable" };
    let mut change = ChangeSet::begin(tx, kind, author).await?;
    change.about(Topic::Rights);
    change.note("person", id.to_string());
    change.note("login", person.login.as_str());
    store::put_facts(tx, permit, &change, person.id, &PersonFacts { state, ..person.facts.clone() }).await?;
    if state == PersonState::Disabled {
        let ended = store::end_sessions(tx, permit, person.id).await?;
        change.note("sessions_ended", ended);
        administrators.must_remain(tx).await?;
    }
    Ok(change)
}

/// Disables somebody from beside the register.
///
/// # Errors
/// `Absent`; `Conflict` for the last administrator.
pub async fn disable_beside(app: &App, login: &str) -> Result<()> {
    let permit =
        Permit::system(Action::ManagePeople, AssetId::REGISTER, "the command line beside the database");
    let id = by_login(app, login).await?;
    let tx = app.db().orm.begin().await?;
    let administrators = administrators::settle(&tx).await?;
    let person = store::lock(&tx, id).await?;
    if person.facts.state == PersonState::Disabled {
        return Ok(tx.rollback().await?);
    }
    let change =
        put_state(&tx, &permit, &Author::cli(), id, &person, PersonState::Disabled, administrators).await?;
    change.record(&tx).await?;
    Ok(tx.commit().await?)
}

/// Gives somebody a new password, which they must change at their next sign-in; their sessions end. Gives the password,
/// to be shown once.
///
/// # Errors
/// `Forbidden` also for oneself (see `account`); `Conflict` for a service, which has none; `Absent`, `Stale`.
pub async fn reset_password(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
) -> Result<(Person, String)> {
    let permit = caller.permit_on_register(Action::ManagePeople)?;
    let (password, hash) = random_password(app).await?;
    let tx = app.db().orm.begin().await?;
    let person = store::lock(&tx, id).await?;
    condition.check(person.counter)?;
    not_oneself(caller, person.id)?;
    administrators::not_above(&tx, caller, person.id).await?;
    put_new_password(&tx, &permit, &person, hash).await?;
    let event = Event::new("password.reset").by_caller(caller).with("person", id.to_string());
    audit::note_orm(&tx, &event).await?;
    tx.commit().await?;
    Ok((queries::find(&app.db().web, &permit, id, None).await?, password))
}

/// The same from beside the register.
///
/// # Errors
/// `Absent`; `Conflict` for a service.
pub async fn reset_password_beside(app: &App, login: &str) -> Result<String> {
    let permit =
        Permit::system(Action::ManagePeople, AssetId::REGISTER, "the command line beside the database");
    let (password, hash) = random_password(app).await?;
    let id = by_login(app, login).await?;
    let tx = app.db().orm.begin().await?;
    let person = store::lock(&tx, id).await?;
    put_new_password(&tx, &permit, &person, hash).await?;
    audit::note_orm(&tx, &Event::new("password.reset").with("person", id.to_string()).with("via", "cli"))
        .await?;
    tx.commit().await?;
    Ok(password)
}

async fn random_password(app: &App) -> Result<(String, String)> {
    let password = app.keys().random_text(PASSWORD_BYTES).map_err(Failure::internal)?;
    let hash = app.passwords().hash(&password).await?;
    Ok((password, hash))
}

async fn put_new_password(
    tx: &DatabaseTransaction,
    permit: &Permit,
    person: &store::Locked,
    hash: String,
) -> Result<()> {
    if person.kind == PersonKind::Service {
        return Err(Failure::new(FailureKind::Conflict, "person-service-has-none"));
    }
    store::put_password(tx, permit, person.id, hash, true).await?;
    store::end_sessions(tx, permit, person.id).await?;
    Ok(())
}

/// The id of a login: as it is typed at the command line, or for one more member of a team.
pub(crate) async fn by_login(app: &App, login: &str) -> Result<PublicId> {
    let id = sqlx::query_scalar("select public_id from people where login = $1")
        .bind(naming::login(login))
        .fetch_optional(&app.db().web)
        .await?;
    id.map(PublicId).ok_or_else(Failure::absent)
}

fn not_oneself(caller: &Caller, person: PersonId) -> Result<()> {
    if caller.person() == person {
        return Err(Failure::new(FailureKind::Forbidden, "person-not-oneself"));
    }
    Ok(())
}

async fn finish(
    app: &App,
    caller: &Caller,
    permit: &Permit,
    id: PublicId,
    tx: DatabaseTransaction,
    change: ChangeSet,
) -> Result<(Person, Option<Version>)> {
    let version = change.record(&tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok((queries::find(&app.db().web, permit, id, None).await?, Some(version)))
}
