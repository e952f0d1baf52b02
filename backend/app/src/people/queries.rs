//! Reading people: one, and lists of them. Whoever may see who has access to the register may see who is in it.

use crate::access::Caller;
use crate::error::{Failure, Result};
use cadastre_access::Permit;
use cadastre_model::{Action, PersonId, PersonKind, PersonState, PublicId};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody, as they were at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id inside.
    pub id: PersonId,
    /// The id outside.
    pub public_id: PublicId,
    /// A person or a service.
    pub kind: PersonKind,
    /// The name to sign in with.
    pub login: String,
    /// The name that is shown.
    pub display_name: String,
    /// Where to write to.
    pub email: Option<String>,
    /// Whether they may do anything.
    pub state: PersonState,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were last here: by session or token, to the minute; none while nothing is kept of it.
    pub last_seen: Option<DateTime<Utc>>,
    /// Whether their password is one that somebody else gave them.
    pub must_change: bool,
    /// The ETag.
    pub counter: i64,
}

/// Which people a list holds.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    /// A part of their login or of their name, in any case.
    pub text: Option<String>,
    /// Only people, or only services.
    pub kind: Option<PersonKind>,
    /// Only active, or only disabled ones.
    pub state: Option<PersonState>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    kind: String,
    login: String,
    display_name: String,
    email: Option<String>,
    state: String,
    created_at: DateTime<Utc>,
    last_seen: Option<DateTime<Utc>>,
    must_change: bool,
    counter: i64,
}

impl TryFrom<Row> for Person {
    type Error = Failure;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PersonId(row.id),
            public_id: PublicId(row.public_id),
            kind: row.kind.parse().map_err(Failure::internal)?,
            login: row.login,
            display_name: row.display_name,
            email: row.email,
            state: row.state.parse().map_err(Failure::internal)?,
            created_at: row.created_at,
            last_seen: row.last_seen,
            must_change: row.must_change,
            counter: row.counter,
        })
    }
}

/// The columns of a [`Row`], over `people p` and `person_facts f`.
macro_rules! people {
    ($rest:literal) => {
        concat!(
            "select p.id, p.public_id, p.kind, p.login, p.created_at, p.counter, f.display_name, f.email, f.state,
                    greatest((select max(s.last_seen) from sessions s where s.person_id = p.id),
                             (select max(t.last_used) from api_tokens t where t.person_id = p.id)) as last_seen,
                    coalesce((select w.must_change from passwords w where w.person_id = p.id), false) as must_change
             from people p join person_facts f on f.person_id = p.id ",
            $rest
        )
    };
}

/// Lets a caller see who is in the register.
///
/// # Errors
/// `Forbidden` to whoever may not see who has access to it.
pub fn permit_to_see(caller: &Caller) -> Result<Permit> {
    caller.permit_on_register(Action::SeeAccess)
}

/// One of them.
///
/// # Errors
/// `Absent` when there is nobody by this id.
pub async fn find(
    db: impl PgExecutor<'_>,
    _permit: &Permit,
    id: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<Person> {
    let row: Option<Row> =
        sqlx::query_as(people!("where p.public_id = $1 and holds(f.valid_from, f.valid_to, $2)"))
            .bind(id.0)
            .bind(at)
            .fetch_optional(db)
            .await?;
    row.ok_or_else(Failure::absent)?.try_into()
}

/// Themselves: everybody may read who they are.
///
/// # Errors
/// When the database does not answer.
pub async fn oneself(db: impl PgExecutor<'_>, caller: &Caller) -> Result<Person> {
    let row: Row = sqlx::query_as(people!("where p.id = $1 and f.valid_to is null"))
        .bind(caller.person().0)
        .fetch_one(db)
        .await?;
    row.try_into()
}

/// A part of the list by login, one more than `size` where there are more.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    db: impl PgExecutor<'_>,
    _permit: &Permit,
    filter: &PeopleFilter,
    after: Option<&str>,
    size: i64,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Person>> {
    let rows: Vec<Row> = sqlx::query_as(people!(
        "where holds(f.valid_from, f.valid_to, $1)
           and ($2::text is null or position(lower($2) in p.login) > 0 or position(lower($2) in lower(f.display_name)) > 0)
           and ($3::text is null or p.kind = $3) and ($4::text is null or f.state = $4)
           and ($5::text is null or p.login > $5)
         order by p.login limit $6"
    ))
    .bind(at)
    .bind(filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()))
    .bind(filter.kind.map(PersonKind::as_str))
    .bind(filter.state.map(PersonState::as_str))
    .bind(after)
    .bind(size.saturating_add(1))
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Person::try_from).collect()
}

/// Everybody, by login, for the command line beside the database.
///
/// # Errors
/// When the database does not answer.
pub async fn list_beside(db: impl PgExecutor<'_>) -> Result<Vec<Person>> {
    let rows: Vec<Row> =
        sqlx::query_as(people!("where f.valid_to is null order by p.login")).fetch_all(db).await?;
    rows.into_iter().map(Person::try_from).collect()
}

/// A team that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// The id of the team outside.
    pub public_id: Uuid,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// The teams that somebody is in themselves, by name; not those above them, and not everyone.
///
/// # Errors
/// When the database does not answer.
pub async fn memberships(
    db: impl PgExecutor<'_>,
    person: PersonId,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Membership>> {
    let rows = sqlx::query_as(
        "select t.public_id, f.name, m.valid_from as since from team_members m
         join teams t on t.id = m.team_id
         join team_facts f on f.team_id = t.id and holds(f.valid_from, f.valid_to, $2)
         where m.person_id = $1 and holds(m.valid_from, m.valid_to, $2) order by lower(f.name)",
    )
    .bind(person.0)
    .bind(at)
    .fetch_all(db)
    .await?;
    Ok(rows)
}

/// The names of the teams that each of these people is in themselves, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn teams_of(db: impl PgExecutor<'_>, people: &[Person]) -> Result<HashMap<PersonId, Vec<String>>> {
    let ids: Vec<i64> = people.iter().map(|person| person.id.0).collect();
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select m.person_id, f.name from team_members m
         join team_facts f on f.team_id = m.team_id and f.valid_to is null
         where m.person_id = any($1) and m.valid_to is null order by lower(f.name)",
    )
    .bind(ids)
    .fetch_all(db)
    .await?;
    let mut teams: HashMap<PersonId, Vec<String>> = HashMap::new();
    for (person, name) in rows {
        teams.entry(PersonId(person)).or_default().push(name);
    }
    Ok(teams)
}
