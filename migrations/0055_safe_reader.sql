-- Reading what sources hold, within limits that whoever manages a source sets.

-- Limits: connections at once, seconds of a statement, statements and seconds a day, quiet hours. What is left out has its default.
alter table source_facts add column reading jsonb not null default '{}';

-- Measurements of the register for itself, outside change sets. A visit holds one of the source's connections until its lease ends.
create table source_visits (
    id        bigint      generated always as identity primary key,
    source_id bigint      not null references sources,
    purpose   text        not null check (purpose in ('rule', 'custom_rule', 'sample', 'profile')),
    opened_at timestamptz not null default clock_timestamp(),
    until     timestamptz not null
);
create index source_visits_source on source_visits (source_id, until);

-- What was read of a source on a day of its own time zone.
create table source_reading (
    source_id    bigint not null references sources,
    day          date   not null,
    statements   bigint not null default 0,
    milliseconds bigint not null default 0,
    primary key (source_id, day)
);
