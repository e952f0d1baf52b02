//! The explorer of a dataset.

use super::{draw, tables, words};
use crate::app::App;
use crate::catalog::moment;
use crate::error::{Failure, Result};
use crate::http::{Id, Member, Params, html};
use crate::lineage::show::around::{Opened, Values, Wanted};
use crate::lineage::show::explorer::{self, Explored, Shown};
use crate::lineage::show::wish::Wish;
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::lineage::Side;
use cadastre_frontend::lineage::explorer::{Content, ExplorerPage, FilterChoices};
use cadastre_frontend::lineage::view::{Jobs, Level, Open, Shape, Stale, View};
use cadastre_frontend::{Choice, T};
use cadastre_model::{Action, PublicId};

/// The query of the explorer: pairs as they come.
pub(super) type Query = Vec<(String, String)>;

/// What an address asks for, and as the page shows it.
pub(super) fn read(app: &App, member: &Member, id: PublicId, query: &Query) -> Result<(View, Wanted)> {
    let typed = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let mut view = View::of_query(query);
    let moment = |name| moment::read(typed(name), member.visitor.zone, app.now());
    (view.at, view.diff) = (moment("at")?, moment("diff")?);
    let wanted = wanted(id, &view)?;
    Ok((view, wanted))
}

fn wanted(id: PublicId, view: &View) -> Result<Wanted> {
    let public = |text: &Option<String>| -> Result<Option<PublicId>> {
        text.as_ref().map(|text| text.parse().map_err(|_| Failure::absent())).transpose()
    };
    let opened = |(id, open): &(String, Open)| {
        let opened = match open {
            Open::Up => Opened::Up,
            Open::Down => Opened::Down,
            Open::Columns => Opened::Columns,
        };
        Some((id.parse().ok()?, opened))
    };
    Ok(Wanted {
        focus: id,
        column: public(&view.col)?,
        up: hops(view.up),
        down: hops(view.down),
        level: match view.level {
            Level::Table => cadastre_lineage::Level::Datasets,
            Level::Column => cadastre_lineage::Level::Columns,
        },
        jobs: match view.jobs {
            Jobs::Chips => cadastre_lineage::Jobs::Folded,
            Jobs::Nodes => cadastre_lineage::Jobs::Shown,
        },
        wish: Wish {
            source: public(&view.source)?,
            domain: public(&view.domain)?,
            kind: view.kind.as_deref().and_then(|kind| kind.parse().ok()),
            stale: match view.stale {
                Stale::Shown => None,
                Stale::Hidden => Some(false),
                Stale::Only => Some(true),
            },
            confidence: view.confidence.and_then(|least| u8::try_from(least).ok()).unwrap_or(0),
        },
        expand: view.expand.iter().filter_map(opened).collect(),
        find: view.find.clone(),
        at: view.at,
        diff: view.diff,
    })
}

fn hops(hops: i64) -> u32 {
    u32::try_from(hops).unwrap_or(0)
}

/// GET /lineage/{id}
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let (view, wanted) = read(&app, &member, id, &query)?;
    let from = |side| {
        let typed = query.iter().find(|(key, _)| key == tables::parameter(side));
        typed.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
    };
    let pages = (from(Side::Up), from(Side::Down));
    let shape = match view.shape {
        Shape::Graph => None,
        Shape::Table => Some(pages),
    };
    let edge = view.edge.as_deref().and_then(|edge| edge.parse().ok());
    let explored = explorer::explore(&app, &member.caller, &wanted, shape, edge).await?;
    let chrome = member.chrome(&app);
    let resource = explored.focus.resource();
    let may_manage = member.caller.may(Action::ManageLineage, &resource);
    let page = ExplorerPage {
        focus: words::dataset(&explored.label),
        column: explored.column.as_ref().map(words::column),
        choices: choices(&chrome.t, &explored.values),
        content: content(&explored, &view, pages),
        impact: words::impact(&explored.effect),
        computed: explored.computed.as_ref().and_then(words::computed),
        reach: words::reach(&explored.effect.reach),
        used: explored.used,
        is_cut: explored.is_cut,
        may_edit: may_manage && wanted.at.is_none(),
        may_upload: member.caller.may_somewhere(Action::ManageLineage),
        view,
        chrome,
    };
    html(&member.visitor, &page)
}

fn content(explored: &Explored, view: &View, pages: (usize, usize)) -> Content {
    match &explored.shown {
        Shown::Nothing(collectors) => Content::Empty(words::collectors(collectors)),
        Shown::Drawn(around) => Content::Graph(draw::draw(around, view.level, &view.find)),
        Shown::Tables(up, down) => {
            let here = view.href(&explored.focus.public_id.to_string());
            let table = |table, side, from| tables::table(table, side, from, &here);
            Content::Tables(table(up, Side::Up, pages.0), table(down, Side::Down, pages.1))
        }
    }
}

fn choices(t: &T, values: &Values) -> FilterChoices {
    let named = |list: &[(PublicId, String)]| {
        list.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect()
    };
    FilterChoices {
        sources: named(&values.sources),
        domains: named(&values.domains),
        kinds: values.kinds.iter().map(|kind| Choice::new(kind.as_str(), t.w(kind))).collect(),
    }
}
