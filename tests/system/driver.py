"""Starts batchd and talks to it: what the system tests share.

A test is a list of groups, functions that take a `Checks`. However a test
ends, its servers and its folders go with it.
"""
import atexit
import ctypes
import datetime
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

BATCHD = os.path.abspath(os.environ.get("BATCHD", "build/release/batchd"))
TYPES = ("import-things", "import-relationships", "generate-embeddings",
         "export-things", "transform-data")
ENDED = ("completed", "failed")
JSON = "application/json"
# The id of no job.
ABSENT = "018f4e2a-7c3d-7b1e-9a55-0242ac120002"
NDJSON = "application/x-ndjson"
CSV = "text/csv"

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _end_with_parent():
    """atexit does not run in a test that is killed; the kernel does."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def until(condition, what, seconds=60.0, pause=0.01):
    """Polls until the condition holds, and answers what it answered."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(pause)


def temporary_folder():
    """A folder that goes with the test, unless `keep_folders` is called."""
    folder = tempfile.mkdtemp(prefix="batchd-test-")
    _folders.append(folder)
    return folder


_folders = []


def keep_folders():
    kept = list(_folders)
    _folders.clear()
    return kept


@atexit.register
def _remove_folders():
    for server in list(Server.running):
        server.kill()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


class Answer:
    """An HTTP answer; header names are in lower case."""

    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.all_headers = list(headers)
        self.headers = {name.lower(): value for name, value in headers}

    def json(self):
        return json.loads(self.body)

    def lines(self):
        return [json.loads(line) for line in self.body.split(b"\n") if line]

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:400]!r}"


