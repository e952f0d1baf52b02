//! Reading teams.

use crate::error::{Failure, Result};
use cadastre_access::Permit;
use cadastre_model::{PersonKind, PersonState, PublicId, TeamId};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The page of the tree shows this many teams; the list in the API shows all.
const MOST: i64 = 5000;

/// A team, as it was at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The id inside.
    pub id: TeamId,
    /// The id outside.
    pub public_id: PublicId,
    /// Its name.
    pub name: String,
    /// The team above it: id and name.
    pub parent: Option<(PublicId, String)>,
    /// How many are in it themselves; none for everyone.
    pub members: i64,
    /// The ETag.
    pub counter: i64,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    name: String,
    parent: Option<Uuid>,
    parent_name: Option<String>,
    members: i64,
    counter: i64,
}

impl From<Row> for Team {
    fn from(row: Row) -> Self {
        Self {
            id: TeamId(row.id),
            public_id: PublicId(row.public_id),
            name: row.name,
            parent: row.parent.map(PublicId).zip(row.parent_name),
            members: row.members,
            counter: row.counter,
        }
    }
}

/// The columns of a [`Row`]; `$1` is the instant.
macro_rules! teams {
    ($rest:literal) => {
        concat!(
            "select t.id, t.public_id, t.counter, f.name, u.public_id as parent, g.name as parent_name,
                    (select count(*) from team_members m where m.team_id = t.id and holds(m.valid_from, m.valid_to, $1))
                        as members
             from teams t join team_facts f on f.team_id = t.id and holds(f.valid_from, f.valid_to, $1)
             left join teams u on u.id = f.parent_id
             left join team_facts g on g.team_id = u.id and holds(g.valid_from, g.valid_to, $1) ",
            $rest
        )
    };
}

/// One team.
///
/// # Errors
/// `Absent` when there is none by this id, or no more.
pub async fn find(
    db: impl PgExecutor<'_>,
    _permit: &Permit,
    id: PublicId,
    at: Option<DateTime<Utc>>,
) -> Result<Team> {
    let row: Option<Row> =
        sqlx::query_as(teams!("where t.public_id = $2")).bind(at).bind(id.0).fetch_optional(db).await?;
    Ok(row.ok_or_else(Failure::absent)?.into())
}

/// A part of the teams by name, one more than `size` where there are more. The tree is in their `parent`.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    db: impl PgExecutor<'_>,
    _permit: &Permit,
    after: Option<&str>,
    size: i64,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Team>> {
    // Names differ in lower case, at any instant.
    let rows: Vec<Row> = sqlx::query_as(teams!(
        "where ($2::text is null or lower(f.name) > lower($2)) order by lower(f.name) limit $3"
    ))
    .bind(at)
    .bind(after)
    .bind(size.saturating_add(1))
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Team::from).collect())
}

/// All teams in the order of the tree, each with how deep it lies. A team whose parent is not there stands at the top.
///
/// # Errors
/// When the database does not answer.
pub async fn tree(
    db: impl PgExecutor<'_>,
    permit: &Permit,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<(usize, Team)>> {
    let teams = list(db, permit, None, MOST, at).await?;
    let known: HashSet<PublicId> = teams.iter().map(|team| team.public_id).collect();
    let mut below: HashMap<Option<PublicId>, Vec<Team>> = HashMap::new();
    for team in teams {
        let parent = team.parent.as_ref().map(|(id, _)| *id).filter(|id| known.contains(id));
        below.entry(parent).or_default().push(team);
    }
    // What is to come, the next one last. Each team has one parent, so each is met once.
    let mut ahead: Vec<(usize, Team)> = children(&mut below, None, 0);
    let mut tree = Vec::new();
    while let Some((depth, team)) = ahead.pop() {
        ahead.extend(children(&mut below, Some(team.public_id), depth + 1));
        tree.push((depth, team));
    }
    Ok(tree)
}

fn children(
    below: &mut HashMap<Option<PublicId>, Vec<Team>>,
    parent: Option<PublicId>,
    depth: usize,
) -> Vec<(usize, Team)> {
    let teams = below.remove(&parent).unwrap_or_default();
    teams.into_iter().rev().map(|team| (depth, team)).collect()
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id outside.
    pub public_id: PublicId,
    /// A person or a service.
    pub kind: PersonKind,
    /// The name to sign in with.
    pub login: String,
    /// The name that is shown.
    pub display_name: String,
    /// Whether they may do anything.
    pub state: PersonState,
    /// Since when they are in it.
    pub since: DateTime<Utc>,
}

/// A part of those who are in a team themselves, by login, one more than `size` where there are more.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn members(
    db: impl PgExecutor<'_>,
    team: TeamId,
    after: Option<&str>,
    size: i64,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Member>> {
    type Row = (Uuid, String, String, String, String, DateTime<Utc>);
    let rows: Vec<Row> = sqlx::query_as(
        "select p.public_id, p.kind, p.login, f.display_name, f.state, m.valid_from from team_members m
         join people p on p.id = m.person_id
         join person_facts f on f.person_id = p.id and holds(f.valid_from, f.valid_to, $1)
         where m.team_id = $2 and holds(m.valid_from, m.valid_to, $1) and ($3::text is null or p.login > $3)
         order by p.login limit $4",
    )
    .bind(at)
    .bind(team.0)
    .bind(after)
    .bind(size.saturating_add(1))
    .fetch_all(db)
    .await?;
    let member = |(id, kind, login, display_name, state, since): Row| {
        Ok(Member {
            public_id: PublicId(id),
            kind: kind.parse().map_err(Failure::internal)?,
            login,
            display_name,
            state: state.parse().map_err(Failure::internal)?,
            since,
        })
    };
    rows.into_iter().map(member).collect()
}
