//! The ways from one dataset down to another.

use super::words;
use crate::app::App;
use crate::error::{Failure, Result};
use crate::http::{Id, Member, Params, html};
use crate::lineage::hand;
use crate::lineage::show::around::Wanted;
use crate::lineage::show::labels;
use crate::lineage::show::ways::{self, Ways};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::lineage::way::{WayFound, WayLink, WayPage, WayPlace};
use cadastre_lineage::{Hows, NodeId};
use cadastre_model::{Action, AssetId, PublicId};
use serde::Deserialize;

/// So many of one name are offered.
const OFFERED: i64 = 20;

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
        typed => Some(hand::named(&app, &member.caller, typed, OFFERED).await?),
    };
    let found = match others.as_deref() {
        None => WayFound::Unasked,
        Some([]) => WayFound::Unknown,
        Some([(other, _)]) => found(&ways::between(&app, &member.caller, &wanted, (*other, None)).await?)?,
        Some(several) => WayFound::Several(links(&app, &member, several).await?),
    };
    let chrome = member.chrome(&app);
    let page = WayPage {
        from: link(&app, &member, subject.focus.id).await?,
        column: subject.column.as_ref().map(words::column),
        to: query.to,
        found,
        chrome,
    };
    html(&member.visitor, &page)
}

async fn link(app: &App, member: &Member, id: AssetId) -> Result<cadastre_frontend::lineage::DatasetLink> {
    let see = member.caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let labels = labels::of(&mut conn, &see, &[id], None, member.caller.language).await?;
    labels.get(&id).map(words::dataset).ok_or_else(Failure::absent)
}

async fn links(
    app: &App,
    member: &Member,
    several: &[(PublicId, String)],
) -> Result<Vec<cadastre_frontend::lineage::DatasetLink>> {
    let mut all = Vec::new();
    for (id, _) in several {
        let found = {
            let mut conn = app.db().web.acquire().await?;
            crate::catalog::dataset::find(&mut conn, &member.caller, *id).await?
        };
        all.push(link(app, member, found.id).await?);
    }
    Ok(all)
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
