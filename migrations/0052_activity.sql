-- How often the tables of a source are read and written: its own counters, as each crawl found them. Measurements, outside
-- change sets. A row is written where they differ from the last.
create table dataset_counters (
    dataset_id bigint      not null references assets,
    at         timestamptz not null,
    since      timestamptz,                          -- when the source began to count, where it says so
    reads      bigint      not null,                 -- scans of the table and its indexes
    writes     bigint      not null,                 -- rows inserted, changed and deleted
    written_at timestamptz,                          -- the crawl that last found more of them; none: no crawl did
    primary key (dataset_id, at)
);

-- When the job last ended well: what it writes was written then.
create index job_runs_done on job_runs (job_id, ended_at desc) where state = 'done' and ended_at is not null;
