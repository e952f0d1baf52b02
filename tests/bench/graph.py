"""Lineage at the size of the large register, beside its limits, in one run. usage, by tests/bench.sh: graph.py CADASTRE-BINARY [DATASETS]
To fill it takes ten minutes: where BENCH_HOME names a folder, the register is made there once and found again the next time.

The register of bench/large.sql in a private PostgreSQL of the program's own, on a disk, durable:
- The graph: read from PostgreSQL at start, its memory, beside the budgets.
- The whole downstream closure, beside the indexed recursive query that would answer it in PostgreSQL.
- Three hops around, and a page with a hub of 100,000 edges, from sign-in to the last byte.
- OpenLineage events a second, one a request, from 16 connections, beside the commits a second of pgbench.
"""
import concurrent.futures
import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

from beside import CADASTRE, Client, Line, environment, line, postgres_binaries, resident, started

DATASETS = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
BUILD, MEMORY, CLOSURE, NEAR, PAGE = 15.0, 400.0, 25.0, 0.001, 0.3


class Database:
    """The private PostgreSQL of a data directory, as its superuser."""

    def __init__(self, data):
        lines = (data / "postgres/postmaster.pid").read_text().splitlines()
        passwords = dict(row.split() for row in (data / "postgres.secret").read_text().splitlines())
        self.env = {"PATH": os.environ["PATH"], "PGHOST": lines[4], "PGPORT": lines[3], "PGUSER": "postgres", "PGPASSWORD": passwords["postgres"], "PGDATABASE": "cadastre"}

    def run(self, program, *arguments, text=None):
        done = subprocess.run([postgres_binaries().parent / program, *arguments], env=self.env, input=text, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, sql):
        return self.run("psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql).strip()

    def timed(self, sql):
        """Milliseconds, as psql has them."""
        said = self.run("psql", "-X", "-q", "-o", "/dev/null", text=f"\\timing on\n{sql};\n{sql};\n{sql};\n")
        return statistics.median(float(ms) for ms in re.findall(r"Time: ([\d.]+) ms", said))


def filled(home):
    """The data directory of the large register, with an administrator; their token and password."""
    with started(home):
        made = subprocess.run([CADASTRE, "user", "create", "bench", "--admin", "--json"], env=environment(home), capture_output=True, text=True)
        if made.returncode:
            raise SystemExit(made.stdout + made.stderr)
        database = Database(home / "data")
        begin = time.perf_counter()
        database.run("psql", "-X", "-q", "-v", f"datasets={DATASETS}", "-v", "columns=20", "-f", str(pathlib.Path(__file__).parent / "large.sql"))
        # As a register that has lived for a while: the first reader of rows does not pay for what their writer left.
        database.ask("vacuum analyze")
        print(f"filled in {time.perf_counter() - begin:.0f} s: {database.ask('select count(*) from lineage_edges')} edges", flush=True)
        token = f"cad_{secrets.token_urlsafe(32)}"
        digest = hashlib.sha256(token.encode()).hexdigest()
        database.ask(
            "insert into api_tokens (person_id, name, token_hash, hint, scopes, expires_at, valid_from, change_set)"
            f" select id, 'bench', decode('{digest}', 'hex'), right('{token}', 4), 'read write values admin', now() + interval '1 day', now(), 1"
            " from people where login = 'bench'"
        )
        # Who comes by a printed password is asked for another; the bench goes on with the one it has.
        database.ask("update passwords set must_change = false")
        return token, json.loads(made.stdout)["password"]


def metric(client, name, **labels):
    for row in client.get("/metrics").decode().splitlines():
        if row.startswith(name) and all(f'{key}="{value}"' in row for key, value in labels.items()):
            return float(row.split()[-1])
    raise SystemExit(f"no metric {name}")


def closure(client, database, roots):
    """The list of all that lies down, to its first page, beside the query that would list it."""
    best = max(roots, key=lambda root: json.loads(client.get(f"/api/v1/datasets/{root[1]}/lineage/reached?limit=1"))["items"] != [])
    ours = statistics.median(client.timed(f"/api/v1/datasets/{best[1]}/lineage/reached?limit=1")[0] for _ in range(9)) * 1000
    theirs = database.timed(
        f"with recursive down (id) as (select {best[0]}::bigint union select e.to_id from down d join lineage_edges e on e.from_id = d.id"
        " and e.valid_to is null and e.from_column is null and e.to_column is null and e.to_id is not null) select count(*) from down"
    )
    print(f"{'whole closure, by HTTP (median)':<46} {ours:8.1f} ms  {theirs / ours:6.1f} × faster than the recursive query ({theirs:.0f} ms); budget {CLOSURE:.0f} ×", flush=True)


def pages(client, session, database):
    rng = random.Random(7)
    ids = [row.split("|")[0] for row in database.ask("select public_id from assets where kind = 'dataset' order by random() limit 300").splitlines()]
    took = sorted(client.timed(f"/api/v1/datasets/{rng.choice(ids)}/lineage?up=3&down=3")[0] for _ in range(200))
    line("three hops around, by HTTP (p95)", took[189] * 1000, "ms", 300, "a page's budget")
    hub = database.ask("select public_id from assets where id = 1000007")
    for name, path in (("a hub's explorer (p95)", f"/lineage/{hub}"), ("the same by columns (p95)", f"/lineage/{hub}?level=column"), ("the same as tables (p95)", f"/lineage/{hub}?view=table"), ("overview (p95)", "/lineage")):
        session.get(path)
        took, text = zip(*(session.timed(path) for _ in range(20)))
        line(name, sorted(took)[18], "s", PAGE, f"the budget, {len(gzip.compress(text[0])) / 1024:.0f} kB gz")


def event(job):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    dataset = lambda n: {"namespace": "postgres://bench.example:5432", "name": f"db.public.t{n}"}  # noqa: E731
    return json.dumps({
        "eventTime": now, "eventType": "COMPLETE", "producer": "https://example.org/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid.uuid4())}, "job": {"namespace": "bench", "name": f"job_{job}"},
        "inputs": [dataset(job)], "outputs": [dataset(job + 1)],
    })


def intake(port, token, database):
    """Runs of 200 known jobs: what a scheduler tells all day."""
    warm = Client(port, token)
    for job in range(200):
        status, text = warm.ask("POST", "/api/v1/lineage", event(job))
        if status != 201:
            raise SystemExit(f"intake: {status} {text[:300]}")
    seconds = 10

    def send(part):
        wire, sent, end = Line(port, token), 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            status, text = wire.post("/api/v1/lineage", event(random.randrange(200)))
            if status != 201:
                raise SystemExit(f"intake: {status} {text[:300]}")
            sent += 1
        return sent

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        rate = sum(pool.map(send, range(16))) / seconds
    script = "\\set id random(1, 1000)\nupdate bench_rows set n = n + 1 where id = :id;\n"
    database.ask("create table bench_rows as select id, 0 as n from generate_series(1, 1000) id")
    database.ask("alter table bench_rows add primary key (id)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        said = database.run("pgbench", "-n", "-c", "16", "-j", "2", "-T", "5", "-f", file.name)
    commits = float(re.search(r"tps = ([\d.]+)", said).group(1))
    database.ask("drop table bench_rows")
    print(f"{'OpenLineage events, durable, 16 connections':<46} {rate:8.0f} /s  {rate / commits:6.2f} × pgbench's commits ({commits:.0f} /s); budget 1,000 /s", flush=True)


@contextlib.contextmanager
def large():
    """The folder of the large register, with the token and password of its administrator."""
    kept = os.environ.get("BENCH_HOME")
    with contextlib.nullcontext(kept) if kept else tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        home.mkdir(exist_ok=True)
        home.chmod(0o755)
        keys = home / "administrator"
        if not keys.exists():
            keys.write_text("\n".join(filled(home)))
        yield home, *keys.read_text().split("\n")


def main():
    with large() as (home, token, password):
        if len(sys.argv) > 3 and sys.argv[3] == "fill":
            return
        with started(home) as (child, port, seconds):
            client, database = Client(port, token), Database(home / "data")
            load = metric(client, "cadastre_read_model_load_seconds", model="lineage")
            line("start to /readyz, L", seconds, "s", BUILD, "the budget")
            line("the graph from PostgreSQL, L", load, "s", BUILD, "the budget")
            time.sleep(5)
            line("memory of the process, L", resident(child.pid), "MB", 1024.0, "the budget with index and rights")
            roots = [row.split("|") for row in database.ask("select id, public_id from assets where id between 1000000 and 1000020 and id <> 1000007").splitlines()]
            closure(client, database, roots)
            session = Client(port)
            session.sign_in("bench", password)
            pages(client, session, database)
            intake(port, token, database)


main()
