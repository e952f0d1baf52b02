//! A key for everything in a petgraph: 5 bytes an entry, since the key itself stands in the graph.

use hashbrown::HashTable;

/// Finds places in the graph by key.
#[derive(Debug, Default)]
pub(crate) struct Places(HashTable<u32>);

impl Places {
    pub(crate) fn find(&self, key: i64, key_of: impl Fn(u32) -> i64) -> Option<u32> {
        self.0.find(hash(key), |&place| key_of(place) == key).copied()
    }

    /// The key must not be there yet, and the graph must answer for the new place already.
    pub(crate) fn insert(&mut self, key: i64, place: u32, key_of: impl Fn(u32) -> i64) {
        self.0.insert_unique(hash(key), place, |&place| hash(key_of(place)));
    }

    pub(crate) fn remove(&mut self, key: i64, key_of: impl Fn(u32) -> i64) -> Option<u32> {
        let entry = self.0.find_entry(hash(key), |&place| key_of(place) == key).ok()?;
        Some(entry.remove().0)
    }

    pub(crate) fn reserve(&mut self, more: usize, key_of: impl Fn(u32) -> i64) {
        self.0.reserve(more, |&place| hash(key_of(place)));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * 8 / 7 * 5
    }
}

/// Ids come from our own sequences: a good spread is all that is needed.
fn hash(key: i64) -> u64 {
    let spread = key.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    spread ^ (spread >> 32)
}
