//! Profiles and samples: what the columns of a dataset hold.
//!
//! A profile is measured by a task ([`run`]), asked for by somebody who may see it or by the source's settings ([`schedule`]): rows, share
//! without a value, distinct values, and, where the column is not masked for everybody, least and greatest value, mean, quantiles, most
//! frequent values, a histogram, lengths and the shapes of texts. Large datasets are sampled ([`base`]), which is said with each figure.
//! Profiles are kept ([`store`]), so that they have a history. A sample of rows ([`sample`]) is read when it is asked for, and kept nowhere.
//!
//! Everything is read by the safe reader, and everything shown has passed [`mask`].

mod api;
mod base;
mod dataset;
pub mod mask;
mod measure;
mod measures;
mod pages;
mod run;
mod sample;
pub(crate) mod schedule;
mod show;
mod store;
mod unusual;

pub(crate) use api::api;
pub(crate) use pages::pages;
pub(crate) use run::{KIND, run};
