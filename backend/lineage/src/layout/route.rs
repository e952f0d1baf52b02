//! From places to px: where layers, boxes and chips stand, and the curves of the lines.

use std::collections::BTreeMap;

use super::layers::Layers;
use super::order::Grid;
use super::sheet::{Bundle, Sheet};
use super::{Chip, Frame, Layer, Picture, Point, Route};

/// How much wider a gap gets per line that passes, and at most.
const PER_LINE: f64 = 2.0;
const MOST: f64 = 64.0;
/// Between chips of a gap.
const APART: f64 = 4.0;
/// A line from a row to itself leaves and comes back so far above and below its middle.
const LOOP: f64 = 6.0;

struct Pen<'p> {
    sheet: &'p Sheet,
    layers: &'p Layers,
    grid: &'p Grid,
    tops: &'p [f64],
    /// The left side of each layer.
    xs: Vec<f64>,
    /// The width of the gap after each layer.
    gaps: Vec<f64>,
    spot_of: Vec<usize>,
}

pub(crate) fn draw(sheet: &Sheet, bundles: &[Bundle], layers: &Layers, grid: &Grid, tops: &[f64]) -> Picture {
    let gaps = gaps(sheet, bundles, layers, grid);
    let (width, margin) = (f64::from(sheet.style.width), f64::from(sheet.style.margin));
    let mut xs = Vec::new();
    let mut x = margin;
    for gap in &gaps {
        xs.push(x);
        x += width + gap;
    }
    let mut spot_of = vec![0; sheet.cards.len()];
    for (index, spot) in grid.spots.iter().enumerate() {
        if let Some(card) = spot.card {
            spot_of[card] = index;
        }
    }
    let pen = Pen { sheet, layers, grid, tops, xs, gaps, spot_of };
    let cards: Vec<Frame> = (0..sheet.cards.len()).map(|card| pen.frame(card)).collect();
    let (chips, chip_of) = pen.chips(bundles);
    let mut routes = vec![Route::default(); sheet.wires.len()];
    for (index, bundle) in bundles.iter().enumerate() {
        let chip = chip_of[index];
        for &wire in &bundle.wires {
            routes[wire] = Route { chip, ..pen.route(index, bundle, wire, chip.map(|chip| chips[chip].at)) };
        }
    }
    let bottom = grid.spots.iter().zip(tops).map(|(spot, top)| top + spot.height).fold(0.0, f64::max);
    let lowest = chips.iter().map(|chip| chip.at.y + f64::from(sheet.style.chip) / 2.0).fold(0.0, f64::max);
    Picture {
        width: x - pen.gaps.last().copied().unwrap_or(0.0) + margin + pen.overhang(bundles),
        height: (bottom + pen.head()).max(lowest) + margin,
        layers: pen.layers.used.iter().zip(&pen.xs).map(|(&index, &x)| Layer { index, x, width }).collect(),
        cards,
        routes,
        chips,
    }
}

/// Where more lines pass there is more room, and where chips stand there is room for them.
fn gaps(sheet: &Sheet, bundles: &[Bundle], layers: &Layers, grid: &Grid) -> Vec<f64> {
    let mut lines = vec![0.0; layers.used.len()];
    for piece in &grid.pieces {
        lines[grid.spots[piece.left].rank] += PER_LINE;
    }
    let mut gaps: Vec<f64> =
        lines.into_iter().map(|lines: f64| f64::from(sheet.style.gap) + lines.min(MOST)).collect();
    let mut chips = vec![false; gaps.len()];
    for (bundle, chain) in bundles.iter().zip(&grid.chains).filter(|(bundle, _)| bundle.chip) {
        let rank = chip_rank(bundle, chain, layers, grid);
        chips[rank] = true;
    }
    for (gap, _) in gaps.iter_mut().zip(chips).filter(|(_, chip)| *chip) {
        *gap += f64::from(sheet.style.chip);
    }
    gaps
}

/// The gap that a bundle's chip stands in: the last before where it goes.
fn chip_rank(bundle: &Bundle, chain: &[usize], layers: &Layers, grid: &Grid) -> usize {
    let to = layers.rank(bundle.to);
    match chain {
        [first, .., before, _] if grid.spots[*first].card == Some(bundle.from) => grid.spots[*before].rank,
        [first, _] => grid.spots[*first].rank,
        _ => to,
    }
}

