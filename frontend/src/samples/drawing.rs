//! Graphs for the samples: boxes stacked in layers, edges as curves. Not a layout: the product has one.

use super::{HOSTILE, id};
use crate::catalog::history::Sign;
use crate::jobs::{JobKind, RunState};
use crate::lineage::graph::{
    Body, Chip, DatasetNode, Edge, End, Fold, Graph, JobNode, Layer, Line, Node, NodeColumn, measure,
};
use crate::lineage::{ColumnLink, DatasetLink, JobLink, Platform, Side, Standing};
use crate::quality::{Badge, Points};

/// A box before it has a place: its hop, what it is, and on which side more lies.
pub(super) struct Wanted {
    pub(super) hop: i64,
    pub(super) body: Body,
    pub(super) more: (i64, i64),
    pub(super) is_dim: bool,
    pub(super) sign: Option<Sign>,
}

pub(super) fn dataset(n: u32, name: &str, namespace: &str, place: &str) -> DatasetLink {
    DatasetLink {
        id: id(n),
        name: name.to_owned(),
        place: place.to_owned(),
        platform: Platform::of_namespace(namespace),
        standing: Standing::Live,
    }
}

pub(super) fn job(n: u32, name: &str, kind: JobKind) -> JobLink {
    JobLink { id: id(n), name: name.to_owned(), namespace: "shop.etl".to_owned(), kind }
}

pub(super) fn column(n: u32, name: &str) -> ColumnLink {
    ColumnLink { id: (!name.starts_with('*')).then(|| id(n)), name: name.to_owned() }
}

/// A dataset; columns as `name`, `name:how`, with `!` before those that are lit.
pub(super) fn node(hop: i64, link: DatasetLink, columns: &[&str]) -> Wanted {
    let columns: Vec<NodeColumn> = (0..)
        .zip(columns)
        .map(|(n, text)| {
            let (name, how) =
                text.split_once(':').map_or((*text, None), |(name, how)| (name, how.parse().ok()));
            let name = name.trim_start_matches('!');
            NodeColumn { link: column(900 + n, name), how, is_lit: text.starts_with('!'), sign: None }
        })
        .collect();
    let more_columns = if hop == 0 && !columns.is_empty() { 4 } else { 0 };
    let body = Body::Dataset(DatasetNode { link, quality: None, is_stale: false, columns, more_columns });
    Wanted { hop, body, more: (0, 0), is_dim: false, sign: None }
}

pub(super) fn other(hop: i64, body: Body) -> Wanted {
    Wanted { hop, body, more: (0, 0), is_dim: false, sign: None }
}

pub(super) fn fold(hop: i64, count: i64, is_full: bool) -> Wanted {
    let parent = dataset(1, "fct_orders", "postgres://db:5432", "sales");
    other(
        hop,
        Body::Fold(Fold { parent, side: Side::Down, count, found: if is_full { 0 } else { 2 }, is_full }),
    )
}

/// Puts boxes into layers by their hop.
pub(super) fn lay_out(wanted: Vec<Wanted>) -> Graph {
    let mut hops: Vec<i64> = wanted.iter().map(|one| one.hop).collect();
    hops.dedup();
    let rows = |body: &Body| match body {
        Body::Dataset(it) => it.columns.len() as i64 + i64::from(it.more_columns > 0),
        _ => 0,
    };
    let height = |hop: i64| -> i64 {
        wanted.iter().filter(|one| one.hop == hop).map(|one| measure::height(rows(&one.body)) + 36).sum()
    };
    let tallest = hops.iter().map(|hop| height(*hop)).max().unwrap_or_default();
    let mut graph = Graph {
        width: hops.len() as i64 * (measure::WIDTH + measure::GAP) - measure::GAP + 36,
        height: tallest + measure::TOP + 24,
        ..Graph::default()
    };
    for (n, hop) in (0_i64..).zip(&hops) {
        graph.layers.push(Layer {
            x: 18 + n * (measure::WIDTH + measure::GAP),
            w: measure::WIDTH,
            hop: *hop,
        });
    }
    let mut next: Vec<i64> = hops.iter().map(|hop| measure::TOP + (tallest - height(*hop)) / 2).collect();
    for one in wanted {
        let layer = hops.iter().position(|hop| *hop == one.hop).unwrap_or_default();
        let h = measure::height(rows(&one.body));
        graph.nodes.push(Node {
            x: graph.layers[layer].x,
            y: next[layer],
            w: measure::WIDTH,
            h,
            hop: one.hop,
            is_focus: one.hop == 0 && matches!(one.body, Body::Dataset(_)),
            body: one.body,
            is_dim: one.is_dim,
            is_found: false,
            sign: one.sign,
            more_up: one.more.0,
            more_down: one.more.1,
        });
        next[layer] += h + 36;
    }
    graph
}

fn end(graph: &Graph, end: End, side: Side) -> (i64, i64) {
    let node = &graph.nodes[end.node];
    let y = end.row.map_or(measure::HEAD / 2, |row| measure::middle(row as i64));
    (if side == Side::Up { node.x - 6 } else { node.x + node.w }, node.y + y)
}

