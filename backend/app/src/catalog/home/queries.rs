//! What home counts and lists.

use crate::access::push_scope;
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_model::{AssetId, PersonId, TeamId};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// How complete the datasets are that somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Coverage {
    /// How many there are.
    pub datasets: i64,
    /// How many are described.
    pub described: i64,
    /// How many have an owner of their own.
    pub owned: i64,
}

const LIVE: &str = " from assets a where a.kind = 'dataset' and a.state = 'live' and ";
const DESCRIBED: &str = "exists (select from texts t where t.asset_id = a.id and t.column_id is null \
    and t.field = 'description' and t.origin <> 'proposal' and t.valid_to is null)";
const OWNED: &str =
    "exists (select from owners o where o.asset_id = a.id and o.origin <> 'proposal' and o.valid_to is null)";

/// Counts what is seen.
pub(super) async fn coverage(conn: &mut PgConnection, see: &Scope) -> Result<Coverage> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*) as datasets, count(*) filter (where ");
    query
        .push(DESCRIBED)
        .push(") as described, count(*) filter (where ")
        .push(OWNED)
        .push(") as owned")
        .push(LIVE);
    push_scope(&mut query, "a", see);
    Ok(query.build_query_as().fetch_one(conn).await?)
}

/// Datasets that the person or their teams own and nobody describes: how many, and the names of a few.
pub(super) async fn undescribed(
    conn: &mut PgConnection,
    see: &Scope,
    person: PersonId,
    teams: &[TeamId],
) -> Result<(i64, Vec<String>)> {
    let teams: Vec<i64> = teams.iter().map(|team| team.0).collect();
    let mut query = QueryBuilder::<Postgres>::new(FEW);
    query.push(LIVE).push("not ").push(DESCRIBED);
    query.push(" and a.id in (select asset_id from owners where valid_to is null and origin <> 'proposal' and (person_id = ");
    query.push_bind(person.0).push(" or team_id = any(").push_bind(teams).push("))) and ");
    push_scope(&mut query, "a", see);
    Ok(query.build_query_as().fetch_one(conn).await?)
}

/// Datasets that nobody owns, where the scope lets owners be named.
pub(super) async fn unowned(
    conn: &mut PgConnection,
    see: &Scope,
    name_owners: &Scope,
) -> Result<(i64, Vec<String>)> {
    if name_owners.is_empty() {
        return Ok((0, Vec::new()));
    }
    let mut query = QueryBuilder::<Postgres>::new(FEW);
    query.push(LIVE).push("not ").push(OWNED).push(" and ");
    push_scope(&mut query, "a", see);
    query.push(" and ");
    push_scope(&mut query, "a", name_owners);
    Ok(query.build_query_as().fetch_one(conn).await?)
}

const FEW: &str = "select count(*), coalesce((array_agg(a.name order by a.name))[1:3], '{}')";

/// What changed last among what is seen.
pub(super) async fn changed(conn: &mut PgConnection, see: &Scope, limit: i64) -> Result<Vec<AssetId>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id from assets a where a.kind <> 'register' and a.merged_into is null and ",
    );
    push_scope(&mut query, "a", see);
    query.push(" order by a.changed_at desc, a.id desc limit ").push_bind(limit);
    let ids: Vec<i64> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(ids.into_iter().map(AssetId).collect())
}

/// What the person looked at last among what they still see.
pub(super) async fn viewed(
    conn: &mut PgConnection,
    see: &Scope,
    person: PersonId,
    limit: i64,
) -> Result<Vec<(AssetId, DateTime<Utc>)>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id, v.at from recent_views v join assets a on a.id = v.asset_id where v.person_id = ",
    );
    query.push_bind(person.0).push(" and ");
    push_scope(&mut query, "a", see);
    query.push(" order by v.at desc limit ").push_bind(limit);
    let rows: Vec<(i64, DateTime<Utc>)> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id, at)| (AssetId(id), at)).collect())
}
