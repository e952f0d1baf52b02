-- Incidents: what rules that fail at a dataset open, and people deal with. Opened and closed by results, which are measurements;
-- what people do to them is told in their timeline.

create table incidents (
    id          bigint      generated always as identity primary key,
    public_id   uuid        not null unique default gen_random_uuid(),
    dataset_id  bigint      not null references assets,
    check_id    bigint      not null references checks,   -- in which its rules began to fail
    severity    text        not null check (severity in ('low', 'medium', 'high')),
    state       text        not null default 'open' check (state in ('open', 'acknowledged', 'closed')),
    opened_at   timestamptz not null,
    seen_at     timestamptz not null,                     -- the last result that failed
    closed_at   timestamptz,
    assignee_id bigint      references people,
    muted_until timestamptz,
    counter     bigint      not null default 1            -- the ETag
);
create index incidents_open on incidents (dataset_id) where state <> 'closed';
create index incidents_at on incidents (opened_at desc, id desc);
create index incidents_dataset on incidents (dataset_id, id desc);

-- The rules that it is about. A rule is in one open incident at most.
create table incident_rules (
    incident_id bigint      not null references incidents,
    rule_id     bigint      not null references rules,
    since       timestamptz not null,
    until       timestamptz,                              -- it passed again, or was retired
    primary key (incident_id, rule_id)
);
create unique index incident_rules_open on incident_rules (rule_id) where until is null;

-- What happened to it.
create table incident_events (
    id          bigint      generated always as identity primary key,
    incident_id bigint      not null references incidents,
    at          timestamptz not null,
    kind        text        not null check (kind in ('opened', 'joined', 'passed', 'acknowledged', 'assigned', 'muted', 'noted', 'closed', 'resolved')),
    person_id   bigint      references people,            -- who did it; none: a result
    rule_id     bigint      references rules,
    subject_id  bigint      references people,            -- to whom it was assigned
    until       timestamptz,                              -- muted
    note        text
);
create index incident_events_of on incident_events (incident_id, id);
