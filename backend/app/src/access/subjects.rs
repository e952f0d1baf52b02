//! People and teams as grants name them: found by the id that is shown outside, named by the one inside.

use crate::error::Result;
use cadastre_model::{PersonId, PublicId, SubjectId, SubjectKind, TeamId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person or team, from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectRef {
    /// Which of the two.
    #[schema(value_type = String, example = "person")]
    pub kind: SubjectKind,
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
}

/// A person or team with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Subject {
    /// Which of the two.
    #[schema(value_type = String, example = "team")]
    pub kind: SubjectKind,
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// The name that is shown.
    pub name: String,
}

const PERSON: &str = "select p.id from people p join person_facts f on f.person_id = p.id
    where p.public_id = $1 and f.valid_to is null and f.state = 'active'";
const TEAM: &str = "select t.id from teams t join team_facts f on f.team_id = t.id
    where t.public_id = $1 and f.valid_to is null";

/// Who is meant, if they are there: a person who is not disabled, or a team that has not been removed.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn find(tx: &DatabaseTransaction, subject: SubjectRef) -> Result<Option<SubjectId>> {
    let sql = match subject.kind {
        SubjectKind::Person => PERSON,
        SubjectKind::Team => TEAM,
    };
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [subject.id.0.into()]);
    let Some(row) = tx.query_one_raw(statement).await? else { return Ok(None) };
    let id: i64 = row.try_get_by_index(0)?;
    Ok(Some(match subject.kind {
        SubjectKind::Person => SubjectId::Person(PersonId(id)),
        SubjectKind::Team => SubjectId::Team(TeamId(id)),
    }))
}

/// The names of people and teams, of now, or the last that they had.
///
/// # Errors
/// When the database does not answer.
pub async fn names(
    db: &PgPool,
    subjects: impl IntoIterator<Item = SubjectId>,
) -> Result<HashMap<SubjectId, Subject>> {
    let (mut people, mut teams) = (Vec::new(), Vec::new());
    for subject in subjects {
        match subject {
            SubjectId::Person(id) => people.push(id.0),
            SubjectId::Team(id) => teams.push(id.0),
        }
    }
    let rows: Vec<(bool, i64, Uuid, String)> = sqlx::query_as(
        "(select distinct on (p.id) true, p.id, p.public_id, f.display_name
          from people p join person_facts f on f.person_id = p.id where p.id = any($1) order by p.id, f.valid_from desc)
         union all
         (select distinct on (t.id) false, t.id, t.public_id, f.name
          from teams t join team_facts f on f.team_id = t.id where t.id = any($2) order by t.id, f.valid_from desc)",
    )
    .bind(&people)
    .bind(&teams)
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(is_person, id, public_id, name)| {
            let (subject, kind) = match is_person {
                true => (SubjectId::Person(PersonId(id)), SubjectKind::Person),
                false => (SubjectId::Team(TeamId(id)), SubjectKind::Team),
            };
            (subject, Subject { kind, id: PublicId(public_id), name })
        })
        .collect())
}

/// The id of a person by the name they sign in with, or of a team by its name: as people type them.
///
/// # Errors
/// When the database does not answer.
pub async fn id_of(db: &PgPool, kind: SubjectKind, name: &str) -> Result<Option<PublicId>> {
    let sql = match kind {
        SubjectKind::Person => "select public_id from people where login = lower($1)",
        SubjectKind::Team => {
            "select t.public_id from teams t join team_facts f on f.team_id = t.id
             where f.valid_to is null and lower(f.name) = lower($1)"
        }
    };
    let id: Option<Uuid> = sqlx::query_scalar(sql).bind(name).fetch_optional(db).await?;
    Ok(id.map(PublicId))
}
