#!/usr/bin/env bash
# Builds the fuzz targets with coverage instrumentation on the stable compiler, without a sanitizer, and runs one: run.sh TARGET SECONDS
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?a target: text, words}
seconds=${2:-600}
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks"
host=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --target "$host" --bin "$target"
folder=${CARGO_TARGET_DIR:-target}
mkdir -p "corpus/$target"
exec "$folder/$host/release/$target" "corpus/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=4096 -print_final_stats=1
