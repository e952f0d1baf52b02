//! Grants in a list: what was granted, where, to whom. Only where the reader may see who may do what.

use crate::access::holdings::Place;
use crate::access::subjects::{self, Subject, SubjectRef};
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use cadastre_model::{Action, Effect, PersonId, PublicId, Role, Sensitivity, SubjectId, SubjectKind, TeamId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgPool, QueryBuilder};
use utoipa::ToSchema;
use uuid::Uuid;

/// A grant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GrantView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// To whom.
    pub subject: Subject,
    /// Where: this and all that lies in it.
    pub asset: Place,
    /// What it gives.
    #[schema(value_type = String, example = "viewer")]
    pub role: Role,
    /// Given or taken.
    #[schema(value_type = String, example = "allow")]
    pub effect: Effect,
    /// The highest sensitivity that it reaches.
    #[schema(value_type = String, example = "public")]
    pub ceiling: Sensitivity,
    /// Whether values are shown masked.
    pub mask: bool,
    /// In force from.
    pub from: Option<DateTime<Utc>>,
    /// In force until before. What has ended stays in the list until it is taken back.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
    /// By whom; none: the register itself or the command line.
    pub by: Option<Subject>,
    /// When it was given.
    pub since: DateTime<Utc>,
    /// When it was taken back; none: it has not been.
    pub revoked: Option<DateTime<Utc>>,
}

/// Which grants to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct GrantFilter {
    /// On this asset itself.
    pub asset: Option<PublicId>,
    /// To this person or team itself.
    pub subject: Option<SubjectRef>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    person_id: Option<i64>,
    team_id: Option<i64>,
    role: String,
    effect: String,
    ceiling: String,
    mask: bool,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    granted_by: Option<i64>,
    valid_from: DateTime<Utc>,
    valid_to: Option<DateTime<Utc>>,
    asset_public_id: Uuid,
    asset_kind: String,
    asset_name: String,
}

const COLUMNS: &str = "select g.id, g.public_id, g.person_id, g.team_id, g.role, g.effect, g.ceiling, g.mask, g.starts_at, g.ends_at,
    g.reason, g.granted_by, g.valid_from, g.valid_to, a.public_id as asset_public_id, a.kind as asset_kind, a.name as asset_name
    from grants g join assets a on a.id = g.asset_id where ";

/// The grants as they stand at an instant (none: now), newest first.
///
/// # Errors
/// `Invalid` when the page makes no sense.
pub async fn grants(
    app: &App,
    caller: &Caller,
    filter: &GrantFilter,
    at: Option<DateTime<Utc>>,
    paging: &Paging,
) -> Result<Page<GrantView>> {
    let size = paging.size()?;
    let after: Option<i64> = paging.after(app, "grants")?;
    let (scope, access) = (caller.scope(Action::See)?, caller.scope(Action::SeeAccess)?);
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("holds(g.valid_from, g.valid_to, ").push_bind(at).push(") and ");
    push_scope(&mut query, "a", &scope);
    query.push(" and ");
    push_scope(&mut query, "a", &access);
    if let Some(asset) = filter.asset {
        query.push(" and a.public_id = ").push_bind(asset.0);
    }
    match filter.subject {
        Some(SubjectRef { kind: SubjectKind::Person, id }) => {
            query
                .push(" and g.person_id = (select id from people where public_id = ")
                .push_bind(id.0)
                .push(")");
        }
        Some(SubjectRef { kind: SubjectKind::Team, id }) => {
            query.push(" and g.team_id = (select id from teams where public_id = ").push_bind(id.0).push(")");
        }
        None => {}
    }
    if let Some(after) = after {
        query.push(" and g.id < ").push_bind(after);
    }
    query.push(" order by g.id desc limit ").push_bind(size + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&app.db().web).await?;
    let page = Page::of(rows, size, app, "grants", |row| row.id)?;
    Ok(Page { items: views(&app.db().web, page.items).await?, next: page.next })
}

/// A grant by its id, in force or taken back.
///
/// # Errors
/// `Absent` when there is none, or the caller may not see who may do what there.
pub async fn find(app: &App, caller: &Caller, id: PublicId) -> Result<GrantView> {
    let (scope, access) = (caller.scope(Action::See)?, caller.scope(Action::SeeAccess)?);
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("g.public_id = ").push_bind(id.0).push(" and ");
    push_scope(&mut query, "a", &scope);
    query.push(" and ");
    push_scope(&mut query, "a", &access);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&app.db().web).await?;
    views(&app.db().web, rows).await?.pop().ok_or_else(Failure::absent)
}

/// All grants in force at the command line, beside the database.
///
/// # Errors
/// When the database does not answer.
pub async fn grants_beside(db: &PgPool) -> Result<Vec<GrantView>> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push("g.valid_to is null order by g.id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(db).await?;
    views(db, rows).await
}

async fn views(db: &PgPool, rows: Vec<Row>) -> Result<Vec<GrantView>> {
    let givers = rows.iter().filter_map(|row| row.granted_by).map(|id| SubjectId::Person(PersonId(id)));
    let names = subjects::names(db, rows.iter().filter_map(Row::subject).chain(givers)).await?;
    let view = |row: Row| {
        let word = Failure::internal;
        let subject = row.subject().and_then(|subject| names.get(&subject).cloned());
        Ok(GrantView {
            id: PublicId(row.public_id),
            subject: subject.ok_or_else(|| Failure::internal("a grant to nobody"))?,
            asset: Place {
                id: PublicId(row.asset_public_id),
                kind: row.asset_kind.parse().map_err(word)?,
                name: row.asset_name,
            },
            role: row.role.parse().map_err(word)?,
            effect: row.effect.parse().map_err(word)?,
            ceiling: row.ceiling.parse().map_err(word)?,
            mask: row.mask,
            from: row.starts_at,
            until: row.ends_at,
            reason: row.reason,
            by: row.granted_by.and_then(|id| names.get(&SubjectId::Person(PersonId(id))).cloned()),
            since: row.valid_from,
            revoked: row.valid_to,
        })
    };
    rows.into_iter().map(view).collect()
}

impl Row {
    fn subject(&self) -> Option<SubjectId> {
        let person = self.person_id.map(|id| SubjectId::Person(PersonId(id)));
        person.or(self.team_id.map(|id| SubjectId::Team(TeamId(id))))
    }
}
