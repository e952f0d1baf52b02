//! One side of the focus as a table.

use super::words;
use crate::lineage::show::affected::{PAGE, Step, Table};
use cadastre_frontend::href;
use cadastre_frontend::lineage::graph::Line;
use cadastre_frontend::lineage::table::{HopRow, HopTable};
use cadastre_frontend::lineage::{Confidence, Side};
use cadastre_frontend::parts::Pager;

/// The parameter that says from which row on a side is shown.
pub(super) const fn parameter(side: Side) -> &'static str {
    match side {
        Side::Up => "up_from",
        Side::Down => "down_from",
    }
}

/// A page of a side. `here` is the address of the page, `from` the first row that is shown.
pub(super) fn table(table: &Table, side: Side, from: usize, here: &str) -> HopTable {
    let to = |row: usize| href::with_query(here, parameter(side), &row.to_string());
    let next = from.saturating_add(PAGE);
    HopTable {
        rows: table.steps.iter().filter_map(|step| row(table, step)).collect(),
        total: words::count(table.datasets),
        pager: Pager {
            shown: words::count(table.steps.len()),
            total: Some(words::count(table.rows)),
            previous: (from > 0).then(|| to(from.saturating_sub(PAGE))),
            next: (next < table.rows).then(|| to(next)),
        },
    }
}

fn row(table: &Table, step: &Step) -> Option<HopRow> {
    let path = step.path.iter().filter_map(|id| table.labels.get(id));
    Some(HopRow {
        hop: i64::from(step.row.hop),
        link: Some(words::dataset(table.labels.get(&step.row.asset)?)),
        column: step.row.column.as_ref().map(words::column),
        hows: step.hows.iter().collect(),
        line: Line::of(Confidence(i64::from(step.confidence)), step.hand, false),
        jobs: words::jobs(&table.labels, &step.jobs),
        path: path.map(|label| Some(words::dataset(label))).collect(),
        owners: words::owners(table.owned.get(&step.row.asset)),
        is_stale: step.is_stale,
        sign: words::sign(step.mark),
        more: words::count(step.more),
        edge: step.edge.map(|id| id.to_string()),
    })
}
