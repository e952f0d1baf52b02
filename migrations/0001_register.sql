-- The register itself: its version, its chain of change sets, its audit trail.

-- Whether a fact holds at an instant; `at` null means now. Inlined by the planner.
create function holds(valid_from timestamptz, valid_to timestamptz, at timestamptz) returns boolean
    language sql immutable parallel safe
    as $$ select valid_from <= coalesce(at, 'infinity') and (valid_to is null or valid_to > at) $$;

create table register (
    only_row   boolean     primary key default true check (only_row),
    public_id  uuid        not null default gen_random_uuid(),
    version    bigint      not null default 0,
    head       bytea       not null default sha256('cadastre'::bytea),
    created_at timestamptz not null default clock_timestamp()
);
insert into register default values;

-- Taken when a transaction starts to write; facts carry it.
create sequence change_set_ids;

create table change_sets (
    id         bigint      primary key,
    version    bigint      not null unique,
    public_id  uuid        not null unique default gen_random_uuid(),
    at         timestamptz not null,
    kind       text        not null,              -- the use case, as in `app`: text.edit, crawl, grant.give …
    person_id  bigint,                            -- who; null: the register itself
    via        text        not null,
    token_id   bigint,
    task_id    bigint,
    request_id text,
    reason     text,
    topics     text[]      not null,              -- which read models care: rights, catalogue
    assets     bigint[]    not null,              -- what it touched
    summary    jsonb       not null,              -- counts and names, never values
    head       bytea       not null               -- the chain up to and with this one
);
create index change_sets_assets on change_sets using gin (assets);
create index change_sets_at on change_sets (at);
create index change_sets_person on change_sets (person_id, version desc);

-- What a link of the chain is made of. `cadastre audit verify` walks the chain with the same function.
create function change_set_body(c change_sets) returns bytea
    language sql stable parallel safe set search_path = public, pg_temp
    as $$
        select convert_to(jsonb_build_array(
            c.id, c.version, c.public_id, (extract(epoch from c.at) * 1000000)::bigint, c.kind, c.person_id, c.via,
            c.token_id, c.task_id, c.request_id, c.reason, c.topics, c.assets, c.summary)::text, 'UTF8')
    $$;

-- Ends every writing transaction: gives the version, links the chain, wakes the followers. COMMIT follows at once.
-- It runs as the owner, so that the role which serves requests can add to the chain but never change it.
create function record_change(c change_sets) returns bigint
    language plpgsql security definer set search_path = public, pg_temp
    as $$
declare
    r register;
begin
    perform set_config('lock_timeout', '3s', true);
    perform set_config('idle_in_transaction_session_timeout', '2s', true);
    -- in one order, so that two writers never wait for each other
    perform from assets where id = any(c.assets) order by id for update;
    update assets set counter = counter + 1, changed_at = c.at where id = any(c.assets);
    update register set version = version + 1 returning * into r;
    c.version := r.version;
    c.public_id := gen_random_uuid();
    c.head := sha256(r.head || change_set_body(c));
    update register set head = c.head;
    insert into change_sets select c.*;
    notify cadastre_changes;
    return c.version;
end
$$;

-- What happened without changing the register: sign-ins, refusals, exports, reads of values. Sealed into the chain
-- in batches; `sealed_by` is the change set that holds the hash of the batch.
create table audit_events (
    id         bigint      generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    kind       text        not null,
    person_id  bigint,
    token_id   bigint,
    address    inet,
    request_id text,
    asset_id   bigint,
    detail     jsonb       not null default '{}',
    sealed_by  bigint
);
create index audit_events_at on audit_events (at desc, id desc);
create index audit_events_person on audit_events (person_id, id desc);
create index audit_events_unsealed on audit_events (id) where sealed_by is null;
create index audit_events_sealed on audit_events (sealed_by) where sealed_by is not null;

create function audit_event_body(e audit_events) returns bytea
    language sql stable parallel safe set search_path = public, pg_temp
    as $$
        select convert_to(jsonb_build_array(
            e.id, (extract(epoch from e.at) * 1000000)::bigint, e.kind, e.person_id, e.token_id, host(e.address),
            e.request_id, e.asset_id, e.detail)::text, 'UTF8')
    $$;

-- Seals what is not sealed yet, at most `batch` events; returns how many. Ends in record_change() like any writer.
create function seal_audit_events(batch int) returns int
    language plpgsql security definer set search_path = public, pg_temp
    as $$
declare
    c change_sets;
    picked bigint[];
    digest bytea;
begin
    if not pg_try_advisory_xact_lock(hashtext('cadastre.seal')) then
        return 0;
    end if;
    picked := array(select id from audit_events where sealed_by is null order by id limit batch);
    if cardinality(picked) = 0 then
        return 0;
    end if;
    select sha256(string_agg(audit_event_body(e), ''::bytea order by e.id)) into digest
        from audit_events e where e.id = any(picked);
    c.id := nextval('change_set_ids');
    c.at := clock_timestamp();
    c.kind := 'audit.seal';
    c.via := 'task';
    c.topics := '{}';
    c.assets := '{}';
    c.summary := jsonb_build_object('events', cardinality(picked), 'sha256', encode(digest, 'hex'));
    update audit_events set sealed_by = c.id where id = any(picked);
    perform record_change(c);
    return cardinality(picked);
end
$$;

-- Heads of the chain, signed each minute with a key that lies outside of the database, and appended to a file and the log
-- besides: whoever rewrites the chain from some row on can't sign its heads anew.
create table signed_heads (
    version   bigint      primary key,
    head      bytea       not null,
    signature text        not null,
    at        timestamptz not null default clock_timestamp()
);
