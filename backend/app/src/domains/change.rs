//! Making, changing and removing domains.

use crate::access::{Caller, REASON_MAX};
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::search;
use crate::catalog::store::{AssetFacts, NewAsset, change_assets, create_assets, hold_tree};
use crate::catalog::texts::{self, Saying};
use crate::catalog::visible;
use crate::change::{ChangeSet, Topic};
use crate::error::{Failure, FailureKind, Result};
use crate::http::IfMatch;
use cadastre_access::Permit;
use cadastre_model::{Action, AssetId, AssetKind, AssetState, Message, PublicId, Sensitivity, Version};
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

/// The longest name, in characters.
const NAME_MAX: usize = 200;

/// How deep the tree may get.
const DEPTH_MAX: usize = 10;

/// What is true of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainInput {
    /// Its name; no other domain beside it has the same.
    #[schema(max_length = 200, example = "Sales")]
    pub name: String,
    /// The domain that it lies in; none: at the top.
    #[schema(value_type = Option<Uuid>)]
    pub parent: Option<PublicId>,
    /// How delicate what lies in it is unless it says so itself; none: as the domain above, or the register.
    #[schema(value_type = Option<String>, example = "internal")]
    pub sensitivity: Option<Sensitivity>,
    /// Why, for the record.
    pub reason: Option<String>,
}

/// Makes a domain, and says something about it at once.
///
/// # Errors
/// `Absent` and `Forbidden` by the domain, or the register, in which it is to lie; `Invalid` when it does not hold.
pub async fn create(
    app: &App,
    caller: &Caller,
    input: &DomainInput,
    sayings: Vec<Saying>,
) -> Result<(PublicId, Version)> {
    let mut tx = app.db().web.begin().await?;
    hold_tree(&mut tx).await?;
    let (parent, depth) = parent(&mut tx, caller, input).await?;
    let name = check(&mut tx, input, parent, depth, 1, None).await?;

    let mut change = ChangeSet::begin_set(&mut tx, "domain.create", &caller.author).await?;
    let facts = AssetFacts {
        name: name.clone(),
        parent: Some(parent),
        domain: None,
        sensitivity: input.sensitivity,
        state: AssetState::Live,
    };
    let new = NewAsset { kind: AssetKind::Domain, source: None, facts };
    let made = create_assets(&mut tx, &mut change, &[new]).await?;
    let &(id, public_id) = made.first().ok_or_else(|| Failure::internal("no domain was made"))?;
    let sayings = texts::differing(&mut tx, id, sayings).await?;
    if !sayings.is_empty() {
        let (_, permit) = asset::lock(&mut tx, caller, public_id, Action::EditTexts).await?;
        texts::write_beside(&mut tx, &permit, &mut change, &sayings).await?;
    }
    search::reindex(&mut tx, &[id]).await?;
    change.note("name", name);
    let version = finish(tx, change, input.reason.as_deref()).await?;
    caller.has_seen(version).await;
    Ok((public_id, version))
}

