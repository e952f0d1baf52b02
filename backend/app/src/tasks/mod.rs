//! The register's own background work.

mod fence;

pub use fence::Fence;
