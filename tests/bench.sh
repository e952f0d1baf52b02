#!/usr/bin/env bash
# Figures beside their limits, measured in the same run: tests/bench.sh [lineage|register|graph|rules|due|all] [CASES.jsonl | FOLDER of .sql] [--dialect D]
# Release builds. What is judged is the ratio: times wander on a shared machine, and nothing in the tests asserts one.
# Peers of the lineage are those that PYTHON has (pip install sqlglot sqllineage openlineage-sql).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
what=all
case "${1:-}" in lineage | register | graph | rules | due | all) what=$1; shift ;; esac
texts=${1:-${CADASTRE_FIXTURES:-../shared/fixtures}/lineage/cases.jsonl}
shift || true
release=${CARGO_TARGET_DIR:-target}/release
python=${PYTHON:-python3}

wants() { [ "$what" = all ] || [ "$what" = "$1" ]; }

if wants lineage; then
    tests/need.sh rust python
    cargo build --quiet --release --locked -p sql-lineage --example bench
    echo "── column lineage of $texts, one thread"
    figures=$("$release/examples/bench" "$texts" "$@")
    echo "$figures"
    # The peers' ratio is to the same bare parse.
    "$python" tests/bench/peers.py "$texts" "$(awk '/^bare parse/ { print $3 }' <<< "$figures")"
fi
if wants register || wants graph || wants due; then
    tests/need.sh rust postgresql python
    cargo build --quiet --release --locked -p cadastre
fi
if wants register; then
    tests/with-postgres.sh "$python" tests/bench/register.py "$release/cadastre"
fi
if wants graph; then
    echo "── the graph alone, in memory"
    cargo run --quiet --release --locked -p cadastre-lineage --example graph
    echo "── lineage of the large register"
    "$python" tests/bench/graph.py "$release/cadastre" ${DATASETS:-}
fi
if wants rules; then
    tests/need.sh rust postgresql python
    cargo build --quiet --release --locked -p rules --example fuse
    tests/with-postgres.sh tests/bench/rules.sh "$release/examples/fuse"
fi
if wants due; then
    echo "── ten thousand rules due at once, two replicas"
    tests/with-postgres.sh "$python" tests/bench/due.py "$release/cadastre" ${RULES:-}
fi