/// Renames a domain, moves it with all that lies in it, sets its default sensitivity, or says something about it. Gives
/// no version when nothing differs.
///
/// # Errors
/// As [`create`], for the domain and for where it moves; `Stale` when it was changed meanwhile; `Invalid` when it would
/// lie in itself.
pub async fn change(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    input: &DomainInput,
    sayings: Vec<Saying>,
) -> Result<Option<Version>> {
    let mut tx = app.db().web.begin().await?;
    hold_tree(&mut tx).await?;
    let (domain, _) = lock(&mut tx, caller, id).await?;
    condition.check(domain.counter)?;
    let (parent, depth) = match input.parent {
        // Where it stays, nothing is asked of the domain above: it may be hidden from who keeps only this one.
        _ if stays(&mut tx, caller, &domain, input.parent).await? => {
            (domain.parent.unwrap_or(AssetId::REGISTER), domain.scope_path.len().saturating_sub(1))
        }
        _ => parent(&mut tx, caller, input).await?,
    };
    let height = height(&mut tx, domain.id).await?;
    if let Some(new) = input.parent
        && is_within(&mut tx, new, domain.id).await?
    {
        return Err(Failure::invalid("parent", "domain-within-itself"));
    }
    let name = check(&mut tx, input, parent, depth, height, Some(domain.id)).await?;
    // To change how delicate something is takes another right than to name it.
    if input.sensitivity != domain.sensitivity {
        let _: Permit = caller.permit(Action::SetSensitivity, &domain.resource())?;
    }
    let sayings = texts::differing(&mut tx, domain.id, sayings).await?;

    let mut change = ChangeSet::begin_set(&mut tx, "domain.change", &caller.author).await?;
    let facts = AssetFacts {
        name: name.clone(),
        parent: Some(parent),
        domain: None,
        sensitivity: input.sensitivity,
        state: domain.state,
    };
    if !sayings.is_empty() {
        let permit = caller.permit(Action::EditTexts, &domain.resource())?;
        texts::write_beside(&mut tx, &permit, &mut change, &sayings).await?;
    }
    change_assets(&mut tx, &mut change, &[(domain.id, facts)]).await?;
    if change.is_empty() {
        return Ok(None);
    }
    if name != domain.name || !sayings.is_empty() {
        search::reindex(&mut tx, &[domain.id]).await?;
    }
    change.note("name", name);
    let version = finish(tx, change, input.reason.as_deref()).await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}

/// Removes a domain in which nothing lies. Grants on it end with it.
///
/// # Errors
/// As [`change`]; `Conflict` while something lies in it, seen or not.
pub async fn remove(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    reason: Option<&str>,
) -> Result<Version> {
    let mut tx = app.db().web.begin().await?;
    hold_tree(&mut tx).await?;
    let (domain, _) = lock(&mut tx, caller, id).await?;
    condition.check(domain.counter)?;
    check_reason(reason)?;
    let holds: bool = sqlx::query_scalar(
        "select exists (select from assets where domain_id = $1 and state <> 'tombstoned')
             or exists (select from assets where parent_id = $1 and kind = 'domain' and state <> 'tombstoned')",
    )
    .bind(domain.id.0)
    .fetch_one(&mut *tx)
    .await?;
    if holds {
        return Err(Failure::new(FailureKind::Conflict, "domain-not-empty"));
    }
    let mut change = ChangeSet::begin_set(&mut tx, "domain.remove", &caller.author).await?;
    let facts = AssetFacts {
        name: domain.name.clone(),
        parent: domain.parent,
        domain: None,
        sensitivity: domain.sensitivity,
        state: AssetState::Tombstoned,
    };
    change_assets(&mut tx, &mut change, &[(domain.id, facts)]).await?;
    for sql in [
        "update grants set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where asset_id = $1 and valid_to is null",
        "update owners set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where asset_id = $1 and valid_to is null",
    ] {
        sqlx::query(sql).bind(domain.id.0).bind(change.at).bind(change.id.0).execute(&mut *tx).await?;
    }
    change.about(Topic::Rights);
    change.note("name", domain.name);
    let version = finish(tx, change, reason).await?;
    caller.has_seen(version).await;
    Ok(version)
}

async fn finish(
    mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
    mut change: ChangeSet,
    reason: Option<&str>,
) -> Result<Version> {
    change.because(reason);
    change.about(Topic::Catalogue);
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(version)
}

/// A domain to be changed. One that was removed is absent.
async fn lock(tx: &mut PgConnection, caller: &Caller, id: PublicId) -> Result<(Asset, Permit)> {
    let (domain, permit) = asset::lock(tx, caller, id, Action::ManageDomains).await?;
    if domain.kind != AssetKind::Domain || domain.state == AssetState::Tombstoned {
        return Err(Failure::absent());
    }
    Ok((domain, permit))
}

