//! Writing sources: each function in the caller's transaction, under a permit. Everything here goes by sqlx, also what is
//! about one source: a source is an asset with names and tasks, which are written in sets, and one transaction has one
//! tool.

use super::ground::Ground;
use super::reader::Filters;
use super::reading::Reading;
use super::rest;
use super::settings::{Patterns, Place, Schedule};
use crate::catalog::store::{AssetFacts, NewAsset, create_assets};
use crate::change::ChangeSet;
use crate::error::{Failure, Result};
use crate::keys::Keys;
use cadastre_access::Permit;
use cadastre_model::{
    AssetId, AssetKind, AssetName, AssetState, MatchRule, NameOrigin, PublicId, SourceKind,
};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::PgConnection;

/// What people set about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) place: Place,
    pub(super) patterns: Patterns,
    pub(super) namespace: String,
    pub(super) schedule: Schedule,
    pub(super) reading: Reading,
}

#[derive(Debug, sqlx::FromRow)]
struct FactsRow {
    connection: Value,
    filters: Value,
    namespace: String,
    cron: Option<String>,
    time_zone: String,
    paused: bool,
    reading: Value,
}

impl TryFrom<FactsRow> for Facts {
    type Error = Failure;

    fn try_from(row: FactsRow) -> Result<Self> {
        let filters: Filters = serde_json::from_value(row.filters).map_err(Failure::internal)?;
        Ok(Self {
            place: serde_json::from_value(row.connection).map_err(Failure::internal)?,
            patterns: Patterns::of(&filters),
            namespace: row.namespace,
            schedule: Schedule { cron: row.cron, time_zone: row.time_zone, paused: row.paused },
            reading: serde_json::from_value(row.reading).map_err(Failure::internal)?,
        })
    }
}

/// What is set now; none when the source has been removed.
pub(super) async fn facts(conn: &mut PgConnection, source: AssetId) -> Result<Option<Facts>> {
    let row: Option<FactsRow> = sqlx::query_as(
        "select connection, filters, namespace, cron, time_zone, paused, reading
         from source_facts where source_id = $1 and valid_to is null",
    )
    .bind(source.0)
    .fetch_optional(conn)
    .await?;
    row.map(Facts::try_from).transpose()
}

/// Makes the asset of a source, and its row.
pub(super) async fn create(
    conn: &mut PgConnection,
    ground: &Ground,
    change: &mut ChangeSet,
    kind: SourceKind,
    name: &str,
) -> Result<(AssetId, PublicId)> {
    let facts = AssetFacts {
        name: name.to_owned(),
        parent: Some(AssetId::REGISTER),
        domain: ground.domain,
        sensitivity: None,
        state: AssetState::Live,
    };
    let new = NewAsset { kind: AssetKind::Source, source: None, facts };
    let made = create_assets(conn, change, &[new]).await?;
    let (id, public_id) = made.first().copied().ok_or_else(|| Failure::internal("no asset was made"))?;
    sqlx::query("insert into sources (asset_id, kind) values ($1, $2)")
        .bind(id.0)
        .bind(kind.as_str())
        .execute(conn)
        .await?;
    Ok((id, public_id))
}

/// Opens facts in place of those of now; none: the source has none any more. Sets when the schedule fires next.
pub(super) async fn put_facts(
    conn: &mut PgConnection,
    _: &Permit,
    change: &ChangeSet,
    source: AssetId,
    facts: Option<&Facts>,
) -> Result<()> {
    sqlx::query(
        "update source_facts set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where source_id = $1 and valid_to is null",
    )
    .bind(source.0)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *conn)
    .await?;
    if let Some(facts) = facts {
        sqlx::query(
            "insert into source_facts (source_id, connection, filters, namespace, cron, time_zone, paused, valid_from, change_set, reading)
             values ($1, $2, $3, $4, $5, $6, $7,
                     greatest($8, (select max(valid_to) from source_facts where source_id = $1)), $9, $10)",
        )
        .bind(source.0)
        .bind(serde_json::to_value(&facts.place).map_err(Failure::internal)?)
        .bind(serde_json::to_value(facts.patterns.filters()).map_err(Failure::internal)?)
        .bind(&facts.namespace)
        .bind(&facts.schedule.cron)
        .bind(&facts.schedule.time_zone)
        .bind(facts.schedule.paused)
        .bind(change.at)
        .bind(change.id.0)
        .bind(serde_json::to_value(&facts.reading).map_err(Failure::internal)?)
        .execute(&mut *conn)
        .await?;
    }
    rest::end(conn, source).await?;
    let next_profile = facts.and_then(|facts| facts.reading.next_profile(&facts.schedule, change.at));
    put_next_profile_due(conn, source, next_profile).await?;
    put_next_due(conn, source, facts.and_then(|facts| facts.schedule.next(change.at))).await
}

/// Sets when its datasets are profiled next.
pub(super) async fn put_next_profile_due(
    conn: &mut PgConnection,
    source: AssetId,
    due: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query("update sources set next_profile_due = $2 where asset_id = $1")
        .bind(source.0)
        .bind(due)
        .execute(conn)
        .await?;
    Ok(())
}

