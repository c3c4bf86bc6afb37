"""Items that end or stall whoever works on them: their neighbours succeed, and
they become dead letters of code poison. Runs the program with workers that
misbehave on request."""
import os
import signal
import time

import driver
from driver import Server, run_groups, thing, until

driver.BATCHD = os.path.join(os.path.dirname(driver.BATCHD), "batchd_crashing")
COUNT, BAD = 100, 37


def items(what):
    return [thing("n", f"{i:03}", content=f"crash-test:{what}:99"
                  if i == BAD else "fine") for i in range(COUNT)]


def check_end(checks, server, id, tries_min):
    job = server.wait(id, 60)
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("failed", COUNT - 1, 1), "all but one succeed")
    checks.equal([(x["index"], x["code"]) for x in job["errors"]],
                 [(BAD, "poison")], "the one is poison")
    checks.equal(sorted(server.things("n")),
                 [f"{i:03}" for i in range(COUNT) if i != BAD],
                 "the neighbours are there")
    letter = server.get(f"/dead-letters/{id}.{BAD}").json()["deadLetter"]
    checks(len(letter["attempts"]) >= tries_min,
           f"every attempt is kept: {letter['attempts']}")
    checks(all(x["at"] and x["code"] and x["error"] and x["node"]
               for x in letter["attempts"]), "with time, code, error and node")
    checks.equal(letter["payload"]["id"], f"{BAD:03}", "the item is kept")


def crashes_until_it_stays(checks, server, most):
    """Starts the program again after every crash."""
    crashes = 0
    while crashes < 2 * most:
        try:
            status = server.process.wait(20 if crashes < most else 3)
        except driver.subprocess.TimeoutExpired:
            break
        checks.equal(status, -signal.SIGSEGV, "the item crashes the process")
        server.kill()
        # It may crash again before it is ready.
        server.launch()
        crashes += 1
    server.await_ready()
    return crashes


def an_item_that_crashes_the_process(checks):
    server = Server()
    job = server.submit("import-things", items("crash"),
                        options={"delaySeconds": 1})
    checks.equal(crashes_until_it_stays(checks, server, 3), 3,
                 "the third crash is the last one")
    check_end(checks, server, job, 3)
    checks.equal(server.run("import-things", [thing("m", "1")])["status"],
                 "completed", "and the service is well")
    checks.equal(server.stop(), 0, "it ends in order")


def items_of_two_jobs_that_crash_it_in_turns(checks):
    server = Server()
    ids = [server.submit(type, [thing(ns, "1", content="crash-test:crash:99"),
                                thing(ns, "2")], options={"delaySeconds": 1})
           for type, ns in [("import-things", "a"), ("import-things", "b")]]
    crashes = crashes_until_it_stays(checks, server, 6)
    # Both may crash in the same moment.
    checks(3 <= crashes <= 6, f"none of {crashes} crashes is forgotten")
    for id in ids:
        job = server.wait(id, 60)
        checks.equal((job["processed"], job["failed"]), (1, 1),
                     "only the one item is lost")
        letter = server.get(f"/dead-letters/{id}.0").json()["deadLetter"]
        checks.equal(len(letter["attempts"]), 3, "after three crashes")
    checks.equal(server.stop(), 0, "it ends in order")


def an_item_that_hangs(checks):
    server = Server()
    job = server.submit("import-things", items("hang"),
                        options={"timeoutMs": 100, "backoffMs": 1})
    check_end(checks, server, job, 3)
    server.stop()


def an_end_while_an_item_hangs_for_good(checks):
    server = Server()
    server.submit("import-things", items("stall"))
    until(lambda: server.stats()["processing"] == 1, "the job runs")
    begin = time.monotonic()
    checks.equal(server.stop(), 0, "SIGTERM ends it in order all the same")
    checks(time.monotonic() - begin < 15, "and soon")


def an_item_that_throws(checks):
    server = Server()
    job = server.submit("import-things", items("exit"),
                        options={"backoffMs": 1})
    check_end(checks, server, job, 3)
    server.stop()


def an_item_that_fails_always_and_one_that_fails_twice(checks):
    server = Server()
    job = server.run("import-things", [
        thing("n", "a", content="crash-test:fail:99"),
        thing("n", "b", content="crash-test:fail:2"),
        thing("n", "c")], options={"backoffMs": 50})
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("failed", 2, 1), "one fails for good")
    checks.equal([(x["index"], x["code"], x["attempts"])
                  for x in job["errors"]], [(0, "internal", 4)],
                 "after four attempts")
    letter = server.get(f"/dead-letters/{job['id']}.0").json()["deadLetter"]
    times = [driver.milliseconds(x["at"]) for x in letter["attempts"]]
    delays = [b - a for a, b in zip(times, times[1:])]
    # Base 50 ms, doubled, up to half of it less or more.
    checks(all(delay >= 25 * 2 ** i for i, delay in enumerate(delays))
           and len(delays) == 3, f"with growing delays: {delays}")
    results = server.results(job["id"])
    checks.equal([x.get("attempts") for x in results if x["success"]],
                 [3, None], "what succeeds later tells its attempts")
    server.stop()


if __name__ == "__main__":
    run_groups([an_item_that_crashes_the_process,
                items_of_two_jobs_that_crash_it_in_turns, an_item_that_hangs,
                an_end_while_an_item_hangs_for_good,
                an_item_that_throws,
                an_item_that_fails_always_and_one_that_fails_twice])
