-- The edges between two datasets are found by both, however many others one of them has; those from one by the same index.
create index lineage_edges_between on lineage_edges (from_id, to_id);
drop index lineage_edges_from;
