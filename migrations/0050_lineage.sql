-- Lineage: jobs, their definitions, and the edges that the definitions make.

alter table assets drop constraint assets_kind_check;
alter table assets add constraint assets_kind_check check
    (kind in ('register', 'domain', 'source', 'database', 'schema', 'namespace', 'dataset', 'job'));

alter table dataset_facts drop constraint dataset_facts_kind_check;
alter table dataset_facts add constraint dataset_facts_kind_check check
    (kind in ('table', 'partitioned_table', 'view', 'materialized_view', 'foreign_table', 'topic', 'file', 'index', 'endpoint', 'named'));

-- A version of a job: what defines it. The open one is in force; the closed ones are its history.
create table job_facts (
    id           bigint      generated always as identity primary key,
    job_id       bigint      not null references assets,
    number       int         not null,               -- of the version, from 1
    kind         text        not null check (kind in ('view', 'materialized_view', 'function', 'sql', 'dbt', 'openlineage',
                                                      'flume', 'kafka_connect', 'filebeat', 'logstash')),
    maker        text        not null check (maker in ('crawl', 'sql', 'openlineage', 'dbt', 'config')),
    dialect      text,                               -- of sql-lineage, where the definition is SQL
    definition   text,
    namespace    text        not null,               -- in which the names of the text are looked for
    default_path text[]      not null default '{}',  -- what a short name gets in front: database, schema
    fills        jsonb,                              -- where the rows of a bare query go: namespace and path
    description  text,                               -- in its system's words
    schedule     text,                               -- as its system writes it
    origin       text,                               -- a file, an address
    declared     jsonb,                              -- what was said of inputs, outputs and edges, where the text is not all
    valid_from   timestamptz not null,
    valid_to     timestamptz check (valid_to > valid_from),
    change_set   bigint      not null,
    closed_by    bigint
);
create unique index job_facts_open on job_facts (job_id) where valid_to is null;
create unique index job_facts_number on job_facts (job_id, number);
create index job_facts_change on job_facts (change_set);
create index job_facts_closed on job_facts (closed_by) where closed_by is not null;

-- What was read out of the version in force, and when. Derived: written anew whenever the definition or a schema that it
-- names has changed.
create table job_readings (
    job_id  bigint      primary key references assets,
    version bigint      not null,                    -- the row of job_facts
    inputs  bytea       not null,                    -- of all that the answer depends on: the same, the same answer
    names   jsonb       not null,                    -- the names that it asked for
    read_at timestamptz not null
);


-- The statements of the version in force, and how much of each was understood. Derived, as above.
create table job_statements (
    job_id        bigint not null references assets,
    ordinal       int    not null,                   -- from 1
    kind          text   not null,
    understood    text   not null check (understood in ('whole', 'partly', 'failed', 'no_data')),
    start_byte    int    not null,
    end_byte      int    not null,
    line          int    not null,
    -- of the worst that was not understood, the first of it
    reason        text,
    reason_line   int,
    reason_column int,
    primary key (job_id, ordinal)
);
create index job_statements_trouble on job_statements (job_id) where understood in ('partly', 'failed');

-- An edge. With a column at either end it is about columns, with none about datasets; with one end only the job reads or
-- writes it, and nothing says where it goes. A struck row says that there is no such edge.
create table lineage_edges (
    id            bigint      generated always as identity primary key,
    public_id     uuid        not null unique default gen_random_uuid(),
    job_id        bigint      references assets,      -- none: drawn by hand
    from_id       bigint      references assets,
    to_id         bigint      references assets,
    from_column   bigint      references columns,
    to_column     bigint      references columns,
    how           text        not null,
    star          boolean     not null default false, -- all columns, of which none is known yet
    struck        boolean     not null default false,
    maker         text        not null check (maker in ('crawl', 'sql', 'openlineage', 'dbt', 'config', 'person')),
    confidence    smallint    not null check (confidence between 0 and 100),
    -- Where the version in force says so: derived, and written anew with it.
    statement     int,                                -- from 1
    start_byte    int,                                -- of the expression in the definition
    end_byte      int,
    note          text,
    valid_from    timestamptz not null,
    valid_to      timestamptz check (valid_to > valid_from),
    change_set    bigint      not null,
    closed_by     bigint,
    check (num_nonnulls(from_id, to_id) = 2 or (job_id is not null and num_nonnulls(from_id, to_id) = 1)),
    check (from_column is null or from_id is not null),
    check (to_column is null or to_id is not null)
);
create index lineage_edges_from on lineage_edges (from_id, valid_to);
create index lineage_edges_to on lineage_edges (to_id, valid_to);
create index lineage_edges_job on lineage_edges (job_id, valid_to);
create index lineage_edges_from_column on lineage_edges (from_column) where from_column is not null;
create index lineage_edges_to_column on lineage_edges (to_column) where to_column is not null;
create index lineage_edges_change on lineage_edges (change_set);
create index lineage_edges_closed on lineage_edges (closed_by) where closed_by is not null;

