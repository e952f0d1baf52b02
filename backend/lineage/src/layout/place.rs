//! How far down each box stands: as near as its layer's order allows to where its lines are straight.

use super::order::{Grid, median};

/// A point of a long line keeps so far from its neighbours, in px.
const LINE: f64 = 10.0;
const SWEEPS: usize = 16;

/// The top of each spot, in px, the least at 0 and all whole.
pub(crate) fn tops(grid: &Grid) -> Vec<f64> {
    let mut tops = vec![0.0; grid.spots.len()];
    for row in &grid.rows {
        let mut top = 0.0;
        for (index, &spot) in row.iter().enumerate() {
            top += index.checked_sub(1).map_or(0.0, |above| distance(grid, row[above], spot));
            tops[spot] = top;
        }
    }
    for sweep in 0..SWEEPS {
        let sides = match sweep {
            // The last sweeps look to both sides, so that neither is crooked for the other's sake.
            late if late + 4 >= SWEEPS => (true, true),
            even if even % 2 == 0 => (true, false),
            _ => (false, true),
        };
        for rank in 0..grid.rows.len() {
            let rank =
                if sides == (false, true) || sweep % 2 == 1 { grid.rows.len() - 1 - rank } else { rank };
            settle(grid, rank, sides, &mut tops);
        }
    }
    let least = tops.iter().copied().fold(f64::INFINITY, f64::min);
    // Distances are whole, so rounding keeps them.
    tops.iter().map(|top| (top - least + 0.5).floor()).collect()
}

/// From the top of one spot to the top of the next below.
fn distance(grid: &Grid, above: usize, below: usize) -> f64 {
    let (one, other) = (&grid.spots[above], &grid.spots[below]);
    let both = one.card.is_some() && other.card.is_some();
    one.height + if both { grid.between } else { LINE }
}

/// Moves a layer's spots to where their lines would be straight, in their order and with their distances: the least
/// sum of squares, by pooling neighbours that want to pass each other.
fn settle(grid: &Grid, rank: usize, sides: (bool, bool), tops: &mut [f64]) {
    struct Pool {
        sum: f64,
        weight: f64,
        spots: usize,
    }
    let row = &grid.rows[rank];
    let mut pools: Vec<Pool> = Vec::new();
    let (mut offset, mut offsets) = (0.0, Vec::with_capacity(row.len()));
    for (index, &spot) in row.iter().enumerate() {
        offset += index.checked_sub(1).map_or(0.0, |above| distance(grid, row[above], spot));
        offsets.push(offset);
        let (want, weight) = wanted(grid, spot, sides, tops);
        pools.push(Pool { sum: (want - offset) * weight, weight, spots: 1 });
        while let [.., above, below] = pools.as_slice() {
            if above.sum / above.weight <= below.sum / below.weight {
                break;
            }
            let (sum, weight) = (above.sum + below.sum, above.weight + below.weight);
            let spots = above.spots + below.spots;
            pools.truncate(pools.len() - 2);
            pools.push(Pool { sum, weight, spots });
        }
    }
    let places = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.sum / pool.weight, pool.spots));
    for ((&spot, place), offset) in row.iter().zip(places).zip(offsets) {
        tops[spot] = place + offset;
    }
}

/// Where the top of a spot should be, and how much that matters.
fn wanted(grid: &Grid, spot: usize, (left, right): (bool, bool), tops: &[f64]) -> (f64, f64) {
    let mut wants = Vec::new();
    let mut weight = 0.0;
    for &piece in grid.to_left[spot].iter().filter(|_| left) {
        let piece = &grid.pieces[piece];
        wants.push(tops[piece.left] + piece.left_port - piece.right_port);
        weight += importance(grid, piece.left, spot);
    }
    for &piece in grid.to_right[spot].iter().filter(|_| right) {
        let piece = &grid.pieces[piece];
        wants.push(tops[piece.right] + piece.right_port - piece.left_port);
        weight += importance(grid, piece.right, spot);
    }
    median(&mut wants).map_or((tops[spot], 0.01), |want| (want, weight))
}

/// A bend within a long line is seen most.
fn importance(grid: &Grid, one: usize, other: usize) -> f64 {
    match (grid.spots[one].card, grid.spots[other].card) {
        (None, None) => 8.0,
        (Some(_), Some(_)) => 1.0,
        _ => 2.0,
    }
}
