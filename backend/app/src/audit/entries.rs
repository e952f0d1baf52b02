//! Reading the audit trail: change sets and events in one list, newest first. What a reader may not see is not in it: an
//! entry about assets of which they see none is left out, and of one that touched hidden assets too, only the visible
//! ones are named and its details are withheld.

use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::error::Result;
use crate::http::{Page, Paging};
use cadastre_access::{Permit, Scope};
use cadastre_model::{Action, AssetKind, PublicId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{PgPool, Postgres, QueryBuilder};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The most assets that an entry names.
const NAMED: i64 = 20;

/// Which entries to list. All that is said must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Who did it: the id of a person.
    #[param(value_type = Option<Uuid>)]
    pub person: Option<PublicId>,
    /// What was done: a kind as `grant.give`, or the first part of several, as `grant`.
    pub kind: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// Whether something was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A change set.
    Change,
    /// An event that changed nothing.
    Event,
}

/// Somebody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Who {
    /// Their id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// The name that is shown.
    pub name: String,
}

/// An asset that an entry is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct About {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: PublicId,
    /// What it is.
    #[schema(value_type = String, example = "dataset")]
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
}

/// One entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entry {
    /// Whether something was changed.
    pub what: EntryKind,
    /// The id of the change set; events have none.
    #[schema(value_type = Option<Uuid>)]
    pub id: Option<PublicId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done.
    pub kind: String,
    /// Who did it; none: nobody that is known, or the register itself.
    pub person: Option<Who>,
    /// The way by which a change came.
    pub via: Option<String>,
    /// The name of the token that was used.
    pub token: Option<String>,
    /// From where an event came.
    pub address: Option<String>,
    /// The request, as in the log.
    pub request_id: Option<String>,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// What it was about: at most twenty, of those that the reader sees.
    pub assets: Vec<About>,
    /// How many of what it was about the reader sees.
    pub asset_count: i64,
    /// Counts and names.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// Whether it is part of the chain; events are within a second.
    pub sealed: bool,
    #[serde(skip)]
    key: Key,
}

/// Where an entry stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    at: DateTime<Utc>,
    what: i32,
    id: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    what: i32,
    id: i64,
    public_id: Option<Uuid>,
    at: DateTime<Utc>,
    kind: String,
    person_public_id: Option<Uuid>,
    person_name: Option<String>,
    via: Option<String>,
    token: Option<String>,
    address: Option<String>,
    request_id: Option<String>,
    reason: Option<String>,
    detail: Value,
    sealed: bool,
    seen: i64,
    touched: i64,
    named: Vec<i64>,
}

/// Lists entries.
///
/// # Errors
/// `Forbidden` for who may not read the audit trail.
pub async fn list(app: &App, caller: &Caller, filter: &Filter, paging: &Paging) -> Result<Page<Entry>> {
    let _: Permit = caller.permit_on_register(Action::SeeAudit)?;
    let size = paging.size()?;
    let after = paging.after(app, "audit")?;
    let scope = caller.scope(Action::See)?;
    let entries = read(&app.db().web, &scope, filter, after, size + 1).await?;
    Page::of(entries, size, app, "audit", |entry| entry.key)
}

