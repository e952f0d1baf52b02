//! Why an asset is in a domain and as delicate as it is: said by itself, by what it lies in, by its domain, or by the
//! register. The same order by which `refresh_effective()` decides.

use crate::access::Caller;
use crate::access::holdings::{Place, places};
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::error::{Failure, Result};
use cadastre_model::{AssetId, AssetKind, Sensitivity};
use serde::Serialize;
use utoipa::ToSchema;

/// Who said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "from", content = "place")]
pub enum Ground {
    /// The asset itself.
    Own,
    /// What it lies in: a source, database or schema. None: one that the reader does not see.
    Container(Option<Place>),
    /// Its domain, or one above that. None: one that the reader does not see.
    Domain(Option<Place>),
    /// The register, for all that says nothing else.
    Register,
}

/// What counts for an asset, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    /// The domain that it is in, when the reader sees it.
    pub domain: Option<Place>,
    /// Why it is in it; none: it is in none.
    pub domain_from: Option<Ground>,
    /// How delicate it is.
    #[schema(value_type = String, example = "internal")]
    pub sensitivity: Sensitivity,
    /// Why.
    pub sensitivity_from: Ground,
}

/// What counts for an asset, and why.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(app: &App, caller: &Caller, asset: &Asset) -> Result<Standing> {
    let path: Vec<i64> = asset.scope_path.iter().map(|id| id.0).collect();
    // From the asset upwards: what it lies in, then its domains, the register at last.
    let chain: Vec<(i64, String, bool, bool)> = sqlx::query_as(
        "select a.id, a.kind, a.sensitivity is not null, a.domain_id is not null
         from unnest($1::bigint[]) with ordinality as p (id, place) join assets a on a.id = p.id order by p.place desc",
    )
    .bind(&path)
    .fetch_all(&app.db().web)
    .await?;
    let place_of =
        places(&app.db().web, caller, asset.scope_path.iter().copied().chain(asset.effective_domain)).await?;
    let ground = |says: fn(&(i64, String, bool, bool)) -> bool| -> Result<Ground> {
        let Some((id, kind, ..)) = chain.iter().find(|link| says(link)) else { return Ok(Ground::Register) };
        let id = AssetId(*id);
        let kind: AssetKind = kind.parse().map_err(Failure::internal)?;
        Ok(match kind {
            _ if id == asset.id => Ground::Own,
            AssetKind::Register => Ground::Register,
            AssetKind::Domain => Ground::Domain(place_of.get(&id).cloned()),
            _ => Ground::Container(place_of.get(&id).cloned()),
        })
    };
    let has_domain = asset.effective_domain.is_some() && asset.kind != AssetKind::Domain;
    Ok(Standing {
        domain: asset.effective_domain.filter(|_| has_domain).and_then(|id| place_of.get(&id).cloned()),
        domain_from: if has_domain { Some(ground(|link| link.3)?) } else { None },
        sensitivity: asset.effective_sensitivity,
        sensitivity_from: ground(|link| link.2)?,
    })
}
