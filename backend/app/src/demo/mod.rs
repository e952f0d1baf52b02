//! The demo: a register that is filled before the first person sees it, from a sample company with real databases.

mod company;
mod fill;

pub use company::{Company, DATABASES, READER};
pub use fill::{Account, fill, reconnect};
