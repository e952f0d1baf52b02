//! People: how they are added, how they sign in, which tokens and teams they have.
//!
//! - [`set_up`]: the first administrator, by a one-time link.
//! - [`sign_in`]: a password becomes a session; [`throttle`] slows down who guesses, [`password`] hashes.
//! - [`person`]: adding, renaming, disabling, a new password; [`administrators`]: that one always remains.
//! - [`account`]: what everybody does about themselves.
//! - [`tokens`]: for programs, in the name of a person or a service.
//! - [`teams`]: a tree of named groups.
//!
//! - [`held`] and [`history`]: what somebody holds by name, and what changed about them.
//!
//! Who may do what is not here: see `access`.

pub mod account;
pub(crate) mod administrators;
mod api;
pub mod held;
pub mod history;
mod naming;
mod pages;
pub mod password;
pub mod person;
pub mod queries;
pub(crate) mod sessions;
pub mod set_up;
mod sign_in;
mod store;
pub mod teams;
pub(crate) mod throttle;
pub mod tokens;

pub(crate) use api::api;
pub(crate) use pages::pages;
pub use person::{NewPerson, create};
pub use sign_in::{Credentials, sign_in, sign_out};
