"""Slow uploads, slow readers of exports and idle connections, all at once:
others are served as ever, memory is bounded, and nothing is left of them.
Latencies are printed, not judged."""
import argparse
import random
import selectors
import socket
import threading
import time

from driver import CSV, NDJSON, Checks, Server, finish, limit_time, thing, \
    until
from raw_http import RawConnection, chunked, request

PEAK_MIB = 400
THINGS = 30_000
ITEM = b'{"ns":"slow","id":"%d","type":"T","content":"%s"}\n'
HEADER = b"ns,id,type,content\n"
CSV_ITEM = b'slow,%d,T,"%s"\n'


def upload_head(type):
    return request("POST", "/batch?type=import-things",
                   "Content-Type: " + type, "Content-Length: 1000000",
                   length=False)


def ready(connections):
    """The places of those that have something to be read."""
    with selectors.DefaultSelector() as selector:
        for at, connection in enumerate(connections):
            selector.register(connection, selectors.EVENT_READ, at)
        return [key.data for key, _ in selector.select(0)]


class SlowClients:
    """Clients of three kinds on one thread."""

    def __init__(self, server, count):
        self.server = server
        self.uploads = [self.slow_upload(i) for i in range(count)]
        self.readers = [self.slow_reader() for _ in range(count)]
        self.idle = [server.socket() for _ in range(count)]
        self.read_bytes = self.sent_bytes = self.cut = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def slow_upload(self, i):
        """It has sent many items, and goes on at one byte a second."""
        connection = self.server.socket()
        lines = range(1500)
        pad = b"x" * 300
        body = b"".join(ITEM % (j, pad) for j in lines) if i % 2 else (
            HEADER + b"".join(CSV_ITEM % (j, pad) for j in lines))
        connection.sendall(upload_head(NDJSON if i % 2 else CSV) + body)
        return connection

    def slow_reader(self):
        """Its window is as small as the system has it."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        connection.settimeout(20)
        connection.connect((self.server.host, self.server.port))
        format = random.choice(["csv", "ndjson", "json"])
        connection.sendall(request("GET", f"/export/many?format={format}"))
        return connection

    def run(self):
        while not self.ended.wait(1.0):
            for connection in self.uploads:
                try:
                    connection.sendall(b"x")
                    self.sent_bytes += 1
                except OSError:
                    self.cut += 1
            for at in ready(self.readers):
                self.read_bytes += len(self.readers[at].recv(512))
            # The server ends idle ones that it has waited for long enough.
            for at in ready(self.idle):
                self.idle[at].close()
                self.idle[at] = self.server.socket()

    def end(self):
        self.ended.set()
        self.thread.join()
        for connection in self.uploads + self.readers + self.idle:
            connection.close()


def measure(server, seconds):
    """Latencies of /health and of a one-item job until its end: in ms, and
    the second in which they were measured."""
    health, jobs = [], []
    first = time.monotonic()
    connection = server.connection()
    while time.monotonic() < first + seconds:
        begin = time.monotonic()
        answer = server.request("GET", "/health")  # a new connection
        health.append(((time.monotonic() - begin) * 1000, begin - first))
        assert answer.status == 200, answer
        begin = time.monotonic()
        answer = server.request("POST", "/batch", {
            "type": "import-things", "items": [thing("one", "1")]},
            over=connection)
        assert answer.status == 202, answer
        path = "/batch/" + answer.json()["jobId"]
        while server.request("GET", path, over=connection).json()["job"][
                "status"] != "completed":
            assert time.monotonic() < begin + 30, "the job does not end"
            time.sleep(0.0005)
        jobs.append(((time.monotonic() - begin) * 1000, begin - first))
        time.sleep(0.01)
    connection.close()
    return {"/health": health, "one-item job": jobs}


def show(title, latencies):
    for name, found in latencies.items():
        ms = sorted(x for x, _ in found)
        most, at = max(found)
        print(f"       {title}: {name}: p50 {ms[len(ms) // 2]:.1f} ms, p99 "
              f"{ms[len(ms) * 99 // 100]:.1f} ms, max {most:.1f} ms (at "
              f"{at:.1f} s) of {len(ms)}", flush=True)


def others_are_served(checks, server, clients, seconds):
    server.run("import-things", [thing("many", f"m{i:06d}", data={
        f"k{i % 20}": "x" * 500}) for i in range(THINGS)])
    show("alone", measure(server, min(seconds, 5)))
    idle_mib = server.reset_peak()
    slow = SlowClients(server, clients)
    try:
        latencies = measure(server, seconds)
        show(f"beside {clients} slow uploads, {clients} slow readers, "
             f"{clients} idle ones", latencies)
    finally:
        slow.end()
    peak = server.peak_mib()
    print(f"       memory: {idle_mib} MiB before, peak {peak} MiB; they sent "
          f"{slow.sent_bytes} bytes and read {slow.read_bytes}", flush=True)
    checks(all(latencies.values()), "health and jobs were answered")
    checks(slow.sent_bytes and slow.read_bytes, "the slow ones were at it")
    checks.equal(slow.cut, 0, "uploads that were cut short")
    checks(peak <= PEAK_MIB, f"peak {peak} MiB, at most {PEAK_MIB}")


def nothing_is_left_of_them(checks, server, clients):
    checks.equal(server.things("slow"), {}, "no item of a slow upload")

    def all_places():
        """As many uploads as there may be, all of them half done."""
        head = request("POST", "/batch?type=import-things",
                       "Content-Type: " + NDJSON, "Transfer-Encoding: chunked",
                       length=False)
        held = [RawConnection(server) for _ in range(clients)]
        for connection in held:
            connection.send(head + b"3\r\n{}\n\r\n")
        # A connection more tells that the others have their places.
        refused = server.request("POST", "/batch?type=import-things", "",
                                 {"Content-Type": NDJSON}).status == 503
        if refused and not any(x.has_bytes(0) for x in held):
            return held
        for connection in held:
            connection.socket.close()
        return None
    held = until(all_places, "all places are free again", 20)
    for connection in held:
        connection.send(chunked("{}"))
    statuses = {connection.answer().status for connection in held}
    checks.equal(statuses, {202}, f"{clients} uploads at once")
    checks.equal(server.stop(), 0, "it ends well")


parser = argparse.ArgumentParser()
parser.add_argument("--clients", type=int, default=64)
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()
limit_time(220)
checks = Checks()
server = Server("--uploads-max", str(arguments.clients))
checks.run_group(others_are_served, server, arguments.clients,
                 arguments.seconds)
checks.run_group(nothing_is_left_of_them, server, arguments.clients)
finish(checks)