/// A box and a row of it; −1: the box as a whole.
type Row = (usize, i64);

/// Joins two ends; with a job a chip sits on the curve.
pub(super) fn join(graph: &mut Graph, from: Row, to: Row, with: Option<JobLink>, line: Line) {
    let place = |(node, row): Row| End { node, row: usize::try_from(row).ok() };
    let (from, to) = (place(from), place(to));
    let ((x1, y1), (x2, y2)) = (end(graph, from, Side::Down), end(graph, to, Side::Up));
    let is_lit = from.row.is_some() && to.row.is_some();
    let middle = (x1 + x2) / 2;
    let d = match &with {
        Some(_) => {
            format!("M{x1} {y1}C{} {y1} {} {y2} {} {y2}L{x2} {y2}", x1 + 12, x2 - 50, x2 - 38)
        }
        None => format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"),
    };
    let edge = Edge {
        id: Some(id(7_000 + graph.edges.len() as u32)),
        from,
        to,
        d,
        is_lit,
        is_dim: false,
        line,
        sign: None,
    };
    if let Some(job) = with.filter(|_| !graph.chips.iter().any(|chip| (chip.x, chip.y) == (x2 - 26, y2))) {
        graph.chips.push(Chip {
            x: x2 - 26,
            y: y2,
            last_run: Some(if job.name.contains("rpt") { RunState::Failed } else { RunState::Done }),
            job,
            is_lit,
            is_dim: false,
            edge: edge.id.clone(),
            sign: None,
        });
    }
    graph.edges.push(edge);
}

/// A dataset with a rule that fails.
pub(super) fn failing_badge() -> Badge {
    Badge { rules: 18, failing: 1, warning: 0, unmeasured: 0, points: Points { earned: 66, possible: 70 } }
}

/// The shop of the mock, at column level, with `net_amount` lit.
pub(super) fn shop(text: &str) -> Graph {
    let (pg, sf, kf) = ("postgres://db:5432", "snowflake://x", "kafka://eu:9092");
    let bi = "superset://bi.example.org";
    let failing = |mut wanted: Wanted| {
        if let Body::Dataset(it) = &mut wanted.body {
            it.quality = Some(failing_badge());
        }
        wanted
    };
    let mut wanted = vec![
        node(-2, dataset(10, "orders", pg, "shop_prod / public"), &[]),
        node(-2, dataset(11, "order_items", pg, "shop_prod / public"), &["!qty", "!unit_price", "!discount"]),
        node(-2, dataset(12, "fx.rates", kf, "kafka-eu"), &[]),
        node(-1, dataset(13, "stg_orders", sf, "STAGING"), &[]),
        node(
            -1,
            dataset(14, "stg_items", sf, "STAGING"),
            &["!gross_amount:aggregate", "!discount_amount:aggregate"],
        ),
        node(-1, dataset(15, text, sf, "REF"), &[]),
        failing(node(
            0,
            dataset(1, "fct_orders", sf, "ANALYTICS / SALES"),
            &[
                "order_id",
                "customer_id",
                "order_ts",
                "gross_amount",
                "discount_amount",
                "!net_amount:expression",
            ],
        )),
        failing(node(1, dataset(16, "rpt_gmv_day", sf, "REPORT"), &["gmv_gross", "!gmv_net:aggregate"])),
        node(
            1,
            dataset(17, "ml_ltv_features_of_the_customer_relations_department", sf, "ML"),
            &["!ltv_90d:window"],
        ),
        node(1, dataset(18, "dim_customer_hist", sf, "SALES"), &[]),
        node(2, dataset(19, "Board KPI pack", bi, "Superset"), &[]),
        node(2, dataset(20, "GMV by region", bi, "Superset"), &[]),
        node(2, dataset(21, "crm.ltv.v2", kf, "kafka-eu"), &[]),
        other(2, Body::Restricted),
    ];
    for n in [0, 2, 3, 5, 9, 13] {
        wanted[n].is_dim = true;
    }
    (wanted[5].more, wanted[7].more, wanted[9].more) = ((1, 0), (0, 6), (0, 3));
    if let Body::Dataset(it) = &mut wanted[12].body {
        it.link.standing = Standing::Referenced;
    }
    let mut graph = lay_out(wanted);
    let spark = || Some(job(31, "load_shop_orders", JobKind::OpenLineage));
    let build = || Some(job(32, "build_fct_orders", JobKind::Sql));
    let dim: [(Row, Row, Option<JobLink>, Line); 7] = [
        ((0, -1), (3, -1), spark(), Line::Sure),
        ((2, -1), (5, -1), Some(job(33, text, JobKind::Flume)), Line::Doubtful),
        ((3, -1), (6, -1), None, Line::Sure),
        ((5, -1), (6, -1), None, Line::ByHand),
        ((6, -1), (9, -1), None, Line::Sure),
        ((9, -1), (13, -1), None, Line::Sure),
        ((9, -1), (6, -1), None, Line::Back),
    ];
    for (from, to, with, line) in dim {
        join(&mut graph, from, to, with, line);
    }
    graph.edges.iter_mut().for_each(|edge| edge.is_dim = true);
    for row in 0..3 {
        join(&mut graph, (1, row), (4, row / 2), spark(), Line::Sure);
    }
    join(&mut graph, (4, 0), (6, 5), build(), Line::Sure);
    join(&mut graph, (4, 1), (6, 5), build(), Line::Sure);
    join(&mut graph, (6, 5), (7, 1), Some(job(34, "rpt_gmv_day", JobKind::Dbt)), Line::Sure);
    join(&mut graph, (6, 5), (8, 0), Some(job(35, "ltv_features", JobKind::Dbt)), Line::Sure);
    for (from, to) in [((7, 1), 10), ((7, 1), 11), ((8, 0), 12)] {
        join(&mut graph, from, (to, -1), None, Line::Sure);
        if let Some(edge) = graph.edges.last_mut() {
            edge.is_lit = true;
        }
    }
    graph
}