-- A dataset is no leaf any more: the job of a view lies in it. Whoever adds a job locks what it lies in, so that no job is
-- added under a path that is being rewritten. A namespace is a container as a source is.
create or replace function refresh_effective(roots bigint[]) returns void
    language plpgsql set search_path = public, pg_temp
    as $$
declare
    lock_key constant int := hashtext('cadastre.tree');
begin
    if exists (select from assets where id = any(roots) and kind not in ('dataset', 'job')) then
        perform pg_advisory_xact_lock(lock_key);
    else
        perform pg_advisory_xact_lock_shared(lock_key);
    end if;

    -- domains first: the rest stands on them
    with recursive below as (
        select a.id, coalesce(p.scope_path, '{}') || a.id as path, coalesce(a.sensitivity, p.effective_sensitivity, 'internal') as level
            from assets a left join assets p on p.id = a.parent_id
            where a.id = any(roots) and a.kind in ('register', 'domain')
        union all
        select c.id, b.path || c.id, coalesce(c.sensitivity, b.level)
            from below b join assets c on c.parent_id = b.id and c.kind = 'domain'
    )
    update assets a set scope_path = b.path, effective_sensitivity = b.level,
            effective_domain_id = case when a.kind = 'domain' then a.id end
        from below b where a.id = b.id;

    with recursive touched_domains as (
        select id from assets where id = any(roots) and kind in ('register', 'domain')
        union
        select c.id from touched_domains d join assets c on c.parent_id = d.id and c.kind = 'domain'
    ),
    tops as (
        select id from assets where id = any(roots) and kind not in ('register', 'domain')
        union
        select a.id from assets a join touched_domains d on a.domain_id = d.id
        union   -- a new default of the register reaches every source and namespace
        select a.id from assets a where a.kind in ('source', 'namespace') and exists (select from touched_domains where id = 1)
    ),
    below as (
        select a.id, p.container_path || a.id as path, coalesce(a.sensitivity, p.container_sensitivity) as level,
               coalesce(a.domain_id, case when p.kind <> 'register' then p.effective_domain_id end) as domain
            from tops t join assets a on a.id = t.id join assets p on p.id = a.parent_id
            -- a top below another top comes with it
            where not exists (select from tops o where o.id <> a.id and o.id = any(p.container_path))
        union all
        select c.id, b.path || c.id, coalesce(c.sensitivity, b.level), coalesce(c.domain_id, b.domain)
            from below b join assets c on c.parent_id = b.id
    )
    update assets a set
            container_path = b.path,
            container_sensitivity = b.level,
            effective_domain_id = b.domain,
            effective_sensitivity = coalesce(b.level, d.effective_sensitivity, r.effective_sensitivity),
            scope_path = coalesce(d.scope_path, r.scope_path) || b.path
        from below b left join assets d on d.id = b.domain, assets r
        where a.id = b.id and r.id = 1
          and (a.container_path, a.container_sensitivity, a.effective_domain_id, a.effective_sensitivity, a.scope_path)
              is distinct from
              (b.path, b.level, b.domain, coalesce(b.level, d.effective_sensitivity, r.effective_sensitivity),
               coalesce(d.scope_path, r.scope_path) || b.path);
end
$$;

-- A job is known by what it lies in and its name. Names of clients may be longer than a B-tree entry may be.
create unique index assets_job on assets (parent_id, md5(name)) where kind = 'job';

-- The name of a column by its id, also of one that is gone: edges and the History of wide datasets ask for thousands.
create index column_facts_column on column_facts (column_id, valid_from desc);
