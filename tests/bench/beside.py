"""What the benches share: the program, started and stopped; a line of figures with what stands beside it."""
import contextlib
import glob
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

CADASTRE = os.path.realpath(sys.argv[1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home, **more):
    return {"PATH": os.environ["PATH"], "HOME": str(home), "CADASTRE_DATA_DIR": str(home / "data"), "CADASTRE_ALLOW_NETWORKS": "127.0.0.0/8", **more}


def until(test, seconds=60.0):
    """How long it takes until the test holds; looked at every 2 ms."""
    begin = time.perf_counter()
    while not test():
        if time.perf_counter() - begin > seconds:
            raise SystemExit("waited a minute for what should take a second")
        time.sleep(0.002)
    return time.perf_counter() - begin


def is_ready(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def resident(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) / 1024


@contextlib.contextmanager
def started(home):
    """The register of this home for a while: its process, its port, and the seconds until it was ready."""
    port = free_port()
    with open(home / "log", "w") as log:
        child = subprocess.Popen([CADASTRE, "serve"], env=environment(home, CADASTRE_LISTEN=f"127.0.0.1:{port}"), stdout=log, stderr=log)
        try:
            seconds = until(lambda: is_ready(port) or child.poll() is not None)
            if child.poll() is not None:
                raise SystemExit((home / "log").read_text())
            yield child, port, seconds
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(60)


def line(what, value, unit, limit, beside):
    print(f"{what:<46} {value:8.3f} {unit:<3} {value / limit:6.2f} × {beside} ({limit:.3f} {unit})", flush=True)


def postgres_binaries():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres") + glob.glob("/usr/pgsql-*/bin/postgres"))
    return pathlib.Path(found[-1])
