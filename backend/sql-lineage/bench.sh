#!/usr/bin/env bash
# How fast column lineage is, as a ratio to sqlparser's bare parse in the same run, with the peers that are installed for $PYTHON.
# bench.sh [CASES.jsonl | FOLDER of .sql] [options of the bench, e.g. --dialect spark]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
input=${1:-../../../shared/fixtures/lineage/cases.jsonl}
shift || true
cargo run --quiet --release --package sql-lineage --example bench -- "$input" "$@"
"${PYTHON:-python3}" bench/peers.py "$input"
