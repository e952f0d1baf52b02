-- Profiles: what the columns of a dataset hold, as it was measured. Measurements, outside change sets.
create table profiles (
    id         bigint           generated always as identity primary key,
    public_id  uuid             not null unique default gen_random_uuid(),
    dataset_id bigint           not null references assets,
    at         timestamptz      not null default clock_timestamp(),
    rows       bigint           not null,          -- counted; where a sample was taken, as the source estimates
    looked_at  bigint           not null,          -- rows that were looked at
    sample     text             check (sample in ('pages', 'first')),   -- none: all rows
    percent    double precision,                   -- of the pages, and the seed that chose them
    seed       int,
    took_ms    bigint           not null,
    complete   boolean          not null           -- false: some measure took too long or failed
);
create index profiles_dataset on profiles (dataset_id, at desc, id desc);

create table column_profiles (
    profile_id bigint not null references profiles on delete cascade,
    column_id  bigint not null references columns,
    measures   jsonb  not null,
    primary key (profile_id, column_id)
);
create index column_profiles_column on column_profiles (column_id);

-- When all datasets of a source are profiled next, where its settings say so.
alter table sources add column next_profile_due timestamptz;
