#!/usr/bin/env bash
# The long form of the crash tests and of the mechanism under everything, in at most an hour; by hand. Each part is run so
# many rounds one after another, and what has a loop inside does ten times as much in each. All of it is said as it goes
# and written to tests/soak/REPORT.md. One part alone: tests/soak.sh crawl (the report is then of that part).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Part, rounds, ten times as much inside or once, tests, what they are. Begun by what is asked for first.
parts=(
    "crawl|1|10|crawl_faults::a_crawl_that_is_killed|The program is killed in mid-crawl: each schema is old or new, the next attempt converges"
    "paused|10|1|crawl_faults::a_program_that_is_paused|The program is paused beyond its lease in mid-crawl: it writes nothing any more"
    "check|2|10|quality::faults::a_check_that_is_killed|The program is killed in mid-check: each time that a rule was due has one result"
    "heldcheck|10|1|quality::faults::a_program_that_is_paused|The program is paused beyond its lease in mid-check: it writes no result any more"
    "writers|5|10|changes::eight_writers|Eight writers that dawdle before their commits, two replicas, the listening connection cut"
    "mechanism|20|10|changes::|The mechanism: reading what was written, rights that end, writers that stop, trees that move"
    "serve|10|1|start::kills::|serve is killed at any moment, its PostgreSQL left behind, paused or killed too"
    "postgres|17|1|faults:: --skip crawl_faults|PostgreSQL is killed under load, and all connections are taken"
    "tasks|10|1|tasks::|Workers that die, hang, lose their lease, break"
    "keys|10|1|start::keys::a_new_key|The change of keys is killed half way"
    "replicas|10|1|start::replicas::|Replicas that start at once"
    "setup|10|1|people::set_up::|Twenty who set up at once"
)
only=${1:-}

# `make soak` from a shell of its own: everything in here runs beside the two clusters.
if [ -z "${CADASTRE_TEST_PG:-}" ]; then
    tests/need.sh rust postgresql
    # As for `make test`, whose build it shares.
    cargo build --locked --workspace --bins --tests
    exec tests/with-postgres.sh tests/soak.sh "$@"
fi

report=tests/soak/REPORT.md
work=$(mktemp -d /tmp/cadastre-soak.XXXXXX)
trap 'rm -rf "$work"' EXIT
export CADASTRE_SOAK_COUNTS=$work/counts
: > "$CADASTRE_SOAK_COUNTS"
it=$(cargo build --locked --workspace --bins --tests --message-format=json 2>/dev/null |
    sed -n '/#cadastre-tests@/s/.*"executable":"\([^"]*\/it-[^"]*\)".*/\1/p' | tail -1)
[ -x "$it" ] || { echo "no tests were built" >&2; exit 1; }
# Tests find the programs and the project as cargo would have it.
cd tests

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

failed=0
rows=
begin=$SECONDS
for part in "${parts[@]}"; do
    IFS='|' read -r name rounds times filter words <<< "$part"
    [ -z "$only" ] || [ "$only" = "$name" ] || continue
    started=$SECONDS
    passed=0
    bad=0
    say "$name: $words"
    for round in $(seq "$rounds"); do
        log=$work/$name.$round.log
        # shellcheck disable=SC2086 # some words
        if CADASTRE_SOAK=$times timeout 1500 "$it" $filter --test-threads 4 > "$log" 2>&1; then
            line=$(grep -o '[0-9]* passed' "$log" | tail -1)
            count=${line% passed}
            [ "${count:-0}" -gt 0 ] || { echo "no test is called $filter" >&2; exit 1; }
        else
            count=$(grep -c '\.\.\. ok$' "$log" || true)
            bad=$((bad + 1))
            cat "$log"
        fi
        passed=$((passed + count))
        say "$name: round $round of $rounds, $passed passed, $bad rounds with a failure, $(clock $((SECONDS - started)))"
    done
    failed=$((failed + bad))
    result=passed
    [ "$bad" = 0 ] || result="**$bad of $rounds rounds failed**"
    rows+="| $words | \`$filter\` | $rounds | $passed | $result | $(clock $((SECONDS - started))) |"$'\n'
done
cd ..
[ -n "$rows" ] || { echo "no part is called $only" >&2; exit 2; }

mkdir -p tests/soak
{
    echo "# Soak"
    echo
    echo "Written by \`make soak\` (tests/soak.sh), which is run by hand."
    echo
    echo "- $(date -u '+%Y-%m-%d %H:%M') UTC, commit $(git rev-parse --short=12 HEAD)$(git diff --quiet HEAD -- . ':!tests/soak' || echo ' and what was not committed yet')"
    echo "- $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo) of memory, $(uname -sr)"
    echo "- $(psql "$CADASTRE_TEST_PG" -XAtc "select 'PostgreSQL ' || current_setting('server_version')"), $(rustc --version), profile dev"
    echo "- in all $(clock $((SECONDS - begin))) (minutes:seconds), $([ "$failed" = 0 ] && echo 'nothing failed' || echo "**$failed rounds failed**")"
    echo
    echo "| What | Tests | Rounds | Tests passed | Result | Time |"
    echo "|---|---|---|---|---|---|"
    printf '%s' "$rows"
    echo
    echo "What was done meanwhile, as the tests counted it:"
    echo
    awk -F '\t' '{ sum[$2] += $1 } END { for (what in sum) printf "- %d × %s\n", sum[what], what }' "$CADASTRE_SOAK_COUNTS" | sort -k4
} > "$report"
echo
cat "$report"
exit "$((failed > 0))"
