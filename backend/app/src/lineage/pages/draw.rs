//! From what is around a dataset to a drawing: boxes, folds and lines are laid out by the crate `lineage` in the measures of
//! the stylesheet, and named.

use super::words;
use crate::lineage::show::around::{Around, BoxColumns};
use crate::lineage::show::labels::Label;
use cadastre_frontend::catalog::history::Sign;
use cadastre_frontend::lineage::graph::{
    Body, Chip, DatasetNode, Edge, End, Fold, Graph, JobNode, Layer, Line, Node, NodeColumn, measure,
};
use cadastre_frontend::lineage::view::Level;
use cadastre_frontend::lineage::{Confidence, DatasetLink, How, Side};
use cadastre_lineage::layout::{CardKey, Picture, Point, Route, Rows, Sheet, Style, lay_out};
use cadastre_lineage::{Direction, Drawn, Link, Mark, Port};
use cadastre_model::ColumnId;
use std::fmt::Write as _;

/// Before the left side of a box a line ends so early: the arrow's point takes the rest.
const ARROW: f64 = 6.0;

/// The measures of the stylesheet.
fn style() -> Style {
    let px = |measure: i64| u32::try_from(measure).unwrap_or(0);
    Style {
        width: px(measure::WIDTH),
        header: px(measure::HEAD),
        row: px(measure::ROW),
        pad: px(measure::PAD),
        tab: px(measure::TAB),
        between: 20,
        // The layout makes room for a chip where one stands.
        gap: px(measure::GAP - measure::CHIP),
        chip: px(measure::CHIP),
        margin: 18,
        heading: px(measure::TOP) - 18,
    }
}

/// A picture under way.
struct Pen<'a> {
    around: &'a Around,
    level: Level,
    sheet: Sheet,
    /// Which box each fold stands for, by its place among the cards.
    folds: Vec<(usize, usize, Direction)>,
    picture: Picture,
    find: String,
}

/// Draws what is around.
pub(super) fn draw(around: &Around, level: Level, find: &str) -> Graph {
    let mut sheet = Sheet::of(&around.picture.around, |node| rows(around, node));
    sheet.style = style();
    let folds = fold(around, &mut sheet);
    let picture = lay_out(&sheet);
    let find = find.trim().to_lowercase();
    let pen = Pen { around, level, sheet, folds, picture, find };
    pen.graph()
}

fn rows(around: &Around, node: usize) -> Rows {
    let asset = around.picture.around.nodes.get(node).map(|node| node.asset);
    let columns = asset.and_then(|asset| around.boxes.get(&asset)).cloned().unwrap_or_default();
    Rows { more: columns.more > 0, columns: columns.shown }
}

/// Where some of what a box leads to is drawn, the rest of it becomes a box too, as far as the page has room for; where none
/// is, a tab below the box says how many there are.
fn fold(around: &Around, sheet: &mut Sheet) -> Vec<(usize, usize, Direction)> {
    let nodes = &around.picture.around.nodes;
    let most = if nodes.len() > around.limits.first { around.limits.most } else { around.limits.first };
    let mut folds = Vec::new();
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| !node.job) {
        for (direction, more) in [(Direction::Up, node.up), (Direction::Down, node.down)] {
            // Towards the focus there are others' sources: those stay behind a tab.
            let is_away = node.hop * sign_of(direction) >= 0;
            if more.count > 0 && is_away && leads(around, index, direction) && sheet.cards.len() < most {
                folds.extend(
                    sheet.fold(&around.picture.around, index, direction).map(|card| (card, index, direction)),
                );
            }
        }
    }
    // The tab hangs there only for what is not folded.
    for (index, node) in nodes.iter().enumerate() {
        let is_folded = |way| folds.iter().any(|(_, at, direction)| *at == index && *direction == way);
        let up = node.up.count > 0 && !is_folded(Direction::Up);
        let down = node.down.count > 0 && !is_folded(Direction::Down);
        if let Some(card) = sheet.cards.get_mut(index) {
            card.tab = up || down;
        }
    }
    folds
}

