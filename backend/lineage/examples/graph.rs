//! The graph at the size of the large register: how long, how much memory.
//!
//! `bench` makes 100,000 datasets in 50 layers; `bench EDGES.csv` takes the edges between datasets from lines of `source,target`, so that
//! the same closure can be asked of a database. Either way each edge between datasets gets ten between their columns.

use std::io::{self, Write};
use std::time::Duration;

use cadastre_lineage::layout::{Rows, Sheet, lay_out};
use cadastre_lineage::{
    Ask, Change, Direction, Edge, End, Facts, Filter, ImpactAsk, Level, Limits, LineageGraph, NodeId,
    NodeKind, Reach, Sight,
};
use cadastre_model::{AssetId, AssetState, ColumnId, DatasetKind, EdgeId, How, ObjectKind, Sensitivity};
use chrono::DateTime;
use nix::time::{ClockId, clock_gettime};

const DATASETS: i64 = 100_000;
const COLUMNS: i64 = 20;

/// Numbers that only look random, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64) % most
    }
}

fn main() -> io::Result<()> {
    let mut dice = Dice(7);
    let pairs = match std::env::args().nth(1) {
        Some(file) => read(&file)?,
        None => made(&mut dice),
    };
    let before = resident()?;
    let started = spent();
    let mut graph = build(&pairs, &mut dice);
    let size = graph.size();
    say(&format!(
        "built in {:?}: {size:?}, resident +{} MB",
        (spent() - started),
        (resident()? - before) / 1024
    ))?;
    closure(&graph)?;
    small(&graph, &mut dice)?;
    changes(&mut graph, &mut dice)?;
    hub(&mut graph)?;
    pictures(&graph, &mut dice)
}

fn read(file: &str) -> io::Result<Vec<(i64, i64)>> {
    let text = std::fs::read_to_string(file)?;
    let pair = |line: &str| {
        let (from, to) = line.split_once(',')?;
        Some((from.parse::<i64>().ok()? + 1, to.parse::<i64>().ok()? + 1))
    };
    Ok(text.lines().filter_map(pair).collect())
}

