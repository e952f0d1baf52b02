-- The large register, from a seed: 100,000 datasets in 50 layers, 2,000,000 columns, 50,000 jobs, 3,000,000 edges between columns.
-- psql -v datasets=100000 -v columns=20 -f large.sql. Written as the register writes it, past its program: rows, not a use case.
\set ON_ERROR_STOP on
set synchronous_commit = off;
select setseed(0.42);
begin;
insert into change_sets (id, version, at, kind, via, topics, assets, summary, head)
    select max(id) + 1, max(version) + 1, now(), 'bench', 'cli', '{catalogue,lineage}', '{}', '{}', '' from change_sets;
update register set version = (select max(version) from change_sets);
select max(id) as change from change_sets \gset
select scope_path as root from assets where id = 1 \gset
-- ids: the source, then 500 schemas, datasets from 1,000,000, jobs from 2,000,000, columns from 10,000,000
insert into assets (id, kind, name, parent_id, state, scope_path, container_path, source_id)
    values (10000, 'source', 'bench', 1, 'live', :'root'::bigint[] || 10000::bigint, '{10000}', 10000);
insert into sources (asset_id, kind, last_crawl_at) values (10000, 'postgresql', now());
insert into source_facts (source_id, connection, filters, namespace, valid_from, change_set)
    values (10000, '{"host": "nowhere.example", "port": 5432, "database": "bench", "user": "u", "tls": "disable"}', '{}', 'postgres://nowhere.example:5432', now(), :change);
insert into assets (id, kind, name, parent_id, state, scope_path, container_path, source_id)
    select 10000 + s, 'schema', 'schema_' || s, 10000, 'live', :'root'::bigint[] || array[10000, 10000 + s]::bigint[], array[10000, 10000 + s]::bigint[], 10000
    from generate_series(1, 500) s;
insert into assets (id, kind, name, parent_id, state, scope_path, container_path, source_id)
    select 1000000 + d, 'dataset', 'dataset_' || d, 10001 + d % 500, 'live',
           :'root'::bigint[] || array[10000, 10001 + d % 500, 1000000 + d]::bigint[], array[10000, 10001 + d % 500, 1000000 + d]::bigint[], 10000
    from generate_series(0, :datasets - 1) d;
insert into assets (id, kind, name, parent_id, state, scope_path, container_path, source_id)
    select 2000000 + j, 'job', 'job_' || j || '.sql', 10000, 'live', :'root'::bigint[] || array[10000, 2000000 + j]::bigint[], array[10000, 2000000 + j]::bigint[], 10000
    from generate_series(0, :datasets / 2 - 1) j;
insert into asset_facts (asset_id, name, parent_id, state, valid_from, change_set)
    select id, name, parent_id, state, now(), :change from assets where id >= 10000;
insert into dataset_facts (dataset_id, kind, valid_from, change_set)
    select id, 'table', now(), :change from assets where kind = 'dataset' and id >= 1000000;
insert into job_facts (job_id, number, kind, maker, dialect, definition, namespace, valid_from, change_set)
    select id, 1, 'sql', 'sql', 'postgres', 'insert into t select * from s', 'postgres://nowhere.example:5432', now(), :change
    from assets where kind = 'job' and id >= 2000000;
insert into columns (id, dataset_id) select 10000000 + d::bigint * :columns + c, 1000000 + d
    from generate_series(0, :datasets - 1) d, generate_series(0, :columns - 1) c;
insert into column_facts (column_id, dataset_id, path, ordinal, type_written, type, nullable, valid_from, change_set)
    select id, dataset_id, array['column_' || (id - 10000000) % :columns], (id - 10000000) % :columns + 1, 'text', 'text', true, now(), :change
    from columns where id >= 10000000;
-- Each dataset but those of the first layer is made from three of the layer before, more often from its first ones.
create temp table pairs as
    select row_number() over () as n, f.d as from_d, t.d as to_d
    from generate_series(:datasets / 50, :datasets - 1) t (d),
         lateral (select distinct (t.d / (:datasets / 50) - 1) * (:datasets / 50) + floor(power(random(), 2) * (:datasets / 50))::int as d
                  from generate_series(1, 3 + t.d % 2) k) f;
-- A hub: everything of the layers 30 on reads one table, too.
insert into pairs select (select max(n) from pairs) + row_number() over (), 7, d from generate_series(:datasets / 50 * 2, :datasets - 1) d
    where not exists (select from pairs p where p.from_d = 7 and p.to_d = d);
insert into lineage_edges (job_id, from_id, to_id, how, maker, confidence, valid_from, change_set)
    select 2000000 + to_d / 2, 1000000 + from_d, 1000000 + to_d, 'identity', 'sql', 100, now(), :change from pairs;
insert into lineage_edges (job_id, from_id, to_id, from_column, to_column, how, maker, confidence, valid_from, change_set)
    select 2000000 + to_d / 2, 1000000 + from_d, 1000000 + to_d,
           10000000 + from_d::bigint * :columns + (c + n) % :columns, 10000000 + to_d::bigint * :columns + c,
           case when c % 5 = 0 then 'expression' else 'identity' end, 'sql', 100, now(), :change
    from pairs, generate_series(0, 9) c where from_d <> 7 or n % 10 = 0;
insert into job_readings (job_id, version, inputs, names, read_at) select job_id, id, '', '[]', now() from job_facts where job_id >= 2000000;
commit;
vacuum analyze;