/// Where it is to lie, and how deep that is: the caller manages domains there.
async fn parent(tx: &mut PgConnection, caller: &Caller, input: &DomainInput) -> Result<(AssetId, usize)> {
    let Some(parent) = input.parent else {
        let _: Permit = caller.permit_on_register(Action::ManageDomains)?;
        return Ok((AssetId::REGISTER, 1));
    };
    match lock(tx, caller, parent).await {
        Ok((parent, _)) => Ok((parent.id, parent.scope_path.len())),
        Err(failure) if failure.kind == FailureKind::Absent => {
            Err(Failure::invalid("parent", "domain-unknown"))
        }
        Err(failure) => Err(failure),
    }
}

/// Whether it stays where it lies. Who does not see the domain above can't name it, and asks for no move by naming none.
async fn stays(
    tx: &mut PgConnection,
    caller: &Caller,
    domain: &Asset,
    parent: Option<PublicId>,
) -> Result<bool> {
    if parent.is_none()
        && visible::of(&mut *tx, &*caller.scope(Action::See)?, domain.parent).await?.is_empty()
    {
        return Ok(true);
    }
    Ok(sqlx::query_scalar(
        "select (a.kind = 'register' and $2::uuid is null) or (a.kind = 'domain' and a.public_id = $2)
         from assets a where a.id = $1",
    )
    .bind(domain.parent.map(|id| id.0))
    .bind(parent.map(|id| id.0))
    .fetch_one(tx)
    .await?)
}

/// Whether a domain is another one, or lies in it.
async fn is_within(tx: &mut PgConnection, domain: PublicId, other: AssetId) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select coalesce((select $2 = any(scope_path) from assets where public_id = $1), false)",
    )
    .bind(domain.0)
    .bind(other.0)
    .fetch_one(tx)
    .await?)
}

/// How many levels a domain and those below it are.
async fn height(tx: &mut PgConnection, domain: AssetId) -> Result<usize> {
    let height: i32 = sqlx::query_scalar(
        "select coalesce(max(cardinality(b.scope_path)) - min(cardinality(a.scope_path)), 0) + 1
         from assets a join assets b on b.kind = 'domain' and b.scope_path @> array[a.id] where a.id = $1",
    )
    .bind(domain.0)
    .fetch_one(tx)
    .await?;
    Ok(usize::try_from(height).unwrap_or(usize::MAX))
}

/// A reason is no document.
pub(super) fn check_reason(reason: Option<&str>) -> Result<()> {
    if reason.is_some_and(|reason| reason.chars().count() > REASON_MAX) {
        return Err(Failure::invalid("reason", Message::new("grant-reason-long").arg("most", REASON_MAX)));
    }
    Ok(())
}

/// The tidied name, when all of it holds. Names are compared among all domains beside it: who manages domains there
/// sees them.
async fn check(
    tx: &mut PgConnection,
    input: &DomainInput,
    parent: AssetId,
    depth: usize,
    height: usize,
    own: Option<AssetId>,
) -> Result<String> {
    let name = input.name.trim();
    let mut wrong: Vec<(String, Message)> = Vec::new();
    if name.is_empty() {
        wrong.push(("name".to_owned(), Message::new("domain-name-missing")));
    } else if name.chars().count() > NAME_MAX {
        wrong.push(("name".to_owned(), Message::new("domain-name-long").arg("most", NAME_MAX)));
    } else if name.chars().any(char::is_control) {
        wrong.push(("name".to_owned(), Message::new("domain-name-control")));
    }
    if depth + height > DEPTH_MAX + 1 {
        wrong.push(("parent".to_owned(), Message::new("domain-too-deep").arg("most", DEPTH_MAX)));
    }
    Failure::when_any(wrong)?;
    check_reason(input.reason.as_deref())?;
    let taken: bool = sqlx::query_scalar(
        "select exists (select from assets where parent_id = $1 and kind = 'domain' and state <> 'tombstoned'
             and lower(name) = lower($2) and id is distinct from $3)",
    )
    .bind(parent.0)
    .bind(name)
    .bind(own.map(|id| id.0))
    .fetch_one(tx)
    .await?;
    if taken {
        return Err(Failure::invalid("name", "domain-name-taken"));
    }
    Ok(name.to_owned())
}
