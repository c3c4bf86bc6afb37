"""One run of the crash campaign: a server that is killed as the seed says, and
a client that goes on as a careful client would."""
import http.client
import json
import os
import random
import signal
import socket
import threading
import time
import urllib.parse

import crash_plans
from driver import ENDED, Answer, Server

# Routes answer so where somebody else is at it just now.
AGAIN = (409, 429, 503)


class Lost(Exception):
    """The server ended before it answered; it is up again."""


class Kill:
    """How one life of the server ends: at a fail point, or after a time."""

    def __init__(self, point=None, hit=1, seconds=None):
        self.point, self.hit, self.seconds = point, hit, seconds

    def __str__(self):
        return f"{self.point}:{self.hit}" if self.point \
            else f"after {self.seconds * 1000:.0f} ms"


class Run:
    def __init__(self, seed, kills, environment, hits, verbose=False):
        self.seed, self.kills = seed, list(kills)
        self.rng = random.Random(f"{seed}/run")
        self.verbose = verbose
        self.begin = time.monotonic()
        self.plans = []
        # Texts of single things that were put or removed, by (ns, id).
        self.things = {}
        # Names whose upload was broken off: nothing may be there.
        self.broken = []
        # Jobs, by id, that this many letters were sent to be replayed from.
        self.log = []
        self.deaths = 0
        self.may_vanish = False
        self.server = Server("--slots", "2", "--cache", "8", start=False)
        self.server.environment = {**environment, "BATCH_FAIL_HITS": hits}
        self.base_environment = dict(self.server.environment)
        self.connection = None
        self.timer = None

    def say(self, what):
        line = f"{time.monotonic() - self.begin:7.3f} {what}"
        self.log.append(line)
        if self.verbose:
            print(line, flush=True)

    # -- the server ----------------------------------------------------------

    def start(self):
        """Starts the server, again and again if it is killed meanwhile."""
        while True:
            kill = self.kills.pop(0) if self.kills else None
            self.server.environment = dict(self.base_environment)
            if kill and kill.point:
                self.server.environment["BATCH_FAIL"] = str(kill)
            self.say(f"start, to be killed {kill}" if kill else "start")
            try:
                if kill and kill.seconds is not None:
                    self.server.launch()
                    process = self.server.process
                    self.timer = threading.Timer(kill.seconds, process.kill)
                    self.timer.start()
                    self.server.await_ready()
                else:
                    self.server.start()
                self.say("ready")
                return
            except RuntimeError as why:
                if not kill or self.server.status != -signal.SIGKILL:
                    raise
                self.deaths += 1
                self.say("killed while it started")
            finally:
                self.drop_connection()

    def drop_connection(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def end(self, number):
        """Ends the server by a signal. Answers its exit status."""
        if self.timer:
            self.timer.cancel()
        self.drop_connection()
        self.say(f"end by signal {number.value}")
        status = self.server._end(number)
        self.say(f"ended: {status}")
        return status

    def revive(self, why):
        """Called when an answer did not come."""
        self.drop_connection()
        try:
            self.server.process.wait(5)
        except Exception:
            raise AssertionError(f"the server is there, but: {why!r}") from why
        status = self.server.process.returncode
        self.server._end(signal.SIGKILL)
        self.say(f"the server has ended: {status}")
        if status != -signal.SIGKILL:
            raise AssertionError(f"the server ended by itself: {status}")
        self.deaths += 1
        self.start()

    def call(self, method, path, body=None, headers=None):
        """One request. `Lost` if the server was killed over it."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers = {"Content-Type": "application/json", **(headers or {})}
        try:
            if not self.connection:
                self.connection = self.server.connection(20)
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP,
                                                socket.TCP_NODELAY, 1)
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
            got = Answer(answer.status, answer.getheaders(), answer.read())
            if answer.will_close:
                self.drop_connection()
            return got
        except (OSError, http.client.HTTPException) as why:
            self.revive(why)
            raise Lost from why

    def must(self, method, path, body=None, headers=None):
        """A request that may be repeated without harm, until it is
        answered."""
        while True:
            try:
                return self.call(method, path, body, headers)
            except Lost:
                pass

    def get(self, path):
        answer = self.must("GET", path)
        assert answer.status == 200, f"GET {path}: {answer}"
        return answer

    # -- what a client does; each is a generator that yields to others -------

    def find(self, plan):
        """The id of the job of a plan, if there is one."""
        name = urllib.parse.quote(plan.name)
        jobs = [job for job in
                self.get(f"/batch?label.plan={name}").json()["jobs"]
                if "deadLetters" not in job["input"]]
        assert len(jobs) <= 1, f"{plan.name} is there twice: {jobs}"
        return jobs[0]["id"] if jobs else None

    def submit(self, plan):
        self.plans.append(plan)
        path, headers, body = plan.request()
        while plan.id is None:
            try:
                answer = self.call("POST", path, body, headers)
            except Lost:
                if not plan.key:
                    plan.id = self.find(plan)
                    self.say(f"{plan.name}: answer lost; there: {plan.id}")
                yield
                continue
            if answer.status in AGAIN:
                yield
                continue
            assert answer.status == 202, f"{plan.name}: {answer}"
            plan.id = answer.json()["jobId"]
            self.say(f"{plan.name}: {plan.type}, {plan.total} items: "
                     f"{plan.id}")
        yield

    def submit_again(self, plan):
        """With its Idempotency-Key: the first answer, nothing new."""
        path, headers, body = plan.request()
        answer = self.must("POST", path, body, headers)
        assert answer.status == 202 \
            and answer.json()["jobId"] == plan.id \
            and answer.headers.get("idempotency-replayed") == "true", \
            f"{plan.name} again: {answer}"
        other = body.replace(b'"chunkSize"', b'"chunksize"')
        if other != body:
            answer = self.must("POST", path, other, headers)
            assert answer.status == 422, f"{plan.name}, changed: {answer}"
        yield

    def look(self, plan):
        """The job as it is now; None if it is gone."""
        answer = self.must("GET", f"/batch/{plan.id}")
        if answer.status in (404, 410):
            assert self.may_vanish or plan.deleted, \
                f"{plan.name}: {plan.id} was acknowledged and is gone"
            return None
        assert answer.status == 200, f"{plan.name}: {answer}"
        job = answer.json()["job"]
        if plan.ended:
            assert job["status"] == plan.ended["status"], \
                f"{plan.name} had ended: {plan.ended}, and now: {job}"
        elif job["status"] in ENDED:
            plan.ended = job
            self.say(f"{plan.name}: {job['state']}, {job['processed']} + "
                     f"{job['failed']} of {job['total']}")
        return job

    def wait(self, plan):
        while not plan.ended:
            if self.look(plan) is None:
                return
            yield

    def wait_for_progress(self, plan, share):
        while not plan.ended:
            job = self.look(plan)
            if job and job["done"] >= share * job["total"]:
                return
            yield

    def order(self, plan, method, tail, body=None):
        """Cancels, pauses, … Answers the status."""
        while True:
            try:
                answer = self.call(method, f"/batch/{plan.id}{tail}", body)
            except Lost:
                yield
                continue
            if answer.status == 503 or (answer.status == 409
                                        and b"try again" in answer.body):
                yield
                continue
            self.say(f"{plan.name}: {method} {tail} {body or ''}: "
                     f"{answer.status}")
            if plan.deleted or answer.status not in (200, 204, 409):
                assert plan.deleted and answer.status in (204, 404, 410), \
                    f"{plan.name}: {method} {tail}: {answer}"
            return answer.status

    def replay(self, plan, name):
        """Sends the dead letters of a plan again. Answers the new plan, or
        None if there was nothing to replay."""
        indices = sorted(plan.failures())
        if not indices:
            return None
        again = crash_plans.Plan(name, plan.type, [], **{
            k: v for k, v in plan.options.items() if k != "labels"})
        again.options = plan.options
        again.origin, again.origin_indices = plan, indices
        for i in indices:
            code = plan.outcomes[i][1]
            mends = code == "invalid_item" and "crash-test:broken" \
                in plan.items[i]
            again.add(plan.items[i], plan.results[i], None if mends else code)
        while again.id is None:
            try:
                answer = self.call("POST", "/dead-letters/replay",
                                   {"filter": {"jobId": plan.id}})
            except Lost:
                again.id = self.find_replay(plan)
                self.say(f"{name}: answer lost; there: {again.id}")
                yield
                continue
            if answer.status in AGAIN:
                yield
                continue
            assert answer.status == 202, f"{name}: {answer}"
            reply = answer.json()
            assert reply["count"] == len(indices), f"{name}: {reply}"
            again.id = reply["jobId"]
            self.say(f"{name}: {len(indices)} letters of {plan.name}: "
                     f"{again.id}")
        self.plans.append(again)
        yield
        return again

    def find_replay(self, plan):
        found = [job["id"] for job in self.all_jobs()
                 if job["input"].get("deadLetters", {}).get("jobId")
                 == plan.id]
        assert len(found) <= 1, f"{plan.name} was replayed twice: {found}"
        return found[0] if found else None

    def purge(self, plan):
        plan.purged = True
        while True:
            try:
                answer = self.call("POST", "/dead-letters/purge",
                                   {"filter": {"jobId": plan.id}})
            except Lost:
                yield
                continue
            if answer.status not in AGAIN:
                break
            yield
        assert answer.status == 200, f"purge of {plan.name}: {answer}"
        self.say(f"{plan.name}: purged {answer.json()['count']} letters")

    def break_off(self, name, type, lines):
        """Sends the first lines of an upload and goes away."""
        self.broken.append(name)
        options = json.dumps({"labels": {"plan": name}, "chunkSize": 5})
        path = "/batch?" + urllib.parse.urlencode({
            "type": type, "options": options})
        body = "\n".join(lines).encode()
        head = (f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: "
                f"application/x-ndjson\r\nContent-Length: "
                f"{len(body) + 1000}\r\n\r\n").encode()
        try:
            with self.server.socket() as s:
                s.sendall(head + body)
        except OSError:
            pass
        self.say(f"{name}: broken off")
        yield

    # -- lists ---------------------------------------------------------------

    def pages(self, path, member):
        rows, cursor = [], ""
        while cursor is not None:
            page = self.get(path + cursor).json()
            rows += page[member]
            cursor = ("&cursor=" + page["nextCursor"]
                      if "nextCursor" in page else None)
        return rows

    def all_jobs(self):
        return self.pages("/batch?limit=500", "jobs")

    def lines(self, path):
        return self.get(path).lines()
