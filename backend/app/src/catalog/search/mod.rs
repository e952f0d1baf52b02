//! Finding datasets by names, names of columns and texts, in English and Chinese.
//!
//! `words` splits what is stored and what is typed in the same way; `document` is what is kept of an asset, `store` writes
//! it; `query` is what was typed, `filters` what it is narrowed by. PostgreSQL's full text search finds (`queries`), and
//! `service` makes hits of it that say why they matched. The order has four steps and counts nothing, so that what is
//! hidden from somebody cannot change what they see.

mod document;
mod filters;
mod marks;
mod queries;
mod query;
mod service;
mod store;
mod words;

pub use filters::{Described, Facet, Filters, OwnedBy, Standing};
pub use queries::Sort;
pub use service::{Counts, Hit, Reason, Value, count, search};
pub use store::{reindex, reindex_orm};
