//! Scope paths, each kept once however many assets lie in the container.

use std::sync::Arc;

use cadastre_model::AssetId;
use hashbrown::HashMap;

/// The place of a path among [`Paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PathKey(u32);

impl PathKey {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The paths in use. A place that nobody uses any more is taken again.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    kept: Vec<(Arc<[AssetId]>, usize)>,
    known: HashMap<Arc<[AssetId]>, PathKey>,
    free: Vec<PathKey>,
}

impl Paths {
    /// The key of a path; one more use of it.
    pub(crate) fn intern(&mut self, path: &[AssetId]) -> PathKey {
        if let Some(&key) = self.known.get(path) {
            self.kept[key.index()].1 += 1;
            return key;
        }
        let path: Arc<[AssetId]> = path.into();
        let key = self.free.pop().unwrap_or_else(|| {
            self.kept.push((Arc::clone(&path), 0));
            PathKey(u32::try_from(self.kept.len() - 1).unwrap_or(u32::MAX))
        });
        self.kept[key.index()] = (Arc::clone(&path), 1);
        self.known.insert(path, key);
        key
    }

    /// One use less.
    pub(crate) fn release(&mut self, key: PathKey) {
        let (path, uses) = &mut self.kept[key.index()];
        *uses = uses.saturating_sub(1);
        if *uses == 0 {
            self.known.remove(path);
            self.free.push(key);
        }
    }

    pub(crate) fn get(&self, key: PathKey) -> &Arc<[AssetId]> {
        &self.kept[key.index()].0
    }

    /// One more than the largest key given so far.
    pub(crate) fn bound(&self) -> usize {
        self.kept.len()
    }
}
