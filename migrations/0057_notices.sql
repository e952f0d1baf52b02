-- Notices: what people are told of, and by which way.

-- What somebody wants to be told of beside what concerns them anyway. People write it: facts.
create table subscriptions (
    id            bigint      generated always as identity primary key,
    public_id     uuid        not null unique default gen_random_uuid(),
    person_id     bigint      not null references people,
    about         text        not null check (about in ('mine', 'upstream', 'all', 'asset')),
    asset_id      bigint      references assets,          -- and all that lies in it
    severity      text        not null check (severity in ('low', 'medium', 'high')),   -- from it on
    channel       text        not null check (channel in ('inbox', 'email', 'webhook')),
    target        bytea,                                  -- of a webhook: its address and key, sealed; gone with it
    shown         text,                                   -- the address without what may be secret in it
    failing_since timestamptz,                            -- notes of the register for itself
    failing_why   jsonb,
    valid_from    timestamptz not null,
    valid_to      timestamptz check (valid_to > valid_from),
    change_set    bigint      not null,
    closed_by     bigint,
    check ((about = 'asset') = (asset_id is not null))
);
create unique index subscriptions_open on subscriptions (person_id, about, coalesce(asset_id, 0), channel)
    where valid_to is null and channel <> 'webhook';
create index subscriptions_person on subscriptions (person_id, id) where valid_to is null;
create index subscriptions_asset on subscriptions (asset_id) where valid_to is null and about = 'asset';
create index subscriptions_about on subscriptions (about) where valid_to is null and about <> 'asset';
create index subscriptions_change on subscriptions (change_set);
create index subscriptions_closed on subscriptions (closed_by) where closed_by is not null;

-- Something that people are to be told of: written with what happened, in its transaction, and gone when they were.
create table notice_occasions (
    id              bigint      generated always as identity primary key,
    kind            text        not null check (kind in ('opened', 'assigned', 'noted', 'resolved', 'rule_error', 'undelivered')),
    at              timestamptz not null default clock_timestamp(),
    dataset_id      bigint      references assets,
    incident_id     bigint      references incidents,
    rule_id         bigint      references rules,
    subscription_id bigint      references subscriptions,
    by_id           bigint      references people,        -- who did it; is not told
    to_id           bigint      references people,        -- whom it was assigned to
    due             timestamptz not null default clock_timestamp()
);

-- What somebody was told.
create table notices (
    id              bigint      generated always as identity primary key,
    public_id       uuid        not null unique default gen_random_uuid(),
    person_id       bigint      not null references people,
    occasion        bigint      not null,                 -- nobody is told of one twice
    kind            text        not null check (kind in ('opened', 'assigned', 'noted', 'resolved', 'upstream', 'rule_error', 'undelivered')),
    because         text        not null check (because in ('assignee', 'owner', 'watch', 'subscription', 'downstream')),
    dataset_id      bigint      references assets,        -- it is seen by who sees this
    about_id        bigint      references assets,        -- and this: where the incident is, if elsewhere
    scope_id        bigint      references assets,        -- what is subscribed to
    incident_id     bigint      references incidents,
    rule_id         bigint      references rules,
    subscription_id bigint      references subscriptions,
    severity        text        not null check (severity in ('low', 'medium', 'high')),
    at              timestamptz not null,
    inbox           boolean     not null,
    read_at         timestamptz,
    unique (occasion, person_id)
);
create index notices_unread on notices (person_id, id desc) where inbox and read_at is null;
create index notices_inbox on notices (person_id, id desc) where inbox;
create index notices_group on notices (person_id, dataset_id, id desc) where inbox;
create index notices_age on notices (at);

-- A notice on its way by e-mail or web request.
create table notice_deliveries (
    id              bigint      generated always as identity primary key,
    public_id       uuid        not null unique default gen_random_uuid(),   -- the key by which a receiver knows it again
    notice_id       bigint      not null references notices on delete cascade,
    subscription_id bigint      not null references subscriptions,
    channel         text        not null check (channel in ('email', 'webhook')),
    state           text        not null default 'waiting' check (state in ('waiting', 'sent', 'dropped', 'failed')),
    task_id         bigint,
    created_at      timestamptz not null default clock_timestamp(),
    ended_at        timestamptz,
    unique (notice_id, subscription_id)
);
create unique index notice_deliveries_mail on notice_deliveries (notice_id) where channel = 'email';
create index notice_deliveries_waiting on notice_deliveries (created_at) where state = 'waiting';
create index notice_deliveries_task on notice_deliveries (task_id) where state = 'waiting';
create index notice_deliveries_subscription on notice_deliveries (subscription_id);
