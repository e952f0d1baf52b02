-- Other datasets with a column of the same name. A hash index, since a path may be longer than a B-tree entry may be.
create index column_facts_path on column_facts using hash (path) where valid_to is null;
