//! Making a subscription, and removing it.

use super::{About, Subscription, address, find};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset;
use crate::change::ChangeSet;
use crate::error::{Failure, FailureKind, Result};
use crate::people::account::needs;
use crate::people::throttle::{self, Limit};
use cadastre_access::Permit;
use cadastre_frontend::notices::Channel;
use cadastre_frontend::quality::Gravity;
use cadastre_model::{Action, AssetId, AssetKind, Message, PublicId, TokenScope, Version};
use serde_json::json;
use sqlx::PgConnection;
use std::time::Duration;

/// So many somebody has at most.
const MOST: i64 = 100;

/// Random bytes of the key that requests are signed with.
const KEY: usize = 32;

/// Addresses that somebody has looked up.
const ADDRESSES: Limit = Limit::new(60, Duration::from_secs(300));

/// A subscription to be.
#[derive(Debug, Clone)]
pub(in crate::notices) struct New {
    pub(in crate::notices) about: About<PublicId>,
    pub(in crate::notices) severity: Gravity,
    pub(in crate::notices) channel: Channel,
    /// Where requests go.
    pub(in crate::notices) address: Option<String>,
}

/// One that was just made.
#[derive(Debug)]
pub(in crate::notices) struct Made {
    pub(in crate::notices) subscription: Subscription,
    /// The key that requests are signed with: the only time that it is known.
    pub(in crate::notices) secret: Option<String>,
    pub(in crate::notices) version: Version,
}

/// Makes a subscription of the caller's own.
///
/// # Errors
/// `Absent` for an asset that they don't see; `Invalid` by field; `Conflict` when it is there already, or there are too many;
/// `Forbidden` to a token without `write`.
pub(in crate::notices) async fn make(app: &App, caller: &Caller, new: New) -> Result<Made> {
    needs(caller, TokenScope::Write)?;
    let target = target(app, caller, &new).await?;
    let secret = match &target {
        Some(_) => Some(format!("whsec_{}", app.keys().random_text(KEY).map_err(Failure::internal)?)),
        None => None,
    };
    let mut tx = app.db().web.begin().await?;
    let (asset, permit) = match &new.about {
        About::Asset(id) => {
            let (asset, permit) = asset::find(&mut *tx, caller, *id, Action::See).await?;
            if matches!(asset.kind, AssetKind::Job | AssetKind::Register | AssetKind::Namespace) {
                return Err(Failure::invalid("asset", "subscription-scope-kind"));
            }
            (Some(asset.id), permit)
        }
        _ => (
            None,
            Permit::system(Action::See, AssetId::REGISTER, "somebody says what they want to be told of"),
        ),
    };
    let mut change = ChangeSet::begin_set(&mut tx, "subscription.create", &caller.author).await?;
    let (id, public_id) = insert(&mut tx, &permit, caller, &change, &new, asset).await?;
    if let (Some(url), Some(secret)) = (&target, &secret) {
        let sealed = json!({ "url": url.as_str(), "key": secret }).to_string();
        let sealed =
            app.keys().seal("subscriptions", id, "target", sealed.as_bytes()).map_err(Failure::internal)?;
        sqlx::query("update subscriptions set target = $2, shown = $3 where id = $1")
            .bind(id)
            .bind(sealed)
            .bind(address::shown(url))
            .execute(&mut *tx)
            .await?;
    }
    change.note("subscription", public_id.to_string());
    change.note("about", new.about.as_str());
    change.note("channel", new.channel.as_str());
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(Made { subscription: find(app, caller, public_id).await?, secret, version })
}

/// Where requests go, if it is one by request; and whether the way is there.
async fn target(app: &App, caller: &Caller, new: &New) -> Result<Option<url::Url>> {
    match new.channel {
        Channel::Inbox => Ok(None),
        Channel::Email => {
            if app.options().mail.is_none() {
                return Err(Failure::invalid("channel", "subscription-no-mail"));
            }
            let has_address: bool = sqlx::query_scalar(
                "select exists (select from person_facts where person_id = $1 and valid_to is null and email is not null)",
            )
            .bind(caller.person().0)
            .fetch_one(&app.db().web)
            .await?;
            if !has_address {
                return Err(Failure::invalid("channel", "subscription-no-address"));
            }
            Ok(None)
        }
        Channel::Webhook => {
            let typed = new.address.as_deref().unwrap_or_default();
            throttle::take(app, &format!("notice address {}", caller.person().0), ADDRESSES).await?;
            address::checked(app, caller, typed).await.map(Some)
        }
    }
}

async fn insert(
    tx: &mut PgConnection,
    _permit: &Permit,
    caller: &Caller,
    change: &ChangeSet,
    new: &New,
    asset: Option<AssetId>,
) -> Result<(i64, PublicId)> {
    // Their row is held, so that two requests at once do not make one too many.
    sqlx::query("select from people where id = $1 for no key update")
        .bind(caller.person().0)
        .execute(&mut *tx)
        .await?;
    let (all, same): (i64, bool) = sqlx::query_as(
        "select count(*), coalesce(bool_or(about = $2 and asset_id is not distinct from $3 and channel = $4 and channel <> 'webhook'), false)
         from subscriptions where person_id = $1 and valid_to is null",
    )
    .bind(caller.person().0)
    .bind(new.about.as_str())
    .bind(asset.map(|id| id.0))
    .bind(new.channel.as_str())
    .fetch_one(&mut *tx)
    .await?;
    if same {
        return Err(Failure::new(FailureKind::Conflict, "subscription-is-there"));
    }
    if all >= MOST {
        return Err(Failure::new(
            FailureKind::Conflict,
            Message::new("subscription-too-many").arg("most", MOST),
        ));
    }
    let (id, public_id): (i64, uuid::Uuid) = sqlx::query_as(
        "insert into subscriptions (person_id, about, asset_id, severity, channel, valid_from, change_set)
         values ($1, $2, $3, $4, $5, $6, $7) returning id, public_id",
    )
    .bind(caller.person().0)
    .bind(new.about.as_str())
    .bind(asset.map(|id| id.0))
    .bind(new.severity.as_str())
    .bind(new.channel.as_str())
    .bind(change.at)
    .bind(change.id.0)
    .fetch_one(tx)
    .await?;
    Ok((id, PublicId(public_id)))
}

/// Removes one of the caller's own. What is on its way by it is not delivered any more, and its address and key are forgotten.
///
/// # Errors
/// `Absent` for one that is not theirs, or about what they don't see; `Forbidden` to a token without `write`.
pub(in crate::notices) async fn remove(app: &App, caller: &Caller, id: PublicId) -> Result<Version> {
    needs(caller, TokenScope::Write)?;
    let known = find(app, caller, id).await?;
    let permit = Permit::system(Action::See, AssetId::REGISTER, "somebody says what they want to be told of");
    let mut tx = app.db().web.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "subscription.remove", &caller.author).await?;
    if !close(&mut tx, &permit, &change, known.id).await? {
        return Err(Failure::absent());
    }
    change.note("subscription", id.to_string());
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(version)
}

async fn close(tx: &mut PgConnection, _permit: &Permit, change: &ChangeSet, id: i64) -> Result<bool> {
    let closed = sqlx::query(
        "update subscriptions set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3,
                target = null, failing_since = null, failing_why = null
         where id = $1 and valid_to is null",
    )
    .bind(id)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "update notice_deliveries set state = 'dropped', ended_at = clock_timestamp() where subscription_id = $1 and state = 'waiting'",
    )
    .bind(id)
    .execute(tx)
    .await?;
    Ok(closed.rows_affected() == 1)
}
