//! Texts in languages: what the source says and what people say, side by side.

mod queries;
mod write;

pub use queries::{Length, Said, of_asset, of_columns};
pub use write::{Edit, Saying, say};
