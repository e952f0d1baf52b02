//! SQL text (and a schema, where there is one) to table and column lineage.
