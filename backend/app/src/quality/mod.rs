//! Quality: rules that say what data ought to look like, looked at where the data is.
//!
//! A *rule* belongs to a dataset and has versions ([`store`], [`save`]); what it says is the language of the crate `rules`.
//! When it is due, by its schedule, after an update of the dataset or because somebody asked, a row says so ([`due`]). All that
//! is due on a dataset is one task: a *check* ([`check`]), which reads what the source says of the table now ([`live`]), runs
//! as few statements as can be in one snapshot of it, and writes exactly one result for each time that a rule was due, in the
//! transaction that takes the due row away. A check is begun at least once; its results are written once.

mod api;
mod apply;
mod ask;
mod badge;
mod cause;
mod check;
mod custom;
mod days;
mod dry;
mod due;
mod everywhere;
mod ground;
mod incident;
mod incidents;
mod incidents_api;
mod known;
pub(crate) mod learned;
mod live;
mod measure;
mod outside;
mod pages;
mod read;
mod result;
mod save;
mod select;
mod store;
mod unusual;
mod words;

pub(crate) use api::api;
pub use apply::{Applied, Change, apply, prune};
pub use ask::{Asked, Waited, ask_beside, dataset, wait};
pub(crate) use badge::{badges, head};
pub(crate) use check::{KIND, run};
pub(crate) use days::carry;
pub use due::{follow, look};
pub(crate) use pages::pages;
pub(crate) use result::sweep;
pub use select::renew;
