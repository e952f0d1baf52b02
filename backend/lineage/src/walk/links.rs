//! From what has grown to the picture's content: jobs as nodes, links, and what is not drawn.

use std::collections::{BTreeMap, BTreeSet};

use cadastre_model::ColumnId;

use super::eyes::{Found, Seen};
use super::grow::{Grown, Growth};
use super::marks::Marks;
use super::{Direction, Drawn, Jobs, Level, Link, More, Neighbourhood, Port};
use crate::edge::{Bond, NONE};

/// An edge between two things that are drawn, or at a job: by places of assets.
struct Strand {
    from: (u32, Option<ColumnId>),
    to: (u32, Option<ColumnId>),
    bond: Bond,
    lit: bool,
}

/// Puts the content together.
pub(crate) fn draw(mut growth: Growth<'_, '_>, jobs: Jobs) -> Neighbourhood {
    let mut strands = strands(&growth, jobs);
    let shown = shown_jobs(&growth, &strands, jobs);
    for (job, (hop, before)) in shown {
        if growth.nodes.len() < growth.limits.most {
            growth.of.insert(job, growth.nodes.len());
            growth.nodes.push(Grown {
                asset: job,
                hop,
                before: Some(before),
                lit: true,
                members: Vec::new(),
            });
        }
    }
    strands.extend(focus_strands(&growth));
    let order = order(&growth);
    let nodes = nodes(&growth, &order);
    Neighbourhood {
        links: links(&growth, &order, &strands),
        focus: order.iter().position(|&node| node == 0),
        nodes,
        left_out: growth.left_out,
        columns_left_out: growth.columns_left_out,
    }
}

/// By hop, then by id.
fn order(growth: &Growth<'_, '_>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..growth.nodes.len()).collect();
    order.sort_by_key(|&node| {
        let grown = &growth.nodes[node];
        (grown.hop, growth.eyes.graph.asset_id(grown.asset))
    });
    order
}

/// Every edge that leaves something drawn for something drawn, and those at a job that a dataset has beside.
fn strands(growth: &Growth<'_, '_>, jobs: Jobs) -> Vec<Strand> {
    let mut all = Vec::new();
    let mut paired = BTreeSet::new();
    if growth.level == Level::Columns {
        for node in &growth.nodes {
            column_strands(growth, node, &mut all);
        }
        paired.extend(all.iter().map(|strand: &Strand| (strand.from.0, strand.to.0)));
    }
    if growth.level == Level::Datasets || growth.context {
        for node in &growth.nodes {
            dataset_strands(growth, node, jobs, &paired, &mut all);
        }
    }
    all
}

fn column_strands(growth: &Growth<'_, '_>, node: &Grown, all: &mut Vec<Strand>) {
    let graph = growth.eyes.graph;
    let whole = graph.assets.get(node.asset).map_or(NONE, |asset| asset.whole);
    let mut places = node.members.clone();
    if whole != NONE && !growth.met.contains(&whole) && node.lit {
        places.push(whole);
    }
    for at in places {
        growth.eyes.beside(Level::Columns, at, Direction::Down, &mut |found: Found<'_>| {
            let other = growth.of.get(&found.asset).and_then(|&node| growth.nodes.get(node));
            let on_path = other.is_some_and(|other| {
                growth.met.contains(&found.at) || graph.column_id(found.at).is_none() && other.lit
            });
            if found.seen == Seen::Open && on_path {
                let (from, to) = (graph.column_id(at), graph.column_id(found.at));
                let (from, to) = ((node.asset, from), (found.asset, to));
                all.push(Strand { from, to, bond: *found.bond, lit: true });
            }
            true
        });
    }
}

fn dataset_strands(
    growth: &Growth<'_, '_>,
    node: &Grown,
    jobs: Jobs,
    paired: &BTreeSet<(u32, u32)>,
    all: &mut Vec<Strand>,
) {
    let lit = growth.level == Level::Datasets;
    // Against the flow there are only jobs to be found: edges between datasets are seen from their source.
    let ways = if jobs == Jobs::Shown { Direction::BOTH.as_slice() } else { &[Direction::Down] };
    for &direction in ways {
        growth.eyes.beside(Level::Datasets, node.asset, direction, &mut |found: Found<'_>| {
            let (from, to) = direction.order(node.asset, found.asset);
            let wanted = match found.seen {
                Seen::Open => direction == Direction::Down && growth.of.contains_key(&found.asset),
                Seen::Job => jobs == Jobs::Shown && !growth.of.contains_key(&found.asset),
                Seen::Restricted | Seen::Absent => false,
            };
            if wanted && !paired.contains(&(from, to)) {
                all.push(Strand { from: (from, None), to: (to, None), bond: *found.bond, lit });
            }
            true
        });
    }
}

