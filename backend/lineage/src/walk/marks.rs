//! A number for some places: a short list while they are few, else a row with room for all.

use hashbrown::HashMap;

/// Above so many, a row is faster.
const FEW: usize = 1000;

/// 0 where nothing was noted.
pub(crate) struct Marks {
    few: HashMap<u32, u32>,
    all: Vec<u32>,
    bound: usize,
}

impl Marks {
    pub(crate) fn of(bound: usize) -> Self {
        Self { few: HashMap::new(), all: Vec::new(), bound }
    }

    #[inline]
    pub(crate) fn get(&self, at: u32) -> u32 {
        if self.all.is_empty() {
            self.few.get(&at).copied().unwrap_or(0)
        } else {
            self.all.get(at as usize).copied().unwrap_or(0)
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, at: u32, mark: u32) {
        if self.all.is_empty() {
            self.few.insert(at, mark);
            if self.few.len() > FEW {
                self.spread();
            }
        } else if let Some(place) = self.all.get_mut(at as usize) {
            *place = mark;
        }
    }

    /// Notes a place; whether it was not noted yet.
    #[inline]
    pub(crate) fn enter(&mut self, at: u32) -> bool {
        let new = self.get(at) == 0;
        if new {
            self.set(at, 1);
        }
        new
    }

    fn spread(&mut self) {
        self.all = vec![0; self.bound];
        for (at, mark) in self.few.drain() {
            if let Some(place) = self.all.get_mut(at as usize) {
                *place = mark;
            }
        }
    }
}
