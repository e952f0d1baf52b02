#!/usr/bin/env bash
# Runs a command with one scratch PostgreSQL beside it: tests/with-postgres.sh cargo nextest run …
# The command finds a superuser's address in CADASTRE_TEST_PG. The cluster lives in a temporary directory, on a free
# loopback port, without fsync, and is gone afterwards, however the command ended. Where CADASTRE_TEST_PG is already
# set, that server is used and nothing is started.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT…]" >&2; exit 2; }
[ -z "${CADASTRE_TEST_PG:-}" ] || exec "$@"

# The newest binaries: PATH first, then where Debian and Red Hat put them.
bin=
for candidate in $(dirname "$(readlink -f "$(command -v pg_ctl || true)")" 2>/dev/null) \
    $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -Vr); do
    if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then bin=$candidate; break; fi
done
[ -n "$bin" ] || { echo "no PostgreSQL server found: apt-get install postgresql" >&2; exit 2; }

# PostgreSQL refuses root, so root lends it to somebody else.
as=()
if [ "$(id -u)" = 0 ]; then
    owner=postgres; id -u "$owner" >/dev/null 2>&1 || owner=nobody
    as=(setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups)
fi

home=$(mktemp -d /tmp/cadastre-pg.XXXXXX)
stop() {
    "${as[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077; printf '%s\n' "$password" > "$home/password")
[ ${#as[@]} = 0 ] || chown -R "$owner" "$home"
cd "$home" # so that whoever runs it may stand where it is started
"${as[@]}" "$bin/initdb" -D data -U postgres --pwfile=password -A scram-sha-256 -E UTF8 --locale=C.UTF-8 \
    --no-sync --no-instructions > initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
cat >> data/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 300
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
authentication_timeout = 5s
timezone = 'UTC'
CONF

started=
for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    if "${as[@]}" "$bin/pg_ctl" -D data -w -s -l log -o "-p $port" start 2>/dev/null; then started=1; break; fi
done
[ -n "$started" ] || { tail -20 log >&2; exit 1; }
cd "$OLDPWD"

export CADASTRE_TEST_PG="postgres://postgres:$password@127.0.0.1:$port/postgres"
set +e
"$@" <&0 &
child=$!
# A signal stops the command first, then the cluster. (What a script starts behind itself does not hear INT.)
trap 'kill -TERM $child 2>/dev/null; wait $child; exit 130' INT
trap 'kill -TERM $child 2>/dev/null; wait $child; exit 143' TERM
wait $child
exit $?