const fn sign_of(direction: Direction) -> i32 {
    match direction {
        Direction::Up => -1,
        Direction::Down => 1,
    }
}

/// Whether something of what a box leads to is drawn in the next layer.
fn leads(around: &Around, node: usize, direction: Direction) -> bool {
    let nodes = &around.picture.around.nodes;
    let hop = |index: usize| nodes.get(index).map_or(0, |node| node.hop);
    around.picture.around.links.iter().any(|link| match direction {
        Direction::Down => link.from.node == node && hop(link.to.node) > hop(node),
        Direction::Up => link.to.node == node && hop(link.from.node) < hop(node),
    })
}

impl Pen<'_> {
    fn graph(&self) -> Graph {
        let mut order: Vec<usize> = (0..self.sheet.cards.len()).collect();
        let place = |card: usize| {
            let frame = self.picture.cards.get(card).copied().unwrap_or_default();
            (self.hop(card), whole(frame.x), whole(frame.y))
        };
        order.sort_by_key(|card| place(*card));
        let mut at = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, card)| at[*card] = place);
        let mut edges: Vec<Edge> =
            (0..self.sheet.wires.len()).filter_map(|wire| self.edge(wire, &at)).collect();
        edges.sort_by_key(|edge| edge.is_lit);
        Graph {
            width: whole(self.picture.width),
            height: whole(self.picture.height),
            layers: self.picture.layers.iter().filter_map(|layer| self.layer(layer)).collect(),
            nodes: order.into_iter().filter_map(|card| self.node(card)).collect(),
            edges,
            chips: self.chips(),
            beyond: words::count(self.around.picture.around.left_out.saturating_sub(self.folded())),
        }
    }

    /// How many are in the folds.
    fn folded(&self) -> usize {
        let count = |(_, node, direction): &(usize, usize, Direction)| {
            let node = self.drawn(*node);
            node.map_or(0, |node| if *direction == Direction::Up { node.up.count } else { node.down.count })
        };
        self.folds.iter().map(count).sum()
    }

    fn drawn(&self, card: usize) -> Option<&Drawn> {
        self.around.picture.around.nodes.get(card)
    }

    /// A layer says the hop of most datasets in it; one of jobs alone says nothing.
    fn layer(&self, layer: &cadastre_lineage::layout::Layer) -> Option<Layer> {
        let frames = self.picture.cards.iter().enumerate();
        let here = frames.filter(|(_, frame)| frame.layer == layer.index);
        let datasets = here.filter(|(card, _)| self.drawn(*card).is_some_and(|drawn| !drawn.job));
        let hops: Vec<i64> = datasets.map(|(card, _)| self.hop(card)).collect();
        let often = |hop: &i64| hops.iter().filter(|other| *other == hop).count();
        let hop = hops.iter().copied().max_by_key(|hop| (often(hop), -hop.abs()))?;
        Some(Layer { x: whole(layer.x), w: whole(layer.width), hop })
    }

    fn hop(&self, card: usize) -> i64 {
        self.sheet.cards.get(card).map_or(0, |card| i64::from(card.hop))
    }

    /// Only with a column in focus is there a path to be lit.
    const fn has_path(&self) -> bool {
        self.around.column.is_some() && matches!(self.level, Level::Column)
    }

    fn node(&self, card: usize) -> Option<Node> {
        let frame = self.picture.cards.get(card)?;
        let (x, y, w, h) = (whole(frame.x), whole(frame.y), whole(frame.width), whole(frame.height));
        let hop = self.hop(card);
        let body = self.body(card)?;
        let drawn = self.drawn(card);
        let tab = |way: Direction| {
            let more =
                drawn.map_or(0, |drawn| if way == Direction::Up { drawn.up.count } else { drawn.down.count });
            let is_folded = self.folds.iter().any(|(_, at, direction)| *at == card && *direction == way);
            if is_folded { 0 } else { words::count(more) }
        };
        Some(Node {
            x,
            y,
            w,
            h,
            hop,
            is_focus: self.around.picture.around.focus == Some(card),
            is_dim: self.has_path() && drawn.is_none_or(|drawn| !drawn.lit),
            is_found: self.is_found(&body),
            sign: self.around.picture.nodes.get(card).and_then(|mark| words::sign(*mark)),
            more_up: tab(Direction::Up),
            more_down: tab(Direction::Down),
            body,
        })
    }

    fn body(&self, card: usize) -> Option<Body> {
        match self.sheet.cards.get(card)?.key {
            CardKey::Restricted(..) => Some(Body::Restricted),
            CardKey::Fold(asset, direction) => {
                let node = self.around.picture.around.nodes.iter().find(|node| node.asset == asset)?;
                let more = if direction == Direction::Up { node.up } else { node.down };
                Some(Body::Fold(Fold {
                    parent: words::dataset(self.around.labels.get(&asset)?),
                    side: side(direction),
                    count: words::count(more.count),
                    found: self.around.found.get(&(asset, direction)).copied().unwrap_or(0),
                    is_full: self.around.picture.around.nodes.len() >= self.around.limits.most,
                }))
            }
            CardKey::Asset(asset) => {
                let label = self.around.labels.get(&asset)?;
                if self.drawn(card)?.job {
                    return Some(Body::Job(JobNode { link: words::job(label), last_run: None }));
                }
                let BoxColumns { shown, more } = self.around.boxes.get(&asset).cloned().unwrap_or_default();
                Some(Body::Dataset(DatasetNode {
                    link: boxed(label),
                    quality: self.around.quality.get(&asset).copied(),
                    is_stale: self.around.stale.contains(&asset),
                    columns: shown.into_iter().filter_map(|id| self.column(card, id)).collect(),
                    more_columns: more,
                }))
            }
        }
    }

    fn column(&self, card: usize, id: ColumnId) -> Option<NodeColumn> {
        let into = |link: &&Link| link.to == Port { node: card, column: Some(id) };
        let links = &self.around.picture.around.links;
        let hows = links.iter().filter(into).flat_map(|link| link.hows.iter());
        let is_own = self.around.column.as_ref().is_some_and(|column| column.id == id);
        let is_on_path = self.drawn(card)?.columns.contains(&id);
        Some(NodeColumn {
            link: words::column(self.around.columns.get(&id)?),
            how: hows.filter(|how| how.carries() && *how != How::Unknown).max(),
            is_lit: self.has_path() && (is_own || is_on_path),
            sign: self.column_sign(card, id),
        })
    }

    /// A column of which every line is new, or gone.
    fn column_sign(&self, card: usize, id: ColumnId) -> Option<Sign> {
        let port = Port { node: card, column: Some(id) };
        let picture = &self.around.picture;
        let marks = picture.around.links.iter().zip(&picture.links);
        let mut marks = marks.filter(|(link, _)| link.from == port || link.to == port).map(|(_, mark)| *mark);
        let first = marks.next()?;
        if marks.all(|mark| mark == first) { words::sign(first) } else { None }
    }

    fn is_found(&self, body: &Body) -> bool {
        let has = |name: &str| name.to_lowercase().contains(&self.find);
        !self.find.is_empty()
            && match body {
                Body::Dataset(it) => {
                    has(&it.link.name) || it.columns.iter().any(|column| has(&column.link.name))
                }
                Body::Job(it) => has(&it.link.name),
                Body::Fold(it) => it.found > 0,
                Body::Restricted => false,
            }
    }

    fn edge(&self, wire: usize, at: &[usize]) -> Option<Edge> {
        let route = self.picture.routes.get(wire).filter(|route| !route.curves.is_empty())?;
        let ends = self.sheet.wires.get(wire)?;
        let link = self.around.picture.around.links.get(wire);
        let is_lit = self.has_path() && link.is_some_and(|link| link.lit);
        let line = link.map_or(Line::Sure, |link| line(link, route));
        Some(Edge {
            id: link.and_then(|link| self.edge_id(link)),
            from: End { node: *at.get(ends.from)?, row: ends.from_row },
            to: End { node: *at.get(ends.to)?, row: ends.to_row },
            d: path(route),
            is_lit,
            is_dim: self.has_path() && !is_lit,
            line,
            sign: self.around.picture.links.get(wire).and_then(|mark| words::sign(*mark)),
        })
    }

    fn edge_id(&self, link: &Link) -> Option<String> {
        let first = link.edges.first()?;
        self.around.edges.get(first).map(ToString::to_string)
    }

    /// The jobs between two boxes, one below the other where there are several.
    fn chips(&self) -> Vec<Chip> {
        let mut chips = Vec::new();
        for (place, chip) in self.picture.chips.iter().enumerate() {
            let wires = self.picture.routes.iter().enumerate().filter(|(_, route)| route.chip == Some(place));
            let links: Vec<(usize, &Link)> = wires
                .filter_map(|(wire, _)| Some((wire, self.around.picture.around.links.get(wire)?)))
                .collect();
            let mut jobs: Vec<_> = links.iter().flat_map(|(_, link)| link.jobs.iter().copied()).collect();
            jobs.sort_unstable();
            jobs.dedup();
            for (n, job) in (0..STACKED).zip(jobs) {
                let Some(label) = self.around.labels.get(&job) else { continue };
                let of: Vec<&(usize, &Link)> =
                    links.iter().filter(|(_, link)| link.jobs.contains(&job)).collect();
                let is_lit = self.has_path() && of.iter().any(|(_, link)| link.lit);
                // What is lit says more about how it is computed than what is not.
                let told = of.iter().find(|(_, link)| link.lit).or(of.first());
                let marks: Vec<Mark> =
                    of.iter().filter_map(|(wire, _)| self.around.picture.links.get(*wire).copied()).collect();
                chips.push(Chip {
                    x: whole(chip.at.x),
                    y: whole(chip.at.y) + n * (measure::CHIP + 2),
                    job: words::job(label),
                    last_run: None,
                    is_lit,
                    is_dim: self.has_path() && !is_lit,
                    edge: told.and_then(|(_, link)| self.edge_id(link)),
                    sign: marks
                        .first()
                        .filter(|first| marks.iter().all(|mark| mark == *first))
                        .and_then(|mark| words::sign(*mark)),
                });
            }
        }
        chips
    }
}

