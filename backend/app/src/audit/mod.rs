//! The record of what was done: change sets, and the events beside them that changed nothing (sign-ins, refusals,
//! exports, reads of values).
//!
//! Change sets form a hash chain, link by link as they commit (`record_change()` in migrations/0001). Events are noted by
//! [`note`], and sealed into the chain in batches each second ([`seal`]). Each minute one replica signs the head of the
//! chain with a key that lies outside of the database, and writes it where the database can't reach: into a file and the
//! log ([`sign`]). [`verify`] walks all of it and names the first row that does not hold.
//!
//! Whoever may read the audit trail reads it in [`entries`]; taking it out as CSV ([`export`]) is an event itself.
//! An event that is removed within the second before it is sealed leaves no trace.

mod api;
pub mod entries;
mod event;
mod export;
mod heads;
mod pages;
mod seal;
pub(crate) mod shell;
pub mod verify;
mod walked;

pub(crate) use api::api;
pub use event::{Event, note, note_orm};
pub use heads::{SignedHead, sign};
pub(crate) use pages::pages;
pub use seal::{keep, seal};
pub use walked::{Walked, Watch};
