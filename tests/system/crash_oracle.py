"""Compares what a run of the crash campaign has left with what a sequential
run without any crash leaves."""
import hashlib
import json

from driver import ENDED, TYPES

# Vectors by text: the same in all runs.
_vectors = {}


def check_all(checks, run):
    jobs = run.all_jobs()
    check_list(checks, run, jobs)
    there = {job["id"] for job in jobs}
    for plan in run.plans:
        if plan.id in there:
            check_plan(checks, run, plan)
        elif run.may_vanish:
            # Its results are gone; its effects are those of a whole run.
            plan.reported = dict(enumerate(plan.outcomes))
        else:
            plan.reported = dict(enumerate(plan.outcomes))
            checks(plan.deleted, f"{plan.name}: {plan.id} is gone")
    check_statistics(checks, run, jobs)
    check_letters(checks, run, there)
    check_state(checks, run)


def check_list(checks, run, jobs):
    """Every job is there once, and none that nobody has submitted."""
    known = {plan.id: plan for plan in run.plans}
    for job in jobs:
        checks(job["id"] in known, f"a job that nobody knows of: {job}")
        checks(job["status"] in ENDED, f"a job that has not ended: {job}")
    ids = [job["id"] for job in jobs]
    checks.equal(len(set(ids)), len(ids), "jobs are listed once")
    for plan in run.plans:
        if plan.deleted:
            checks(plan.id not in ids, f"{plan.name}: deleted, but there")


def check_plan(checks, run, plan):
    job = run.get(f"/batch/{plan.id}").json()["job"]
    name = plan.name
    if plan.ended:
        same = ("status", "state", "processed", "failed", "finishedAt")
        checks.equal([job.get(x) for x in same],
                     [plan.ended.get(x) for x in same],
                     f"{name}: as it was seen when it had ended")
    if plan.ns is not None:
        checks.equal(job["input"], {"ns": plan.ns}, f"{name}: input")
    results = run.lines(f"/batch/{plan.id}/results")
    errors = run.lines(f"/batch/{plan.id}/errors")
    indices = [x["index"] for x in results]
    checks(indices == sorted(set(indices)),
           f"{name}: one result an item, in order: {indices}")
    plan.reported = {x["index"]: (x["success"], x.get("result", x.get("code")))
                     for x in results}
    good = sum(ok for ok, _ in plan.reported.values())
    bad = len(plan.reported) - good
    missing = plan.total - len(plan.reported)
    checks.equal(
        (job["total"], job["processed"], job["failed"], job["done"],
         job.get("notStarted", 0), job["retrying"]),
        (plan.total, good, bad, good + bad, missing, 0),
        f"{name}: counters agree with the results")
    checks(missing == 0 or plan.cancelled,
           f"{name}: {missing} items have no result")
    wanted = "cancelled" if job["state"] == "cancelled" else (
        "failed" if bad > plan.tolerated() else "succeeded")
    checks(job["state"] == wanted
           and (wanted != "cancelled" or plan.cancelled),
           f"{name}: the state is {job['state']}, should be {wanted}")
    checks.equal(job["status"],
                 "completed" if wanted == "succeeded" else "failed",
                 f"{name}: status")
    check_outcomes(checks, plan)
    check_errors(checks, plan, job, results, errors)


def check_outcomes(checks, plan):
    for i, (ok, got) in plan.reported.items():
        if ok and plan.type == "generate-embeddings":
            got = {k: got[k] for k in ("ns", "id")}
        if not checks((ok, got) == plan.outcomes[i],
                      f"{plan.name}, item {i}: got {(ok, got)!r:.300}, "
                      f"wanted {plan.outcomes[i]!r:.300}"):
            return


def check_errors(checks, plan, job, results, errors):
    name = plan.name
    failed = [r for r in results if not r["success"]]
    fields = ("index", "error", "code")
    checks.equal([[e[f] for f in fields] for e in errors],
                 [[r[f] for f in fields] for r in failed],
                 f"{name}: errors and results agree")
    checks.equal(len(job["errors"]), min(len(failed), 100),
                 f"{name}: errors of the job")
    if plan.items is None or plan.purged:
        return
    for e in errors:
        text = plan.items[e["index"]]
        if "payload" in e:
            checks.equal(e["payload"], json.loads(text), f"{name}: payload")
        else:
            checks.equal(e.get("payloadText"), text, f"{name}: payload")
        # A retry that was lost in a crash is made again, and not counted.
        if e["code"] == "internal" and not plan.origin \
                and not any("crash-test:exit" in x for x in plan.items) \
                and plan.options.get("timeoutMs", 30_000) == 30_000:
            checks.equal(e["attempts"], plan.options["maxRetries"] + 1,
                         f"{name}, item {e['index']}: attempts")


def check_statistics(checks, run, jobs):
    """The counters equal a recount of the jobs."""
    stats = run.get("/stats").json()["stats"]
    wanted = {"total": len(jobs)}
    for status in ("pending", "processing", "completed", "failed"):
        wanted[status] = sum(job["status"] == status for job in jobs)
    checks.equal({name: stats[name] for name in wanted}, wanted, "stats")
    for type in TYPES:
        mine = [job for job in jobs if job["type"] == type]
        got = stats["byType"][type]
        checks.equal((got["jobs"], got["itemsProcessed"], got["itemsFailed"]),
                     (len(mine), sum(job["processed"] for job in mine),
                      sum(job["failed"] for job in mine)), f"stats of {type}")


