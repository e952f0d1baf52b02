-- Quality: rules, when they are due, and what came of them.

-- A rule of a dataset. One that was retired and is written again under its name is the same rule.
create table rules (
    id         bigint      generated always as identity primary key,
    public_id  uuid        not null unique default gen_random_uuid(),
    dataset_id bigint      not null references assets,
    name       text        not null,
    next_due   timestamptz,                         -- of its schedule; none: it has none, or is not in force
    mark       jsonb,                               -- up to where a rule with a watermark has counted
    followed   timestamptz                          -- the update of the dataset after which it last was due
);
create unique index rules_name on rules (dataset_id, name);
create index rules_due on rules (next_due) where next_due is not null;

-- What it says, version by version. None in force: it was retired.
create table rule_facts (
    id           bigint      generated always as identity primary key,
    rule_id      bigint      not null references rules,
    number       int         not null,              -- of the version, from 1
    definition   jsonb       not null,              -- in the canonical form of the crate rules
    dimension    text        not null check (dimension in ('completeness', 'uniqueness', 'validity', 'accuracy', 'consistency', 'timeliness')),
    severity     text        not null check (severity in ('low', 'medium', 'high')),
    owner_person bigint      references people,
    owner_team   bigint      references teams,
    enabled      boolean     not null default true,
    muted_until  timestamptz,
    is_custom    boolean     not null,              -- has SQL that somebody wrote
    author_id    bigint      references people,     -- under whose rights such SQL runs; none: the operator's
    origin       text,                              -- the file that it was applied from
    valid_from   timestamptz not null,
    valid_to     timestamptz check (valid_to > valid_from),
    change_set   bigint      not null,
    closed_by    bigint,
    check (num_nonnulls(owner_person, owner_team) <= 1)
);
create unique index rule_facts_open on rule_facts (rule_id) where valid_to is null;
create unique index rule_facts_number on rule_facts (rule_id, number);
create index rule_facts_change on rule_facts (change_set);
create index rule_facts_closed on rule_facts (closed_by) where closed_by is not null;
create index rule_facts_origin on rule_facts (origin) where valid_to is null and origin is not null;

-- A time at which a rule has to be looked at. It goes when its result comes, in the same transaction.
create table rule_dues (
    rule_id  bigint      not null references rules,
    due_at   timestamptz not null,
    why      text        not null check (why in ('schedule', 'update', 'asked')),
    asked_by bigint      references people,
    primary key (rule_id, due_at)
);
create index rule_dues_at on rule_dues (due_at);

-- One look at a dataset: all rules that were due on it, in one snapshot of its source.
create table checks (
    id         bigint      generated always as identity primary key,
    public_id  uuid        not null unique default gen_random_uuid(),
    dataset_id bigint      not null references assets,
    task_id    bigint,
    started_at timestamptz not null,
    ended_at   timestamptz not null,
    rules      int         not null,
    statements int         not null                 -- that the source was asked
);
create index checks_dataset on checks (dataset_id, id desc);
create index checks_age on checks (ended_at);

-- What came of a rule at a time at which it was due: exactly one.
create table rule_results (
    rule_id   bigint           not null references rules,
    due_at    timestamptz      not null,
    check_id  bigint           not null references checks,
    version   int              not null,            -- of the rule
    why       text             not null check (why in ('schedule', 'update', 'asked')),
    at        timestamptz      not null,
    verdict   text             not null check (verdict in ('pass', 'warn', 'fail', 'error', 'open')),
    value     double precision,
    failing   bigint,
    row_count bigint,
    outcome   jsonb            not null,            -- all that the crate rules says of it
    message   jsonb,                                -- why it is no plain pass or fail, for people
    primary key (rule_id, due_at)
);
create index rule_results_at on rule_results (rule_id, at desc);
create index rule_results_check on rule_results (check_id);
create index rule_results_age on rule_results (at);
