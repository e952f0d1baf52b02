//! What readers ask of lineage: the use cases that pages and the API share. Each finds what it is about under the caller's
//! scope, asks the graph with the caller's [`eyes`], and gives the ids that came back their [`labels`]. What is hidden is in
//! no answer and no count.

pub(super) mod affected;
pub(super) mod around;
pub(super) mod beside;
pub(super) mod collectors;
pub(super) mod evidence;
pub(super) mod explorer;
pub(super) mod eyes;
pub(super) mod gaps;
pub(super) mod ground;
pub(super) mod labels;
mod order;
pub(super) mod overview;
pub(super) mod ways;
pub(super) mod wish;