def check_letters(checks, run, there):
    """Open dead letters: what has failed and was neither sent again nor
    purged."""
    wanted = set()
    for plan in run.plans:
        if plan.id in there and not plan.purged:
            wanted |= {(plan.id, i) for i, (ok, _) in plan.reported.items()
                       if not ok}
    for plan in run.plans:
        if plan.origin:
            wanted -= {(plan.origin.id, i) for i in plan.origin_indices}
    letters = run.pages("/dead-letters?limit=500", "deadLetters")
    got = [(x["jobId"], x["index"]) if "jobId" in x else
           ("system", x.get("error")) for x in letters]
    checks.equal(len(set(got)), len(got), "letters are listed once")
    checks(set(got) == wanted,
           f"dead letters: missing {sorted(wanted - set(got))[:5]}, "
           f"too many {sorted(set(got) - wanted)[:5]}")
    count = run.get("/stats").json()["stats"]["deadLetters"]
    checks.equal(count, len(got), "stats: deadLetters")


def effects_of(run):
    """Things and relationships by namespace and id, as the items that have
    succeeded leave them one after the other."""
    # A letter that was sent again takes effect where its item stands.
    again = {}
    for plan in run.plans:
        if plan.origin:
            again.setdefault(id(plan.origin), []).append(plan)

    def succeeded(plan):
        """Indices of items of which one life has succeeded."""
        found = {i for i, (ok, _) in plan.reported.items() if ok}
        for other in again.get(id(plan), []):
            found |= {other.origin_indices[i] for i in succeeded(other)}
        return found
    things, links = {}, {}
    for plan in run.plans:
        if plan.origin or plan.items is None:
            continue
        for i in sorted(succeeded(plan)):
            if plan.type == "import-things":
                one = json.loads(plan.items[i])
                things.setdefault(one["ns"], {})[one["id"]] = one
            elif plan.type == "import-relationships":
                one = json.loads(plan.items[i])
                links.setdefault(one["ns"], {})[one["id"]] = one
            elif plan.type == "transform-data" and "into" in plan.options:
                one = plan.outcomes[i][1]
                things.setdefault(one["ns"], {})[one["id"]] = one
    for (ns, name), one in run.things.items():
        if one:
            things.setdefault(ns, {})[name] = one
    return things, links


def check_state(checks, run):
    things, links = effects_of(run)
    namespaces = {plan.name for plan in run.plans} | set(run.broken) \
        | set(things) | set(links) | {ns for ns, _ in run.things}
    for ns in sorted(namespaces):
        wanted = {**things.get(ns, {})}
        got = run.lines(f"/export/{ns}?format=ndjson&kind=things")
        compare(checks, f"things of {ns}", got, wanted)
        got = run.lines(f"/export/{ns}?format=ndjson&kind=relationships")
        compare(checks, f"relationships of {ns}", got, links.get(ns, {}))
    for ns, wanted in links.items():
        check_ends(checks, run, ns, wanted)
    check_embeddings(checks, run, things, namespaces)


def compare(checks, what, rows, wanted):
    got = {x["id"]: x for x in rows}
    wrong = [(got.get(id), wanted.get(id)) for id in sorted({*got, *wanted})
             if got.get(id) != wanted.get(id)]
    checks(len(rows) == len(wanted) and not wrong,
           f"{what}: {len(rows)} of {len(wanted)}, (got, wanted): "
           f"{wrong[:2]!r:.500}")


def check_ends(checks, run, ns, links):
    """Found from both ends, and from no old one."""
    for kind in ("from", "to"):
        ends = {f"{kind[0]}{i}" for i in range(4)}
        for end in sorted(ends):
            rows = run.pages(f"/relationships?{kind}={ns}/{end}&limit=500",
                             "relationships")
            compare(checks, f"relationships {kind} {ns}/{end}", rows,
                    {id: x for id, x in links.items()
                     if x[kind + "Id"] == end})


def check_embeddings(checks, run, things, namespaces):
    """Each thing that was embedded has the vector of its text."""
    wanted = set()
    for plan in run.plans:
        if plan.type == "generate-embeddings":
            wanted |= {(x["ns"], x["id"]) for ok, x in plan.reported.values()
                       if ok}
    got = set()
    for ns in sorted(namespaces):
        for x in run.lines(f"/export/{ns}?format=ndjson&kind=embeddings"):
            got.add((x["ns"], x["id"]))
            text = things.get(ns, {}).get(x["id"], {}).get("content", "")
            checks.equal(x["textHash"], "sha256:" + hashlib.sha256(
                text.encode()).hexdigest(), f"embedding of {ns}/{x['id']}")
            checks(_vectors.setdefault(text, x["vector"]) == x["vector"],
                   f"the vector of {ns}/{x['id']}")
    checks.equal(sorted(got), sorted(wanted), "embeddings")
