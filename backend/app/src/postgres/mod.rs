//! The register's PostgreSQL: a private one that this process runs, or the one that DATABASE_URL names.
//!
//! A private PostgreSQL is a [`Cluster`]: system programs ([`programs`]) working in a directory of ours ([`home`]),
//! made once ([`initialise`]), reached by a socket or a loopback port ([`endpoint`]), run and watched as a child
//! process ([`postmaster`]), which `kill -9` of the parent turns into an orphan that the next start adopts.
//! [`PrivatePostgres`] is the cluster of the register with its two roles; [`Database`] is what commands use and
//! never ask where it is. Not here: pools and migrations ([`crate::db`]), sources that are crawled.

mod account;
mod cluster;
mod database;
mod endpoint;
mod home;
mod initialise;
mod postmaster;
mod private;
mod programs;

pub use cluster::{Began, Cluster, Running};
pub use database::{Database, Libpq};
pub(crate) use initialise::last_line;
pub use private::PrivatePostgres;
pub use programs::{OLDEST_MAJOR, Program, Programs};
