//! What a person or a team holds by name: their own grants and what they own, as far as the reader may see it.

use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::error::{Failure, Result};
use cadastre_model::{Action, AssetKind, Effect, PublicId, Role, Sensitivity, SubjectId};
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// At most this many of each are shown beside somebody.
const MOST: i64 = 200;

/// Where something is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The id outside.
    pub public_id: PublicId,
    /// What it is.
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
}

/// A grant of somebody's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGrant {
    /// The id outside.
    pub public_id: PublicId,
    /// Which role.
    pub role: Role,
    /// Given or taken.
    pub effect: Effect,
    /// Up to which sensitivity.
    pub ceiling: Sensitivity,
    /// Whether values are shown masked.
    pub mask: bool,
    /// In force from.
    pub starts: Option<DateTime<Utc>>,
    /// In force until before.
    pub ends: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
    /// Where.
    pub place: Place,
}

#[derive(Debug, sqlx::FromRow)]
struct GrantRow {
    public_id: Uuid,
    role: String,
    effect: String,
    ceiling: String,
    mask: bool,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    place: Uuid,
    kind: String,
    name: String,
}

/// Their grants that have not ended, the newest first, where the reader may see who has access.
///
/// # Errors
/// When the database does not answer.
pub async fn grants(app: &App, caller: &Caller, subject: SubjectId) -> Result<Vec<OwnGrant>> {
    let scope = caller.scope(Action::SeeAccess)?;
    let mut query = QueryBuilder::new(
        "select g.public_id, g.role, g.effect, g.ceiling, g.mask, g.starts_at, g.ends_at, g.reason,
                a.public_id as place, a.kind, a.name
         from grants g join assets a on a.id = g.asset_id
         where g.valid_to is null and (g.ends_at is null or g.ends_at > clock_timestamp()) and ",
    );
    push_subject(&mut query, "g", subject);
    query.push(" and ");
    push_scope(&mut query, "a", &scope);
    query.push(" order by g.id desc limit ").push_bind(MOST);
    let rows: Vec<GrantRow> = query.build_query_as().fetch_all(&app.db().web).await?;
    rows.into_iter().map(GrantRow::grant).collect()
}

impl GrantRow {
    fn grant(self) -> Result<OwnGrant> {
        Ok(OwnGrant {
            public_id: PublicId(self.public_id),
            role: self.role.parse().map_err(Failure::internal)?,
            effect: self.effect.parse().map_err(Failure::internal)?,
            ceiling: self.ceiling.parse().map_err(Failure::internal)?,
            mask: self.mask,
            starts: self.starts_at,
            ends: self.ends_at,
            reason: self.reason,
            place: place((self.place, self.kind, self.name))?,
        })
    }
}

/// What they own, by name, where the reader sees it.
///
/// # Errors
/// When the database does not answer.
pub async fn owned(app: &App, caller: &Caller, subject: SubjectId) -> Result<Vec<Place>> {
    let scope = caller.scope(Action::See)?;
    let mut query = QueryBuilder::new(
        "select a.public_id, a.kind, a.name from assets a where exists (
            select from owners o where o.asset_id = a.id and o.valid_to is null and ",
    );
    push_subject(&mut query, "o", subject);
    query.push(") and ");
    push_scope(&mut query, "a", &scope);
    query.push(" order by lower(a.name), a.id limit ").push_bind(MOST);
    let rows: Vec<(Uuid, String, String)> = query.build_query_as().fetch_all(&app.db().web).await?;
    rows.into_iter().map(place).collect()
}

fn place((id, kind, name): (Uuid, String, String)) -> Result<Place> {
    Ok(Place { public_id: PublicId(id), kind: kind.parse().map_err(Failure::internal)?, name })
}

fn push_subject(query: &mut QueryBuilder<sqlx::Postgres>, alias: &'static str, subject: SubjectId) {
    match subject {
        SubjectId::Person(person) => query.push(alias).push(".person_id = ").push_bind(person.0),
        SubjectId::Team(team) => query.push(alias).push(".team_id = ").push_bind(team.0),
    };
}
