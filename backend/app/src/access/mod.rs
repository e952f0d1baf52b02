//! Rights in the app: who calls, the read model that decides, and grants as people give and take them.
//!
//! What a role may do, and every decision, is in the crate `access`; here is what reads and writes PostgreSQL for it:
//! [`give()`] and [`revoke()`] change grants, [`at_asset`] says who may do what to an asset and why, [`grants`] lists what
//! was granted where, [`roles`] draws the table of roles. A grant is never changed, only taken back and given anew, so
//! it has no version of its own: giving one touches the asset that it is about.
//!
//! Owners, who are stewards of what they own, are named in the catalogue; people and teams have their own feature.

mod api;
mod caller;
mod filter;
mod give;
pub mod holdings;
mod list;
mod model;
pub(crate) mod pages;
pub(crate) mod panel;
mod refusal;
mod revoke;
mod roles;
mod store;
pub mod subjects;

pub(crate) use api::api;
pub use caller::{Caller, refused};
pub use filter::push_scope;
pub use give::{NewGrant, REASON_MAX, give, give_beside};
pub use holdings::at_asset;
pub use list::{GrantFilter, GrantView, find, grants, grants_beside};
pub use model::RightsChanges;
pub(crate) use pages::pages;
pub use revoke::{revoke, revoke_beside};
pub use roles::{Roles, roles};
