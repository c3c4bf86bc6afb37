"""What can be ordered of jobs, over HTTP and from the command line."""
import datetime
import threading
import time

from driver import ABSENT, Server, command, run_groups, thing, until


def order(server, id, what, body=None):
    return server.change_letters("POST", f"/batch/{id}/{what}", body)


def delete(server, id):
    return server.change_letters("DELETE", f"/batch/{id}")


def job_of(checks, answer, what):
    """The job of an answer that must be a good one."""
    body = answer.json()
    if not checks(answer.status == 200 and body.get("success") is True,
                  f"{what}: {answer}"):
        return {}
    return body["job"]


def check_cancelled(checks, job, what):
    checks.equal((job["status"], job["state"]), ("failed", "cancelled"), what)
    checks(job["processed"] + job["failed"] + job["notStarted"] == job["total"]
           and "finishedAt" in job and "completedAt" not in job
           and "cancelling" not in job, f"{what}: {job}")


def slow_items(count):
    return [thing("slow", str(i)) for i in range(count)]


def submit_slow(server, count=100_000, **options):
    """A job of small chunks, one at a time."""
    return server.submit("import-things", slow_items(count), options={
        "chunkSize": 1, "concurrency": 1, **options})


def submit_long_chunks(server):
    """A job whose every chunk takes about a second."""
    if server.request("GET", "/things/long/text").status != 200:
        server.run("import-things", [thing("long", "text", content="some "
                                           "words and more " * 25_000)])
    return server.submit("generate-embeddings",
                         [{"ns": "long", "id": "text"}] * 2000,
                         options={"chunkSize": 200, "concurrency": 1,
                                  "embedding": {"force": True}})


def wait_for_progress(server, id, count=1):
    return until(lambda: server.job(id)["processed"] >= count,
                 f"{count} items of {id}")


def pause_and_resume(checks, server):
    id = submit_slow(server)
    wait_for_progress(server, id)
    job = job_of(checks, order(server, id, "pause"), "pause")
    checks.equal((job["status"], job["state"]), ("processing", "paused"),
                 "it keeps its status")
    job_of(checks, order(server, id, "pause"), "pause once more")
    before = server.job(id)["processed"]
    # Others go on meanwhile, for longer than a paused chunk could take.
    for i in range(20):
        server.run("import-things", [thing("meanwhile", str(i))])
    after = server.job(id)
    checks(after["processed"] - before <= 1 and after["state"] == "paused"
           and after["processed"] < after["total"],
           f"nothing more is begun: {before} and then {after}")
    job = job_of(checks, order(server, id, "resume", {}), "resume")
    checks.equal(job["state"], "running", "resumed")
    checks.problem(order(server, id, "resume"), 409, "conflict",
                  "resume of what is not paused", "not paused")
    wait_for_progress(server, id, after["processed"] + 100)
    check_cancelled(checks, job_of(checks, order(
        server, id, "cancel", {"mode": "now"}), "cancel now"), "at once")


def a_paused_job_stays_paused(checks, server):
    id = submit_slow(server)
    wait_for_progress(server, id)
    job_of(checks, order(server, id, "pause"), "pause")
    server.request("PATCH", f"/batch/{id}", {"priority": 7})
    server.kill()
    server.start()
    job = server.job(id)
    checks.equal((job["state"], job.get("priority")), ("paused", 7),
                 "after a restart")
    listed = server.get("/batch?state=paused").json()["jobs"]
    checks.equal([x["id"] for x in listed], [id], "GET /batch?state=paused")
    job = job_of(checks, order(server, id, "cancel"), "cancel")
    check_cancelled(checks, server.wait(id), "a paused job is cancelled")
    checks.equal(server.get("/batch?state=paused").json()["jobs"], [],
                 "none is paused")


