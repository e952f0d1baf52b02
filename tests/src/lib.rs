//! One integration binary that mirrors the features, on a real PostgreSQL.
