//! Finding assets by names, names of columns and texts, in English and Chinese.
//!
//! `words` splits what is stored and what is typed in the same way; `document` is what is kept of an asset, `store` writes
//! it. PostgreSQL's full text search finds; the order has four steps and counts nothing, so
//! that what is hidden from somebody cannot change what they see.

mod document;
mod store;
mod words;

pub use store::{reindex, reindex_orm};
