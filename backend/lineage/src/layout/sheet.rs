//! What is laid out: boxes with rows, and the lines between them.

use cadastre_model::{AssetId, ColumnId};
use hashbrown::HashMap;

use crate::{Direction, Neighbourhood, Port};

/// What a box stands for; the order of boxes where nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CardKey {
    /// A dataset or a job.
    Asset(AssetId),
    /// What may only be known to exist beside one, in one direction.
    Restricted(AssetId, Direction),
    /// What one leads to in a direction and is folded into one box.
    Fold(AssetId, Direction),
}

/// A box: a header, rows of columns, perhaps a row that offers more, perhaps tabs that hang below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it stands for; each once in a sheet.
    pub key: CardKey,
    /// Its hop from the focus.
    pub hop: i32,
    /// How many rows.
    pub rows: usize,
    /// Whether a row below offers more columns.
    pub more: bool,
    /// Whether a tab hangs below.
    pub tab: bool,
}

/// A line from one box to another, or to itself. Without a row it begins or ends at the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    /// The box it comes from.
    pub from: usize,
    /// The row there.
    pub from_row: Option<usize>,
    /// The box it goes to.
    pub to: usize,
    /// The row there.
    pub to_row: Option<usize>,
    /// Whether jobs stand on it.
    pub chip: bool,
}

/// Sizes, in whole px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Width of a box.
    pub width: u32,
    /// Height of its header.
    pub header: u32,
    /// Height of a row, that of *more* too.
    pub row: u32,
    /// Above the first and below the last row.
    pub pad: u32,
    /// Height of a tab.
    pub tab: u32,
    /// Between boxes of a layer.
    pub between: u32,
    /// Between layers, where few lines pass.
    pub gap: u32,
    /// Diameter of a chip.
    pub chip: u32,
    /// Around everything.
    pub margin: u32,
    /// Above everything, for the headings of layers.
    pub heading: u32,
}

impl Default for Style {
    fn default() -> Self {
        let (width, header, row, pad, tab) = (172, 44, 22, 4, 22);
        Self { width, header, row, pad, tab, between: 20, gap: 64, chip: 24, margin: 20, heading: 32 }
    }
}

/// Everything that is laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The boxes.
    pub cards: Vec<Card>,
    /// The lines.
    pub wires: Vec<Wire>,
    /// The box in focus, in layer 0.
    pub focus: usize,
    /// Sizes.
    pub style: Style,
}

/// The rows that a dataset's box shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Its columns, from top to bottom.
    pub columns: Vec<ColumnId>,
    /// Whether a row below offers more.
    pub more: bool,
}

/// All lines from one box to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bundle {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// In the order of their rows.
    pub(crate) wires: Vec<usize>,
    pub(crate) chip: bool,
}

impl Style {
    pub(crate) fn height(&self, card: &Card) -> u32 {
        let rows = u32::try_from(card.rows).unwrap_or(u32::MAX / 64) + u32::from(card.more);
        let below = if rows > 0 { rows * self.row + 2 * self.pad } else { 0 };
        self.header + below
    }

    /// How far below the top of a box a line begins or ends.
    #[must_use]
    pub fn port(&self, row: Option<usize>) -> f64 {
        match row {
            None => f64::from(self.header) / 2.0,
            Some(row) => f64::from(self.header + self.pad) + f64::from(self.row) * (row as f64 + 0.5),
        }
    }
}

impl Sheet {
    /// The boxes and lines of a neighbourhood: a box per node in their order, a line per link in their order; then a box
    /// and a line for each *restricted*. `rows` is asked for each node by its index. A line to a column without a row
    /// goes to the header.
    #[must_use]
    pub fn of(around: &Neighbourhood, rows: impl Fn(usize) -> Rows) -> Self {
        let mut sheet = Self { focus: around.focus.unwrap_or(0), ..Self::default() };
        let mut row_of = HashMap::new();
        for (index, node) in around.nodes.iter().enumerate() {
            let Rows { columns, more } = rows(index);
            let tab = node.up.count > 0 || node.down.count > 0;
            let key = CardKey::Asset(node.asset);
            sheet.cards.push(Card { key, hop: node.hop, rows: columns.len(), more, tab });
            row_of.extend(columns.into_iter().enumerate().map(|(row, column)| ((index, column), row)));
        }
        let row = |port: Port| port.column.and_then(|column| row_of.get(&(port.node, column)).copied());
        sheet.wires = around
            .links
            .iter()
            .map(|link| Wire {
                from: link.from.node,
                from_row: row(link.from),
                to: link.to.node,
                to_row: row(link.to),
                chip: !link.jobs.is_empty(),
            })
            .collect();
        sheet.add_restricted(around);
        sheet
    }

    /// A box, and a line to it, for what a node leads to in a direction and is not drawn. Gives the box's index.
    pub fn fold(&mut self, around: &Neighbourhood, node: usize, direction: Direction) -> Option<usize> {
        let drawn = around.nodes.get(node)?;
        let index = self.cards.len();
        let key = CardKey::Fold(drawn.asset, direction);
        let hop = drawn.hop + direction.sign();
        self.cards.push(Card { key, hop, rows: 0, more: false, tab: false });
        let (from, to) = direction.order(node, index);
        self.wires.push(Wire { from, from_row: None, to, to_row: None, chip: false });
        Some(index)
    }

    fn add_restricted(&mut self, around: &Neighbourhood) {
        for (index, node) in around.nodes.iter().enumerate() {
            for (direction, more) in [(Direction::Up, node.up), (Direction::Down, node.down)] {
                if more.restricted {
                    let key = CardKey::Restricted(node.asset, direction);
                    let (from, to) = direction.order(index, self.cards.len());
                    let hop = node.hop + direction.sign();
                    self.cards.push(Card { key, hop, rows: 0, more: false, tab: false });
                    self.wires.push(Wire { from, from_row: None, to, to_row: None, chip: false });
                }
            }
        }
    }

    /// The lines by pairs of boxes: in the order of the boxes' keys, each by its rows.
    pub(crate) fn bundles(&self) -> Vec<Bundle> {
        let there = |wire: &Wire| wire.from < self.cards.len() && wire.to < self.cards.len();
        let mut wires: Vec<usize> = (0..self.wires.len()).filter(|&wire| there(&self.wires[wire])).collect();
        let ends = |wire: usize| {
            let Wire { from, to, .. } = self.wires[wire];
            (self.cards[from].key, self.cards[to].key)
        };
        wires.sort_by_key(|&wire| (ends(wire), self.wires[wire].from_row, self.wires[wire].to_row));
        let groups = wires.chunk_by(|&one, &other| ends(one) == ends(other));
        let bundle = |group: &[usize]| {
            let Wire { from, to, .. } = self.wires[group[0]];
            Bundle { from, to, wires: group.to_vec(), chip: group.iter().any(|&wire| self.wires[wire].chip) }
        };
        groups.map(bundle).collect()
    }
}
