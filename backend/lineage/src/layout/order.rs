//! The order of boxes in each layer: sweeps that put each near what it is joined to, as long as fewer lines cross.

use super::layers::Layers;
use super::sheet::{Bundle, Sheet};

/// A box, or a point where a long line passes a layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) rank: usize,
    pub(crate) card: Option<usize>,
    /// Height in px, with what hangs below.
    pub(crate) height: f64,
}

/// A piece of a bundle between neighbouring layers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) left: usize,
    /// How far below the top of its spot it begins.
    pub(crate) left_port: f64,
    pub(crate) right: usize,
    pub(crate) right_port: f64,
}

pub(crate) struct Grid {
    pub(crate) spots: Vec<Spot>,
    /// Spots by layer, from top to bottom.
    pub(crate) rows: Vec<Vec<usize>>,
    pub(crate) pieces: Vec<Piece>,
    /// Per spot, pieces to the left and to the right.
    pub(crate) to_left: Vec<Vec<usize>>,
    pub(crate) to_right: Vec<Vec<usize>>,
    /// Per bundle, its spots from left to right.
    pub(crate) chains: Vec<Vec<usize>>,
    pub(crate) between: f64,
    /// The place of each spot in its layer.
    at: Vec<usize>,
}

const SWEEPS: usize = 24;
/// Without fewer crossings for so long, it won't get better.
const PATIENCE: usize = 6;

impl Grid {
    pub(crate) fn new(sheet: &Sheet, bundles: &[Bundle], layers: &Layers) -> Self {
        let mut cards: Vec<usize> = (0..sheet.cards.len()).collect();
        cards.sort_by_key(|&card| sheet.cards[card].key);
        let mut grid = Self {
            spots: Vec::new(),
            rows: vec![Vec::new(); layers.used.len()],
            pieces: Vec::new(),
            to_left: Vec::new(),
            to_right: Vec::new(),
            chains: Vec::new(),
            between: f64::from(sheet.style.between),
            at: Vec::new(),
        };
        let mut spot_of = vec![0; cards.len()];
        for card in cards {
            let tab = if sheet.cards[card].tab { sheet.style.tab } else { 0 };
            let height = f64::from(sheet.style.height(&sheet.cards[card]) + tab);
            spot_of[card] = grid.spot(Spot { rank: layers.rank(card), card: Some(card), height });
        }
        for (bundle, &back) in bundles.iter().zip(&layers.back) {
            grid.string(sheet, bundle, back, &spot_of);
        }
        grid
    }

    fn spot(&mut self, spot: Spot) -> usize {
        let index = self.spots.len();
        self.at.push(self.rows[spot.rank].len());
        self.rows[spot.rank].push(index);
        self.spots.push(spot);
        self.to_left.push(Vec::new());
        self.to_right.push(Vec::new());
        index
    }

    /// Puts a bundle in, by a point in each layer that it passes.
    fn string(&mut self, sheet: &Sheet, bundle: &Bundle, back: bool, spot_of: &[usize]) {
        let mean = |row: fn(&super::Wire) -> Option<usize>| {
            let ports = bundle.wires.iter().map(|&wire| sheet.style.port(row(&sheet.wires[wire])));
            ports.sum::<f64>() / bundle.wires.len().max(1) as f64
        };
        let mut ends = [
            (spot_of[bundle.from], mean(|wire| wire.from_row)),
            (spot_of[bundle.to], mean(|wire| wire.to_row)),
        ];
        if back {
            ends.reverse();
        }
        let [(left, left_port), (right, right_port)] = ends;
        let mut chain = vec![left];
        for rank in self.spots[left].rank + 1..self.spots[right].rank {
            chain.push(self.spot(Spot { rank, card: None, height: 0.0 }));
        }
        if left != right {
            chain.push(right);
        }
        let last = chain.len().saturating_sub(2);
        for (index, pair) in chain.windows(2).enumerate() {
            let piece = Piece {
                left: pair[0],
                left_port: if index == 0 { left_port } else { 0.0 },
                right: pair[1],
                right_port: if index == last { right_port } else { 0.0 },
            };
            self.to_right[pair[0]].push(self.pieces.len());
            self.to_left[pair[1]].push(self.pieces.len());
            self.pieces.push(piece);
        }
        self.chains.push(chain);
    }

