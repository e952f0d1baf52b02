//! Rights in the app: who calls, the read model that decides, and grants as people give and take them.
//!
//! What a role may do, and every decision, is in the crate `access`; here is what reads and writes PostgreSQL for it.

mod caller;
mod filter;
mod model;

pub use caller::{Caller, refused};
pub use filter::push_scope;
pub use model::RightsChanges;
