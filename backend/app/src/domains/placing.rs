//! Saying of an asset in which domain it is and how delicate it is, and of a column how delicate it is.

use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::store::{AssetFacts, change_assets, hold_tree, share_tree};
use crate::change::{ChangeSet, Topic};
use crate::domains::change::check_reason;
use crate::domains::queries::is_kept;
use crate::error::{Failure, FailureKind, Result};
use crate::http::IfMatch;
use cadastre_access::Permit;
use cadastre_model::{Action, AssetKind, AssetState, PublicId, Sensitivity, Version};
use sqlx::PgConnection;

/// Puts a source, container or dataset into a domain; none: into that of what it lies in. All below that has no domain
/// of its own comes with it. Whoever holds something in the domain then holds it there too, so the caller must be able to
/// put things into the domain as well as to take the asset where it is. Gives no version when nothing differs.
///
/// # Errors
/// `Absent` and `Forbidden` by the asset and the domain; `Stale`; `Invalid` for what has no domain, and for a domain that
/// is not there.
pub async fn set_domain(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    domain: Option<PublicId>,
    reason: Option<&str>,
) -> Result<Option<Version>> {
    let mut tx = app.db().web.begin().await?;
    let (asset, permit) = lock(&mut tx, caller, id, Action::EditDomain).await?;
    condition.check(asset.counter)?;
    check_reason(reason)?;
    if matches!(asset.kind, AssetKind::Register | AssetKind::Domain) {
        return Err(Failure::invalid("domain", "domain-not-here"));
    }
    let target = match domain {
        None => None,
        Some(domain) => Some(target(&mut tx, caller, domain).await?),
    };
    let facts = AssetFacts { domain: target.as_ref().map(|target| target.id), ..facts(&asset) };
    let mut change = ChangeSet::begin_set(&mut tx, "asset.domain", &caller.author).await?;
    if let Some(target) = &target {
        change.note("domain", target.name.clone());
    }
    write(tx, caller, &permit, change, &asset, facts, reason).await
}

/// Says how delicate an asset is; none: as what it lies in, its domain, or the register. Gives no version when nothing
/// differs.
///
/// # Errors
/// `Absent` and `Forbidden` by the asset; `Stale`.
pub async fn set_sensitivity(
    app: &App,
    caller: &Caller,
    id: PublicId,
    condition: &IfMatch,
    sensitivity: Option<Sensitivity>,
    reason: Option<&str>,
) -> Result<Option<Version>> {
    let mut tx = app.db().web.begin().await?;
    let (asset, permit) = lock(&mut tx, caller, id, Action::SetSensitivity).await?;
    condition.check(asset.counter)?;
    check_reason(reason)?;
    let facts = AssetFacts { sensitivity, ..facts(&asset) };
    let mut change = ChangeSet::begin_set(&mut tx, "asset.sensitivity", &caller.author).await?;
    change.note("sensitivity", sensitivity.map(Sensitivity::as_str));
    write(tx, caller, &permit, change, &asset, facts, reason).await
}

/// Says how delicate the values of a column are; none: as the dataset. Gives no version when nothing differs.
///
/// # Errors
/// `Absent` and `Forbidden` by the dataset; `Absent` when it has no such column now; `Stale`.
pub async fn set_column_sensitivity(
    app: &App,
    caller: &Caller,
    (dataset, column): (PublicId, PublicId),
    condition: &IfMatch,
    sensitivity: Option<Sensitivity>,
    reason: Option<&str>,
) -> Result<Option<Version>> {
    let mut tx = app.db().web.begin().await?;
    let (dataset, _) = asset::lock(&mut tx, caller, dataset, Action::SetSensitivity).await?;
    let found: Option<(i64, Vec<String>, Option<String>)> = sqlx::query_as(
        "select c.id, f.path, s.sensitivity from columns c
         join column_facts f on f.column_id = c.id and f.valid_to is null
         left join column_sensitivities s on s.column_id = c.id and s.valid_to is null
         where c.public_id = $1 and c.dataset_id = $2",
    )
    .bind(column.0)
    .bind(dataset.id.0)
    .fetch_optional(&mut *tx)
    .await?;
    let (column, path, now) = found.ok_or_else(Failure::absent)?;
    condition.check(dataset.counter)?;
    check_reason(reason)?;
    if now.as_deref() == sensitivity.map(Sensitivity::as_str) {
        return Ok(None);
    }
    let mut change = ChangeSet::begin_set(&mut tx, "column.sensitivity", &caller.author).await?;
    sqlx::query(
        "update column_sensitivities set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where column_id = $1 and valid_to is null",
    )
    .bind(column)
    .bind(change.at)
    .bind(change.id.0)
    .execute(&mut *tx)
    .await?;
    if let Some(level) = sensitivity {
        sqlx::query(
            "insert into column_sensitivities (column_id, dataset_id, sensitivity, valid_from, change_set)
             values ($1, $2, $3, greatest($4, (select max(valid_to) from column_sensitivities where column_id = $1)), $5)",
        )
        .bind(column)
        .bind(dataset.id.0)
        .bind(level.as_str())
        .bind(change.at)
        .bind(change.id.0)
        .execute(&mut *tx)
        .await?;
    }
    change.touch(dataset.id);
    change.about(Topic::Catalogue);
    change.because(reason);
    change.note("column", path.join("."));
    change.note("sensitivity", sensitivity.map(Sensitivity::as_str));
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}

/// Locks an asset whose place or level changes; the tree first.
async fn lock(
    tx: &mut PgConnection,
    caller: &Caller,
    id: PublicId,
    action: Action,
) -> Result<(Asset, Permit)> {
    let (found, _) = asset::find(&mut *tx, caller, id, action).await?;
    if found.kind == AssetKind::Dataset {
        share_tree(tx).await?;
    } else {
        hold_tree(tx).await?;
    }
    asset::lock(tx, caller, id, action).await
}

async fn target(tx: &mut PgConnection, caller: &Caller, id: PublicId) -> Result<Asset> {
    let unknown = || Failure::invalid("domain", "domain-unknown");
    let (domain, _) = match asset::find(&mut *tx, caller, id, Action::EditDomain).await {
        Err(failure) if failure.kind == FailureKind::Absent => return Err(unknown()),
        other => other?,
    };
    if is_kept(tx, domain.id).await? { Ok(domain) } else { Err(unknown()) }
}

async fn write(
    mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
    caller: &Caller,
    permit: &Permit,
    mut change: ChangeSet,
    asset: &Asset,
    facts: AssetFacts,
    reason: Option<&str>,
) -> Result<Option<Version>> {
    if asset.state == AssetState::Tombstoned && asset.kind == AssetKind::Domain {
        return Err(Failure::absent());
    }
    if change_assets(&mut tx, &mut change, &[(permit.asset(), facts)]).await?.is_empty() {
        return Ok(None);
    }
    change.about(Topic::Catalogue);
    change.because(reason);
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok(Some(version))
}

fn facts(asset: &Asset) -> AssetFacts {
    AssetFacts {
        name: asset.name.clone(),
        parent: asset.parent,
        domain: asset.domain,
        sensitivity: asset.sensitivity,
        state: asset.state,
    }
}
