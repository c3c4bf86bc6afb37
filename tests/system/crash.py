"""kill -9 at random moments: what was acknowledged is kept, and every item
has its effect exactly as if it had run once.

Each round submits a large import and some smaller jobs, kills the server
somewhere between the first byte sent and the last item done (again and again
while it recovers, in some rounds), starts it on the same data and compares
everything with what Python says an undisturbed run leaves.
"""
import argparse
import hashlib
import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

from driver import (NDJSON, TYPES, Checks, Server, keep_folders, limit_time,
                    until)

PHASES = ("upload", "acceptance", "running", "end")


class Plan:
    """One submission, and what must come of it."""

    def __init__(self, name, type, options, lines=None, ns=None):
        self.name, self.type = name, type
        self.options = {**options, "labels": {"plan": name}}
        self.lines, self.ns = lines, ns
        # By index: the result of an item, or the code of its failure.
        self.outcomes = []
        # By index: the payload of a failed item; None if it was not JSON.
        self.payloads = {}
        self.job = None

    def succeed(self, result):
        self.outcomes.append((True, result))

    def fail(self, code, payload):
        self.payloads[len(self.outcomes)] = payload
        self.outcomes.append((False, code))

    def request(self):
        """Path, headers and body."""
        if self.lines is not None:
            query = urllib.parse.urlencode({
                "type": self.type, "options": json.dumps(self.options)})
            return ("/batch?" + query, {"Content-Type": NDJSON},
                    "\n".join(self.lines).encode())
        body = {"type": self.type, "input": {"ns": self.ns},
                "options": self.options}
        return ("/batch", {"Content-Type": "application/json"},
                json.dumps(body).encode())


