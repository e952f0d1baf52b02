//! What somebody wants to be told of beside what concerns them anyway, and by which way. Their own: nobody else sees it or writes
//! it. One is made and removed, never changed.

pub(super) mod address;
mod write;

pub(super) use write::{Made, New, make, remove};

use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::rows::{self, Named};
use crate::error::{Failure, Result};
use cadastre_frontend::notices::Channel;
use cadastre_frontend::quality::Gravity;
use cadastre_model::{Action, AssetId, Message, PublicId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// What a subscription is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About<A> {
    /// What its person owns.
    Mine,
    /// What lies upstream of what they own.
    Upstream,
    /// All that they see.
    All,
    /// An asset and all that lies in it.
    Asset(A),
}

impl<A> About<A> {
    /// The word as it is stored and sent.
    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Upstream => "upstream",
            Self::All => "all",
            Self::Asset(_) => "asset",
        }
    }
}

/// What somebody is told of.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) id: i64,
    pub(super) public_id: PublicId,
    pub(super) about: About<Named>,
    pub(super) severity: Gravity,
    pub(super) channel: Channel,
    /// The address of requests, without what may be secret in it.
    pub(super) shown: Option<String>,
    /// Since when deliveries fail, and why.
    pub(super) failing: Option<(DateTime<Utc>, Message)>,
    pub(super) made: DateTime<Utc>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    public_id: Uuid,
    about: String,
    asset_id: Option<i64>,
    severity: String,
    channel: String,
    shown: Option<String>,
    failing_since: Option<DateTime<Utc>>,
    failing_why: Option<Value>,
    valid_from: DateTime<Utc>,
}

/// The caller's own, the first made first. One about what they don't see any more is not there: nothing comes by it either.
///
/// # Errors
/// `Unavailable` while the rights are not known to be current.
pub(super) async fn list(app: &App, caller: &Caller, only: Option<PublicId>) -> Result<Vec<Subscription>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select s.id, s.public_id, s.about, s.asset_id, s.severity, s.channel, s.shown, s.failing_since, s.failing_why, s.valid_from
         from subscriptions s left join assets a on a.id = s.asset_id where s.valid_to is null and s.person_id = ",
    );
    query.push_bind(caller.person().0).push(" and (s.asset_id is null or ");
    push_scope(&mut query, "a", &see);
    query.push(")");
    if let Some(id) = only {
        query.push(" and s.public_id = ").push_bind(id.0);
    }
    query.push(" order by s.id");
    let mut conn = app.db().web.acquire().await?;
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let assets: Vec<AssetId> = rows.iter().filter_map(|row| row.asset_id).map(AssetId).collect();
    let named = rows::named(&mut conn, &see, &assets, caller.language).await?;
    let one = |row: Row| {
        let about = match row.about.as_str() {
            "mine" => About::Mine,
            "upstream" => About::Upstream,
            "all" => About::All,
            _ => About::Asset(named.get(&AssetId(row.asset_id?))?.clone()),
        };
        let why = row.failing_why.and_then(|why| serde_json::from_value(why).ok());
        Some(Subscription {
            id: row.id,
            public_id: PublicId(row.public_id),
            about,
            severity: Gravity::of_word(&row.severity)?,
            channel: Channel::of_word(&row.channel)?,
            shown: row.shown,
            failing: row.failing_since.zip(why),
            made: row.valid_from,
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// One of the caller's own.
///
/// # Errors
/// `Absent` for any other.
pub(super) async fn find(app: &App, caller: &Caller, id: PublicId) -> Result<Subscription> {
    list(app, caller, Some(id)).await?.pop().ok_or_else(Failure::absent)
}
