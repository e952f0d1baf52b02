//! The drawn graph: boxes, edges and chips with their places in pixels, from the left upper corner of the stage.
//!
//! The stylesheet draws a box by the measures of [`measure`]; whoever lays out gives boxes those heights, and ends edges
//! at the middles of rows.

use std::fmt::{self, Display, Formatter};

use crate::T;
use crate::catalog::history::Sign;
use crate::jobs::RunState;
use crate::lineage::view::Open;
use crate::lineage::{ColumnLink, Confidence, DatasetLink, How, JobLink, Side, Standing};
use crate::quality::Badge;

/// The measures of a box, in pixels, as the stylesheet draws it.
pub mod measure {
    /// The usual width of a box: with [`GAP`] five hops fit beside the panel on a screen of 1440.
    pub const WIDTH: i64 = 160;
    /// The usual space between two hops, wide enough for a chip.
    pub const GAP: i64 = 60;
    /// The height of a box without columns, with its border.
    pub const HEAD: i64 = 48;
    /// The height of a row of a column, and of the row "4 more columns".
    pub const ROW: i64 = 24;
    /// The space between the head and the first row, and below the last.
    pub const PAD: i64 = 4;
    /// The width and height of a chip.
    pub const CHIP: i64 = 24;
    /// What hangs below a box that can be expanded: leave so much free.
    pub const TAB: i64 = 24;
    /// The height above the first box that the names of the hops take.
    pub const TOP: i64 = 44;

    /// The height of a box with so many rows.
    #[must_use]
    pub const fn height(rows: i64) -> i64 {
        if rows == 0 { HEAD } else { HEAD + 2 * PAD + rows * ROW }
    }

    /// The middle of a row, counted from 0, below the upper edge of its box.
    #[must_use]
    pub const fn middle(row: i64) -> i64 {
        HEAD + PAD + row * ROW + ROW / 2
    }
}

/// A laid out graph.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// The width of the stage.
    pub width: i64,
    /// The height of the stage.
    pub height: i64,
    /// The columns of boxes, from left to right.
    pub layers: Vec<Layer>,
    /// The boxes, ordered by hop from the farthest up to the farthest down, in a hop from top to bottom.
    pub nodes: Vec<Node>,
    /// The edges. Those that are lit last, so that they lie on top.
    pub edges: Vec<Edge>,
    /// The jobs on the edges; empty when jobs are boxes.
    pub chips: Vec<Chip>,
    /// How many datasets belong to the view but are not drawn, beyond those in folds.
    pub beyond: i64,
}

impl Graph {
    /// How many datasets are drawn.
    #[must_use]
    pub fn datasets(&self) -> usize {
        self.nodes.iter().filter(|node| matches!(node.body, Body::Dataset(_) | Body::Restricted)).count()
    }

    /// The boxes that `find` found.
    #[must_use]
    pub fn found(&self) -> Vec<(usize, &Node)> {
        self.nodes.iter().enumerate().filter(|(_, node)| node.is_found).collect()
    }

    /// The dashed kinds of edges in it, for the legend.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let is_drawn = |line: &Line| self.edges.iter().any(|edge| edge.line == *line);
        Line::ALL.into_iter().filter(|line| *line != Line::Sure && is_drawn(line)).collect()
    }

    /// How edges and boxes in it differ between two dates, for the legend.
    pub(crate) fn signs(&self) -> Vec<Sign> {
        let differs = |sign: &Sign| {
            self.edges.iter().any(|edge| edge.sign == Some(*sign))
                || self.nodes.iter().any(|node| node.sign == Some(*sign))
        };
        [Sign::Added, Sign::Removed, Sign::Changed].into_iter().filter(differs).collect()
    }

    /// The boxes hop by hop, each with its place in [`Graph::nodes`].
    pub(crate) fn hops(&self) -> Vec<(i64, Vec<(usize, &Node)>)> {
        let mut hops: Vec<(i64, Vec<(usize, &Node)>)> = Vec::new();
        for (n, node) in self.nodes.iter().enumerate() {
            match hops.last_mut() {
                Some((hop, nodes)) if *hop == node.hop => nodes.push((n, node)),
                _ => hops.push((node.hop, vec![(n, node)])),
            }
        }
        hops
    }
}

/// A column of boxes.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Its left edge.
    pub x: i64,
    /// Its width.
    pub w: i64,
    /// How far from the focus: −2 is two hops up, 0 the focus, 1 one hop down.
    pub hop: i64,
}

