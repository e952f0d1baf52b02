//! Taking a grant back, or lifting a denial.

use crate::access::give::REASON_MAX;
use crate::access::{Caller, refusal, store};
use crate::app::App;
use crate::catalog::{asset, rows::word};
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::people::administrators;
use cadastre_access::Permit;
use cadastre_entities::grant;
use cadastre_model::{Action, AssetId, Effect, GrantId, Message, PublicId, Role, Version};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait};

/// Takes a grant back.
///
/// # Errors
/// `Absent` when it is not in force any more, or the caller may not see who may do what there; `Forbidden` when they may
/// not take it: it is their own, or its role or ceiling is above what they give; `Conflict` when it makes the last
/// administrator.
pub async fn revoke(app: &App, caller: &Caller, id: PublicId, reason: Option<&str>) -> Result<Version> {
    let tx = app.db().orm.begin().await?;
    let place = place(&tx, id).await?;
    // Who may not see access there does not learn that the grant is there.
    let (asset, _) = match asset::lock_orm(&tx, caller, place, Action::SeeAccess).await {
        Err(failure) if failure.kind == crate::error::FailureKind::Forbidden => return Err(Failure::absent()),
        other => other?,
    };
    check(reason)?;
    let row = store::lock(&tx, id).await?;
    let (grant, resource) = (GrantId(row.id), asset.resource());
    let answer = caller.ask(|rights| rights.may_revoke(&caller.actor, grant, &resource, caller.now))?;
    let giving = match answer {
        Ok(giving) => giving,
        Err(refused) => {
            tx.rollback().await?;
            refusal::note(app, caller, "grant.revoke.refused", asset.id, &refused).await?;
            return Err(refusal::failure(refused));
        }
    };
    let version = write(tx, giving.permit(), &caller.author, &row, reason).await?;
    caller.has_seen(version).await;
    Ok(version)
}

/// Takes a grant back from the command line, beside the database.
///
/// # Errors
/// `Absent` when it is not in force any more; `Conflict` when it makes the last administrator.
pub async fn revoke_beside(db: &crate::db::Db, id: PublicId, reason: Option<&str>) -> Result<()> {
    check(reason)?;
    let tx = db.orm.begin().await?;
    let row = store::lock(&tx, id).await?;
    let permit = Permit::system(Action::ManageGrants, AssetId(row.asset_id), "the command line");
    write(tx, &permit, &Author::cli(), &row, reason).await?;
    Ok(())
}

fn check(reason: Option<&str>) -> Result<()> {
    let long = reason.is_some_and(|reason| reason.chars().count() > REASON_MAX);
    if long {
        return Err(Failure::invalid("reason", Message::new("grant-reason-long").arg("most", REASON_MAX)));
    }
    Ok(())
}

async fn place(tx: &DatabaseTransaction, id: PublicId) -> Result<PublicId> {
    let sql = "select a.public_id from grants g join assets a on a.id = g.asset_id
               where g.public_id = $1 and g.valid_to is null";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.0.into()]);
    let row = tx.query_one_raw(statement).await?.ok_or_else(Failure::absent)?;
    Ok(PublicId(row.try_get_by_index(0)?))
}

async fn write(
    tx: DatabaseTransaction,
    permit: &Permit,
    author: &Author,
    row: &grant::Model,
    reason: Option<&str>,
) -> Result<Version> {
    let (role, effect) = (word::<Role>(&row.role)?, word::<Effect>(&row.effect)?);
    let administrators = match administrators::concerns(AssetId(row.asset_id), role, effect) {
        true => Some(administrators::settle(&tx).await?),
        false => None,
    };
    let mut change = ChangeSet::begin(&tx, "grant.revoke", author).await?;
    store::close(&tx, permit, &change, GrantId(row.id)).await?;
    if let Some(administrators) = administrators {
        administrators.must_remain(&tx).await?;
    }
    change.touch(permit.asset());
    change.about(Topic::Rights);
    change.because(reason);
    change.note("grant", row.public_id.to_string());
    change.note("role", row.role.as_str());
    let version = change.record(&tx).await?;
    tx.commit().await?;
    Ok(version)
}