/// The entries after a key, at most so many.
pub(super) async fn read(
    db: &PgPool,
    scope: &Scope,
    filter: &Filter,
    after: Option<Key>,
    count: i64,
) -> Result<Vec<Entry>> {
    let mut query = QueryBuilder::new(
        "select e.*, p.public_id as person_public_id, f.display_name as person_name, t.name as token from ((",
    );
    query.push(
        "select 1 as what, c.id, c.public_id, c.at, c.kind, c.person_id, c.token_id, c.via, null as address,
                c.request_id, c.reason, c.summary as detail, true as sealed, v.seen, cardinality(c.assets)::bigint as touched, v.named
         from change_sets c, lateral (
            select count(*) as seen, coalesce((array_agg(a.id order by a.id))[1:",
    );
    query.push_bind(i32::try_from(NAMED).unwrap_or(i32::MAX));
    query.push("], '{}') as named from assets a where a.id = any(c.assets) and ");
    push_scope(&mut query, "a", scope);
    query.push(") v where (c.assets = '{}' or v.seen > 0)");
    // Sealing is the register's own bookkeeping: shown to who asks for it.
    if filter.kind.is_none() {
        query.push(" and c.kind <> 'audit.seal'");
    }
    narrow(&mut query, "c", 1, filter, after);
    query.push(" order by c.at desc, c.id desc limit ").push_bind(count);
    query.push(
        ") union all (
         select 0 as what, c.id, null as public_id, c.at, c.kind, c.person_id, c.token_id, null as via, host(c.address) as address,
                c.request_id, null as reason, c.detail, c.sealed_by is not null as sealed, v.seen,
                (c.asset_id is not null)::int::bigint as touched, v.named
         from audit_events c, lateral (
            select count(*) as seen, coalesce(array_agg(a.id), '{}') as named from assets a where a.id = c.asset_id and ",
    );
    push_scope(&mut query, "a", scope);
    query.push(") v where (c.asset_id is null or v.seen > 0)");
    narrow(&mut query, "c", 0, filter, after);
    query.push(" order by c.at desc, c.id desc limit ").push_bind(count);
    query.push(
        ")) e left join people p on p.id = e.person_id
         left join person_facts f on f.person_id = e.person_id and f.valid_to is null
         left join api_tokens t on t.id = e.token_id
         order by e.at desc, e.what desc, e.id desc limit ",
    );
    query.push_bind(count);
    let rows: Vec<Row> = query.build_query_as().fetch_all(db).await?;
    let assets = named(db, &rows).await?;
    Ok(rows.into_iter().map(|row| row.entry(&assets)).collect())
}

/// The conditions of the filter, and of the page.
fn narrow(
    query: &mut QueryBuilder<Postgres>,
    alias: &'static str,
    what: i32,
    filter: &Filter,
    after: Option<Key>,
) {
    if let Some(person) = filter.person {
        query
            .push(" and ")
            .push(alias)
            .push(".person_id = (select id from people where public_id = ")
            .push_bind(person.0)
            .push(")");
    }
    if let Some(kind) = filter.kind.clone() {
        query.push(" and (").push(alias).push(".kind = ").push_bind(kind.clone());
        query.push(" or starts_with(").push(alias).push(".kind, ").push_bind(format!("{kind}.")).push("))");
    }
    if let Some(from) = filter.from {
        query.push(" and ").push(alias).push(".at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" and ").push(alias).push(".at < ").push_bind(to);
    }
    if let Some(key) = after {
        query
            .push(" and (")
            .push(alias)
            .push(".at, ")
            .push_bind(what)
            .push(", ")
            .push(alias)
            .push(".id) < (");
        query.push_bind(key.at).push(", ").push_bind(key.what).push(", ").push_bind(key.id).push(")");
    }
}

/// The assets that the rows name; that the reader sees them is known already.
async fn named(db: &PgPool, rows: &[Row]) -> Result<HashMap<i64, About>> {
    let ids: Vec<i64> = rows.iter().flat_map(|row| row.named.iter().copied()).collect();
    let found: Vec<(i64, Uuid, String, String)> =
        sqlx::query_as("select id, public_id, kind, name from assets where id = any($1)")
            .bind(&ids)
            .fetch_all(db)
            .await?;
    let about = |(id, public_id, kind, name): (i64, Uuid, String, String)| {
        let kind = kind.parse().map_err(crate::error::Failure::internal)?;
        Ok((id, About { id: PublicId(public_id), kind, name }))
    };
    found.into_iter().map(about).collect()
}

impl Row {
    fn entry(self, assets: &HashMap<i64, About>) -> Entry {
        let key = Key { at: self.at, what: self.what, id: self.id };
        let all_seen = self.seen == self.touched;
        let person = self.person_public_id.zip(self.person_name);
        Entry {
            what: if self.what == 1 { EntryKind::Change } else { EntryKind::Event },
            id: self.public_id.map(PublicId),
            at: self.at,
            kind: self.kind,
            person: person.map(|(id, name)| Who { id: PublicId(id), name }),
            via: self.via,
            token: self.token,
            address: self.address,
            request_id: self.request_id,
            reason: self.reason.filter(|_| all_seen),
            assets: self.named.iter().filter_map(|id| assets.get(id).cloned()).collect(),
            asset_count: self.seen,
            detail: if all_seen { self.detail } else { Value::Object(serde_json::Map::default()) },
            sealed: self.sealed,
            key,
        }
    }
}

impl Entry {
    pub(super) fn key(&self) -> Key {
        self.key
    }
}

/// How the chain stands: what the page and the API say about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChainState {
    /// How many events wait to be sealed.
    pub unsealed: i64,
    /// When the head was last signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// The hash over all change sets up to then, in hex.
    pub signed_head: Option<String>,
    /// The key that signs now.
    pub key: String,
}

/// How the chain stands now. It is not walked here: `cadastre audit verify` does that.
///
/// # Errors
/// As [`list`].
pub async fn chain(app: &App, caller: &Caller) -> Result<ChainState> {
    let _: Permit = caller.permit_on_register(Action::SeeAudit)?;
    let unsealed = sqlx::query_scalar("select count(*) from audit_events where sealed_by is null")
        .fetch_one(&app.db().web)
        .await?;
    let signed: Option<(DateTime<Utc>, Vec<u8>)> =
        sqlx::query_as("select at, head from signed_heads order by version desc limit 1")
            .fetch_optional(&app.db().web)
            .await?;
    let (signed_at, signed_head) = signed.map(|(at, head)| (at, hex::encode(head))).unzip();
    Ok(ChainState { unsealed, signed_at, signed_head, key: app.keys().current().to_string() })
}