/// A box.
#[derive(Debug, Clone)]
pub struct Node {
    /// Left edge.
    pub x: i64,
    /// Upper edge.
    pub y: i64,
    /// Width.
    pub w: i64,
    /// Height; see [`measure::height`].
    pub h: i64,
    /// How far from the focus; see [`Layer::hop`].
    pub hop: i64,
    /// What it is.
    pub body: Body,
    /// Whether it is the focus of the page.
    pub is_focus: bool,
    /// Whether it lies beside the path of the column in focus.
    pub is_dim: bool,
    /// Whether `find` found it or a column of it.
    pub is_found: bool,
    /// Whether it is new or gone between two dates.
    pub sign: Option<Sign>,
    /// How many more lie up from it than are drawn; a link expands them.
    pub more_up: i64,
    /// How many more lie down from it.
    pub more_down: i64,
}

impl Node {
    /// The classes of the stylesheet.
    pub(crate) fn class(&self) -> String {
        let body = match &self.body {
            Body::Dataset(it) => match it.link.standing {
                Standing::Live => "",
                Standing::Referenced => " referenced",
                Standing::Gone => " gone",
            },
            Body::Job(_) => " isjob",
            Body::Fold(_) => " fold",
            Body::Restricted => " locked",
        };
        let marks = [(self.is_focus, " focus"), (self.is_dim, " dim"), (self.is_found, " found")];
        let marks = marks.into_iter().filter(|(is_set, _)| *is_set).map(|(_, class)| class);
        let sign = self.sign.map(|sign| format!(" is-{}", sign.class()));
        ["nd", body].into_iter().chain(marks).chain(sign.as_deref()).collect()
    }

    /// What it is called.
    pub(crate) fn name(&self, t: &T) -> String {
        match &self.body {
            Body::Dataset(it) => it.link.name.clone(),
            Body::Job(it) => it.link.name.clone(),
            Body::Fold(it) => t.n("lineage-folded", it.count),
            Body::Restricted => t.s("lineage-restricted"),
        }
    }
}

/// What a box is.
#[derive(Debug, Clone)]
pub enum Body {
    /// A dataset.
    Dataset(DatasetNode),
    /// A job, when jobs are boxes.
    Job(JobNode),
    /// Siblings that are folded into one.
    Fold(Fold),
    /// Something that the reader may only know to exist: no name, no kind, no count.
    Restricted,
}

/// A dataset in a box.
#[derive(Debug, Clone)]
pub struct DatasetNode {
    /// The dataset.
    pub link: DatasetLink,
    /// How its rules stand; `None` where it has none.
    pub quality: Option<Badge>,
    /// Whether nothing has written it for longer than usual.
    pub is_stale: bool,
    /// The columns that are shown, in their order; empty at table level.
    pub columns: Vec<NodeColumn>,
    /// How many more columns it has; a row opens them.
    pub more_columns: i64,
}

/// A column in a box.
#[derive(Debug, Clone)]
pub struct NodeColumn {
    /// The column.
    pub link: ColumnLink,
    /// How it is made from what lies up; `None` in the first hop.
    pub how: Option<How>,
    /// Whether it lies on the path of the column in focus.
    pub is_lit: bool,
    /// Whether it is new or gone between two dates.
    pub sign: Option<Sign>,
}

/// A job in a box.
#[derive(Debug, Clone)]
pub struct JobNode {
    /// The job.
    pub link: JobLink,
    /// How its last run ended.
    pub last_run: Option<RunState>,
}

/// Siblings that are folded into one box.
#[derive(Debug, Clone)]
pub struct Fold {
    /// The dataset whose neighbours they are: expanding it opens the next of them.
    pub parent: DatasetLink,
    /// On which side of it they lie.
    pub side: Side,
    /// How many they are.
    pub count: i64,
    /// How many of them `find` matches.
    pub found: i64,
    /// Whether the drawing has no room for more: then the link leads to the table.
    pub is_full: bool,
}

impl Fold {
    pub(crate) const fn open(&self) -> Open {
        self.side.open()
    }

    pub(crate) const fn key(&self) -> &'static str {
        match self.side {
            Side::Up => "lineage-folded-up",
            Side::Down => "lineage-folded-down",
        }
    }
}

/// An end of an edge, by the places in [`Graph::nodes`] and [`DatasetNode::columns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The box.
    pub node: usize,
    /// The row of the column; `None`: the box as a whole.
    pub row: Option<usize>,
}

impl Display for End {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "{}.{row}", self.node),
            None => write!(f, "{}", self.node),
        }
    }
}

