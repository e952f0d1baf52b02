//! The explorer, the tab of a dataset, the overview.

use super::catalog::somebody;
use super::drawing::{self, column, dataset, job};
use super::{Album, HOSTILE, at, datasets, id};
use crate::access::ConfirmPage;
use crate::catalog::history::Sign;
use crate::jobs::code::{Code, Mark, Span};
use crate::jobs::{JobKind, Problem, Severity};
use crate::lineage::column::{ColumnLineage, ColumnNeighbour};
use crate::lineage::explorer::{Content, ExplorerPage, FilterChoices};
use crate::lineage::graph::Line;
use crate::lineage::overview::{
    Coverage, DropCandidate, EdgeChange, LineageOverviewPage, Listed, ListedRow, Start, UnparsedStatement,
};
use crate::lineage::panel::{COLLECTORS, Collector, Computed, Impact, ImpactHop, ImpactRow, Reach};
use crate::lineage::tab::{LineagePage, Neighbour, STRIKE, STRIKE_CONSEQUENCES, StruckEdge};
use crate::lineage::table::{HopRow, HopTable};
use crate::lineage::view::{Jobs, Level, Open, Shape, Stale, View};
use crate::lineage::way::{WayFound, WayLink, WayPage, WayPlace};
use crate::lineage::{Confidence, DatasetLink, Ends, Gap, How, Maker, Side, Standing};
use crate::parts::Pager;
use crate::{Choice, Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    explorer(album)?;
    tables(album)?;
    tab(album)?;
    strike(album)?;
    ways(album)?;
    overview(album)
}

const PG: &str = "postgres://db:5432";
const LONG: &str = "an_export_of_all_order_items_with_their_discounts_by_region_and_sales_channel_in_2026";

fn collectors(text: &str) -> Vec<Collector> {
    (0_i64..)
        .zip(COLLECTORS)
        .map(|(n, key)| Collector {
            name: Message::new(key).arg("name", text),
            last: (n < 3).then(|| at(n * 40_000 + 600)),
            outcome: (n == 0).then(|| Message::new("lineage-datasets").arg("n", 412)),
        })
        .collect()
}

pub(super) fn statement(text: &str) -> String {
    format!(
        "-- {text}\ninsert into sales.fct_orders (order_id, net_amount)\nselect i.order_id,\n       \
         sum(i.gross_amount)\n         - sum(i.discount_amount) as net_amount\n  from staging.stg_items i\n where \
         i.status <> 'cancelled'\n group by i.order_id;\n"
    )
}

/// The statement with what it reads, what it writes and the chosen column lit.
pub(super) fn lit(text: &str) -> Code {
    let sql = statement(text);
    let mark =
        |needle: &str, mark| sql.rfind(needle).map(|start| Span { start, end: start + needle.len(), mark });
    let spans = [
        mark("sales.fct_orders", Mark::Output),
        mark("staging.stg_items", Mark::Input),
        mark("sum(i.gross_amount)\n         - sum(i.discount_amount)", Mark::Chosen),
        mark("cancelled", Mark::Error),
    ];
    let spans: Vec<Span> = spans.into_iter().flatten().collect();
    Code::of_text(&sql, &spans, &[4, 5])
}

fn computed(text: &str, is_by_hand: bool) -> Computed {
    Computed {
        to: (dataset(1, "fct_orders", PG, "shop / sales"), Some(column(905, "net_amount"))),
        from: (dataset(14, text, PG, "shop / staging"), Some(column(900, "gross_amount"))),
        hows: vec![How::Aggregate, How::Expression],
        job: (!is_by_hand).then(|| job(32, text, JobKind::Sql)),
        version: Some(7),
        statement: Some(3),
        line: Some(4),
        code: (!is_by_hand).then(|| lit(text).around(4, 5, 1)),
        is_withheld: is_by_hand,
        maker: if is_by_hand { Maker::Person } else { Maker::Sql },
        confidence: Confidence(if is_by_hand { 60 } else { 100 }),
        seen: Some((at(8_000_000), at(3_600))),
        note: is_by_hand.then(|| format!("The export is copied by hand each month. {text}")),
        by: is_by_hand.then(|| somebody(text)),
    }
}