/// A box is narrow: of what it lies in only the nearest is said.
fn boxed(label: &Label) -> DatasetLink {
    let place = label.named.path.last().cloned().unwrap_or_default();
    DatasetLink { place, ..words::dataset(label) }
}

/// So many chips stand below each other.
const STACKED: i64 = 3;

fn line(link: &Link, route: &Route) -> Line {
    Line::of(Confidence(i64::from(link.confidence)), link.hand, route.back)
}

pub(super) const fn side(direction: Direction) -> Side {
    match direction {
        Direction::Up => Side::Up,
        Direction::Down => Side::Down,
    }
}

/// The path of a line. Its end makes room for the arrow.
fn path(route: &Route) -> String {
    let short = if route.back { ARROW } else { -ARROW };
    let mut d = format!("M{}", point(route.start));
    let last = route.curves.len().saturating_sub(1);
    for (n, [one, other, end]) in route.curves.iter().enumerate() {
        let moved = |at: Point| if n == last { Point { x: at.x + short, ..at } } else { at };
        // Writing to a String cannot fail.
        let _ = write!(d, "C{} {} {}", point(*one), point(moved(*other)), point(moved(*end)));
    }
    d
}

fn point(at: Point) -> String {
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    format!("{} {}", tenth(at.x), tenth(at.y))
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a picture")]
fn whole(px: f64) -> i64 {
    px.round() as i64
}