/// A source whose datasets are to be profiled now; its next time is moved on in the caller's transaction.
pub(crate) async fn due_for_profiles(conn: &mut PgConnection) -> Result<Option<AssetId>> {
    let due: Option<(i64, DateTime<Utc>)> = sqlx::query_as(
        "select asset_id, clock_timestamp() from sources where next_profile_due <= clock_timestamp()
         order by next_profile_due limit 1 for update skip locked",
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some((source, now)) = due else { return Ok(None) };
    let source = AssetId(source);
    let facts = facts(conn, source).await?;
    let next = facts.and_then(|facts| facts.reading.next_profile(&facts.schedule, now));
    put_next_profile_due(conn, source, next).await?;
    Ok(Some(source))
}

/// Sets when the schedule fires next.
pub(super) async fn put_next_due(
    conn: &mut PgConnection,
    source: AssetId,
    due: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query("update sources set next_due = $2 where asset_id = $1")
        .bind(source.0)
        .bind(due)
        .execute(conn)
        .await?;
    Ok(())
}

/// Seals a secret for its cell; none: forgets it.
pub(super) async fn put_secret(
    conn: &mut PgConnection,
    _: &Permit,
    keys: &Keys,
    source: AssetId,
    secret: Option<&SecretString>,
) -> Result<()> {
    let sealed = secret
        .map(|secret| keys.seal("sources", source.0, "secret", secret.expose_secret().as_bytes()))
        .transpose()
        .map_err(Failure::internal)?;
    sqlx::query(
        "update sources set secret = $2::bytea, secret_set_at = case when $2 is not null then clock_timestamp() end,
                failures = 0, rests_until = null where asset_id = $1",
    )
    .bind(source.0)
    .bind(sealed)
    .execute(conn)
    .await?;
    Ok(())
}

/// The secret of a source, for the reader only.
pub(super) async fn secret(conn: &mut PgConnection, keys: &Keys, source: AssetId) -> Result<SecretString> {
    let sealed: Option<Vec<u8>> = sqlx::query_scalar("select secret from sources where asset_id = $1")
        .bind(source.0)
        .fetch_optional(conn)
        .await?
        .flatten();
    let Some(sealed) = sealed else { return Ok(SecretString::from(String::new())) };
    let plain = keys.open("sources", source.0, "secret", &sealed).map_err(Failure::internal)?;
    Ok(SecretString::from(String::from_utf8(plain).map_err(Failure::internal)?))
}

/// The other namespaces of a source.
pub(super) async fn aliases(conn: &mut PgConnection, source: AssetId) -> Result<Vec<String>> {
    let aliases = sqlx::query_scalar(
        "select namespace from source_aliases where source_id = $1 and valid_to is null order by namespace",
    )
    .bind(source.0)
    .fetch_all(conn)
    .await?;
    Ok(aliases)
}

/// Closes the aliases that are not wanted any more and opens new ones.
pub(super) async fn put_aliases(
    conn: &mut PgConnection,
    _: &Permit,
    change: &ChangeSet,
    source: AssetId,
    wanted: &[String],
) -> Result<()> {
    sqlx::query(
        "update source_aliases set valid_to = greatest($3, valid_from + interval '1 microsecond'), closed_by = $4
         where source_id = $1 and valid_to is null and not namespace = any($2)",
    )
    .bind(source.0)
    .bind(wanted)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into source_aliases (source_id, namespace, valid_from, change_set)
         select distinct $1::bigint, t.namespace, $3::timestamptz, $4::bigint from unnest($2::text[]) as t (namespace)
         where not exists (select from source_aliases a
                           where a.source_id = $1 and a.namespace = t.namespace and a.valid_to is null)",
    )
    .bind(source.0)
    .bind(wanted)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these namespaces are taken: as the namespace of another source with the same database, since then two assets
/// would have one name; or as another one's alias; or, for an alias, as any other source's namespace. Holds the list of
/// namespaces until the transaction ends.
pub(super) async fn taken(
    conn: &mut PgConnection,
    source: AssetId,
    namespace: &str,
    database: &str,
    aliases: &[String],
) -> Result<(bool, bool)> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('cadastre.namespaces'))").execute(&mut *conn).await?;
    let taken = sqlx::query_as(
        "select exists (select from source_facts where valid_to is null and source_id <> $1
                          and namespace = $2 and connection ->> 'database' = $3)
                or exists (select from source_aliases where valid_to is null and source_id <> $1 and namespace = $2),
                exists (select from source_facts where valid_to is null and source_id <> $1 and namespace = any($4))
                or exists (select from source_aliases where valid_to is null and source_id <> $1 and namespace = any($4))",
    )
    .bind(source.0)
    .bind(namespace)
    .bind(database)
    .bind(aliases)
    .fetch_one(conn)
    .await?;
    Ok(taken)
}

/// Puts the names that crawls gave into another namespace. What they were called stays known as former names.
pub(super) async fn move_names(
    conn: &mut PgConnection,
    _: &Permit,
    change: &mut ChangeSet,
    source: AssetId,
    namespace: &str,
) -> Result<()> {
    let names: Vec<(i64, Vec<String>)> = sqlx::query_as(
        "select n.asset_id, n.path from names n join assets a on a.id = n.asset_id
         where a.source_id = $1 and n.valid_to is null and n.origin = 'crawl' and n.namespace <> $2",
    )
    .bind(source.0)
    .bind(namespace)
    .fetch_all(&mut *conn)
    .await?;
    let names: Vec<(AssetId, AssetName)> =
        names.into_iter().map(|(asset, path)| (AssetId(asset), AssetName::new(namespace, path))).collect();
    crate::catalog::names::rename(conn, change, NameOrigin::Crawl, MatchRule::Exact, source, &names).await
}

/// Tells what works on a source to stop.
pub(super) async fn stop_tasks(conn: &mut PgConnection, _: &Permit, source: AssetId) -> Result<()> {
    sqlx::query(
        "update tasks set cancel_requested = true,
                finished_at = case when state = 'queued' then clock_timestamp() end,
                state = case when state = 'queued' then 'cancelled' else state end
         where asset_id = $1 and state in ('queued', 'running')",
    )
    .bind(source.0)
    .execute(conn)
    .await?;
    Ok(())
}