    /// Orders the layers.
    pub(crate) fn untangle(&mut self) {
        let mut best = (self.crossings(), self.rows.clone());
        let mut idle = 0;
        for sweep in 0..SWEEPS {
            if best.0 == 0 || idle == PATIENCE {
                break;
            }
            self.sweep(sweep % 2 == 0, sweep % 4 < 2);
            self.swap_neighbours();
            let crossings = self.crossings();
            idle += 1;
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
                idle = 0;
            }
        }
        self.rows = best.1;
        (0..self.rows.len()).for_each(|rank| self.number(rank));
    }

    fn number(&mut self, rank: usize) {
        for (at, &spot) in self.rows[rank].iter().enumerate() {
            self.at[spot] = at;
        }
    }

    /// Sorts each layer by where its neighbours in the one before stand: by their mean or their median.
    fn sweep(&mut self, rightward: bool, mean: bool) {
        let ranks: Vec<usize> = if rightward {
            (1..self.rows.len()).collect()
        } else {
            (0..self.rows.len().saturating_sub(1)).rev().collect()
        };
        for rank in ranks {
            let mut wanted: Vec<(f64, usize)> = Vec::new();
            for &spot in &self.rows[rank] {
                let mut near = self.neighbours(spot, rightward);
                // What has no neighbour there stays where it is.
                let own = self.at[spot] as f64;
                let want = if mean { middle(&near) } else { median(&mut near) };
                wanted.push((want.unwrap_or(own), spot));
            }
            wanted.sort_by(|one, other| one.0.total_cmp(&other.0));
            self.rows[rank] = wanted.into_iter().map(|(_, spot)| spot).collect();
            self.number(rank);
        }
    }

    /// Where a spot's neighbours stand on one side: the place, and as a fraction of it the port.
    fn neighbours(&self, spot: usize, left: bool) -> Vec<f64> {
        let place = |&piece: &usize| {
            let piece = &self.pieces[piece];
            if left {
                self.place(piece.left, piece.left_port)
            } else {
                self.place(piece.right, piece.right_port)
            }
        };
        if left {
            self.to_left[spot].iter().map(place).collect()
        } else {
            self.to_right[spot].iter().map(place).collect()
        }
    }

    fn place(&self, spot: usize, port: f64) -> f64 {
        self.at[spot] as f64 + port / (self.spots[spot].height + 1.0)
    }

    /// Swaps neighbours in a layer where that alone takes crossings away.
    fn swap_neighbours(&mut self) {
        for rank in 0..self.rows.len() {
            for at in 1..self.rows[rank].len() {
                let (above, below) = (self.rows[rank][at - 1], self.rows[rank][at]);
                let (now, then) = self.crossings_of(above, below);
                if then < now {
                    self.rows[rank].swap(at - 1, at);
                    self.at.swap(above, below);
                }
            }
        }
    }

    /// Crossings between the lines of two neighbours in a layer, as they stand and swapped.
    fn crossings_of(&self, above: usize, below: usize) -> (usize, usize) {
        let (mut now, mut then) = (0, 0);
        for left in [true, false] {
            let (one, other) = (self.neighbours(above, left), self.neighbours(below, left));
            for a in &one {
                now += other.iter().filter(|&b| b < a).count();
                then += other.iter().filter(|&b| b > a).count();
            }
        }
        (now, then)
    }

    /// How many lines cross, between all layers.
    pub(crate) fn crossings(&self) -> usize {
        (0..self.rows.len().saturating_sub(1)).map(|rank| self.crossings_after(rank)).sum()
    }

    fn crossings_after(&self, rank: usize) -> usize {
        let mut lines: Vec<(f64, f64)> = Vec::new();
        for &spot in &self.rows[rank] {
            for piece in self.to_right[spot].iter().map(|&piece| &self.pieces[piece]) {
                lines.push((
                    self.place(piece.left, piece.left_port),
                    self.place(piece.right, piece.right_port),
                ));
            }
        }
        lines.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
        // Each line crosses those that began above it and end below it: counted while the ends are inserted in order.
        let mut ends: Vec<f64> = Vec::with_capacity(lines.len());
        let mut crossings = 0;
        for (_, end) in lines {
            let place = ends.partition_point(|&other| other <= end);
            crossings += ends.len() - place;
            ends.insert(place, end);
        }
        crossings
    }
}

pub(crate) fn middle(places: &[f64]) -> Option<f64> {
    (!places.is_empty()).then(|| places.iter().sum::<f64>() / places.len() as f64)
}

/// The middle one; of two in the middle their mean.
pub(crate) fn median(places: &mut [f64]) -> Option<f64> {
    places.sort_unstable_by(f64::total_cmp);
    let high = *places.get(places.len() / 2)?;
    if places.len() % 2 == 1 {
        return Some(high);
    }
    places.get(places.len() / 2 - 1).map(|low| f64::midpoint(*low, high))
}
