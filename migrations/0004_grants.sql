-- Grants: who may do what, where, up to which sensitivity, until when.

create table grants (
    id          bigint      generated always as identity primary key,
    public_id   uuid        not null unique default gen_random_uuid(),
    person_id   bigint      references people,
    team_id     bigint      references teams,
    role        text        not null,
    asset_id    bigint      not null references assets,     -- the scope: it and everything below
    effect      text        not null check (effect in ('allow', 'deny')),
    ceiling     text        not null check (ceiling in ('public', 'internal', 'confidential', 'secret')),
    mask        boolean     not null default false,
    starts_at   timestamptz,
    ends_at     timestamptz check (starts_at is null or ends_at > starts_at),
    reason      text,
    granted_by  bigint      references people,              -- null: the register itself
    valid_from  timestamptz not null,
    valid_to    timestamptz check (valid_to > valid_from),
    change_set  bigint      not null,
    closed_by   bigint,
    check (num_nonnulls(person_id, team_id) = 1)
);
create index grants_asset on grants (asset_id) where valid_to is null;
create index grants_person on grants (person_id) where valid_to is null;
create index grants_team on grants (team_id) where valid_to is null;
create index grants_change on grants (change_set);
create index grants_closed on grants (closed_by) where closed_by is not null;

-- The register, the team that everybody belongs to, and what everybody may see: an ordinary grant that may be removed.
do $$
declare
    c change_sets;
begin
    c.id := nextval('change_set_ids');
    c.at := clock_timestamp();
    c.kind := 'register.create';
    c.via := 'task';
    c.topics := '{rights,catalogue}';
    c.assets := '{1}';
    c.summary := '{}';
    insert into assets (id, kind, name, sensitivity, state) values (1, 'register', 'Cadastre', 'internal', 'live');
    insert into asset_facts (asset_id, name, sensitivity, state, valid_from, change_set)
        values (1, 'Cadastre', 'internal', 'live', c.at, c.id);
    perform refresh_effective('{1}');
    insert into teams (id) values (1);
    insert into team_facts (team_id, name, valid_from, change_set) values (1, 'everyone', c.at, c.id);
    insert into grants (team_id, role, asset_id, effect, ceiling, valid_from, change_set)
        values (1, 'viewer', 1, 'allow', 'public', c.at, c.id);
    perform record_change(c);
    perform setval(pg_get_serial_sequence('assets', 'id'), 1000);
    perform setval(pg_get_serial_sequence('teams', 'id'), 1000);
end
$$;
