-- Which keys belong to the register is noted at start by the role that owns it, and taken back by the owner's commands. The
-- role that serves requests only reads it: whoever has that role can neither bind the register to a key of their own nor
-- make it forget one.
create or replace function grant_run_role(run_role name) returns void
    language plpgsql set search_path = public, pg_temp
    as $$
begin
    execute format('grant usage on schema public to %I', run_role);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', run_role);
    execute format('grant usage, select on all sequences in schema public to %I', run_role);
    execute format('grant execute on all functions in schema public to %I', run_role);
    -- the chain and what is sealed into it are written by functions of the owner only
    execute format('revoke insert, update, delete on register, change_sets from %I', run_role);
    execute format('revoke update, delete on audit_events, signed_heads from %I', run_role);
    execute format('revoke insert, update, delete on _sqlx_migrations, register_keys from %I', run_role);
    execute format('revoke execute on function grant_run_role(name) from %I', run_role);
end
$$;
revoke execute on function grant_run_role(name) from public;

-- A source that fails again and again is left alone for a while, longer each time: how often it failed since it last
-- answered, and until when its schedule does not connect to it.
alter table sources
    add column failures    int         not null default 0,
    add column rests_until timestamptz;

-- What the sweep of old work looks for.
create index tasks_finished on tasks (finished_at) where state in ('done', 'failed', 'cancelled');
