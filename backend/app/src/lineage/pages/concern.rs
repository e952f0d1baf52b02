//! What other features say of lineage: datasets as links, and whom something at a dataset concerns.

use super::words;
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::lineage::show::around::{self, Wanted};
use crate::lineage::show::eyes::Eyes;
use crate::lineage::show::{affected, labels};
use cadastre_frontend::lineage::DatasetLink;
use cadastre_frontend::lineage::panel::ImpactRow;
use cadastre_lineage::{Direction, Filter, Reach, Sight};
use cadastre_model::{Action, AssetId, PublicId};
use std::collections::HashMap;

/// Datasets as links; whoever asks has found them under a scope.
pub(crate) async fn dataset_links(
    app: &App,
    caller: &Caller,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, DatasetLink>> {
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let labels = labels::of(&mut conn, &see, ids, None, caller.language).await?;
    Ok(labels.iter().map(|(id, label)| (*id, words::dataset(label))).collect())
}

/// The same of one.
pub(crate) async fn dataset_link(app: &App, caller: &Caller, id: AssetId) -> Result<DatasetLink> {
    dataset_links(app, caller, &[id]).await?.remove(&id).ok_or_else(Failure::absent)
}

/// How many others are made straight from each dataset, as far as the caller sees; those that nobody reads are left out.
pub(crate) fn readers(app: &App, caller: &Caller) -> Result<HashMap<AssetId, usize>> {
    let eyes = Eyes::of(caller.scope(Action::See)?);
    let readers = eyes.look(|sight| app.lineage().ask(|graph| graph.readers(sight, &Filter::default())))?;
    Ok(readers.into_iter().collect())
}

/// How many others are made from each of some datasets, over all hops.
pub(crate) fn downstream(app: &App, caller: &Caller, ids: &[AssetId]) -> Result<HashMap<AssetId, usize>> {
    let eyes = Eyes::of(caller.scope(Action::See)?);
    let ask = |sight: Sight<'_>| {
        app.lineage().ask(|graph| graph.reaches_whole(sight, ids, Direction::Down, &Filter::default()))
    };
    Ok(ids.iter().copied().zip(eyes.look(ask)?.iter().map(Reach::nodes)).collect())
}

/// Whom something at a dataset concerns: the first datasets that are made from it, how many there are, and how many own them.
pub(crate) async fn concern(app: &App, caller: &Caller, id: PublicId) -> Result<(Vec<ImpactRow>, i64, i64)> {
    let wanted = Wanted::around(id, None);
    let mut conn = app.db().web.acquire().await?;
    let subject = around::subject(&mut conn, caller, &wanted).await?;
    let effect = affected::effect(app, &mut conn, caller, &wanted, &subject).await?;
    let (datasets, owners) = (words::count(effect.datasets), effect.owners);
    let rows =
        words::impact(&effect).map(|impact| impact.hops.into_iter().flat_map(|hop| hop.rows).collect());
    Ok((rows.unwrap_or_default(), datasets, owners))
}