def a_drain_finishes_what_was_begun(checks, server):
    id = submit_long_chunks(server)
    until(lambda: server.job(id)["state"] == "running", "its begin")
    job = job_of(checks, order(server, id, "cancel"), "cancel")
    checks(job.get("cancelling") is True and job["status"] == "processing",
           f"draining: {job}")
    checks.equal(server.job(id).get("cancelling"), True, "GET while draining")
    checks.problem(order(server, id, "pause"), 409, "conflict",
                  "pause of a drain", "cancelled")
    checks.problem(server.request("PATCH", f"/batch/{id}",
                                         {"priority": 1}), 409, "conflict",
                  "a change of a drain")
    checks.problem(delete(server, id), 409,
                  "conflict", "DELETE of a drain", "not ended")
    job = server.wait(id)
    check_cancelled(checks, job, "drained")
    checks(job["processed"] % 200 == 0 and 0 < job["processed"] < 2000,
           f"whole chunks: {job}")
    checks.equal(len(server.results(id)), job["processed"], "results")


def now_means_now(checks, server):
    id = submit_long_chunks(server)
    until(lambda: server.job(id)["state"] == "running", "its begin")
    begin = time.monotonic()
    job = job_of(checks, order(server, id, "cancel?mode=now"), "cancel now")
    check_cancelled(checks, job, "now")
    checks.equal(job["processed"] % 200, 0, "no half chunks")
    time_taken = time.monotonic() - begin
    checks(time_taken < 2, f"it took {time_taken:.2f} s")
    for what in ("cancel", "pause", "resume"):
        checks.problem(order(server, id, what), 409, "conflict",
                      f"{what} of an ended job", "ended")
    checks.problem(server.request("PATCH", f"/batch/{id}",
                                         {"priority": 1}), 409, "conflict",
                  "a change of an ended job", "ended")
    cancelled = server.get("/batch?state=cancelled&status=failed").json()
    checks(id in [x["id"] for x in cancelled["jobs"]], "state=cancelled")
    checks.equal(server.get("/batch?state=cancelled&status=completed")
                 .json()["jobs"], [], "a state that the status has not")


def scheduled_jobs(checks, server):
    start = datetime.datetime.now(datetime.timezone.utc) \
        + datetime.timedelta(hours=1)
    text = start.isoformat(timespec="milliseconds")
    wanted = text.replace("+00:00", "Z")
    id = server.submit("transform-data", [1, 2], options={"runAt": text})
    job = server.job(id)
    checks.equal((job["status"], job["state"], job.get("runAt")),
                 ("pending", "scheduled", wanted), "runAt")
    soon = server.submit("transform-data", [1], options={"delaySeconds": 2})
    job = server.job(soon)
    created, begins = [datetime.datetime.fromisoformat(
        job[name].replace("Z", "+00:00")) for name in ("createdAt", "runAt")]
    checks.equal((begins - created).total_seconds(), 2, "delaySeconds")
    waiting = server.submit("transform-data", [1], options={"after": [id]})
    job = server.job(waiting)
    checks(job["state"] == "scheduled" and "runAt" not in job, f"{job}")
    listed = server.get("/batch?state=scheduled&type=transform-data").json()
    checks.equal([x["id"] for x in listed["jobs"]], [waiting, soon, id],
                 "state=scheduled, newest first")
    job = server.wait(soon)
    checks(job["status"] == "completed" and "runAt" not in job, f"{job}")
    job = job_of(checks, order(server, id, "cancel"), "cancel")
    check_cancelled(checks, job, "a scheduled job ends at once")
    checks.equal((job["notStarted"], job["progress"]), (2, 0), "none begun")
    job = server.wait(waiting)
    check_cancelled(checks, job, "what waited for it")
    checks(id in job.get("reason", ""), f"the reason is said: {job}")


def changes(checks, server):
    id = server.submit("transform-data", [1], options={
        "priority": 2, "delaySeconds": 3600})
    job = server.job(id)
    checks("priority" not in job and "concurrency" not in job,
           f"as submitted: {job}")

    def change(**what):
        job = job_of(checks, server.request("PATCH", f"/batch/{id}", what),
                     f"{what}")
        return job.get("priority"), job.get("concurrency")
    checks.equal(change(priority=-10), (-10, None), "priority")
    checks.equal(change(concurrency=1000), (-10, 1000), "concurrency")
    checks.equal(change(priority=2, concurrency=1), (None, 1), "both")
    listed = server.get("/batch?state=scheduled").json()["jobs"]
    checks.equal([x.get("concurrency") for x in listed if x["id"] == id], [1],
                 "in the list")
    checks.equal(server.job(id)["options"],
                 {"priority": 2, "delaySeconds": 3600}, "what was submitted")
    answer = server.request("PATCH", f"/v1/batch/{id}", {"concurrency": 2})
    checks.equal(answer.status, 200, "under /v1")
    order(server, id, "cancel")


