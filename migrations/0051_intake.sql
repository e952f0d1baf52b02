-- What others tell of jobs, runs, datasets and tests. Told states and runs are measurements: no change set is written for
-- them. What follows from them (a job's definition, its edges, columns, texts) is written as facts, in change sets.

-- The state of a job as it was told: for OpenLineage what all its events come to, for dbt what the manifest says of it.
create table told_jobs (
    id        bigint      generated always as identity primary key,
    maker     text        not null check (maker in ('openlineage', 'dbt')),
    key       bytea       not null,                 -- SHA-256 of namespace and name
    namespace text        not null,
    name      text        not null,
    job_id    bigint      references assets,        -- none: told of, and nothing came of it yet
    record    jsonb       not null,
    said      bytea,                                -- of the declaration that was put: the same, nothing to do
    told_at   timestamptz not null default clock_timestamp()
);
create unique index told_jobs_key on told_jobs (maker, key);
create index told_jobs_job on told_jobs (job_id) where job_id is not null;

-- The same of a dataset. What the catalogue has no place for yet (tags, meta, unknown facets) is kept here.
create table told_datasets (
    id         bigint      generated always as identity primary key,
    maker      text        not null check (maker in ('openlineage', 'dbt')),
    key        bytea       not null,
    namespace  text        not null,
    name       text        not null,
    dataset_id bigint      references assets,
    record     jsonb       not null,
    said       bytea,
    told_at    timestamptz not null default clock_timestamp()
);
create unique index told_datasets_key on told_datasets (maker, key);
create index told_datasets_dataset on told_datasets (dataset_id) where dataset_id is not null;

-- Runs of jobs.
create table job_runs (
    id               bigint      generated always as identity primary key,
    public_id        uuid        not null unique default gen_random_uuid(),
    job_id           bigint      not null references assets,
    run              uuid        not null,          -- the client's: one id may be of runs of several jobs
    maker            text        not null check (maker in ('openlineage', 'dbt')),
    version          int,                           -- of the job, when the run was first heard of
    state            text        not null check (state in ('waiting', 'running', 'done', 'failed', 'aborted')),
    at               timestamptz not null,          -- its start; else when it was first heard of
    started_at       timestamptz,
    ended_at         timestamptz,
    nominal_start    timestamptz,
    nominal_end      timestamptz,
    parent_run       uuid,
    parent_namespace text,
    parent_name      text,
    rows_read        bigint,
    bytes_read       bigint,
    rows_written     bigint,
    bytes_written    bigint,
    error            text,
    engine           text,
    inputs           jsonb       not null default '[]',
    outputs          jsonb       not null default '[]',
    facets           jsonb       not null default '{}',
    record           jsonb                          -- what all its events come to
);
create unique index job_runs_run on job_runs (job_id, run);
create index job_runs_at on job_runs (job_id, at desc, id desc);
create index job_runs_parent on job_runs (parent_run) where parent_run is not null;

-- Tests that others run: of dbt, and the assertions in events.
create table declared_tests (
    id          bigint      generated always as identity primary key,
    public_id   uuid        not null unique default gen_random_uuid(),
    maker       text        not null check (maker in ('openlineage', 'dbt')),
    key         bytea       not null,               -- SHA-256 of dataset, column and name
    name        text        not null,
    kind        text        not null,               -- as written: not_null, unique, …
    namespace   text,                               -- of the dataset, as the client names it
    dataset     text,
    dataset_id  bigint      references assets,
    column_path text[],
    severity    text,
    definition  text,                               -- its SQL
    details     jsonb       not null default '{}',
    told_at     timestamptz not null                -- what is newer counts
);
create unique index declared_tests_key on declared_tests (maker, key);
create index declared_tests_dataset on declared_tests (dataset_id) where dataset_id is not null;

-- What came of them.
create table declared_results (
    id         bigint      generated always as identity primary key,
    test_id    bigint      not null references declared_tests,
    at         timestamptz not null,
    run        uuid        not null,                -- nil where none is said
    job_id     bigint      references assets,
    status     text        not null check (status in ('pass', 'warn', 'fail', 'error', 'skip')),
    failures   bigint,
    message    text,
    expected   text,
    actual     text
);
create unique index declared_results_once on declared_results (test_id, at, run);

-- A description that others told, as against the source's own comment: a crawl that finds no comment leaves it.
alter table texts add column told_by text check (told_by in ('openlineage', 'dbt'));

-- The same of an owner.
alter table owners add column told_by text check (told_by in ('openlineage', 'dbt'));
