//! The ways from one dataset down to another.

use super::words;
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Id, Member, Params, html};
use crate::lineage::show::around::Wanted;
use crate::lineage::show::labels;
use crate::lineage::show::ways::{self, Ways};
use crate::lineage::typed;
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::lineage::DatasetLink;
use cadastre_frontend::lineage::way::{WayFound, WayLink, WayPage, WayPlace};
use cadastre_lineage::{Hows, NodeId};
use cadastre_model::{Action, AssetId, PublicId};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    to: String,
    #[serde(default)]
    col: String,
}

/// GET /lineage/{id}/way
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let column = match query.col.as_str() {
        "" => None,
        typed => Some(typed.parse::<PublicId>().map_err(|_| Failure::absent())?),
    };
    let wanted = Wanted { column, ..Wanted::around(id, None) };
    let subject = {
        let mut conn = app.db().web.acquire().await?;
        crate::lineage::show::around::subject(&mut conn, &member.caller, &wanted).await?
    };
    let others = match query.to.trim() {
        "" => None,
        name => Some(named(&app, &member.caller, name).await?),
    };
    let found = match others {
        None => WayFound::Unasked,
        Some(others) => match others[..] {
            [] => WayFound::Unknown,
            [(_, other)] => found(&ways::between(&app, &member.caller, &wanted, (other, None)).await?)?,
            ref several => {
                WayFound::Several(links(&app, &member.caller, several.iter().map(|(id, _)| *id)).await?)
            }
        },
    };
    let chrome = member.chrome(&app);
    let from = links(&app, &member.caller, [subject.focus.id]).await?.pop().ok_or_else(Failure::absent)?;
    let column = subject.column.as_ref().map(words::column);
    html(&member.visitor, &WayPage { from, column, to: query.to, found, chrome })
}

async fn named(app: &App, caller: &Caller, name: &str) -> Result<Vec<(AssetId, PublicId)>> {
    let mut conn = app.db().web.acquire().await?;
    typed::datasets(&mut conn, caller, name).await
}

/// Datasets that were found under the caller's scope, as links.
async fn links(
    app: &App,
    caller: &Caller,
    ids: impl IntoIterator<Item = AssetId>,
) -> Result<Vec<DatasetLink>> {
    let ids: Vec<AssetId> = ids.into_iter().collect();
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let labels = labels::of(&mut conn, &see, &ids, None, caller.language).await?;
    Ok(ids.iter().filter_map(|id| labels.get(id)).map(words::dataset).collect())
}

fn found(ways: &Ways) -> Result<WayFound> {
    let to = ways.labels.get(&ways.to).map(words::dataset).ok_or_else(Failure::absent)?;
    let place = |node: NodeId, hows: Hows| {
        let (dataset, column) = ways.place(node)?;
        Some(WayPlace {
            link: words::dataset(ways.labels.get(&dataset)?),
            column: column.map(words::column),
            hows: hows.iter().collect(),
        })
    };
    let nodes = &ways.routes.nodes;
    let between = |from: Option<&NodeId>, to: &NodeId| {
        let link =
            ways.routes.links.iter().find(|&&(a, b, _)| nodes.get(a) == from && nodes.get(b) == Some(to));
        link.map(|&(.., hows)| hows).unwrap_or_default()
    };
    let shortest = &ways.routes.shortest;
    let before = std::iter::once(None).chain(shortest.iter().map(Some));
    let links = ways.routes.links.iter().filter_map(|&(from, to, hows)| {
        Some(WayLink { from: place(*nodes.get(from)?, Hows::default())?, to: place(*nodes.get(to)?, hows)? })
    });
    Ok(WayFound::Ways {
        to,
        shortest: shortest
            .iter()
            .zip(before)
            .filter_map(|(node, near)| place(*node, between(near, node)))
            .collect(),
        links: links.collect(),
        left_out: words::count(ways.routes.left_out),
    })
}
