//! Owners as clients tell of them: where a person or a team of that name exists, and where the teller may name them, since
//! an owner is a steward of what they own.

use super::homes::Teller;
use crate::catalog::asset::{Asset, AssetRow, asset_columns};
use crate::change::{ChangeSet, Topic};
use crate::error::Result;
use cadastre_access::Resource;
use cadastre_intake::Owner;
use cadastre_model::{AssetId, Maker, PersonId, SubjectId, TeamId};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// An open row: itself, the asset, the person or the team, and who told of it.
type OpenOwner = (i64, i64, Option<i64>, Option<i64>, Option<String>);

/// A dataset or job with who owns it, as the client names them.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub(super) asset: AssetId,
    pub(super) owners: Vec<Owner>,
}

const BY_ID: &str = concat!("select ", asset_columns!(), " from assets a where a.id = any($1)");

/// Brings the owners that were told to those that are told now. Who was named by a person stays as they are.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    (maker, teller): (Maker, &Teller),
    owned: &[Owned],
) -> Result<()> {
    let ids: Vec<i64> = owned.iter().map(|one| one.asset.0).collect();
    let open: Vec<OpenOwner> = sqlx::query_as(
        "select id, asset_id, person_id, team_id, told_by from owners
         where asset_id = any($1) and kind = 'technical' and valid_to is null",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    if open.is_empty() && owned.iter().all(|one| one.owners.is_empty()) {
        return Ok(());
    }
    let subjects = subjects(conn, owned).await?;
    let rows: Vec<AssetRow> = sqlx::query_as(BY_ID).bind(&ids).fetch_all(&mut *conn).await?;
    let assets = rows.into_iter().map(Asset::try_from).collect::<Result<Vec<_>>>()?;
    let resources: HashMap<AssetId, Resource> = assets.iter().map(|one| (one.id, one.resource())).collect();
    let mut has: HashMap<(AssetId, SubjectId), (i64, bool)> = HashMap::new();
    for (id, asset, person, team, told_by) in open {
        if let Some(subject) = subject(person, team) {
            let mine = told_by.as_deref() == Some(maker.as_str());
            has.insert((AssetId(asset), subject), (id, mine));
        }
    }
    let (mut ended, mut named) = (Vec::new(), Vec::new());
    for one in owned {
        let Some(resource) = resources.get(&one.asset) else { continue };
        let told: BTreeSet<SubjectId> =
            one.owners.iter().filter_map(|owner| subjects.get(&word_of(&owner.name)).copied()).collect();
        let gone = has
            .iter()
            .filter(|((asset, who), (_, mine))| *asset == one.asset && *mine && !told.contains(who));
        for ((asset, who), (row, _)) in gone {
            if may_name(teller, *who, resource)? {
                ended.push((*row, *asset));
            }
        }
        for who in told.into_iter().filter(|who| !has.contains_key(&(one.asset, *who))) {
            if may_name(teller, who, resource)? {
                named.push((one.asset, who));
            }
        }
    }
    write(conn, change, maker, &ended, &named).await
}

/// The name that is looked for: without the word for its kind in front of it, in small letters.
fn word_of(name: &str) -> String {
    let name = name.trim();
    let bare = ["team:", "group:", "user:", "person:"].iter().find_map(|kind| name.strip_prefix(kind));
    bare.unwrap_or(name).trim().to_lowercase()
}

const fn subject(person: Option<i64>, team: Option<i64>) -> Option<SubjectId> {
    match (person, team) {
        (Some(id), _) => Some(SubjectId::Person(PersonId(id))),
        (None, Some(id)) => Some(SubjectId::Team(TeamId(id))),
        (None, None) => None,
    }
}

/// The people that are active, by login, and the teams, by name. Of both of one name it is the team.
async fn subjects(conn: &mut PgConnection, owned: &[Owned]) -> Result<HashMap<String, SubjectId>> {
    let words: BTreeSet<String> =
        owned.iter().flat_map(|one| one.owners.iter().map(|owner| word_of(&owner.name))).collect();
    let rows: Vec<(String, Option<i64>, Option<i64>)> = sqlx::query_as(
        "select p.login, p.id, null::bigint from people p
         join person_facts f on f.person_id = p.id and f.valid_to is null and f.state = 'active' where p.login = any($1)
         union all
         select lower(t.name), null, t.team_id from team_facts t where lower(t.name) = any($1) and t.valid_to is null",
    )
    .bind(words.into_iter().collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let found = rows.into_iter().filter_map(|(word, person, team)| Some((word, subject(person, team)?)));
    Ok(found.collect())
}

fn may_name(teller: &Teller, who: SubjectId, resource: &Resource) -> Result<bool> {
    match teller {
        Teller::Operator => Ok(true),
        Teller::Caller(caller) => caller
            .ask(|rights| rights.may_name_owner(&caller.actor, who, resource, caller.now))
            .map(|answer| answer.is_ok()),
    }
}

async fn write(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    maker: Maker,
    ended: &[(i64, AssetId)],
    named: &[(AssetId, SubjectId)],
) -> Result<()> {
    if ended.is_empty() && named.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update owners set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3 where id = any($1)",
    )
    .bind(ended.iter().map(|one| one.0).collect::<Vec<_>>())
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *conn)
    .await?;
    let person = |who: &SubjectId| if let SubjectId::Person(id) = who { Some(id.0) } else { None };
    let team = |who: &SubjectId| if let SubjectId::Team(id) = who { Some(id.0) } else { None };
    sqlx::query(
        "insert into owners (asset_id, kind, person_id, team_id, origin, told_by, valid_from, change_set)
         select asset, 'technical', person, team, 'source', $4, $5, $6
         from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as t (asset, person, team)",
    )
    .bind(named.iter().map(|one| one.0.0).collect::<Vec<_>>())
    .bind(named.iter().map(|one| person(&one.1)).collect::<Vec<_>>())
    .bind(named.iter().map(|one| team(&one.1)).collect::<Vec<_>>())
    .bind(maker.as_str())
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    change.touch_all(ended.iter().map(|one| one.1).chain(named.iter().map(|one| one.0)));
    change.about(Topic::Rights);
    Ok(())
}
