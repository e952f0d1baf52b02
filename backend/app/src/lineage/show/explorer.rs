//! The explorer as a whole: what is around, drawn or as tables; what the focus affects; how an edge comes about.

use super::affected::{self, Effect, Extent, Table};
use super::around::{self, Around, Values, Wanted};
use super::collectors::{self, Collector};
use super::evidence::{self, Evidence};
use super::labels::{self, ColumnLabel, Label};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::error::{Failure, Result};
use crate::lineage::activity;
use cadastre_lineage::Direction;
use cadastre_model::PublicId;

/// What is shown of the lineage.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    /// There is none: what could bring it in.
    Nothing(Vec<Collector>),
    /// To be drawn.
    Drawn(Box<Around>),
    /// What lies up and what lies down.
    Tables(Box<Table>, Box<Table>),
}

/// All that the explorer says.
#[derive(Debug, Clone)]
pub(crate) struct Explored {
    /// The dataset in focus.
    pub focus: Asset,
    /// Its names.
    pub label: Label,
    /// The column in focus.
    pub column: Option<ColumnLabel>,
    /// The lineage.
    pub shown: Shown,
    /// What the focus affects.
    pub effect: Effect,
    /// How the edge that was asked for comes about, else how the column in focus does.
    pub computed: Option<Evidence>,
    /// How often the focus was read, and over how many days.
    pub used: Option<(i64, i64)>,
    /// The graph of another day was too large to be looked at whole.
    pub is_cut: bool,
    /// What the filters offer.
    pub values: Values,
}

/// Explores. As tables from a row on each side where `tables` says so, else to be drawn.
///
/// # Errors
/// `Absent` where the caller sees no such dataset, or it has no such column; `Unavailable` while the graph is behind.
pub(crate) async fn explore(
    app: &App,
    caller: &Caller,
    wanted: &Wanted,
    tables: Option<(usize, usize)>,
    edge: Option<PublicId>,
) -> Result<Explored> {
    let mut conn = app.db().web.acquire().await?;
    let mut subject = around::subject(&mut conn, caller, wanted).await?;
    let around = around::explore_of(app, &mut conn, caller, wanted, &mut subject).await?;
    let shown = if around.is_empty() && wanted.wish == super::wish::Wish::default() {
        let sources: Vec<_> = subject.focus.source.into_iter().collect();
        Shown::Nothing(collectors::of(&mut conn, &subject.eyes.see, &sources, caller.language).await?)
    } else if let Some((up, down)) = tables {
        let page = |row| Extent::From { row, most: affected::PAGE };
        let up = affected::table(app, &mut conn, caller, wanted, &subject, Direction::Up, page(up)).await?;
        let down =
            affected::table(app, &mut conn, caller, wanted, &subject, Direction::Down, page(down)).await?;
        Shown::Tables(Box::new(up), Box::new(down))
    } else {
        Shown::Drawn(Box::new(around))
    };
    let computed = match (edge, &subject.column) {
        (Some(edge), _) => evidence::of_edge(&mut conn, caller, &subject.eyes, edge).await?,
        (None, Some(column)) => {
            let all = evidence::of_column(&mut conn, caller, &subject.eyes, column.id, wanted.at).await?;
            all.into_iter().next()
        }
        (None, None) => None,
    };
    let own = [subject.focus.id];
    let mut labels = labels::of(&mut conn, &subject.eyes.see, &own, wanted.at, caller.language).await?;
    Ok(Explored {
        label: labels.remove(&subject.focus.id).ok_or_else(Failure::absent)?,
        used: activity::of(&mut conn, &own).await?.get(&subject.focus.id).and_then(|known| known.reads),
        effect: affected::effect(app, &mut conn, caller, wanted, &subject).await?,
        values: around::values(app, &mut conn, caller, &subject).await?,
        is_cut: subject.ground.is_cut(),
        column: subject.column.clone(),
        focus: subject.focus,
        shown,
        computed,
    })
}
