//! An asset of any kind as somebody sees it: where it stands, what is said about it, who owns it.

use super::asset::{self, Asset};
use super::dataset::{Standing, standing};
use super::owners::{self, Owner};
use super::texts::{self, Length, Said};
use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use cadastre_model::{Action, PublicId};
use chrono::{DateTime, Utc};

/// An asset with what is said about it.
#[derive(Debug, Clone)]
pub struct Described {
    /// As rights see it now.
    pub asset: Asset,
    /// Where it stood.
    pub standing: Standing,
    /// What is said about it, whole.
    pub texts: Vec<Said>,
    /// Who owns it.
    pub owners: Vec<Owner>,
}

/// An asset, as of an instant.
///
/// # Errors
/// `Absent` where the caller sees no such asset, and where there was none then.
pub async fn show(app: &App, caller: &Caller, id: PublicId, at: Option<DateTime<Utc>>) -> Result<Described> {
    let mut conn = app.db().web.acquire().await?;
    let see = caller.scope(Action::See)?;
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::See).await?;
    Ok(Described {
        standing: standing(&mut conn, &see, &asset, at).await?,
        texts: texts::of_asset(&mut conn, asset.id, Length::Whole, at).await?,
        owners: owners::of(&mut conn, asset.id, at).await?,
        asset,
    })
}