def a_retry_of_what_has_failed(checks, server):
    items = [{"ns": "retry", "id": str(i)} for i in range(30)]
    server.run("import-things", [thing("retry", str(i), content="text")
                                 for i in range(10)])
    failed = server.run("generate-embeddings", items,
                        options={"labels": {"a": "b"}, "chunkSize": 7})
    checks.equal((failed["processed"], failed["failed"]), (10, 20), "at first")
    server.run("import-things", [thing("retry", str(i), content="text")
                                 for i in range(10, 30)])
    answer = order(server, failed["id"], "retry")
    job = job_of(checks, answer, "retry")
    checks(job["id"] == answer.json()["jobId"] != failed["id"]
           and answer.headers["location"].endswith(job["id"])
           and job["total"] == 20, f"a new job: {answer}")
    job = server.wait(job["id"])
    checks.equal((job["status"], job["processed"]), ("completed", 20), "mended")
    checks.equal(job["options"]["labels"], {"a": "b"}, "its options")
    checks.equal([x["result"]["id"] for x in server.results(job["id"])],
                 [str(i) for i in range(10, 30)], "in their order")
    checks.problem(order(server, failed["id"], "retry"), 409,
                  "conflict", "a second retry", "failed items")
    checks.problem(order(server, job["id"], "retry"), 409, "conflict",
                  "a retry of success", "failed items")
    checks.equal(server.job(failed["id"])["failed"], 20,
                 "the first job stays as it was")
    running = submit_slow(server)
    checks.problem(order(server, running, "retry"), 409, "conflict",
                  "a retry of a running job", "not ended")
    order(server, running, "cancel?mode=now")


def deletions(checks, server):
    items = [thing("del", str(i)) for i in range(500)] + [{}] * 3
    job = server.run("import-things", items)
    id, before = job["id"], server.stats()
    letter = f"{id}.500"
    server.get(f"/dead-letters/{letter}")
    answer = delete(server, id)
    checks.equal((answer.status, answer.body), (204, b""), "DELETE")
    stats = server.stats()
    checks.equal([before[x] - stats[x] for x in
                  ("total", "failed", "completed", "deadLetters")],
                 [1, 1, 0, 3], "statistics")
    listed = server.get("/batch?limit=500").json()["jobs"]
    checks(id not in [x["id"] for x in listed], "not in the list")
    for method, path in (("GET", ""), ("GET", "/results"), ("GET", "/errors"),
                         ("DELETE", ""), ("POST", "/cancel"),
                         ("POST", "/pause"), ("POST", "/resume"),
                         ("POST", "/retry")):
        checks.problem(server.request(method, f"/batch/{id}{path}"),
                      410, "job_gone", f"{method} {path} of what is gone",
                      "deleted")
    checks.problem(server.request("PATCH", f"/batch/{id}",
                                         {"priority": 1}), 410, "job_gone",
                  "PATCH of what is gone")
    for path in (f"/dead-letters?jobId={id}", f"/dead-letters/{letter}"):
        checks.problem(server.request("GET", path), 410, "job_gone",
                      path)
    checks.equal(len(server.things("del")), 500, "its things stay")
    server.kill()
    server.start()
    checks.problem(server.request("GET", f"/batch/{id}"), 410,
                  "job_gone", "after a restart")
    running = submit_slow(server)
    checks.problem(delete(server, running), 409,
                  "conflict", "DELETE of a running job", "cancel")
    order(server, running, "cancel?mode=now")
    checks.equal(delete(server, running).status, 204,
                 "DELETE of a cancelled job")


