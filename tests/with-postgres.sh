#!/usr/bin/env bash
# Runs a command with two scratch PostgreSQL clusters beside it: tests/with-postgres.sh cargo nextest run …
# The command finds a superuser's address of the first, for registers, in CADASTRE_TEST_PG, and one of the second, for what
# they crawl, in CADASTRE_TEST_SOURCE_PG. The clusters live in a temporary directory (in memory where there is room), on free loopback ports, without fsync,
# and are gone afterwards, however the command ended. Where CADASTRE_TEST_PG is already set, nothing is started.
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

# A database of its own for each test is a thousand files for each: in memory where there is room for them, since the disk
# would be busy with making and removing them for longer than the tests take.
place=/tmp
free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1 || echo 0)
[ "$free" -lt $((8 * 1024 * 1024)) ] || place=/dev/shm
home=$(mktemp -d "$place/cadastre-pg.XXXXXX")
stop() {
    for cluster in register source; do
        "${as[@]}" "$bin/pg_ctl" -D "$home/$cluster" -m immediate -w stop >/dev/null 2>&1 || true
    done
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077; printf '%s\n' "$password" > "$home/password")
[ ${#as[@]} = 0 ] || chown -R "$owner" "$home"

# A cluster of this name and size; its port is then in $port.
start() {
    local name=$1 buffers=$2 superuser=${3:-} started=
    cd "$home" # so that whoever runs it may stand where it is started
    "${as[@]}" "$bin/initdb" -D "$name" -U postgres --pwfile=password -A scram-sha-256 -E UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions > "$name.initdb.log" 2>&1 || { cat "$name.initdb.log" >&2; exit 1; }
    if [ "$superuser" = trust ]; then
        sed -i '1i host all postgres 127.0.0.1/32 trust' "$name/pg_hba.conf"
    fi
    cat >> "$name/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 300
shared_buffers = $buffers
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
authentication_timeout = 5s
timezone = 'UTC'
CONF
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        if "${as[@]}" "$bin/pg_ctl" -D "$name" -w -s -l "$name.log" -o "-p $port" start 2>/dev/null; then
            started=1; break
        fi
    done
    [ -n "$started" ] || { tail -20 "$name.log" >&2; exit 1; }
    cd "$OLDPWD"
}

# Two clusters: a register refuses the cluster that it lives in as a source. In the first one the superuser, as whom each test connects
# many times, is taken at their word: a debug build reckons longer at one answer to SCRAM than at all that most tests do with the connection
# (backend/decisions/tests-time.md). Whoever else there is signs in as everywhere.
start register 128MB trust
export CADASTRE_TEST_PG="postgres://postgres:$password@127.0.0.1:$port/postgres"
start source 32MB
export CADASTRE_TEST_SOURCE_PG="postgres://postgres:$password@127.0.0.1:$port/postgres"
set +e
"$@" <&0 &
child=$!
# A signal stops the command first, then the cluster. (What a script starts behind itself does not hear INT.)
trap 'kill -TERM $child 2>/dev/null; wait $child; exit 130' INT
trap 'kill -TERM $child 2>/dev/null; wait $child; exit 143' TERM
wait $child
exit $?
