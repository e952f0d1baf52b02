#!/usr/bin/env bash
# All tests, in the order in which they fail fastest; or only the steps that are named: tests/run.sh format clippy
# One profile and one target directory (CARGO_TARGET_DIR where it is set): what one step built serves the next.
# The browser and the Rust tests run beside each other, for both often wait. What the browser says is shown as it comes, what
# the Rust tests say afterwards: their closing lines are the result. Why it is so, in figures: backend/decisions/tests-time.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=(needs format clippy docs binaries lineage image together)
target=${CARGO_TARGET_DIR:-target}

# What the other steps call.
step_needs() { tests/need.sh rust postgresql chromium node python; }

step_format() { cargo fmt --all --check; }

step_clippy() { cargo clippy --locked --workspace --all-targets -- -D warnings; }

# The examples of the documentation.
step_docs() { cargo test --locked --workspace --doc --quiet; }

# Built as the Rust tests need them, so that they find them built.
step_binaries() { cargo build --locked --workspace --bins --tests; }

# Column lineage against the cases of other tools: the floor is the last figure that was reached.
step_lineage() { tests/lineage.sh "$target/debug/cadastre"; }

# What the image would run, as far as it can be run without an engine.
step_image() { tests/dockerfile.sh "$target/debug/cadastre"; }

# People's journeys through the real program, in a real browser; pictures in tests/browser/shots.
step_browser() {
    (cd tests/browser && npm ci --silent --no-audit --no-fund)
    rm -rf tests/browser/shots
    CADASTRE_BIN="$(realpath "$target/debug/cadastre")" node --test --test-concurrency=1 tests/browser
}

# Unit, contract and integration tests, beside one PostgreSQL. Many wait for a server, a limit or a process: one more of
# them than there are cores keeps these busy.
step_rust() {
    if cargo nextest --version >/dev/null 2>&1; then
        tests/with-postgres.sh cargo nextest run --locked --workspace --test-threads $(($(nproc) + 1))
    else
        tests/with-postgres.sh cargo test --locked --workspace --lib --bins --tests
    fi
}

# Both, whatever becomes of the other; either failing fails.
step_together() {
    local said rust browser=0
    said=$(mktemp)
    set -m # in a group of its own, so that it can be ended with all that it started
    tests/run.sh rust > "$said" 2>&1 &
    rust=$!
    set +m
    # shellcheck disable=SC2064 # as they are now
    trap "kill -TERM -- -$rust 2>/dev/null || true; rm -f '$said'" EXIT
    tests/run.sh browser || browser=$?
    tail --pid="$rust" --lines=+1 --follow "$said"
    wait "$rust" || return
    [ "$browser" = 0 ] || echo "The browser's steps failed: see above." >&2
    return "$browser"
}

steps=("$@")
[ $# -gt 0 ] || steps=("${all[@]}")
for step in "${steps[@]}"; do
    declare -F "step_$step" >/dev/null || { echo "no step $step; there are: ${all[*]}" >&2; exit 2; }
done
for step in "${steps[@]}"; do
    started=$SECONDS
    echo "── $step"
    "step_$step"
    echo "── $step: $((SECONDS - started)) s"
done
