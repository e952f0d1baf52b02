#!/usr/bin/env bash
# The long form of the crash tests: each runs with 50 kills instead of 5. By hand; its output is for tests/soak/REPORT.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tests/need.sh rust postgresql
export CADASTRE_KILLS=${CADASTRE_KILLS:-50}
if cargo nextest --version >/dev/null 2>&1; then
    tests/with-postgres.sh cargo nextest run --locked -p cadastre-tests -E 'test(kill) + test(crash)' --no-tests fail
else
    tests/with-postgres.sh cargo test --locked -p cadastre-tests --test it -- kill crash
fi
