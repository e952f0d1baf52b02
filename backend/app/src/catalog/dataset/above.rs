//! What an asset is and lies in, at an instant: its own facts, then those of each container up to the source.

use crate::catalog::asset::Asset;
use crate::catalog::rows::word;
use crate::catalog::visible;
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_model::{AssetId, AssetKind, AssetState, PublicId, Sensitivity};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A container or domain, as a link above a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Above {
    /// The id outside.
    pub id: PublicId,
    /// What it is.
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
}

/// How an asset stood at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its machine name.
    pub name: String,
    /// Where it stood in its life.
    pub state: AssetState,
    /// What it lay in and the reader sees, from the source down.
    pub above: Vec<Above>,
    /// The domain that it was in, if the reader sees it.
    pub domain: Option<Above>,
    /// The level that was in force.
    pub sensitivity: Sensitivity,
}

#[derive(Debug, sqlx::FromRow)]
struct Level {
    id: i64,
    public_id: Uuid,
    kind: String,
    name: String,
    domain_id: Option<i64>,
    sensitivity: Option<String>,
    state: String,
}

impl Level {
    fn above(&self) -> Result<Above> {
        Ok(Above { id: PublicId(self.public_id), kind: word(&self.kind)?, name: self.name.clone() })
    }
}

/// How the asset stood; by the facts of then, seen by the rights of now.
///
/// # Errors
/// `Absent` where the asset was not there yet.
pub(crate) async fn standing(
    conn: &mut PgConnection,
    see: &Scope,
    asset: &Asset,
    at: Option<DateTime<Utc>>,
) -> Result<Standing> {
    let levels = levels(&mut *conn, asset.id, at).await?;
    let own = levels.first().ok_or_else(Failure::absent)?;
    let domains = match levels.iter().find_map(|level| level.domain_id) {
        Some(domain) => self::levels(&mut *conn, AssetId(domain), at).await?,
        // A domain lies in its domains, and a thing without one takes the register's own level.
        None if asset.kind == AssetKind::Domain => Vec::new(),
        None => self::levels(&mut *conn, AssetId::REGISTER, at).await?,
    };
    let around = levels.iter().skip(1).chain(domains.first()).map(|level| AssetId(level.id));
    let seen = visible::of(conn, see, around).await?;
    let is_seen = |level: &&Level| seen.contains(&AssetId(level.id)) && level.id != AssetId::REGISTER.0;
    let sensitivity = levels.iter().chain(&domains).find_map(|level| level.sensitivity.as_deref());
    Ok(Standing {
        name: own.name.clone(),
        state: word(&own.state)?,
        above: levels.iter().skip(1).rev().filter(is_seen).map(Level::above).collect::<Result<_>>()?,
        domain: domains.first().filter(is_seen).map(Level::above).transpose()?,
        sensitivity: sensitivity.map_or(Ok(Sensitivity::Internal), word)?,
    })
}

/// The asset and what it lay in, from the inside to the outside, without the register unless it is asked for.
async fn levels(conn: &mut PgConnection, asset: AssetId, at: Option<DateTime<Utc>>) -> Result<Vec<Level>> {
    Ok(sqlx::query_as(
        "with recursive up as (
             select f.asset_id, f.name, f.parent_id, f.domain_id, f.sensitivity, f.state, 0 as depth
                 from asset_facts f where f.asset_id = $1 and holds(f.valid_from, f.valid_to, $2)
             union all
             select f.asset_id, f.name, f.parent_id, f.domain_id, f.sensitivity, f.state, up.depth + 1
                 from up join asset_facts f on f.asset_id = up.parent_id and holds(f.valid_from, f.valid_to, $2)
                 where up.depth < 100
         )
         select a.id, a.public_id, a.kind, up.name, up.domain_id, up.sensitivity, up.state
         from up join assets a on a.id = up.asset_id
         where a.kind <> 'register' or (select kind from assets where id = $1) in ('register', 'domain')
         order by up.depth",
    )
    .bind(asset.0)
    .bind(at)
    .fetch_all(conn)
    .await?)
}
