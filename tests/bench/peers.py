"""The peers that are installed, on the texts that the bench takes: statements a second, one thread. usage: peers.py CASES.jsonl | FOLDER PARSE

PARSE is how many statements a second the bare parse does in the same run: the ratio is to it.

Each does what it is used for: sqlglot and sqllineage give column lineage, openlineage-sql tables and columns without a schema.
"""
import importlib.util
import json
import pathlib
import sys
import time

BUDGET = 10.0  # seconds a peer gets; the slow ones see fewer texts


def texts(source):
    path = pathlib.Path(source)
    if path.is_dir():
        return [(file.read_text(), {}) for file in sorted(path.glob("*.sql"))]
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    return [("INSERT INTO result " + c["sql"].strip().rstrip(";"), c["schema"] or {}) for c in cases if "tpc-ds" in c["id"]]


def sqlglot_shared(sql, schema):
    """One qualified scope for all columns of a statement: sqlglot's own way to be fast."""
    import sqlglot
    from sqlglot.lineage import lineage
    from sqlglot.optimizer import build_scope, qualify

    tree = sqlglot.parse_one(sql)
    select = tree.expression if isinstance(tree, sqlglot.exp.Insert) else tree
    qualified = qualify.qualify(select, schema=schema, validate_qualify_columns=False)
    scope = build_scope(qualified)
    for column in qualified.named_selects:
        lineage(column, qualified, schema=schema, scope=scope, trim_selects=False)


def sqllineage_runner(sql, _):
    from sqllineage.runner import LineageRunner

    LineageRunner(sql, dialect="ansi").get_column_lineage()


def openlineage(sql, _):
    from openlineage_sql import parse

    parse([sql], dialect="generic")


PEERS = {"openlineage-sql": ("openlineage_sql", openlineage), "sqlglot": ("sqlglot", sqlglot_shared), "sqllineage": ("sqllineage", sqllineage_runner)}


def main():
    cases, parse = texts(sys.argv[1]), float(sys.argv[2])
    for name, (module, run) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"{name:<23} not installed")
            continue
        done, failed, begin = 0, 0, time.perf_counter()
        run(*cases[0])  # imports
        begin = time.perf_counter()
        while time.perf_counter() - begin < BUDGET:
            try:
                run(*cases[done % len(cases)])
            except Exception:  # what a peer does not understand is its answer
                failed += 1
            done += 1
        seconds = time.perf_counter() - begin
        rate = done / seconds
        print(f"{name:<23} {rate:8.1f} texts/s  {parse / rate:.2f} × the parse ({failed} of {done} failed)", flush=True)


main()
