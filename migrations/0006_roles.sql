-- What the role that serves requests may do. Called at every start by the role that owns and migrates; where one role
-- does both, `cadastre doctor` says so.
create function grant_run_role(run_role name) returns void
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
    execute format('revoke insert, update, delete on _sqlx_migrations from %I', run_role);
    execute format('revoke execute on function grant_run_role(name) from %I', run_role);
end
$$;
revoke execute on function grant_run_role(name) from public;
