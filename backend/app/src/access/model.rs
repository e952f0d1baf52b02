//! The read model of rights: how PostgreSQL's rows become the facts of the crate `access`, and how it follows them.

use crate::change::Topic;
use crate::error::{Failure, Result};
use crate::follower::ReadModel;
use cadastre_access::{Facts, Grant, Rights};
use cadastre_model::{AssetId, ChangeSetId, GrantId, PersonId, SubjectId, TeamId, Version};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What some change sets did to rights: each row that they opened or closed, and whether it is open now.
#[derive(Debug, Default)]
pub struct RightsChanges {
    grants: Vec<(GrantRow, bool)>,
    teams: Vec<(i64, Option<i64>, bool)>,
    members: Vec<(i64, i64, bool)>,
    owners: Vec<(i64, Option<i64>, Option<i64>, bool)>,
    people: Vec<(i64, bool)>,
}

#[derive(Debug, sqlx::FromRow)]
struct GrantRow {
    id: i64,
    person_id: Option<i64>,
    team_id: Option<i64>,
    role: String,
    asset_id: i64,
    effect: String,
    ceiling: String,
    mask: bool,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    is_open: bool,
}

#[async_trait::async_trait]
impl ReadModel for Rights {
    const NAME: &'static str = "rights";
    const TOPICS: &'static [Topic] = &[Topic::Rights];
    type Changes = RightsChanges;

    async fn load(conn: &mut PgConnection, version: Version) -> Result<Self> {
        let grants: Vec<GrantRow> = sqlx::query_as(
            "select id, person_id, team_id, role, asset_id, effect, ceiling, mask, starts_at, ends_at, true as is_open
             from grants where valid_to is null",
        )
        .fetch_all(&mut *conn)
        .await?;
        let teams: Vec<(i64, Option<i64>)> =
            sqlx::query_as("select team_id, parent_id from team_facts where valid_to is null")
                .fetch_all(&mut *conn)
                .await?;
        let members: Vec<(i64, i64)> =
            sqlx::query_as("select person_id, team_id from team_members where valid_to is null")
                .fetch_all(&mut *conn)
                .await?;
        let owners: Vec<(i64, Option<i64>, Option<i64>)> = sqlx::query_as(
            "select asset_id, person_id, team_id from owners where valid_to is null group by 1, 2, 3",
        )
        .fetch_all(&mut *conn)
        .await?;
        let disabled: Vec<(i64,)> = sqlx::query_as(
            "select person_id from person_facts where valid_to is null and state = 'disabled'",
        )
        .fetch_all(&mut *conn)
        .await?;
        let facts = Facts {
            grants: grants.into_iter().map(GrantRow::grant).collect::<Result<_>>()?,
            teams: teams.into_iter().map(|(team, parent)| (TeamId(team), parent.map(TeamId))).collect(),
            members: members.into_iter().map(|(person, team)| (PersonId(person), TeamId(team))).collect(),
            owners: owners
                .into_iter()
                .map(|(asset, person, team)| Ok((AssetId(asset), subject(person, team)?)))
                .collect::<Result<_>>()?,
            disabled: disabled.into_iter().map(|(person,)| PersonId(person)).collect(),
        };
        Self::new(facts, version).map_err(Failure::internal)
    }

    async fn changes(conn: &mut PgConnection, change_sets: &[ChangeSetId]) -> Result<RightsChanges> {
        let ids: Vec<i64> = change_sets.iter().map(|id| id.0).collect();
        let grants: Vec<GrantRow> = sqlx::query_as(
            "select id, person_id, team_id, role, asset_id, effect, ceiling, mask, starts_at, ends_at,
                    valid_to is null as is_open
             from grants where change_set = any($1) or closed_by = any($1)",
        )
        .bind(&ids)
        .fetch_all(&mut *conn)
        .await?;
        // A fact that was closed by one of them has a successor that one of them opened, or one that a later change set
        // opened and that comes with it: what is open now is read for each that was touched.
        let teams = sqlx::query_as(
            "select t.team_id, f.parent_id, f.id is not null
             from (select distinct team_id from team_facts where change_set = any($1) or closed_by = any($1)) t
             left join team_facts f on f.team_id = t.team_id and f.valid_to is null",
        )
        .bind(&ids)
        .fetch_all(&mut *conn)
        .await?;
        let members = sqlx::query_as(
            "select person_id, team_id, bool_or(valid_to is null) from team_members where (person_id, team_id) in
                (select person_id, team_id from team_members where change_set = any($1) or closed_by = any($1))
             group by 1, 2",
        )
        .bind(&ids)
        .fetch_all(&mut *conn)
        .await?;
        let owners = sqlx::query_as(
            "select asset_id, person_id, team_id, bool_or(valid_to is null) from owners where asset_id in
                (select asset_id from owners where change_set = any($1) or closed_by = any($1))
             group by 1, 2, 3",
        )
        .bind(&ids)
        .fetch_all(&mut *conn)
        .await?;
        let people = sqlx::query_as(
            "select f.person_id, f.state = 'disabled' from person_facts f where f.valid_to is null and f.person_id in
                (select person_id from person_facts where change_set = any($1) or closed_by = any($1))",
        )
        .bind(&ids)
        .fetch_all(&mut *conn)
        .await?;
        let grants = grants
            .into_iter()
            .map(|row| {
                let open = row.is_open;
                (row, open)
            })
            .collect();
        Ok(RightsChanges { grants, teams, members, owners, people })
    }

    fn take_over(&mut self, changes: RightsChanges) {
        for (team, parent, open) in changes.teams {
            if open {
                self.put_team(TeamId(team), parent.map(TeamId));
            } else {
                self.remove_team(TeamId(team));
            }
        }
        for (person, team, open) in changes.members {
            let (person, team) = (PersonId(person), TeamId(team));
            if open { self.put_member(person, team) } else { self.remove_member(person, team) }
        }
        for (asset, person, team, open) in changes.owners {
            let Ok(owner) = subject(person, team) else { continue };
            if open {
                self.put_owner(AssetId(asset), owner);
            } else {
                self.remove_owner(AssetId(asset), owner);
            }
        }
        for (person, disabled) in changes.people {
            self.set_disabled(PersonId(person), disabled);
        }
        for (row, open) in changes.grants {
            let id = GrantId(row.id);
            match row.grant() {
                Ok(grant) if open => self.put_grant(grant),
                _ => self.remove_grant(id),
            }
        }
    }

    fn reached(&mut self, version: Version) {
        self.set_version(version);
    }
}

impl GrantRow {
    fn grant(self) -> Result<Grant> {
        Ok(Grant {
            id: GrantId(self.id),
            subject: subject(self.person_id, self.team_id)?,
            role: self.role.parse().map_err(Failure::internal)?,
            scope: AssetId(self.asset_id),
            effect: self.effect.parse().map_err(Failure::internal)?,
            ceiling: self.ceiling.parse().map_err(Failure::internal)?,
            mask: self.mask,
            from: self.starts_at,
            until: self.ends_at,
        })
    }
}

/// The one of the two that is there.
fn subject(person: Option<i64>, team: Option<i64>) -> Result<SubjectId> {
    match (person, team) {
        (Some(person), _) => Ok(SubjectId::Person(PersonId(person))),
        (None, Some(team)) => Ok(SubjectId::Team(TeamId(team))),
        (None, None) => Err(Failure::internal("a row for nobody")),
    }
}