fn impact(text: &str) -> Impact {
    let row = |(n, name): (u32, &str)| ImpactRow {
        link: dataset(16 + n, name, PG, "shop / report"),
        column: n.is_multiple_of(2).then(|| column(901, "gmv_net")),
        owners: if n == 1 { Vec::new() } else { vec![somebody("Finance steward"), somebody(text)] },
        quality: (n == 0).then(drawing::failing_badge),
    };
    let rows = |names: &[&str]| (0..).zip(names.iter().copied()).map(row).collect();
    Impact {
        datasets: 11,
        owners: 4,
        hops: vec![
            ImpactHop { hop: 1, count: 2, rows: rows(&["rpt_gmv_day", LONG]) },
            ImpactHop { hop: 2, count: 9, rows: rows(&["board_kpi_pack", "gmv_by_region", text]) },
        ],
    }
}

fn page(album: &Album, view: View, content: Content, text: &str) -> ExplorerPage {
    let is_empty = matches!(content, Content::Empty(_));
    let has_column = view.col.is_some();
    let focus = dataset(1, "fct_orders", PG, "shop_prod / shop / sales");
    ExplorerPage {
        chrome: album.chrome(&view.href(&focus.id)),
        focus,
        column: has_column.then(|| column(905, "net_amount")),
        view,
        choices: FilterChoices {
            sources: vec![Choice::new(id(100), "shop_prod"), Choice::new(id(101), text)],
            domains: vec![Choice::new(id(7), "Sales")],
            kinds: vec![Choice::new("table", "Table"), Choice::new("view", "View")],
        },
        content,
        impact: (!is_empty).then(|| impact(text)),
        computed: (!is_empty).then(|| computed(text, !has_column)),
        reach: (!is_empty).then(|| Reach { hops: vec![(2, 100), (9, 50)] }),
        used: (!is_empty).then_some((1_204, 30)),
        is_cut: text == HOSTILE,
        may_edit: true,
        may_upload: true,
    }
}

/// The usual view of the column in focus.
fn columns() -> View {
    View { col: Some(id(905)), up: 2, down: 2, level: Level::Column, ..View::default() }
}

