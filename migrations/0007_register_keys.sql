-- Which keys of the key file this register's secrets may be sealed by: their fingerprints, never the keys. A process
-- whose key file lacks one of them does not start.
create table register_keys (
    key_id text        primary key check (key_id ~ '^[0-9a-f]{16}$'),
    since  timestamptz not null default clock_timestamp()
);