impl Pen<'_> {
    fn head(&self) -> f64 {
        f64::from(self.sheet.style.margin + self.sheet.style.heading)
    }

    fn frame(&self, card: usize) -> Frame {
        let rank = self.layers.rank(card);
        Frame {
            x: self.xs[rank],
            y: self.tops[self.spot_of[card]] + self.head(),
            width: f64::from(self.sheet.style.width),
            height: f64::from(self.sheet.style.height(&self.sheet.cards[card])),
            layer: self.layers.index[card],
        }
    }

    /// A line from a box of the last layer to itself needs room beyond it.
    fn overhang(&self, bundles: &[Bundle]) -> f64 {
        let last = self.xs.len().saturating_sub(1);
        let loops =
            bundles.iter().any(|bundle| bundle.from == bundle.to && self.layers.rank(bundle.to) == last);
        if loops { self.reach() + f64::from(self.sheet.style.chip) } else { 0.0 }
    }

    /// How far a line to its own box goes out.
    fn reach(&self) -> f64 {
        f64::from(self.sheet.style.chip) + 8.0
    }

    /// Chips where their lines would cross the middle of the gap, moved apart where they would touch.
    fn chips(&self, bundles: &[Bundle]) -> (Vec<Chip>, Vec<Option<usize>>) {
        let mut by_gap: BTreeMap<(usize, bool), Vec<(f64, usize)>> = BTreeMap::new();
        for (index, bundle) in bundles.iter().enumerate().filter(|(_, bundle)| bundle.chip) {
            let chain = &self.grid.chains[index];
            let rank = chip_rank(bundle, chain, self.layers, self.grid);
            by_gap
                .entry((rank, bundle.from == bundle.to))
                .or_default()
                .push((self.chip_y(index, bundle, rank), index));
        }
        let (mut chips, mut chip_of) = (Vec::new(), vec![None; bundles.len()]);
        for ((rank, own), mut gap) in by_gap {
            gap.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            let right = self.xs[rank] + f64::from(self.sheet.style.width);
            let x = if own { right + self.reach() } else { right + (self.gaps[rank] / 2.0).floor() };
            for (y, index) in self.apart(&gap) {
                chip_of[index] = Some(chips.len());
                chips.push(Chip { from: bundles[index].from, to: bundles[index].to, at: Point { x, y } });
            }
        }
        (chips, chip_of)
    }

    fn chip_y(&self, index: usize, bundle: &Bundle, rank: usize) -> f64 {
        let here = self.grid.chains[index].windows(2).find(|pair| self.grid.spots[pair[0]].rank == rank);
        let mut ys = Vec::new();
        for &wire in &bundle.wires {
            let (start, end) = self.ends(bundle, wire, self.layers.back[index]);
            let at = |spot: usize| match self.grid.spots[spot].card {
                None => self.tops[spot] + self.head(),
                Some(card) if card == bundle.from => start.y,
                Some(_) => end.y,
            };
            let y = here.map_or_else(
                || f64::midpoint(start.y, end.y),
                |pair| f64::midpoint(at(pair[0]), at(pair[1])),
            );
            ys.push(y);
        }
        super::order::middle(&ys).unwrap_or_default()
    }

    /// Moves chips apart, each group about where it was.
    fn apart(&self, gap: &[(f64, usize)]) -> Vec<(f64, usize)> {
        let step = f64::from(self.sheet.style.chip) + APART;
        // Sum of what they want less what stands above, and how many.
        let mut pools: Vec<(f64, f64)> = Vec::new();
        for (index, &(y, _)) in gap.iter().enumerate() {
            pools.push((y - step * index as f64, 1.0));
            while let [.., above, below] = pools.as_slice() {
                if above.0 / above.1 <= below.0 / below.1 {
                    break;
                }
                let both = (above.0 + below.0, above.1 + below.1);
                pools.truncate(pools.len() - 2);
                pools.push(both);
            }
        }
        let places = pools.iter().flat_map(|&(sum, count)| std::iter::repeat_n(sum / count, count as usize));
        let least = self.head() + step / 2.0;
        let placed = gap.iter().zip(places).enumerate();
        let placed: Vec<_> = placed
            .map(|(index, (&(_, bundle), place))| ((place + step * index as f64).round(), bundle))
            .collect();
        // None above the picture.
        let lift = placed.first().map_or(0.0, |first| (least - first.0).max(0.0)).ceil();
        placed.into_iter().map(|(y, bundle)| (y + lift, bundle)).collect()
    }

    /// Where a line begins and ends.
    fn ends(&self, bundle: &Bundle, wire: usize, back: bool) -> (Point, Point) {
        let (wire, width) = (&self.sheet.wires[wire], f64::from(self.sheet.style.width));
        let (from, to) = (self.frame(bundle.from), self.frame(bundle.to));
        let own = bundle.from == bundle.to;
        let start = Point {
            x: from.x + if back { 0.0 } else { width },
            y: from.y + self.sheet.style.port(wire.from_row),
        };
        let end = Point {
            x: to.x + if back || own { width } else { 0.0 },
            y: to.y + self.sheet.style.port(wire.to_row),
        };
        if own && wire.from_row == wire.to_row {
            return (Point { y: start.y - LOOP, ..start }, Point { y: end.y + LOOP, ..end });
        }
        (start, end)
    }

    fn route(&self, index: usize, bundle: &Bundle, wire: usize, chip: Option<Point>) -> Route {
        let back = self.layers.back[index];
        let (start, end) = self.ends(bundle, wire, back);
        if bundle.from == bundle.to {
            return self.circle(start, end, chip);
        }
        let mut points = Vec::new();
        let width = f64::from(self.sheet.style.width);
        let chain = &self.grid.chains[index];
        for &spot in chain.iter().filter(|&&spot| self.grid.spots[spot].card.is_none()) {
            let (x, y) = (self.xs[self.grid.spots[spot].rank], self.tops[spot] + self.head());
            points.extend([Point { x, y }, Point { x: x + width, y }]);
        }
        if let Some(chip) = chip {
            points.push(chip);
            points.sort_by(|one, other| one.x.total_cmp(&other.x));
        }
        if back {
            points.reverse();
        }
        points.push(end);
        let mut curves = Vec::with_capacity(points.len());
        let mut at = start;
        for point in points {
            curves.push(curve(at, point));
            at = point;
        }
        Route { start, curves, back, chip: None }
    }

    /// Out to the right and back.
    fn circle(&self, start: Point, end: Point, chip: Option<Point>) -> Route {
        let out = Point { x: start.x + self.reach(), y: f64::midpoint(start.y, end.y) };
        let out = chip.unwrap_or(out);
        let first = [Point { x: out.x, y: start.y }, Point { x: out.x, y: start.y }, out];
        let second = [Point { x: out.x, y: end.y }, Point { x: out.x, y: end.y }, end];
        Route { start, curves: vec![first, second], back: false, chip: None }
    }
}

/// Level at both ends.
fn curve(from: Point, to: Point) -> [Point; 3] {
    let x = f64::midpoint(from.x, to.x);
    [Point { x, y: from.y }, Point { x, y: to.y }, to]
}
