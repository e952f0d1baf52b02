#!/usr/bin/env bash
# The image without an engine: the Dockerfile is read, and what it would run is run here as far as this machine is like
# the image. tests/dockerfile.sh [BINARY]; without BINARY the build stage's own command builds it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fail() { echo "Dockerfile: $1" >&2; exit 1; }

# Instructions on one line each, without comments.
flat=$(sed -e '/^#/d' -e ':again' -e '/\\$/{N;s/\\\n *//;b again' -e '}' Dockerfile)
runtime=$(sed -n '/^FROM debian/,$p' <<< "$flat")
has() { grep -qE "$1" <<< "$runtime" || fail "no line like $1 in the last stage"; }

[ "$(grep -c '^FROM ' <<< "$flat")" = 2 ] || fail "not two stages"
has '^USER cadastre$'
has '^VOLUME /var/lib/cadastre$'
has '^HEALTHCHECK .*/readyz$'
has '^CMD \["cadastre", "serve"\]$'
has 'create_main_cluster = false.*apt-get install .*postgresql postgresql-client'
port=$(sed -n 's/^EXPOSE //p' <<< "$runtime")
grep -q "CADASTRE_LISTEN=0.0.0.0:$port " <<< "$runtime" || fail "EXPOSE $port, and another port in CADASTRE_LISTEN"
rust=$(sed -n 's/^FROM rust:\([0-9.]*\)-.*/\1/p' <<< "$flat")
grep -q "^rust-version = \"$rust\"" Cargo.toml || fail "Rust $rust, and another rust-version in Cargo.toml"
built=$(sed -n 's#^COPY --from=build /src/\([^ ]*\) .*#\1#p' <<< "$flat")
[ "$built" = target/release/cadastre ] || fail "copies $built"
build=$(sed -n 's/^RUN \(cargo .*\)/\1/p' <<< "$flat")
grep -qF "$build" Makefile || fail "builds by another command than make demo: $build"

binary=${1:-}
if [ -z "$binary" ]; then
    $build
    binary=${CARGO_TARGET_DIR:-target}/release/cadastre
fi

# As in the container: nobody in particular, an empty home, nothing in the environment but what the image sets.
work=$(mktemp -d /tmp/cadastre-image.XXXXXX)
install -m 0755 "$binary" "$work/cadastre"
install -d -m 0700 "$work/data"
as=()
if [ "$(id -u)" = 0 ]; then
    # The image makes a user; initdb wants one that has a name.
    chown nobody "$work/data"
    chmod 0755 "$work"
    as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
fi
free=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as[@]}" env -i PATH="$PATH" HOME=/nonexistent CADASTRE_DATA_DIR="$work/data" CADASTRE_LISTEN="127.0.0.1:$free" \
    CADASTRE_LOG_FORMAT=json "$work/cadastre" serve > "$work/out" 2> "$work/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 1 240); do
    if curl --fail --silent --output /dev/null "http://127.0.0.1:$free/readyz"; then ready=1; break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.25
done
[ -n "${ready:-}" ] || { tail -n 20 "$work/out" "$work/log" >&2; fail "not ready within a minute"; }
kill -TERM "$server"
status=0
wait "$server" || status=$?
[ "$status" = 0 ] || { tail -n 20 "$work/log" >&2; fail "ended with $status when it was asked to stop"; }
[ ! -e "$work/data/postgres/postmaster.pid" ] || fail "its PostgreSQL outlived it"
echo "The image's program started as an ordinary user without DATABASE_URL, was healthy, and stopped."
