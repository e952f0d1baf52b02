//! Texts in languages: what the source says and what people say, side by side.

mod beside;
mod queries;
mod write;

pub(crate) use beside::{differing, write_beside};
pub use queries::{Length, Said, of_asset, of_columns};
pub use write::{Edit, Saying, say};