/// Each dataset from three of the layer before.
fn made(dice: &mut Dice) -> Vec<(i64, i64)> {
    let mut pairs: Vec<(i64, i64)> = (2000..DATASETS)
        .flat_map(|to| [to; 3])
        .map(|to| ((to / 2000 - 1) * 2000 + dice.below(2000) + 1, to + 1))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn facts(id: i64, job: bool) -> (AssetId, Facts) {
    let asset = AssetId(id);
    let container = AssetId(1_000_000 + id % 5000);
    let facts = Facts {
        kind: if job { NodeKind::Job } else { NodeKind::Dataset(Some(DatasetKind::Table)) },
        object: ObjectKind::Dataset,
        scope_path: vec![AssetId::REGISTER, AssetId(2_000_000 + id % 100), container, asset],
        sensitivity: Sensitivity::ALL[(id % 3) as usize],
        source: Some(AssetId(3_000_000 + id % 20)),
        domain: None,
        state: AssetState::Live,
    };
    (asset, facts)
}

fn edge(id: i64, from: End, to: End) -> Edge {
    let job = Some(AssetId(500_000 + to.dataset.0 % 20_000));
    Edge {
        id: EdgeId(id),
        job,
        source: Some(from),
        target: Some(to),
        how: How::Expression,
        confidence: 100,
        seen: DateTime::UNIX_EPOCH,
        hand: false,
        star: false,
        struck: false,
    }
}

fn build(pairs: &[(i64, i64)], dice: &mut Dice) -> LineageGraph {
    let mut graph = LineageGraph::default();
    graph.reserve((DATASETS * COLUMNS) as usize, pairs.len(), pairs.len() * 10);
    let jobs = (500_000..520_000).map(|id| facts(id, true));
    for (id, facts) in (1..=DATASETS).map(|id| facts(id, false)).chain(jobs) {
        graph.apply(&Change::Node(id, facts));
    }
    let mut id = 0;
    for &(from, to) in pairs {
        id += 1;
        graph.apply(&Change::Opened(edge(id, End::dataset(AssetId(from)), End::dataset(AssetId(to)))));
        for _ in 0..10 {
            id += 1;
            let mut end = |dataset: i64| {
                End::column(AssetId(dataset), ColumnId(dataset * COLUMNS + dice.below(COLUMNS)))
            };
            graph.apply(&Change::Opened(edge(id, end(from), end(to))));
        }
    }
    graph
}

fn closure(graph: &LineageGraph) -> io::Result<()> {
    let filter = Filter::default();
    let reach = |id: i64| {
        let node = NodeId::Asset(AssetId(id));
        graph.reach(Sight::everything(), node, Direction::Down, Level::Datasets, &filter).nodes()
    };
    let Some((nodes, start)) = (1..=200).map(|id| (reach(id), id)).max() else { return Ok(()) };
    say(&format!("closure of dataset {start}: {nodes} datasets"))?;
    let node = NodeId::Asset(AssetId(start));
    let covers = |_: ObjectKind, _: Sensitivity, path: &[AssetId]| path.iter().any(|id| id.0 > 1_000_000);
    let names = |_: ObjectKind, _: Sensitivity, id: AssetId| id.0 == 77;
    for (name, sight) in [("everything", Sight::everything()), ("a scope", Sight::scoped(&covers, &names))] {
        let time = best(20, || graph.reach(sight, node, Direction::Down, Level::Datasets, &filter).nodes());
        say(&format!("  counted, seeing {name}: {time}"))?;
        let ask = ImpactAsk::whole(node, Direction::Down, Level::Datasets);
        let time = best(20, || graph.impact(sight, &ask).reached.len());
        say(&format!("  listed with paths, seeing {name}: {time}"))?;
    }
    let ask = ImpactAsk::whole(node, Direction::Down, Level::Columns);
    let count = graph.impact(Sight::everything(), &ask).reached.len();
    let time = best(3, || graph.impact(Sight::everything(), &ask).reached.len());
    say(&format!("  its {count} columns listed: {time}"))?;
    let hubs = graph.hubs(Sight::everything(), &filter, 8);
    let time = best(3, || {
        graph
            .reaches_whole(Sight::everything(), &hubs, Direction::Down, &filter)
            .iter()
            .map(Reach::nodes)
            .sum()
    });
    say(&format!("  how far {} hubs reach: {time}", hubs.len()))?;
    say(&format!("  cycles: {}", best(3, || graph.cycles(Sight::everything(), &filter).len())))?;
    say(&format!("  coverage: {}", best(3, || graph.survey(Sight::everything(), &filter).datasets)))
}

fn small(graph: &LineageGraph, dice: &mut Dice) -> io::Result<()> {
    for level in [Level::Datasets, Level::Columns] {
        let mut walks = Vec::new();
        let mut pictures = Vec::new();
        for _ in 0..3000 {
            let id = dice.below(DATASETS) + 1;
            let node = match level {
                Level::Datasets => NodeId::Asset(AssetId(id)),
                Level::Columns => NodeId::Column(ColumnId(id * COLUMNS + dice.below(COLUMNS))),
            };
            let started = spent();
            for direction in Direction::BOTH {
                let ask = ImpactAsk { depth: Some(3), ..ImpactAsk::whole(node, direction, level) };
                std::hint::black_box(graph.impact(Sight::everything(), &ask));
            }
            walks.push(spent() - started);
            let started = spent();
            let ask = Ask { up: 3, down: 3, ..Ask::around(node, level) };
            std::hint::black_box(graph.neighbourhood(Sight::everything(), &ask));
            pictures.push(spent() - started);
        }
        say(&format!(
            "{level:?}: three hops both ways, listed {}; drawn {}",
            spread(walks),
            spread(pictures)
        ))?;
    }
    Ok(())
}

fn changes(graph: &mut LineageGraph, dice: &mut Dice) -> io::Result<()> {
    let mut times = Vec::new();
    for id in 0..3000 {
        let (from, to) = (dice.below(DATASETS) + 1, dice.below(DATASETS) + 1);
        let row = edge(90_000_000 + id, End::dataset(AssetId(from)), End::dataset(AssetId(to)));
        let started = spent();
        graph.apply(&Change::Opened(row));
        graph.apply(&Change::Closed(row.id));
        times.push(spent() - started);
    }
    say(&format!("an edge opened and closed {}", spread(times)))
}

fn hub(graph: &mut LineageGraph) -> io::Result<()> {
    let hub = AssetId(600_000);
    graph.apply(&Change::Node(hub, facts(hub.0, false).1));
    for id in 1..=DATASETS {
        graph.apply(&Change::Opened(edge(80_000_000 + id, End::dataset(hub), End::dataset(AssetId(id)))));
    }
    for (hops, node) in [(1, hub), (3, hub), (2, AssetId(50_000))] {
        let ask = Ask { up: hops, down: hops, ..Ask::around(NodeId::Asset(node), Level::Datasets) };
        let around = graph.neighbourhood(Sight::everything(), &ask);
        let more = around.nodes.iter().map(|node| node.down.count).max();
        let time = best(10, || graph.neighbourhood(Sight::everything(), &ask).nodes.len());
        say(&format!(
            "a hub of 100,000, {hops} hops from {node}: {} nodes, {more:?} more: {time}",
            around.nodes.len()
        ))?;
    }
    for id in 1..=DATASETS {
        graph.apply(&Change::Closed(EdgeId(80_000_000 + id)));
    }
    Ok(())
}

fn pictures(graph: &LineageGraph, dice: &mut Dice) -> io::Result<()> {
    for (level, hops, first) in [
        (Level::Datasets, 2, 60),
        (Level::Columns, 2, 60),
        (Level::Datasets, 4, 300),
        (Level::Columns, 4, 300),
    ] {
        let limits = Limits { first, ..Limits::default() };
        let node = NodeId::Asset(AssetId(DATASETS / 2 + dice.below(2000)));
        let ask = Ask { up: hops, down: hops, limits, ..Ask::around(node, level) };
        let around = graph.neighbourhood(Sight::everything(), &ask);
        let sheet =
            Sheet::of(&around, |node| Rows { columns: around.nodes[node].columns.clone(), more: false });
        let picture = lay_out(&sheet);
        let time = best(10, || lay_out(&sheet).chips.len());
        let (width, height) = (picture.width, picture.height);
        let content = best(10, || graph.neighbourhood(Sight::everything(), &ask).nodes.len());
        say(&format!(
            "{level:?}: {} nodes, {} links, {width}x{height} px: found {content}, laid out {time}",
            around.nodes.len(),
            around.links.len()
        ))?;
    }
    Ok(())
}

/// The best and the middle of some runs, in the processor's time.
fn best(runs: usize, work: impl Fn() -> usize) -> String {
    let time = |_| {
        let started = spent();
        std::hint::black_box(work());
        spent() - started
    };
    let mut times: Vec<_> = (0..runs).map(time).collect();
    times.sort();
    format!("{:.2?} at best, {:.2?} in the middle", times[0], times[runs / 2])
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    format!("p50 {:.1?}, p99 {:.1?}, most {:.1?}", at(500), at(990), at(1000))
}

/// What this thread had of the processor so far: the machine is shared.
fn spent() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// In kB.
fn resident() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse().unwrap_or(0))
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