/// The jobs that become nodes besides the one in focus: by hop, then by id; how far, and from which node.
fn shown_jobs(growth: &Growth<'_, '_>, strands: &[Strand], jobs: Jobs) -> Vec<(u32, (i32, usize))> {
    let mut hops: BTreeMap<u32, (i32, usize)> = BTreeMap::new();
    if jobs == Jobs::Folded {
        return Vec::new();
    }
    for strand in strands.iter().filter(|strand| strand.bond.job != NONE) {
        let job = strand.bond.job;
        let hop =
            |(asset, _): (u32, _)| Some((growth.nodes.get(*growth.of.get(&asset)?)?.hop, growth.of[&asset]));
        let place = match (hop(strand.from), hop(strand.to)) {
            (Some((from, near)), Some((to, other))) => {
                if from.abs() < to.abs() {
                    (to, near)
                } else {
                    (from, other)
                }
            }
            (Some((from, near)), None) => (from + 1, near),
            (None, Some((to, near))) => (to - 1, near),
            (None, None) => continue,
        };
        let known = hops.entry(job).or_insert(place);
        *known = (*known).min_by_hop(place);
    }
    let mut hops: Vec<_> = hops.into_iter().filter(|(job, _)| !growth.of.contains_key(job)).collect();
    hops.sort_by_key(|&(job, (hop, _))| (hop.abs(), hop, growth.eyes.graph.asset_id(job)));
    hops
}

trait Nearer {
    fn min_by_hop(self, other: Self) -> Self;
}

impl Nearer for (i32, usize) {
    fn min_by_hop(self, other: Self) -> Self {
        let key = |(hop, before): Self| (hop.abs(), hop, before);
        if key(other) < key(self) { other } else { self }
    }
}

/// The edges of a job in focus of which only one end is drawn.
fn focus_strands(growth: &Growth<'_, '_>) -> Vec<Strand> {
    let Some(job) = growth.nodes.first().map(|node| node.asset).filter(|&at| growth.eyes.graph.is_job(at))
    else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for direction in Direction::BOTH {
        growth.eyes.each(Level::Datasets, job, direction, |found| {
            if found.seen == Seen::Open && growth.of.contains_key(&found.asset) {
                let (from, to) = direction.order((job, None), (found.asset, None));
                all.push(Strand { from, to, bond: *found.bond, lit: true });
            }
        });
    }
    all
}

fn links(growth: &Growth<'_, '_>, order: &[usize], strands: &[Strand]) -> Vec<Link> {
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(now, &was)| rank[was] = now);
    let port = |(asset, column): (u32, Option<ColumnId>)| {
        growth.of.get(&asset).map(|&node| Port { node: rank[node], column })
    };
    let mut links = BTreeMap::new();
    for strand in strands {
        let job = Some(strand.bond.job).filter(|&job| job != NONE);
        let node = job.and_then(|job| port((job, None)));
        let (from, to) = (port(strand.from), port(strand.to));
        match node {
            Some(node) => {
                for (from, to) in [(from, Some(node)), (Some(node), to)] {
                    if let Some((from, to)) = from.zip(to).filter(|(from, to)| from != to) {
                        merge(&mut links, growth, (from, to), strand, None);
                    }
                }
            }
            None => {
                if let Some(ends) = from.zip(to) {
                    merge(&mut links, growth, ends, strand, job);
                }
            }
        }
    }
    links.into_values().collect()
}

fn merge(
    links: &mut BTreeMap<(Port, Port), Link>,
    growth: &Growth<'_, '_>,
    (from, to): (Port, Port),
    strand: &Strand,
    job: Option<u32>,
) {
    let bond = strand.bond;
    let seen = bond.seen.instant();
    let link = links.entry((from, to)).or_insert_with(|| Link {
        from,
        to,
        jobs: Vec::new(),
        edges: Vec::new(),
        hows: crate::Hows::default(),
        confidence: 0,
        seen,
        star: true,
        hand: false,
        lit: false,
    });
    insert(&mut link.edges, bond.id);
    if let Some(job) = job {
        insert(&mut link.jobs, growth.eyes.graph.asset_id(job));
    }
    link.hows.insert(bond.how);
    link.confidence = link.confidence.max(bond.confidence);
    link.seen = link.seen.max(seen);
    link.star &= bond.star();
    link.hand |= bond.hand();
    link.lit |= strand.lit;
}

/// Keeps a list in order, each once.
fn insert<T: Ord>(list: &mut Vec<T>, one: T) {
    if let Err(place) = list.binary_search(&one) {
        list.insert(place, one);
    }
}

fn nodes(growth: &Growth<'_, '_>, order: &[usize]) -> Vec<Drawn> {
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(now, &was)| rank[was] = now);
    let graph = growth.eyes.graph;
    let drawn = |&node: &usize| {
        let grown = &growth.nodes[node];
        let mut columns: Vec<_> = grown.members.iter().filter_map(|&at| graph.column_id(at)).collect();
        columns.sort_unstable();
        let job = graph.is_job(grown.asset);
        Drawn {
            asset: graph.asset_id(grown.asset),
            job,
            hop: grown.hop,
            before: grown.before.map(|before| rank[before]),
            lit: grown.lit,
            whole: columns.len() < grown.members.len(),
            columns,
            up: more(growth, node, job, Direction::Up),
            down: more(growth, node, job, Direction::Down),
        }
    };
    order.iter().map(drawn).collect()
}

/// What a node leads to and is not drawn. A job that stands between datasets says nothing of its own: only the one in
/// focus counts.
fn more(growth: &Growth<'_, '_>, node: usize, job: bool, direction: Direction) -> More {
    if job && node != 0 {
        return More::default();
    }
    let mut more = More::default();
    let mut others = Marks::of(growth.eyes.bound(Level::Datasets));
    growth.eyes.each(Level::Datasets, growth.nodes[node].asset, direction, |found| match found.seen {
        Seen::Open if !growth.of.contains_key(&found.asset) => {
            more.count += usize::from(others.enter(found.asset));
        }
        Seen::Restricted => more.restricted = true,
        Seen::Open | Seen::Job | Seen::Absent => {}
    });
    more
}