/// Datasets alone: one hop each way, what came and went marked.
pub(super) fn changed() -> Graph {
    let pg = "postgres://db:5432";
    let mut wanted = vec![
        node(-1, dataset(10, "orders", pg, "shop / sales"), &[]),
        node(-1, dataset(11, "order_items", pg, "shop / sales"), &[]),
        node(-1, dataset(12, "order_discounts_old", pg, "shop / sales"), &[]),
        node(0, dataset(1, "fct_orders", pg, "shop / marts"), &[]),
        node(1, dataset(16, "rpt_gmv_day", pg, "shop / marts"), &[]),
        node(1, dataset(17, "rpt_refunds", pg, "shop / marts"), &[]),
    ];
    (wanted[2].sign, wanted[5].sign) = (Some(Sign::Removed), Some(Sign::Added));
    let mut graph = lay_out(wanted);
    for n in [0, 1, 2] {
        join(&mut graph, (n, -1), (3, -1), None, Line::Sure);
    }
    for n in [4, 5] {
        join(&mut graph, (3, -1), (n, -1), None, Line::Sure);
    }
    (graph.edges[2].sign, graph.edges[4].sign) = (Some(Sign::Removed), Some(Sign::Added));
    graph
}

/// Jobs as boxes.
pub(super) fn with_jobs(text: &str) -> Graph {
    let pg = "postgres://db:5432";
    let boxed =
        |n, name: &str, kind, run| Body::Job(JobNode { link: job(n, name, kind), last_run: Some(run) });
    let mut graph = lay_out(vec![
        node(-1, dataset(10, "orders", pg, "shop / sales"), &[]),
        node(-1, dataset(11, "order_items", pg, text), &[]),
        other(-1, boxed(31, "build_fct_orders", JobKind::Sql, RunState::Done)),
        node(0, dataset(1, "fct_orders", pg, "shop / marts"), &[]),
        other(1, boxed(32, text, JobKind::Dbt, RunState::Failed)),
        node(1, dataset(16, "rpt_gmv_day", pg, "shop / marts"), &[]),
    ]);
    for (from, to) in [(2, 3), (3, 4), (3, 5)] {
        join(&mut graph, (from, -1), (to, -1), None, Line::Sure);
    }
    graph
}

/// As many boxes as are ever drawn, and the rest folded.
pub(super) fn many() -> Graph {
    let mut wanted = Vec::new();
    for (hop, count) in [(-2, 60), (-1, 40), (0, 1), (1, 120), (2, 78)] {
        for n in 0..count {
            let name = if n == 7 { HOSTILE.to_owned() } else { format!("mart_sales_{hop}_{n:03}_by_region") };
            let link = dataset(
                (hop + 3) as u32 * 1_000 + n,
                &name,
                "postgres://db:5432",
                "shop_prod / shop / marts",
            );
            let mut one = node(hop, link, &[]);
            one.more = (if hop < 0 && n % 3 == 0 { 4 } else { 0 }, if hop > 0 && n % 4 == 0 { 9 } else { 0 });
            wanted.push(one);
        }
        if hop == 1 {
            wanted.push(fold(1, 99_880, true));
        }
    }
    let mut graph = lay_out(wanted);
    graph.beyond = 99_880;
    let (two_up, one_up, one_down) = (0..60, 60..100, 101..221);
    for (n, from) in two_up.enumerate() {
        let sql = (n % 3 == 0).then(|| job(400 + n as u32, "load_marts", JobKind::Sql));
        join(&mut graph, (from, -1), (60 + n * 40 / 60, -1), sql, Line::Sure);
    }
    for from in one_up {
        join(&mut graph, (from, -1), (100, -1), None, Line::Sure);
    }
    for (n, to) in one_down.enumerate() {
        join(&mut graph, (100, -1), (to, -1), None, Line::Sure);
        join(&mut graph, (to, -1), (222 + n * 78 / 120, -1), None, Line::Sure);
    }
    graph
}
