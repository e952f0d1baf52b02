//! What the visitor sees: a struct in, HTML out. askama and the model only; no server, no database.
//!
//! A page is a view struct ([`Page`]) with a template beside it of the same name, and a [`Chrome`] as its frame.
//! View structs hold plain values; addresses come from [`href`], words from [`T`], forms from [`form`].
//! A view struct's doc comment names the forms on the page and their fields: that is the contract with the handlers.
//! Every form carries [`Csrf`] as the field `csrf`, which the doc comments do not repeat.

pub mod form;
pub mod href;
pub mod icons;
pub mod words;

mod assets;
mod chart;
mod chrome;
mod format;
mod language;
mod markdown;
mod markup;
mod page;

pub mod access;
pub mod admin;
pub mod api;
pub mod audit;
pub mod catalog;
pub mod errors;
pub mod home;
pub mod jobs;
pub mod lineage;
pub mod notices;
pub mod parts;
pub mod people;
pub mod quality;
pub mod sources;
pub mod tasks;

#[cfg(feature = "samples")]
pub mod samples;

pub use assets::{asset, asset_names, asset_url};
pub use cadastre_model::{
    AssetKind, AssetState, ConstraintKind, Effect, Language, Message, ObjectKind, Sensitivity, SubjectKind,
};
pub use chrome::{Chrome, Csrf, Flash, Nav, NavGroup, Theme, Visitor, initials};
pub use form::{Choice, Form};
pub use format::{absolute, bytes, compact, grouped, percent};
pub use language::{Argument, T};
pub use markdown::{Markdown, excerpt};
pub use markup::{Bar, Compact, Icon, Marked, Meter, Moment, Status, Tone, icon, small};
pub use page::{Page, RenderError};