class Server:
    """One batchd at a time on one data folder."""

    running = set()

    def __init__(self, *arguments, folder=None, start=True):
        self.root = temporary_folder()
        self.folder = folder or os.path.join(self.root, "data")
        self.arguments = arguments
        # Variables beside those of this process.
        self.environment = {}
        self.token = None
        self.process = None
        # How the last process ended.
        self.status = None
        if start:
            self.start()

    def launch(self):
        """Starts the process without waiting for it to be ready."""
        with open(os.path.join(self.root, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [BATCHD, "serve", "--data", self.folder, "--http",
                 "127.0.0.1:0", *self.arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env={**os.environ, **self.environment},
                preexec_fn=_end_with_parent)
        Server.running.add(self)

    def start(self, seconds=30):
        self.launch()
        return self.await_ready(seconds)

    def await_ready(self, seconds=30):
        limit = threading.Timer(seconds, self.process.kill)
        limit.start()
        line = self.process.stdout.readline().decode()
        limit.cancel()
        ready = re.fullmatch(
            r"batchd ready http=([0-9.]+):(\d+) cluster=(\S+) .*\n", line)
        if not ready:
            self.kill()
            raise RuntimeError(f"batchd did not get ready in {seconds} s: "
                               f"{line!r}; its log ends: {self.log()[-1000:]}")
        self.host, self.port = ready[1], int(ready[2])
        self.cluster = ready[3]
        return self

    def log(self):
        with open(os.path.join(self.root, "log"), errors="replace") as log:
            return log.read()

    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        self._end(signal.SIGKILL)

    def stop(self):
        """SIGTERM. Answers the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number):
        if self.is_running():
            self.process.send_signal(number)
        self.status = self.process.wait(30)
        self.process.stdout.close()
        Server.running.discard(self)
        return self.status

    def reset_peak(self):
        """Forgets the peak of the memory so far. Answers the present MiB."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as peak:
            peak.write("5")
        return self.peak_mib()

    def peak_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            peak = re.search(r"VmHWM:\s+(\d+) kB", status.read())
        return int(peak[1]) // 1024

    def connection(self, timeout=60):
        return http.client.HTTPConnection(self.host, self.port,
                                          timeout=timeout)

    def socket(self, timeout=20):
        return socket.create_connection((self.host, self.port), timeout)

    def request(self, method, path, body=None, headers=None, over=None):
        """One request; on a connection of its own unless `over` is one."""
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", JSON)
        if isinstance(body, str):
            body = body.encode()
        connection = over or self.connection()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            if not over:
                connection.close()

    def get(self, path, headers=None):
        answer = self.request("GET", path, headers=headers)
        assert answer.status == 200, f"GET {path}: {answer}"
        return answer

    def submit(self, type, items=None, **more):
        """Submits a job as JSON and answers its id."""
        body = {"type": type, **more}
        if items is not None:
            body["items"] = items
        answer = self.request("POST", "/batch", body)
        assert answer.status == 202, f"POST /batch {type}: {answer}"
        return answer.json()["jobId"]

    def job(self, id):
        return self.get(f"/batch/{id}").json()["job"]

    def wait(self, id, seconds=60):
        """Waits for the end of a job and answers the job."""
        def ended():
            job = self.job(id)
            return job if job["status"] in ENDED else None
        return until(ended, f"the end of job {id}", seconds)

    def run(self, type, items=None, **more):
        return self.wait(self.submit(type, items, **more))

    def results(self, id):
        return self.get(f"/batch/{id}/results").lines()

    def errors(self, id):
        return self.get(f"/batch/{id}/errors").lines()

    def change_letters(self, method, path, body=None, headers=None):
        """Sends what may have to wait for its turn: dead letters are replayed,
        purged or removed by one at a time."""
        def done():
            answer = self.request(method, path, body, headers)
            return None if b"right now" in answer.body else answer
        return until(done, f"the turn of {method} {path}", 10)

    def stats(self):
        return self.get("/stats").json()["stats"]

    def export(self, ns, query="format=ndjson"):
        return self.get(f"/export/{ns}?{query}")

    def things(self, ns):
        """The things of a namespace by id."""
        lines = self.export(ns, "format=ndjson&kind=things").lines()
        return {thing["id"]: thing for thing in lines}


class Ended:
    """A client command that has ended."""

    def __init__(self, done):
        self.status, self.out, self.told = (done.returncode, done.stdout,
                                            done.stderr)

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"{self.status} {self.out[:300]!r} {self.told[:300]!r}"


def command(server, *arguments, url=None):
    """Runs batchd as a client of a server."""
    url = url or f"http://{server.host}:{server.port}"

    def run():
        ended = Ended(subprocess.run(
            [BATCHD, *arguments], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120,
            env={**os.environ, "BATCHD_URL": url}))
        return None if "right now" in ended.told else ended
    return until(run, f"the turn of {arguments}", 10)


def milliseconds(time):
    """The point of a time in an answer."""
    return round(datetime.datetime.fromisoformat(
        time.replace("Z", "+00:00")).timestamp() * 1000)


def thing(ns, id, **more):
    return {"ns": ns, "id": id, "type": "T", **more}


def relationship(ns, id, type, start, end, **more):
    """From and to things given as "ns/id"."""
    (from_ns, from_id), (to_ns, to_id) = start.split("/"), end.split("/")
    return {"ns": ns, "id": id, "type": type, "fromNs": from_ns,
            "fromId": from_id, "toNs": to_ns, "toId": to_id, **more}


class Checks:
    """Counts what holds. A check that fails does not end its group."""

    SHOWN_MAX = 40

    def __init__(self):
        self.passed = self.failed = 0
        self.faults = []

    def __call__(self, ok, what):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            self.faults.append(str(what)[:600])
        return bool(ok)

    def equal(self, got, wanted, what):
        return self(got == wanted, f"{what}: got {got!r:.600}, "
                                   f"wanted {wanted!r:.600}")

    def problem(self, answer, status, code, what, *says):
        """The answer is an error of this kind that says these things."""
        body = answer.json()
        self.equal((answer.status, body.get("code")), (status, code),
                   f"{what}: {answer}")
        for text in says:
            self(text in body.get("error", ""), f"{what}: {text!r} is said in "
                                                f"{body}")

    def run_group(self, group, *arguments):
        name = group.__name__.replace("_", " ")
        passed, failed, begin = self.passed, self.failed, time.monotonic()
        self.faults.clear()
        try:
            group(self, *arguments)
        except Exception as fault:
            at = "".join(traceback.format_tb(fault.__traceback__)[-3:])
            self(False, f"{type(fault).__name__}: {fault}\n{at}")
        good, bad = self.passed - passed, self.failed - failed
        print(f"{'FAILED' if bad else 'ok':6} {name}: {good} of {good + bad}"
              f" ({time.monotonic() - begin:.1f} s)", flush=True)
        for fault in self.faults[:self.SHOWN_MAX]:
            print("       - " + fault, flush=True)
        if len(self.faults) > self.SHOWN_MAX:
            print(f"       … and {len(self.faults) - self.SHOWN_MAX} more")


def limit_time(seconds):
    """Ends a test that hangs while it can still say where."""
    def give_up(*_):
        traceback.print_stack()
        sys.exit(f"gave up after {seconds} s")
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.alarm(seconds)


def run_groups(groups, *arguments):
    """Runs all groups and ends the program."""
    limit_time(220)
    checks = Checks()
    for group in groups:
        checks.run_group(group, *arguments)
    finish(checks)


def finish(checks):
    print(f"{checks.passed} passed, {checks.failed} failed", flush=True)
    sys.exit(1 if checks.failed else 0)
