//! Domains: the business's own tree over sources and datasets, and what lies in it takes from it.
//!
//! A domain is an asset of kind *domain* below the register or another domain. [`create`], [`change`] and [`remove`] are
//! its life; [`set_domain`] puts an asset into one, [`set_sensitivity`] and [`set_column_sensitivity`] say how delicate
//! something is. What an asset takes over from its containers, its domain or the register is explained by [`standing`].
//!
//! A domain is a scope of grants: who moves one, or puts an asset into one, changes who sees what lies there. All of that
//! is rewritten in the same transaction (`refresh_effective()` in migrations/0003), however much it is.

mod api;
mod change;
mod form;
mod pages;
mod placing;
pub mod queries;
mod standing;

pub(crate) use api::api;
pub use change::{DomainInput, change, create, remove};
pub(crate) use form::choice as domain_choice;
pub(crate) use pages::{head as domain_head, pages};
pub use placing::{set_column_sensitivity, set_domain, set_sensitivity};
pub use standing::{Ground, Standing, standing};
