//! Who may do what: actors, actions, scopes and permits, decided by casbin.
//!
//! [`Rights`] is the read model: the app loads [`Facts`] from PostgreSQL and applies the changes that follow. It
//! answers four questions, for an [`Actor`] at an instant:
//!
//! - [`Rights::permit`]: may they do this to that? A [`Permit`] is what every write asks for, and only this crate
//!   makes one.
//! - [`Rights::scope`]: where may they do this? A [`Scope`] is what every list asks for.
//! - [`Rights::may_give`] and its neighbours: may they change somebody's rights so?
//! - [`Rights::explain`]: who may do what to that, by which grant, until when?
//!
//! What a role may do stands in [`table`]; casbin, in [`engine`], decides by it. There is no database here, no
//! clock, and no name of anything: only ids and words of closed sets.

mod actor;
pub mod engine;
mod explain;
mod facts;
mod giving;
mod holdings;
mod people;
mod permit;
mod remembered;
mod rights;
mod scope;
pub mod table;

pub use actor::{Actor, Resource, TokenScopes, token_scope};
pub use engine::EngineError;
pub use explain::{Basis, Holding};
pub use facts::{Facts, Grant};
pub use giving::{Giving, NotGiven, Offer};
pub use permit::{By, Permit, Refusal};
pub use rights::Rights;
pub use scope::Scope;
