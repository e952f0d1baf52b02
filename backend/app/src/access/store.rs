//! Writing grants: a row is opened, and one day closed; never changed.

use crate::change::ChangeSet;
use crate::error::{Failure, Result};
use cadastre_access::Permit;
use cadastre_entities::grant;
use cadastre_model::{AssetId, Effect, GrantId, PersonId, PublicId, Role, Sensitivity, SubjectId};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QuerySelect, Statement,
};

/// A grant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GrantFacts<'a> {
    pub(super) subject: SubjectId,
    pub(super) role: Role,
    pub(super) effect: Effect,
    pub(super) ceiling: Sensitivity,
    pub(super) mask: bool,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) reason: Option<&'a str>,
}

impl GrantFacts<'_> {
    fn person(&self) -> Option<i64> {
        match self.subject {
            SubjectId::Person(id) => Some(id.0),
            SubjectId::Team(_) => None,
        }
    }

    fn team(&self) -> Option<i64> {
        match self.subject {
            SubjectId::Team(id) => Some(id.0),
            SubjectId::Person(_) => None,
        }
    }
}

/// A grant on the asset that gives the same to the same until the same instant, if there is one.
pub(super) async fn same(
    tx: &DatabaseTransaction,
    asset: AssetId,
    facts: &GrantFacts<'_>,
) -> Result<Option<PublicId>> {
    use grant::Column;
    let open = grant::Entity::find()
        .filter(Column::AssetId.eq(asset.0))
        .filter(Column::ValidTo.is_null())
        .filter(Column::Role.eq(facts.role.as_str()))
        .filter(Column::Effect.eq(facts.effect.as_str()))
        .filter(Column::Ceiling.eq(facts.ceiling.as_str()))
        .filter(Column::Mask.eq(facts.mask))
        .all(tx)
        .await?;
    let same = open.into_iter().find(|row| {
        (row.person_id, row.team_id) == (facts.person(), facts.team())
            && (row.starts_at, row.ends_at) == (facts.from, facts.until)
    });
    Ok(same.map(|row| PublicId(row.public_id)))
}

/// Opens a grant.
pub(super) async fn open(
    tx: &DatabaseTransaction,
    permit: &Permit,
    change: &ChangeSet,
    facts: &GrantFacts<'_>,
    by: Option<PersonId>,
) -> Result<PublicId> {
    let row = grant::ActiveModel {
        id: NotSet,
        public_id: Set(uuid::Uuid::new_v4()),
        person_id: Set(facts.person()),
        team_id: Set(facts.team()),
        role: Set(facts.role.as_str().to_owned()),
        asset_id: Set(permit.asset().0),
        effect: Set(facts.effect.as_str().to_owned()),
        ceiling: Set(facts.ceiling.as_str().to_owned()),
        mask: Set(facts.mask),
        starts_at: Set(facts.from),
        ends_at: Set(facts.until),
        reason: Set(facts.reason.map(ToOwned::to_owned)),
        granted_by: Set(by.map(|id| id.0)),
        valid_from: Set(change.at),
        valid_to: Set(None),
        change_set: Set(change.id.0),
        closed_by: Set(None),
    };
    Ok(PublicId(row.insert(tx).await?.public_id))
}

/// An open grant, locked until the transaction ends.
pub(super) async fn lock(tx: &DatabaseTransaction, id: PublicId) -> Result<grant::Model> {
    grant::Entity::find()
        .filter(grant::Column::PublicId.eq(id.0))
        .filter(grant::Column::ValidTo.is_null())
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Failure::absent)
}

/// Closes a grant.
pub(super) async fn close(
    tx: &DatabaseTransaction,
    _: &Permit,
    change: &ChangeSet,
    id: GrantId,
) -> Result<()> {
    cadastre_entities::close::<grant::Entity>(tx, grant::Column::Id.eq(id.0), change.at, change.id.0).await?;
    Ok(())
}

/// The asset of a grant from the command line, locked; none is the register.
pub(super) async fn asset_beside(tx: &DatabaseTransaction, on: Option<PublicId>) -> Result<AssetId> {
    let Some(on) = on else { return Ok(AssetId::REGISTER) };
    let sql = "select id from assets where public_id = $1 for update";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [on.0.into()]);
    let row = tx.query_one_raw(statement).await?.ok_or_else(Failure::absent)?;
    Ok(AssetId(row.try_get_by_index(0)?))
}
