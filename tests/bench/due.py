"""Ten thousand rules due in one minute, on two replicas. usage, by tests/bench.sh: due.py CADASTRE-BINARY [RULES]

A source of tables with ten columns each, twenty rules a table, all due at once. Two programs on one database look for what is due. Pages
are asked at a constant rate from both, before and meanwhile. Said: that each rule has exactly one result for its time, how long it took,
and the pages' p95 meanwhile beside a page's budget and beside what it was before. Both clusters are scratch ones without fsync.
"""
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from beside import CADASTRE, Client, environment, line, postgres_binaries, started

RULES = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
A_TABLE = 20
TABLES = RULES // A_TABLE
RATE = 20.0  # pages a second
PAGE = 0.3  # s, the budget of a heavy page

# Twenty that measure: nothing in the source guarantees them.
CHECKS = (
    [f"{{ name: there-{n}, check: {{ not_null: c{n} }} }}" for n in range(8)]
    + [f"{{ name: range-{n}, check: {{ range: {{ column: c{n}, min: 0 }} }} }}" for n in range(8)]
    + [f"{{ name: unique-{n}, check: {{ unique: c{n} }}, tolerance: {{ warn: 0, fail: 100 % }} }}" for n in range(2)]
    + ["{ name: some, check: { row_count: { min: 1 } } }", "{ name: word, check: { length: { column: word, max: 40 } } }"]
)


def psql(url, sql):
    done = subprocess.run([postgres_binaries().parent / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", url], input=sql, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip()


def at(url, database):
    return urllib.parse.urlparse(url)._replace(path=f"/{database}").geturl()


def cadastre(env, *arguments, text=None):
    done = subprocess.run([CADASTRE, *arguments], env=env, input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def source():
    """The address of a source with its tables, a thousand rows each."""
    server = os.environ["CADASTRE_TEST_SOURCE_PG"]
    psql(server, "create database bench_due")
    url = at(server, "bench_due")
    columns = ", ".join(f"(n * {n + 1}) % 997 as c{n}" for n in range(8))
    for first in range(0, TABLES, 100):
        tables = range(first, min(first + 100, TABLES))
        psql(url, "".join(f"create table t{t} as select n as id, {columns}, 'word ' || n as word from generate_series(1, 1000) n;" for t in tables))
    return url


def filled(home, register, url):
    """A register that has crawled the source, with its rules; who may look at it."""
    env = environment(home, DATABASE_URL=register, CADASTRE_KEY_FILE=str(home / "keys"))
    made = json.loads(cadastre(env, "user", "create", "bench", "--admin", "--json"))
    place = urllib.parse.urlparse(url)
    where = ["--host", place.hostname, "--port", str(place.port), "--database", "bench_due", "--user", place.username, "--tls", "disable"]
    cadastre(env, "source", "add", "shop", *where, "--secret-file", "-", text=place.password)
    cadastre(env, "source", "crawl", "shop")
    rules = home / "rules"
    rules.mkdir()
    schedule = "schedule: { cron: '0 4 1 1 *', zone: UTC }"
    listed = "\n".join(f"  - {check[:-2]}, {schedule} }}" for check in CHECKS)
    (rules / "all.yaml").write_text(f"datasets: {{ name: 'shop.public.*' }}\nrules:\n{listed}\n")
    begin = time.perf_counter()
    cadastre(env, "rule", "apply", str(rules))
    print(f"{psql(register, 'select count(*) from rules')} rules applied in {time.perf_counter() - begin:.0f} s", flush=True)
    # Who comes by a printed password is asked for another; the bench goes on with the one it has.
    psql(register, "update passwords set must_change = false")
    return made["password"]


class Visitors:
    """Pages asked at a constant rate, on each replica by turns, until they are told to stop."""

    def __init__(self, ports, password, paths):
        self.took, self.paths = [], paths
        self.clients = []
        for port in ports * 4:
            client = Client(port)
            client.sign_in("bench", password)
            self.clients.append(client)

    def measure(self, until):
        """The p95 of pages' times, from when each should have begun, while `until` does not hold."""
        self.took, begin, number, lock = [], time.perf_counter(), [0], threading.Lock()
        ended = threading.Event()

        def visit(client, rng):
            while not ended.is_set():
                with lock:
                    due = begin + number[0] / RATE
                    number[0] += 1
                time.sleep(max(0.0, due - time.perf_counter()))
                client.get(rng.choice(self.paths))
                self.took.append(time.perf_counter() - due)

        pool = concurrent.futures.ThreadPoolExecutor(len(self.clients))
        visits = [pool.submit(visit, client, random.Random(n)) for n, client in enumerate(self.clients)]
        while not until(time.perf_counter() - begin):
            time.sleep(0.25)
        seconds = time.perf_counter() - begin
        ended.set()
        for one in visits:
            one.result()
        return sorted(self.took)[int(len(self.took) * 0.95)], len(self.took), seconds


def main():
    register = at(os.environ["CADASTRE_TEST_PG"], "bench_due_register")
    psql(os.environ["CADASTRE_TEST_PG"], "create database bench_due_register")
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        password = filled(home, register, source())
        shared = {"DATABASE_URL": register, "CADASTRE_KEY_FILE": str(home / "keys")}
        (home / "two").mkdir()
        with started(home, **shared) as (_, one, _), started(home / "two", **shared) as (_, two, _):
            ids = psql(register, "select public_id from assets where kind = 'dataset' order by random() limit 200").splitlines()
            paths = ["/quality", "/search", *(f"/d/{one}" for one in ids), *(f"/d/{one}/quality" for one in ids)]
            visitors = Visitors([one, two], password, paths)
            before, _, _ = visitors.measure(lambda seconds: seconds > 15)
            psql(register, "update rules set next_due = date_trunc('minute', now())")
            open_dues = "select (select count(*) from rules where next_due <= now()) + (select count(*) from rule_dues) + (select count(*) from tasks where kind = 'check' and state in ('queued', 'running'))"
            meanwhile, pages, seconds = visitors.measure(lambda seconds: seconds > 2 and psql(register, open_dues) == "0" or seconds > 900)
        told = psql(register, "select count(*), count(distinct rule_id), count(distinct due_at), count(*) filter (where verdict in ('error', 'open')) from rule_results")
        results, rules, times, errors = map(int, told.split("|"))
        print(f"{results} results of {rules} rules at {times} time; {errors} could not be measured; {psql(register, 'select count(*) from checks')} checks", flush=True)
        if (results, rules, times, errors) != (TABLES * A_TABLE, TABLES * A_TABLE, 1, 0):
            raise SystemExit("not each rule has exactly one result for its time")
        line("all due rules have their result", seconds, "s", 60.0, "a minute")
        line(f"pages meanwhile (p95 of {pages})", meanwhile, "s", PAGE, "the budget")
        line("the same", meanwhile, "s", before, "before")


main()
