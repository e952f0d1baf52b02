//! Which layer each box stands in, and which lines run back.

use super::sheet::{Bundle, Sheet};

/// Layers of boxes; every bundle but one to itself leads from a layer to a later one, or runs back.
pub(crate) struct Layers {
    /// Per box: 0 for the focus.
    pub(crate) index: Vec<i32>,
    /// The layers in use, from left to right.
    pub(crate) used: Vec<i32>,
    /// Per bundle: it closes a circle.
    pub(crate) back: Vec<bool>,
}

impl Layers {
    /// The place of a box's layer among those in use.
    pub(crate) fn rank(&self, card: usize) -> usize {
        self.used.binary_search(&self.index[card]).unwrap_or(0)
    }
}

pub(crate) fn find(sheet: &Sheet, bundles: &[Bundle]) -> Layers {
    let cards = sheet.cards.len();
    let (mut into, mut out) = (vec![Vec::new(); cards], vec![Vec::new(); cards]);
    for (index, bundle) in bundles.iter().enumerate().filter(|(_, bundle)| bundle.from != bundle.to) {
        out[bundle.from].push(index);
        into[bundle.to].push(index);
    }
    let (back, order) = sort(sheet, bundles, &out);
    // Along a line that runs back, nothing follows.
    let mut next = vec![Vec::new(); cards];
    let mut last = vec![Vec::new(); cards];
    for (index, bundle) in bundles.iter().enumerate().filter(|&(index, _)| !back[index]) {
        if bundle.from != bundle.to {
            next[bundle.from].push(bundle.to);
            last[bundle.to].push(bundle.from);
        }
        debug_assert!(index < bundles.len());
    }
    let index = longest(sheet, &order, &next, &last);
    let mut used = index.clone();
    used.sort_unstable();
    used.dedup();
    Layers { index, used, back }
}

/// Depth first, from the left-most hop on: what leads to something still open runs back. Gives the boxes in an order in
/// which all other lines lead forward.
fn sort(sheet: &Sheet, bundles: &[Bundle], out: &[Vec<usize>]) -> (Vec<bool>, Vec<usize>) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut starts: Vec<usize> = (0..sheet.cards.len()).collect();
    starts.sort_by_key(|&card| (sheet.cards[card].hop, sheet.cards[card].key));
    let mut state = vec![State::New; starts.len()];
    let (mut back, mut order) = (vec![false; bundles.len()], Vec::new());
    for start in starts {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut stack = vec![(start, 0)];
        while let Some((card, tried)) = stack.pop() {
            let Some(&bundle) = out[card].get(tried) else {
                state[card] = State::Done;
                order.push(card);
                continue;
            };
            stack.push((card, tried + 1));
            let to = bundles[bundle].to;
            match state[to] {
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
                State::Open => back[bundle] = true,
                State::Done => {}
            }
        }
    }
    order.reverse();
    (back, order)
}

/// What leads to the focus is pushed to the left until every line leads forward, everything else to the right.
fn longest(sheet: &Sheet, order: &[usize], next: &[Vec<usize>], last: &[Vec<usize>]) -> Vec<i32> {
    let mut layer: Vec<i32> = sheet.cards.iter().map(|card| card.hop).collect();
    let mut leads = vec![false; layer.len()];
    if let Some(focus) = leads.get_mut(sheet.focus) {
        *focus = true;
        layer[sheet.focus] = 0;
    }
    for &card in order.iter().rev().filter(|&&card| card != sheet.focus) {
        let after: Vec<i32> = next[card].iter().filter(|&&to| leads[to]).map(|&to| layer[to]).collect();
        if let Some(least) = after.into_iter().min() {
            leads[card] = true;
            layer[card] = layer[card].min(least - 1);
        }
    }
    for &card in order.iter().filter(|&&card| !leads[card]) {
        let before = last[card].iter().map(|&from| layer[from] + 1).max();
        layer[card] = before.map_or(layer[card], |least| layer[card].max(least));
    }
    // What nothing leads to need not stand further left than what it leads to wants.
    for &card in order.iter().rev().filter(|&&card| !leads[card] && last[card].is_empty()) {
        if let Some(least) = next[card].iter().map(|&to| layer[to]).min() {
            layer[card] = least - 1;
        }
    }
    layer
}
