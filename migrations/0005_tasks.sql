-- The register's own background work. Leases are on the database's time; every write of a worker carries its fence.

create table tasks (
    id               bigint      generated always as identity primary key,
    public_id        uuid        not null unique default gen_random_uuid(),
    kind             text        not null,
    dedupe_key       text        not null,
    asset_id         bigint      references assets,       -- what it works on; decides who may see it
    payload          jsonb       not null default '{}',
    state            text        not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    due              timestamptz not null default clock_timestamp(),
    attempt          int         not null default 0,
    max_attempts     int         not null default 5,
    lease_owner      text,
    lease_until      timestamptz,
    fence            bigint      not null default 0,
    cancel_requested boolean     not null default false,
    progress         jsonb       not null default '{}',
    result           jsonb,
    error            jsonb,                               -- key and arguments of a message, and detail for who may manage
    created_by       bigint      references people,
    created_at       timestamptz not null default clock_timestamp(),
    started_at       timestamptz,
    finished_at      timestamptz
);
-- Asking twice for the same work while it waits or runs gives the same task.
create unique index tasks_dedupe on tasks (dedupe_key) where state in ('queued', 'running');
create index tasks_due on tasks (due) where state in ('queued', 'running');
create index tasks_asset on tasks (asset_id, id desc);

create table task_lines (
    task_id bigint      not null references tasks,
    number  int         not null,
    at      timestamptz not null default clock_timestamp(),
    level   text        not null check (level in ('info', 'warn', 'error')),
    message jsonb       not null,
    primary key (task_id, number)
);

-- An answer to a write, kept a day, so that the same request sent twice is done once.
create table idempotency_keys (
    person_id  bigint      not null references people,
    key        text        not null check (length(key) <= 200),
    request    bytea       not null,                      -- SHA-256 of method, path and body
    status     int,                                       -- null while the first is under way
    headers    jsonb,
    body       bytea,
    created_at timestamptz not null default clock_timestamp(),
    primary key (person_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