fn explorer(album: &mut Album) -> Result<(), RenderError> {
    let mut found = drawing::shop(LONG);
    found.nodes[4].is_found = true;
    found.nodes[5].is_found = true;
    let alone = drawing::lay_out(vec![
        drawing::node(0, dataset(1, "fct_orders", PG, "shop / sales"), &[]),
        drawing::fold(1, 312, false),
    ]);
    let mut chinese = drawing::shop("订单明细宽表（按地区和渠道汇总，含退款与优惠）");
    for (node, name) in chinese.nodes.iter_mut().zip(["订单", "订单明细", "汇率", "订单清洗表", "明细清洗表"])
    {
        if let crate::lineage::graph::Body::Dataset(it) = &mut node.body {
            (it.link.name, it.link.place) = (name.to_owned(), "商城 / 销售主题".to_owned());
        }
    }
    let filtered = View {
        source: Some(id(100)),
        stale: Stale::Hidden,
        confidence: Some(70),
        expand: vec![(id(16), Open::Down), (id(1), Open::Columns)],
        ..columns()
    };
    let diff = View { at: Some(at(3_600)), diff: Some(at(864_000)), ..View::default() };
    let find = View { find: "stg".to_owned(), edge: Some(id(7_008)), ..columns() };
    let boxes = View { jobs: Jobs::Nodes, up: 0, ..View::default() };
    let samples = [
        ("empty", page(album, View::default(), Content::Empty(collectors("shop_prod")), "x")),
        ("small", page(album, View::default(), Content::Graph(alone), "rpt_gmv_day")),
        ("columns", page(album, columns(), Content::Graph(drawing::shop("dim_fx_rate")), "stg_items")),
        ("found", page(album, find, Content::Graph(found), "stg_items")),
        ("filtered", page(album, filtered, Content::Graph(drawing::shop(LONG)), LONG)),
        ("diff", page(album, diff, Content::Graph(drawing::changed()), "stg_items")),
        ("jobs", page(album, boxes, Content::Graph(drawing::with_jobs("rpt_gmv_day")), "stg_items")),
        (
            "many",
            page(album, View { up: 2, down: 2, ..View::default() }, Content::Graph(drawing::many()), "x"),
        ),
        ("chinese", page(album, columns(), Content::Graph(chinese), "明细清洗表")),
        ("hostile", page(album, columns(), Content::Graph(drawing::shop(HOSTILE)), HOSTILE)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("lineage", name, view))
}

fn hop_rows(text: &str) -> Vec<HopRow> {
    (0_i64..6)
        .map(|n| HopRow {
            hop: n / 3 + 1,
            link: (n != 5)
                .then(|| dataset(40 + n as u32, ["orders", text, LONG][n as usize % 3], PG, "shop / sales")),
            column: (n != 5).then(|| column(900, if n == 4 { "*" } else { "net_amount" })),
            hows: vec![How::ALL[n as usize], How::Join],
            line: Line::ALL[n as usize % 4],
            jobs: if n == 2 {
                Vec::new()
            } else {
                vec![job(32, text, JobKind::Sql), job(33, "daily", JobKind::View)]
            },
            path: if n < 3 { Vec::new() } else { vec![Some(dataset(40, text, PG, "shop")), None] },
            owners: if n == 1 { Vec::new() } else { vec![somebody(text)] },
            is_stale: n == 3,
            sign: (n == 4).then_some(Sign::Added),
            more: if n == 0 { 12 } else { 0 },
            edge: (n < 2).then(|| id(7_000)),
        })
        .collect()
}

fn tables(album: &mut Album) -> Result<(), RenderError> {
    let table = |text: &str| HopTable { rows: hop_rows(text), total: 41, pager: Pager::default() };
    let shaped = |view: View| View { shape: Shape::Table, ..view };
    let opened = shaped(columns().opened(&id(41), Open::Down));
    let many = HopTable { rows: (0..50).flat_map(|_| hop_rows("mart_sales")).collect(), ..table("x") };
    let samples = [
        (
            "empty",
            page(
                album,
                shaped(View::default()),
                Content::Tables(HopTable::default(), HopTable::default()),
                "x",
            ),
        ),
        ("full", page(album, opened, Content::Tables(table("stg_items"), table("rpt_gmv")), "stg_items")),
        ("many", page(album, shaped(View::default()), Content::Tables(many.clone(), many), "x")),
        ("hostile", page(album, shaped(columns()), Content::Tables(table(HOSTILE), table(HOSTILE)), HOSTILE)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("lineage-table", name, view))
}

fn neighbours(text: &str) -> Vec<Neighbour> {
    (0_i64..4)
        .map(|n| Neighbour {
            edge: (n < 2).then(|| id(70 + n as u32)),
            link: (n != 3).then(|| DatasetLink {
                standing: Standing::ALL[n as usize % 3],
                ..dataset(50 + n as u32, ["stg_items", text, LONG][n as usize % 3], PG, "shop / staging")
            }),
            jobs: if n == 1 { Vec::new() } else { vec![job(32, text, JobKind::Sql)] },
            hows: vec![How::Identity, How::Aggregate],
            columns: n * 3,
            makers: if n == 1 { vec![Maker::Person] } else { vec![Maker::Sql, Maker::OpenLineage] },
            confidence: Confidence(100 - n * 20),
            last_seen: (n != 1).then(|| at(n * 9_000)),
            note: (n == 1).then(|| format!("Copied by hand each month {text}")),
        })
        .collect()
}

fn tab(album: &mut Album) -> Result<(), RenderError> {
    let page = |text: &str, is_full: bool, draw: Option<Form>| LineagePage {
        chrome: album.chrome("/d/x/lineage"),
        head: datasets::head(text),
        up: if is_full { neighbours(text) } else { Vec::new() },
        down: if is_full { neighbours(text) } else { Vec::new() },
        totals: if is_full { (4, 37) } else { (0, 0) },
        columns_known: is_full.then_some(7),
        gaps: if is_full { vec![Gap::NotParsed, Gap::StarOnly] } else { vec![Gap::NoJob] },
        collectors: collectors(text),
        struck: if is_full { vec![struck(text)] } else { Vec::new() },
        candidates: match &draw {
            Some(form) if !form.is_fine() => {
                vec![Choice::new(id(1), "shop.sales.orders"), Choice::new(id(2), text)]
            }
            _ => Vec::new(),
        },
        draw,
    };
    let typed =
        Form::new("edge").with("side", "up").with("other", "orders").wrong("other", "job-problem-kind");
    let samples = [
        ("empty", page("fct_orders", false, None)),
        ("full", page("fct_orders", true, Some(Form::new("edge").with("side", "up")))),
        ("wrong", page("fct_orders", true, Some(typed))),
        ("hostile", page(HOSTILE, true, Some(Form::new("edge").with("other", HOSTILE)))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("dataset-lineage", name, view))
}

fn struck(text: &str) -> StruckEdge {
    StruckEdge {
        edge: id(77),
        side: Side::Up,
        link: dataset(60, "orders_copy", PG, "shop / tmp"),
        columns: Some((column(900, "amount"), column(901, "net_amount"))),
        by: Some(somebody(text)),
        at: at(400_000),
        note: format!("Only read in a test. {text}"),
        may_restore: true,
    }
}

fn strike(album: &mut Album) -> Result<(), RenderError> {
    let view = ConfirmPage {
        chrome: album.chrome("/d/x/lineage/edges/y/strike"),
        question: Message::new(STRIKE.0).arg("from", "orders").arg("to", "fct_orders"),
        consequences: STRIKE_CONSEQUENCES.into_iter().map(Message::new).collect(),
        verb: STRIKE.1,
        action: "/d/x/lineage/edges/y/strike".to_owned(),
        back: "/d/x/lineage".to_owned(),
        hidden: Vec::new(),
        asks_reason: true,
        form: Form::new("strike"),
    };
    album.add("confirm", "strike", &view)
}

/// For the page of a column.
pub(super) fn of_column(text: &str) -> ColumnLineage {
    let near = |n: u32, name: &str| ColumnNeighbour {
        link: (n != 2).then(|| dataset(50 + n, name, PG, "shop / staging")),
        column: Some(column(900 + n, text)),
        hows: vec![How::ALL[n as usize]],
        jobs: vec![job(32, text, JobKind::Sql)],
    };
    ColumnLineage {
        up: vec![near(0, "stg_items"), near(1, LONG), near(2, "x")],
        down: vec![near(3, "rpt_gmv_day")],
        down_total: 11,
        computed: vec![computed(text, false)],
    }
}

fn overview(album: &mut Album) -> Result<(), RenderError> {
    let links =
        |text: &str| [dataset(1, "fct_orders", PG, "shop / sales"), dataset(2, text, PG, "shop / sales")];
    let full = |text: &str, query: &str| LineageOverviewPage {
        chrome: album.chrome("/lineage"),
        query: query.to_owned(),
        starts: links(text)
            .into_iter()
            .map(|link| Start {
                link,
                up: 3,
                down: 41,
                reach: Reach { hops: vec![(41, 100), (312, 50), (9_000, 25)] },
            })
            .collect(),
        coverage: Coverage {
            datasets: 412,
            with_edges: 301,
            with_columns: 180,
            gaps: (0_i64..)
                .zip(Gap::ALL)
                .map(|(n, gap)| ListedRow { what: Listed::Gap(*gap), count: 60 - n * 9 })
                .collect(),
            ends: Ends::ALL.iter().map(|ends| ListedRow { what: Listed::Ends(*ends), count: 12 }).collect(),
            chosen: Some(Listed::Gap(Gap::NotParsed)),
            listed: links(text).to_vec(),
            pager: Pager {
                shown: 2,
                total: Some(51),
                previous: None,
                next: Some("/lineage?list=not_parsed".to_owned()),
            },
        },
        unparsed: (1..4)
            .map(|n| UnparsedStatement { job: job(32, text, JobKind::Sql), problem: problem(n, text) })
            .collect(),
        unparsed_total: 31,
        droppable: (0_i64..)
            .zip(links(text))
            .map(|(n, link)| DropCandidate {
                link,
                reads: (n == 0).then_some((0, 90)),
                written: (n == 0).then(|| at(20_000_000)),
                first_seen: at(40_000_000),
                bytes: (n == 0).then_some(12_240_656_794),
                owners: if n == 0 { vec![somebody(text)] } else { Vec::new() },
            })
            .collect(),
        changes: [Sign::Added, Sign::Removed]
            .into_iter()
            .map(|sign| EdgeChange {
                at: at(7_000),
                sign,
                from: dataset(1, text, PG, "shop"),
                to: dataset(2, "rpt_gmv_day", PG, "shop"),
                columns: 4,
                job: (sign == Sign::Added).then(|| job(32, text, JobKind::Dbt)),
                maker: Maker::Dbt,
            })
            .collect(),
        collectors: collectors(text),
        may_upload: true,
    };
    let mut empty = full("x", "");
    (empty.starts, empty.unparsed, empty.droppable, empty.changes) = Default::default();
    (empty.unparsed_total, empty.coverage) = (0, Coverage { datasets: 412, ..Coverage::default() });
    let samples = [("empty", empty), ("full", full("stg_items", "")), ("hostile", full(HOSTILE, HOSTILE))];
    samples.iter().try_for_each(|(name, view)| album.add("lineage-overview", name, view))
}

fn ways(album: &mut Album) -> Result<(), RenderError> {
    let place = |n: u32, name: &str| WayPlace {
        link: dataset(n, name, PG, "shop / sales"),
        column: n.is_multiple_of(2).then(|| column(900 + n, name)),
        hows: if n == 1 { Vec::new() } else { vec![How::ALL[n as usize % How::ALL.len()]] },
    };
    let found = |text: &str| WayFound::Ways {
        to: dataset(4, text, PG, "shop / sales"),
        shortest: vec![place(1, "orders"), place(2, text), place(3, "fct_orders"), place(4, LONG)],
        links: vec![
            WayLink { from: place(1, "orders"), to: place(2, text) },
            WayLink { from: place(2, text), to: place(3, "fct_orders") },
            WayLink { from: place(3, "fct_orders"), to: place(4, LONG) },
            WayLink { from: place(1, "orders"), to: place(3, "fct_orders") },
        ],
        left_out: 2,
    };
    let none = WayFound::Ways {
        to: dataset(4, "x", PG, "shop"),
        shortest: Vec::new(),
        links: Vec::new(),
        left_out: 0,
    };
    let several = WayFound::Several(vec![dataset(2, "orders", PG, "a"), dataset(3, "orders", PG, "b")]);
    let samples = [
        ("empty", "", WayFound::Unasked),
        ("unknown", "x", WayFound::Unknown),
        ("several", "orders", several),
        ("none", "x", none),
        ("full", "rpt_gmv_day", found("stg_items")),
        ("hostile", HOSTILE, found(HOSTILE)),
    ];
    samples.into_iter().try_for_each(|(name, to, found)| {
        let page = WayPage {
            chrome: album.chrome("/lineage/x/way"),
            from: dataset(1, "orders", PG, "shop / sales"),
            column: (name == "full").then(|| column(900, "amount")),
            to: to.to_owned(),
            found,
        };
        album.add("lineage-way", name, &page)
    })
}

pub(super) fn problem(n: i64, text: &str) -> Problem {
    Problem {
        severity: Severity::ALL[n as usize % 3],
        statement: n,
        line: n * 2,
        column: 14,
        reason: Message::new("job-problem-parser")
            .arg("text", format!("expected an expression, found `{text}`")),
        excerpt: format!("select * from {text} where case when"),
    }
}