/// An edge, from end to end; a chip sits on it.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The id of the edge in `edge=`; `None` where there is nothing to say about how it is computed.
    pub id: Option<String>,
    /// Where the data comes from.
    pub from: End,
    /// Where it goes.
    pub to: End,
    /// The path of an SVG, `M … C …`, absolute, from the right edge of `from` to 6 px before the left edge of `to`.
    pub d: String,
    /// Whether it lies on the path of the column in focus.
    pub is_lit: bool,
    /// Whether it lies beside it.
    pub is_dim: bool,
    /// How it is drawn.
    pub line: Line,
    /// Whether it is new or gone between two dates.
    pub sign: Option<Sign>,
}

impl Edge {
    /// Half way between its ends: where a sign stands.
    pub(crate) fn middle(&self) -> (i64, i64) {
        let numbers: Vec<f64> = self
            .d
            .split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-')))
            .filter_map(|number| number.parse().ok())
            .collect();
        let [x1, y1, .., x2, y2] = numbers[..] else { return (0, 0) };
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a picture")]
        let half = |a: f64, b: f64| f64::midpoint(a, b).round() as i64;
        (half(x1, x2), half(y1, y2))
    }

    /// The classes of the stylesheet.
    pub(crate) fn class(&self) -> String {
        let marks = [(self.is_lit, "hot"), (self.is_dim, "dim")].into_iter();
        let marks = marks.filter(|(is_set, _)| *is_set).map(|(_, class)| class);
        let all = ["edge", self.line.class(), self.sign.map_or("", Sign::class)];
        all.into_iter().chain(marks).filter(|class| !class.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// How an edge is drawn; all but the first are dashed, and the legend says what the dashes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Known.
    Sure,
    /// Known with a [`Confidence`] that is low.
    Doubtful,
    /// Drawn by a person.
    ByHand,
    /// Closes a cycle.
    Back,
}

impl Line {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sure, Self::Doubtful, Self::ByHand, Self::Back];

    /// By who says so and how sure it is.
    #[must_use]
    pub fn of(confidence: Confidence, is_by_hand: bool, closes_a_cycle: bool) -> Self {
        match (closes_a_cycle, is_by_hand, confidence.is_low()) {
            (true, ..) => Self::Back,
            (_, true, _) => Self::ByHand,
            (.., true) => Self::Doubtful,
            _ => Self::Sure,
        }
    }

    /// The class of the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Sure => "",
            Self::Doubtful => "doubt",
            Self::ByHand => "hand",
            Self::Back => "back",
        }
    }

    /// The key of its meaning.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sure => "lineage-line-sure",
            Self::Doubtful => "lineage-line-doubtful",
            Self::ByHand => "lineage-line-by-hand",
            Self::Back => "lineage-line-back",
        }
    }
}

/// A job on an edge.
#[derive(Debug, Clone)]
pub struct Chip {
    /// Its middle.
    pub x: i64,
    /// Its middle.
    pub y: i64,
    /// The job.
    pub job: JobLink,
    /// How its last run ended; a failed one has another symbol.
    pub last_run: Option<RunState>,
    /// Whether it lies on the path of the column in focus.
    pub is_lit: bool,
    /// Whether it lies beside it.
    pub is_dim: bool,
    /// The edge whose computation the panel shows when the chip is chosen; `None`: the chip leads to the job.
    pub edge: Option<String>,
    /// Whether it is new or gone between two dates.
    pub sign: Option<Sign>,
}

impl Chip {
    pub(crate) fn has_failed(&self) -> bool {
        self.last_run == Some(RunState::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_shows_before_a_hand_and_a_hand_before_doubt() {
        let line = |sure, by_hand, cycle| Line::of(Confidence(sure), by_hand, cycle);
        assert_eq!(line(100, false, false), Line::Sure);
        assert_eq!(line(30, false, false), Line::Doubtful);
        assert_eq!(line(30, true, false), Line::ByHand);
        assert_eq!(line(30, true, true), Line::Back);
    }

    #[test]
    fn a_sign_stands_half_way() {
        let end = End { node: 0, row: None };
        let edge = |d: &str| Edge {
            id: None,
            from: end,
            to: end,
            d: d.to_owned(),
            is_lit: false,
            is_dim: false,
            line: Line::Sure,
            sign: None,
        };
        assert_eq!(edge("M10 20C40 20 40 60.5 70 60").middle(), (40, 40));
        assert_eq!(edge("M-10,-20 L 30,40").middle(), (10, 10));
        assert_eq!(edge("").middle(), (0, 0));
    }

    #[test]
    fn a_row_lies_in_the_box_that_is_made_for_it() {
        assert_eq!(measure::height(0), measure::HEAD);
        for rows in 1..9 {
            assert!(measure::middle(rows - 1) + measure::ROW / 2 + measure::PAD == measure::height(rows));
        }
    }
}