def orders_from_all_sides(checks, server):
    """Whatever is ordered by whom, a job ends once, with exact counts."""
    for round in range(5):
        id = submit_slow(server, 3000)
        statuses = []

        def give_orders(*whats):
            for i in range(8):
                statuses.append(order(server, id, whats[i % len(whats)])
                                .status)
        clients = [threading.Thread(target=give_orders, args=whats)
                   for whats in (("pause", "resume"), ("resume", "pause"),
                                 ("pause", "resume"))]
        for client in clients:
            client.start()
        if round % 2:
            order(server, id, "cancel")
        for client in clients:
            client.join()
        checks(set(statuses) <= {200, 409}, f"answers: {statuses}")
        order(server, id, "resume")
        job = server.wait(id)
        if job["state"] == "cancelled":
            check_cancelled(checks, job, "cancelled meanwhile")
        else:
            checks.equal((job["status"], job["processed"]),
                         ("completed", 3000), "ended by itself")
        checks.equal(len(server.results(id)), job["processed"], "results")
    stats = server.stats()
    checks.equal((stats["pending"], stats["processing"]), (0, 0), "all ended")


def the_command_line(checks, server):
    def run(status, *arguments):
        ended = command(server, *arguments)
        checks.equal(ended.status, status, f"{arguments}: {ended}")
        return ended
    id = submit_slow(server)
    wait_for_progress(server, id)
    ended = run(0, "pause", id)
    checks(f"job       {id}\n" in ended.out and "paused" in ended.out,
           f"pause: {ended}")
    ended = run(0, "jobs", "--state", "paused")
    checks(id in ended.out, f"jobs: {ended}")
    ended = run(0, "set", id, "--priority", "-4", "--concurrency", "3")
    checks("priority  -4\n" in ended.out and "3 chunks" in ended.out,
           f"set: {ended}")
    ended = run(0, "resume", id, "--json")
    checks.equal(ended.json()["job"]["state"], "running", "resume --json")
    ended = run(1, "resume", id)
    checks(ended.out == "" and "not paused" in ended.told
           and "conflict" in ended.told, f"resume: {ended}")
    ended = run(0, "cancel", id, "--now")
    checks("cancelled" in ended.out and "not begun" in ended.out,
           f"cancel: {ended}")
    run(1, "cancel", id)
    ended = run(0, "delete", id)
    checks(ended.out == "" and id in ended.told, f"delete: {ended}")
    ended = run(1, "job", id)
    checks("job_gone" in ended.told, f"job: {ended}")
    run(1, "delete", id)

    failed = server.run("generate-embeddings", [{"ns": "cli", "id": "1"}])
    ended = run(1, "retry", failed["id"], "--follow")
    again = ended.out.strip()
    checks(server.job(again)["failed"] == 1 and "1 of 1 items failed" in
           ended.told, f"retry: {ended}")
    server.run("import-things", [thing("cli", "1", content="text")])
    ended = run(0, "retry", again, "--json")
    checks.equal(ended.json()["job"]["id"], ended.json()["jobId"], "--json")
    checks.equal(server.wait(ended.json()["jobId"])["status"], "completed",
                 "mended")
    run(1, "retry", again)
    for wrong in (["cancel"], ["set", id], ["set", id, "--priority", "11"],
                  ["set", id, "--concurrency", "0"], ["pause", ""],
                  ["set", id, "--priority", "x"], ["resume", id, "--now"],
                  ["delete"], ["jobs", "--state", "odd"]):
        run(2, *wrong)
    for what in ("cancel", "pause", "resume", "retry", "set", "delete"):
        ended = run(0, what, "--help")
        checks(f"Example: batchd {what}" in ended.out, f"{what}: {ended}")
        more = ["--priority", "1"] if what == "set" else []
        ended = run(1, what, ABSENT, *more)
        checks("no_such_job" in ended.told, f"{what}: {ended}")
        ended = command(server, what, ABSENT, *more,
                        url="http://127.0.0.1:1")
        checks.equal(ended.status, 3, f"{what} without a server: {ended}")


def main():
    run_groups([pause_and_resume, a_paused_job_stays_paused,
                a_drain_finishes_what_was_begun, now_means_now,
                scheduled_jobs, changes, a_retry_of_what_has_failed,
                deletions, orders_from_all_sides, the_command_line],
               Server("--slots", "2"))


if __name__ == "__main__":
    main()