class Inputs:
    """The jobs of one round and the state they lead to, by the seed alone."""

    def __init__(self, number, items, seed):
        self.number, self.items = number, items
        self.random = random.Random(f"{seed}/{number}/inputs")
        self.base = self.make_base()
        self.bulk, self.links, self.out = {}, {}, {}
        self.plans = [self.make_bulk(), self.make_links(),
                      self.make_embeddings(), self.make_transform()]

    def ns(self, name):
        return f"{name}-{self.number}"

    def options(self):
        return {"chunkSize": self.random.choice((7, 100, 100, 333, 1000))}

    def make_base(self):
        """What the jobs over a namespace read: the same texts each round."""
        base = {}
        for i in range(self.items // 20):
            one = {"ns": self.ns("base"), "id": f"b{i:06d}", "type": "T",
                   "data": {"n": "none" if i % 9 == 4 else str(i)}}
            if i % 7:
                one["content"] = f"text number {i % 500}, more of it"
            base[one["id"]] = one
        return base

    def make_bulk(self):
        """Few ids, so that the order of items in distant chunks matters."""
        plan = Plan(self.ns("bulk"), "import-things", self.options(), [])
        ids = max(1, self.items // self.random.choice((2, 10, 1000)))
        for i in range(self.items):
            if i % 97 == 50:
                text = self.random.choice(('{"oops', '{"a":}', "nope"))
                plan.fail("invalid_json", None)
            elif i % 61 == 30:
                payload = {"ns": plan.name, "id": "", "type": "T", "n": i}
                text = json.dumps(payload)
                plan.fail("invalid_item", payload)
            else:
                id = f"i{self.random.randrange(ids)}"
                one = {"ns": plan.name, "id": id, "type": "T",
                       "data": {"v": i}, "content": f"version {i}"}
                self.bulk[id] = one
                text = json.dumps(one)
                plan.succeed({"ns": plan.name, "id": id, "type": "T"})
            plan.lines.append(text)
        return plan

    def make_links(self):
        """Relationships that are pointed to other ends again and again."""
        plan = Plan(self.ns("links"), "import-relationships", self.options(),
                    [])
        count = self.items // 10
        for i in range(count):
            one = {"ns": plan.name, "id": f"r{self.random.randrange(count)}",
                   "type": "t", "fromNs": plan.name,
                   "fromId": f"f{self.random.randrange(20)}",
                   "toNs": plan.name, "toId": f"t{self.random.randrange(20)}"}
            if i % 83 == 40:
                del one["toId"]
                plan.fail("invalid_item", one)
            else:
                self.links[one["id"]] = one
                plan.succeed(one)
            plan.lines.append(json.dumps(one))
        return plan

    def make_embeddings(self):
        plan = Plan(self.ns("embed"), "generate-embeddings", self.options(),
                    ns=self.ns("base"))
        for one in self.base.values():
            if "content" in one:
                plan.succeed({"ns": one["ns"], "id": one["id"]})
            else:
                plan.fail("no_text", one)
        return plan

    def make_transform(self):
        steps = [{"cast": {"/data/n": "integer"}}, {"set": {"seen": True}}]
        plan = Plan(self.ns("out"), "transform-data",
                    {**self.options(), "into": self.ns("out"),
                     "transform": {"steps": steps}}, ns=self.ns("base"))
        for id, one in self.base.items():
            if one["data"]["n"] == "none":
                plan.fail("transform_failed", one)
            else:
                self.out[id] = {**one, "ns": plan.name, "seen": True,
                                "data": {"n": int(one["data"]["n"])}}
                plan.succeed(self.out[id])
        return plan


class Disturbance:
    """When and how often the server of a round is killed."""

    def __init__(self, inputs, seed):
        number = inputs.number
        self.random = random.Random(f"{seed}/{number}/kills")
        # Number 0 is the undisturbed run.
        self.phase = PHASES[number % len(PHASES)] if number else None
        self.victim = self.random.choice(inputs.plans)
        self.at = self.random.random()
        self.again = self.random.choice((0, 0, 1, 2, 3)) if number else 0

        # What was there of each job right behind the restart.
        self.found = []

    def __str__(self):
        return (f"killed at {self.phase} of {self.victim.name}, "
                f"{self.again} times more, found {' '.join(self.found)}"
                if self.phase else "undisturbed")


def submit(server, plan, kill=None):
    """Submits a plan; `kill(sent)` is called with the share of bytes that was
    sent. Answers whether it was acknowledged."""
    path, headers, body = plan.request()
    step = max(1, len(body) // 50)

    def pieces():
        for begin in range(0, len(body), step):
            if kill:
                kill(begin / len(body))
            yield body[begin:begin + step]
        if kill:
            kill(1)
    connection = server.connection(30)
    try:
        connection.request("POST", path, pieces(), {
            **headers, "Content-Length": str(len(body))})
        answer = connection.getresponse()
        reply = answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if answer.status != 202:
        raise AssertionError(f"{plan.name}: {answer.status} {reply}")
    plan.job = json.loads(reply)["jobId"]
    return True


def submit_all(server, plans, disturbance):
    """Submits until the server is killed in the middle of it, if it is."""
    killers = []

    def kill_in_upload(sent):
        if sent >= disturbance.at:
            server.process.kill()

    def kill_at_acceptance(sent):
        if sent == 1:
            killers.append(threading.Timer(0.03 * disturbance.at ** 2,
                                           server.process.kill))
            killers[0].start()
    hooks = {"upload": kill_in_upload, "acceptance": kill_at_acceptance}
    for plan in plans:
        hook = hooks.get(disturbance.phase)
        submit(server, plan, hook if plan is disturbance.victim else None)
        if disturbance.phase in hooks and plan is disturbance.victim:
            break
    for killer in killers:
        killer.join()


def kill_while_running(server, disturbance):
    """At the middle of the victim, or near the end of the largest job."""
    plan, share = disturbance.victim, disturbance.at
    if disturbance.phase == "end":
        share = 0.97 + 0.03 * disturbance.at
    connection = server.connection()

    def is_time():
        path = f"/batch/{plan.job}"
        job = server.request("GET", path, over=connection).json()["job"]
        return job["done"] >= share * job["total"]
    until(is_time, f"a part of {plan.name}", pause=0.0005)
    if disturbance.phase == "end":
        time.sleep(disturbance.random.uniform(0, 0.01))
    server.process.kill()


def kill_while_recovering(server, disturbance):
    for _ in range(disturbance.again):
        server.launch()
        time.sleep(disturbance.random.uniform(0, 0.25))
        server.kill()


def find_job(server, plan):
    name = urllib.parse.quote(plan.name)
    jobs = server.get(f"/batch?label.plan={name}").json()["jobs"]
    assert len(jobs) <= 1, f"{plan.name} is there twice: {jobs}"
    return jobs[0]["id"] if jobs else None


def share_done(server, plan):
    """How far a job is, for people to see where the kills have hit."""
    id = find_job(server, plan)
    if not id:
        return "-"
    job = server.job(id)
    # A plus: accepted, though the answer never arrived.
    return f"{100 * job['done'] // job['total']}%{'' if plan.job else '+'}"


def settle(checks, server, plans):
    """Acknowledged jobs are there; what is not there has left no trace, and
    is submitted again, as a client would do."""
    for plan in plans:
        found = find_job(server, plan)
        if plan.job:
            checks.equal(found, plan.job, f"{plan.name}: acknowledged, kept")
        plan.job = found
        if not found:
            checks.equal(server.export(plan.name).body, b"",
                         f"{plan.name}: never accepted, no trace")
            checks(submit(server, plan), f"{plan.name}: the second try")
    for plan in plans:
        server.wait(plan.job)


def check_job(checks, server, plan):
    job = server.job(plan.job)
    failed = len(plan.payloads)
    total = len(plan.outcomes)
    checks.equal(
        (job["status"], job["total"], job["processed"], job["failed"],
         job["done"], job["retrying"], len(job["errors"])),
        ("failed" if failed else "completed", total, total - failed, failed,
         total, 0, min(failed, 100)), f"{plan.name}: counters")
    results = server.results(plan.job)
    checks.equal([r["index"] for r in results[:total + 1]],
                 list(range(total)), f"{plan.name}: a result of each item")
    got = [(True, r["result"]) if r["success"] else (False, r["code"])
           for r in results]
    if plan.type == "generate-embeddings":
        got = [(ok, {k: v for k, v in x.items()
                     if k not in ("model", "dimensions")} if ok else x)
               for ok, x in got]
    wrong = [(i, *pair) for i, pair in enumerate(zip(got, plan.outcomes))
             if pair[0] != pair[1]]
    checks.equal(wrong[:3], [], f"{plan.name}: results")
    errors = server.errors(plan.job)
    checks.equal([e["index"] for e in errors], list(plan.payloads),
                 f"{plan.name}: errors")
    checks([(e["index"], e["error"], e["code"]) for e in errors]
           == [(r["index"], r["error"], r["code"]) for r in results
               if not r["success"]], f"{plan.name}: errors and results agree")
    checks([e.get("payload") for e in errors] == list(plan.payloads.values()),
           f"{plan.name}: payloads")
    checks.equal({e["attempts"] for e in errors} - {1}, set(),
                 f"{plan.name}: attempts")


def check_state(checks, server, inputs, vectors):
    """The namespaces equal those of an undisturbed run."""
    for name, wanted in (("bulk", inputs.bulk), ("out", inputs.out),
                         ("base", inputs.base), ("links", inputs.links)):
        lines = server.export(inputs.ns(name)).lines()
        got = {x["id"]: x for x in lines}
        wrong = [(got.get(id), wanted.get(id)) for id in {*got, *wanted}
                 if got.get(id) != wanted.get(id)]
        checks(len(lines) == len(wanted) and not wrong,
               f"{inputs.ns(name)}: {len(lines)} of {len(wanted)} records, "
               f"wrong: {wrong[:2]}")
    check_ends(checks, server, inputs)
    embedded = {x["id"]: x["vector"] for x in server.export(
        inputs.ns("base"), "format=ndjson&kind=embeddings").lines()}
    vectors.setdefault("reference", embedded)
    checks(embedded == vectors["reference"] and list(embedded) == [
        id for id, one in inputs.base.items() if "content" in one],
        f"{inputs.ns('base')}: embeddings")


def check_ends(checks, server, inputs):
    """Relationships are found from both ends, and from no old one."""
    for kind, end in (("from", "f"), ("to", "t")):
        for i in range(20):
            found, cursor = [], ""
            path = (f"/relationships?{kind}={inputs.ns('links')}/{end}{i}"
                    "&limit=500")
            while cursor is not None:
                page = server.get(path + cursor).json()
                found += [x["id"] for x in page["relationships"]]
                cursor = ("&cursor=" + page["nextCursor"]
                          if "nextCursor" in page else None)
            wanted = [id for id, x in inputs.links.items()
                      if x[kind + "Id"] == f"{end}{i}"]
            if sorted(found) != sorted(wanted):
                checks(False, f"{path}: {len(found)} of {len(wanted)}")
    checks(True, "ends")


def check_statistics(checks, server):
    """The counters equal a recount of the jobs."""
    jobs, cursor = [], ""
    while cursor is not None:
        page = server.get("/batch?limit=500" + cursor).json()
        jobs += page["jobs"]
        cursor = ("&cursor=" + page["nextCursor"]
                  if "nextCursor" in page else None)
    stats = server.stats()
    wanted = {"total": len(jobs),
              "deadLetters": sum(job["failed"] for job in jobs)}
    for status in ("pending", "processing", "completed", "failed"):
        wanted[status] = sum(job["status"] == status for job in jobs)
    checks.equal({name: stats[name] for name in wanted}, wanted, "stats")
    for type in TYPES:
        mine = [job for job in jobs if job["type"] == type]
        got = stats["byType"][type]
        checks.equal((got["jobs"], got["itemsProcessed"], got["itemsFailed"]),
                     (len(mine), sum(job["processed"] for job in mine),
                      sum(job["failed"] for job in mine)), f"stats of {type}")


def put_some(server, inputs):
    """Single things; answers the ids that were acknowledged."""
    kept = []
    for i in range(5):
        path = f"/things/{inputs.ns('put')}/{i}"
        if server.request("PUT", path, {"type": "T"}).status == 200:
            kept.append(str(i))
    return kept


def disturbed_round(checks, server, inputs, seed, vectors):
    disturbance = Disturbance(inputs, seed)
    server.run("import-things", list(inputs.base.values()))
    kept = put_some(server, inputs)
    submit_all(server, inputs.plans, disturbance)
    if disturbance.phase in ("running", "end"):
        kill_while_running(server, disturbance)
    if disturbance.phase:
        server.kill()
        kill_while_recovering(server, disturbance)
        server.start()
        disturbance.found = [share_done(server, p) for p in inputs.plans]
    settle(checks, server, inputs.plans)
    for plan in inputs.plans:
        check_job(checks, server, plan)
    check_state(checks, server, inputs, vectors)
    checks.equal(list(server.things(inputs.ns("put"))), kept, "PUT things")
    check_statistics(checks, server)
    return disturbance


def picture(server, inputs):
    """A hash of all that a round has left."""
    whole = hashlib.sha256()
    for name in ("bulk", "out", "base", "links", "put"):
        whole.update(server.export(inputs.ns(name)).body)
    for plan in inputs.plans:
        whole.update(server.get(f"/batch/{plan.job}/results").body)
        whole.update(server.get(f"/batch/{plan.job}/errors").body)
    return whole.hexdigest()


def run_rounds(arguments, checks):
    server = Server("--slots", "2")
    vectors, pictures = {}, []
    for number in range(arguments.rounds + 1):
        begin = time.monotonic()
        inputs = Inputs(number, arguments.items, arguments.seed)
        before = checks.passed + checks.failed
        how = disturbed_round(checks, server, inputs, arguments.seed, vectors)
        done = checks.passed + checks.failed - before
        print(f"{'FAILED' if checks.failed else 'ok':6} round {number}, {how}:"
              f" {done} checks ({time.monotonic() - begin:.1f} s)", flush=True)
        if checks.failed:
            return
        pictures.append((inputs, picture(server, inputs)))
    server.kill()
    server.start()
    for inputs, before in pictures:
        checks.equal(picture(server, inputs), before,
                     f"round {inputs.number} at the end of all")
    check_statistics(checks, server)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    # Below the time limit of CTest by default.
    limit_time(max(220, arguments.rounds * 11))
    print(f"seed {arguments.seed}", flush=True)
    checks = Checks()
    try:
        run_rounds(arguments, checks)
    except Exception as fault:
        checks(False, f"{type(fault).__name__}: {fault}")
    for fault in checks.faults[:20]:
        print("       - " + fault)
    if checks.failed:
        print(f"again with: --seed {arguments.seed} --rounds "
              f"{arguments.rounds} --items {arguments.items}; "
              f"the data: {keep_folders()}")
    print(f"{checks.passed} passed, {checks.failed} failed", flush=True)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
