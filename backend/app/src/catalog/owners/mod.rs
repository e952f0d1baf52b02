//! Who answers for an asset, for what it means or for that it works. Owners are stewards of what they own.

mod queries;
mod write;

pub use queries::{Owner, OwnerKind, Subject, of};
pub(crate) use queries::{count, of_all};
pub use write::{Whom, add, remove};
