"""The register beside its limits, in one run: start, memory, crawl. usage, by tests/bench.sh: register.py CADASTRE-BINARY

- Start to /readyz on an existing private data directory (S: the demo's register), beside PostgreSQL's own start on the same files.
- Memory of the process, idle, the private PostgreSQL apart, beside the budget.
- Crawl of Pagila, first and again unchanged, beside the same catalogue queries alone by psql. Both clusters are scratch ones without fsync
  (tests/with-postgres.sh), so that what is compared is work and not a disk.
"""
import gzip
import os
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.parse

from beside import CADASTRE, environment, free_port, line, postgres_binaries, resident, started, until

ROUNDS = 5
BUDGET_MEMORY = 60.0  # MB
FIXTURES = pathlib.Path(os.environ.get("CADASTRE_FIXTURES", "../shared/fixtures"))
READER = pathlib.Path("backend/app/src/sources/reader/postgresql")


def serve(home):
    """Starts a register and stops it: seconds to readiness, and megabytes when it has been idle for a while."""
    with started(home) as (child, _, seconds):
        time.sleep(3)
        return seconds, resident(child.pid)


def postgres_alone(cluster):
    """Seconds from the start of the server on these files to the word `ready` in its pid file."""
    owner = cluster.stat()
    sockets = tempfile.mkdtemp()
    os.chown(sockets, owner.st_uid, owner.st_gid)
    who = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.getuid() == 0 else {}
    command = [postgres_binaries(), "-D", cluster, "-k", sockets, "-c", "listen_addresses="]
    pid_file = cluster / "postmaster.pid"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd="/", **quiet, **who)
    try:
        return until(lambda: pid_file.exists() and "ready" in pid_file.read_text())
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)
        os.rmdir(sockets)


def start_and_memory(home):
    data = home / "data"
    filled = subprocess.run([CADASTRE, "demo", "--only-fill"], env=environment(home, CADASTRE_LISTEN=f"127.0.0.1:{free_port()}"), capture_output=True, text=True)
    if filled.returncode:
        raise SystemExit(filled.stderr)
    ours, memory, alone = [], [], []
    for _ in range(ROUNDS):
        seconds, megabytes = serve(home)
        ours.append(seconds)
        memory.append(megabytes)
        alone.append(postgres_alone(data / "postgres"))
    line("start to /readyz, S (median)", statistics.median(ours), "s", statistics.median(alone), "PostgreSQL's own start")
    line("memory of the process, idle, S (most)", max(memory), "MB", BUDGET_MEMORY, "the budget")


def psql(url, *arguments, text=None):
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *arguments, url], input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def at(url, database):
    return urllib.parse.urlparse(url)._replace(path=f"/{database}").geturl()


def catalogue_queries():
    """The reader's own queries, from its source; their parameters are filled with the oids of what is there, and with a length."""
    ours = "SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    inside = f"SELECT oid FROM pg_class WHERE relnamespace IN ({ours}) UNION SELECT oid FROM pg_type WHERE typnamespace IN ({ours})"
    oids = f"(SELECT array_agg(oid) FROM ({ours} UNION {inside}) o)"
    queries = []
    for file in sorted(READER.glob("*.rs")):
        for sql in re.findall(r'const [A-Z]+: &str =\s+"(.*?)";', file.read_text(), re.S):
            if "pg_" in sql and "FROM" in sql:
                sql = re.sub(r"(unnest|ANY) ?\(\$\d+(::\w+\[\])?\)", rf"\1({oids}::oid[])", sql)
                queries.append(re.sub(r"\$\d+(::\w+)?", "10000", sql))
    if len(queries) < 6:
        raise SystemExit(f"the queries of {READER} were not found")
    return ";\n".join(queries) + ";\n"


def crawls(home):
    register, source = os.environ["CADASTRE_TEST_PG"], os.environ["CADASTRE_TEST_SOURCE_PG"]
    psql(source, "-c", "CREATE DATABASE bench_pagila")
    pagila = at(source, "bench_pagila")
    psql(pagila, text=gzip.decompress((FIXTURES / "db/pagila.pg15.sql.gz").read_bytes()).decode())
    place = urllib.parse.urlparse(source)
    first, again, alone = [], [], []
    for number in range(ROUNDS):
        psql(register, "-c", f"CREATE DATABASE bench_register_{number}")
        url = at(register, f"bench_register_{number}")
        env = environment(home, DATABASE_URL=url, CADASTRE_DATA_DIR=str(home / f"crawl_{number}"), CADASTRE_LISTEN=f"127.0.0.1:{free_port()}")
        where = ["--host", place.hostname, "--port", str(place.port), "--database", "bench_pagila", "--user", place.username, "--tls", "disable"]
        for command in (["add", "pagila", *where, "--secret-file", "-"], ["crawl", "pagila"], ["crawl", "pagila"]):
            done = subprocess.run([CADASTRE, "source", *command], env=env, input=place.password, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
        took = psql(url, "-At", "-c", "SELECT extract(epoch FROM finished_at - started_at) FROM tasks WHERE kind LIKE '%crawl%' AND state = 'done' ORDER BY id").split()
        first.append(float(took[0]))
        again.append(float(took[-1]))
        begin = time.perf_counter()
        psql(pagila, "-o", "/dev/null", text=catalogue_queries())
        alone.append(time.perf_counter() - begin)
    beside = "its queries alone by psql"
    line("crawl of Pagila, first (median)", statistics.median(first), "s", statistics.median(alone), beside)
    line("crawl of Pagila, again unchanged (median)", statistics.median(again), "s", statistics.median(alone), beside)


def main():
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        # A register that root starts lends its PostgreSQL to another account, which must come in here.
        home.chmod(0o755)
        print("── start and memory")
        start_and_memory(home)
        print("── crawl of Pagila, without fsync on both sides")
        crawls(home)


main()
