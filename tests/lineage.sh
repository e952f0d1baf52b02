#!/usr/bin/env bash
# Column lineage against the cases of other tools' own suites: tests/lineage.sh [CADASTRE-BINARY] [UPDATE=1]
# The floor (backend/sql-lineage/tests/floor.json) is what was reached; less in any line fails, more is a reason to raise it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
engine=${1:-${CARGO_TARGET_DIR:-target}/debug/cadastre}
cases=${CADASTRE_FIXTURES:-../shared/fixtures}/lineage
report=$(mktemp)
trap 'rm -f "$report"' EXIT

python3 "$cases/score.py" --engine "'$engine' lineage sql --jsonl" "$cases/cases.jsonl" --json "$report"
python3 - "$report" backend/sql-lineage/tests/floor.json <<'PY'
import json, os, sys

report, place = sys.argv[1:]
summary = json.load(open(report))["summary"]
reached = {f"{line} {what}": rates[what][0] for line, rates in sorted(summary.items()) for what in ("tables", "columns") if rates[what][1]}
if os.environ.get("UPDATE"):
    with open(place, "w") as file:
        json.dump(reached, file, indent=1)
        file.write("\n")
floor = json.load(open(place))
fallen = [f"{line}: {reached.get(line, 0)} pass, the floor is {least}" for line, least in floor.items() if reached.get(line, 0) < least]
print("\n".join(fallen) or f"On or above the floor in all {len(floor)} lines.")
sys.exit(bool(fallen))
PY
