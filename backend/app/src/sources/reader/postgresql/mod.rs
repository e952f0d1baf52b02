//! PostgreSQL 12 and newer, read through `pg_catalog`.

mod tls;

pub(super) use tls::trusted_certificates;
