//! The tables as sea-orm entities, one file a table.
