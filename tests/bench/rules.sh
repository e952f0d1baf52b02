#!/usr/bin/env bash
# CPU that a database takes for twenty rules, fused by the crate `rules` and by hand, on the same table in the same session:
# tests/with-postgres.sh tests/bench/rules.sh FUSE-EXAMPLE [ROWS] [ROUNDS]
# The limit is 1.1 × the hand-fused one (BUDGETS.md); the median of the rounds is judged, and the work is not done in parallel, so that one
# process has all of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
fuse=$1 rows=${2:-1000000} rounds=${3:-5}
quality=${CADASTRE_FIXTURES:-../shared/fixtures}/quality
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$fuse" backend/rules/examples/orders.yaml > "$scratch/fused.sql"
"$fuse" held backend/rules/examples/orders.yaml > "$scratch/held.sql"
cat "$quality/fused.sql" "$quality/unique_fk.sql" > "$scratch/hand.sql"
cp "$quality/per_rule.sql" "$scratch/each.sql"

# Ticks of the session's server process before and after each file.
{
    echo "\\set QUIET on"
    echo "SET client_min_messages = warning;"
    echo "\\o /dev/null"
    echo "\\set n $rows"
    echo "\\i $quality/gen.sql"
    echo "SET max_parallel_workers_per_gather = 0;"
    echo "\\o"
    echo "SELECT pg_backend_pid() AS pid \\gset"
    echo "\\setenv SERVER :pid"
    for _ in $(seq 0 "$rounds"); do
        for way in hand fused held each; do
            echo "\\! printf '$way %s ' \$(awk '{ print \$14 + \$15 }' /proc/\$SERVER/stat)"
            echo "\\o /dev/null"
            echo "\\i $scratch/$way.sql"
            echo "\\o"
            echo "\\! awk '{ print \$14 + \$15 }' /proc/\$SERVER/stat"
        done
    done
} > "$scratch/session.sql"

psql -X -v ON_ERROR_STOP=1 "$CADASTRE_TEST_SOURCE_PG" -f "$scratch/session.sql" > "$scratch/ticks"
python3 - "$scratch/ticks" "$rows" "$(getconf CLK_TCK)" <<'PY'
import statistics, sys

path, rows, ticks = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rounds = {}
for line in open(path):
    way, before, after = line.split()
    rounds.setdefault(way, []).append((int(after) - int(before)) / ticks)
# The first round warms the caches.
cpu = {way: statistics.median(times[1:]) for way, times in rounds.items()}
words = {"hand": "fused by hand", "fused": "fused by rules", "held": "and the key known", "each": "one query a rule"}
print(f"database CPU, {rows:,} rows, 20 rules, median of {len(rounds['hand']) - 1}")
for way, words in words.items():
    limit = {"fused": "  limit 1.1", "held": "  limit 1.1"}.get(way, "")
    print(f"  {words:18} {cpu[way]:6.2f} s  {cpu[way] / cpu['hand']:5.2f} × by hand{limit}")
sys.exit(max(cpu["fused"], cpu["held"]) > 1.1 * cpu["hand"])
PY
