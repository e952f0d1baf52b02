"""What the benches share: the program, started and stopped; who asks it; a line of figures with what stands beside it."""
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
import urllib.parse

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
def started(home, **more):
    """The register of this home for a while: its process, its port, and the seconds until it was ready."""
    port = free_port()
    with open(home / "log", "w") as log:
        child = subprocess.Popen([CADASTRE, "serve"], env=environment(home, CADASTRE_LISTEN=f"127.0.0.1:{port}", **more), stdout=log, stderr=log)
        try:
            seconds = until(lambda: is_ready(port) or child.poll() is not None)
            if child.poll() is not None:
                raise SystemExit((home / "log").read_text())
            yield child, port, seconds
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(60)


class Client:
    """A connection that stays open, with a token or a session."""

    def __init__(self, port, token=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method, path, body=None, kind="application/json"):
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = kind
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # A connection that was idle for long is closed by the server.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie = value.split(";")[0]
                self.headers["Cookie"] = "; ".join(filter(None, [self.headers.get("Cookie"), cookie]))
        return answer.status, text

    def get(self, path):
        status, text = self.ask("GET", path)
        if status != 200:
            raise SystemExit(f"{path}: {status} {text[:500]}")
        return text

    def timed(self, path):
        begin = time.perf_counter()
        text = self.get(path)
        return time.perf_counter() - begin, text

    def sign_in(self, login, password):
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.get("/signin").decode()).group(1)
        form = urllib.parse.urlencode({"csrf": csrf, "login": login, "password": password})
        status, text = self.ask("POST", "/signin", form, "application/x-www-form-urlencoded")
        if status not in (200, 303):
            raise SystemExit(f"sign-in: {status} {text[:300]}")


class Line:
    """The same as bytes on a socket, for load: Python's own client takes as long for a request as the register does, on the same cores."""

    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = f"host: 127.0.0.1\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"

    def post(self, path, body):
        """The status of the answer, and its bytes."""
        self.socket.sendall(f"POST {path} HTTP/1.1\r\n{self.head}content-length: {len(body.encode())}\r\n\r\n{body}".encode())
        text = b""
        while b"\r\n\r\n" not in text:
            text += self.received()
        head, _, rest = text.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.I)
        while len(rest) < (int(length.group(1)) if length else 0):
            rest += self.received()
        return int(head[9:12]), rest

    def received(self):
        part = self.socket.recv(65536)
        if not part:
            raise SystemExit("the connection was closed")
        return part


def line(what, value, unit, limit, beside):
    print(f"{what:<46} {value:8.3f} {unit:<3} {value / limit:6.2f} × {beside} ({limit:.3f} {unit})", flush=True)


def postgres_binaries():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres") + glob.glob("/usr/pgsql-*/bin/postgres"))
    return pathlib.Path(found[-1])
