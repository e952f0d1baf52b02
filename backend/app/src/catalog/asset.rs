//! One asset as rights and pages see it. The only two ways to come by one: [`find`] to show it, [`lock`] to write to it.

use crate::access::Caller;
use crate::error::{Failure, Result};
use cadastre_access::{Permit, Resource};
use cadastre_model::{Action, AssetId, AssetKind, AssetState, PublicId, Sensitivity};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement};
use sqlx::PgExecutor;
use uuid::Uuid;

/// An asset, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The id inside.
    pub id: AssetId,
    /// The id outside.
    pub public_id: PublicId,
    /// What it is.
    pub kind: AssetKind,
    /// The source it belongs to; a source's own id for itself.
    pub source: Option<AssetId>,
    /// Its machine name; of a domain, its name.
    pub name: String,
    /// What it lies in.
    pub parent: Option<AssetId>,
    /// The domain that was set on it itself.
    pub domain: Option<AssetId>,
    /// The sensitivity that was set on it itself.
    pub sensitivity: Option<Sensitivity>,
    /// Where it stands in its life.
    pub state: AssetState,
    /// The domain that it is in.
    pub effective_domain: Option<AssetId>,
    /// The sensitivity that counts.
    pub effective_sensitivity: Sensitivity,
    /// The register, its domains, what it lies in, itself.
    pub scope_path: Vec<AssetId>,
    /// The ETag.
    pub counter: i64,
}

/// The columns of `assets` that make an [`Asset`], in any query over the alias `a`.
macro_rules! asset_columns {
    () => {
        "a.id, a.public_id, a.kind, a.source_id, a.name, a.parent_id, a.domain_id, a.sensitivity, a.state, \
         a.effective_domain_id, a.effective_sensitivity, a.scope_path, a.counter"
    };
}
pub(crate) use asset_columns;

/// A row of [`asset_columns`].
#[derive(Debug, sqlx::FromRow, FromQueryResult)]
pub(crate) struct AssetRow {
    id: i64,
    public_id: Uuid,
    kind: String,
    source_id: Option<i64>,
    name: String,
    parent_id: Option<i64>,
    domain_id: Option<i64>,
    sensitivity: Option<String>,
    state: String,
    effective_domain_id: Option<i64>,
    effective_sensitivity: String,
    scope_path: Vec<i64>,
    counter: i64,
}

impl TryFrom<AssetRow> for Asset {
    type Error = Failure;

    fn try_from(row: AssetRow) -> Result<Self> {
        let word = Failure::internal;
        Ok(Self {
            id: AssetId(row.id),
            public_id: PublicId(row.public_id),
            kind: row.kind.parse().map_err(word)?,
            source: row.source_id.map(AssetId),
            name: row.name,
            parent: row.parent_id.map(AssetId),
            domain: row.domain_id.map(AssetId),
            sensitivity: row.sensitivity.map(|level| level.parse()).transpose().map_err(word)?,
            state: row.state.parse().map_err(word)?,
            effective_domain: row.effective_domain_id.map(AssetId),
            effective_sensitivity: row.effective_sensitivity.parse().map_err(word)?,
            scope_path: row.scope_path.into_iter().map(AssetId).collect(),
            counter: row.counter,
        })
    }
}

impl Asset {
    /// As rights see it.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource {
            asset: self.id,
            kind: self.kind.into(),
            scope_path: self.scope_path.clone(),
            sensitivity: self.effective_sensitivity,
        }
    }
}

const FIND: &str = concat!("select ", asset_columns!(), " from assets a where a.public_id = $1");
const OF: &str = concat!("select ", asset_columns!(), " from assets a where a.id = $1");
const LOCK: &str = concat!("select ", asset_columns!(), " from assets a where a.public_id = $1 for update");

/// An asset by its public id, with the permit for what the caller wants of it. An asset that was merged into another
/// answers as the other does.
///
/// # Errors
/// `Absent` when it is not there or the caller may not know of it; `Forbidden` when they see it and may not.
pub async fn find(
    db: impl PgExecutor<'_>,
    caller: &Caller,
    id: PublicId,
    action: Action,
) -> Result<(Asset, Permit)> {
    let row: Option<AssetRow> = sqlx::query_as(FIND).bind(id.0).fetch_optional(db).await?;
    permitted(row, caller, action)
}

/// An asset, for the register itself and its operator: nobody is asked for a right.
///
/// # Errors
/// `Absent` when it is not there.
pub(crate) async fn read(db: impl PgExecutor<'_>, id: PublicId) -> Result<Asset> {
    let row: Option<AssetRow> = sqlx::query_as(FIND).bind(id.0).fetch_optional(db).await?;
    row.ok_or_else(Failure::absent)?.try_into()
}

/// An asset by its id inside, before anybody is asked for a right.
///
/// # Errors
/// `Absent` when it is not there.
pub(crate) async fn of(db: impl PgExecutor<'_>, id: AssetId) -> Result<Asset> {
    let row: Option<AssetRow> = sqlx::query_as(OF).bind(id.0).fetch_optional(db).await?;
    row.ok_or_else(Failure::absent)?.try_into()
}

/// The same, locked until the transaction ends: every write starts so. What is written then carries a time from after
/// the lock.
///
/// # Errors
/// As [`find`].
pub async fn lock(
    tx: &mut sqlx::PgConnection,
    caller: &Caller,
    id: PublicId,
    action: Action,
) -> Result<(Asset, Permit)> {
    let row: Option<AssetRow> = sqlx::query_as(LOCK).bind(id.0).fetch_optional(tx).await?;
    permitted(row, caller, action)
}

/// The same in a transaction of sea-orm.
///
/// # Errors
/// As [`find`].
pub async fn lock_orm(
    tx: &DatabaseTransaction,
    caller: &Caller,
    id: PublicId,
    action: Action,
) -> Result<(Asset, Permit)> {
    let row =
        tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, LOCK, [id.0.into()])).await?;
    let row = row.map(|row| AssetRow::from_query_result(&row, "")).transpose()?;
    permitted(row, caller, action)
}

fn permitted(row: Option<AssetRow>, caller: &Caller, action: Action) -> Result<(Asset, Permit)> {
    let asset: Asset = row.ok_or_else(Failure::absent)?.try_into()?;
    let permit = caller.permit(action, &asset.resource())?;
    Ok((asset, permit))
}
