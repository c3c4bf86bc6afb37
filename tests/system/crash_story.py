"""What the clients of one run do, drawn from its seed. A story is a list of
threads, generators that take turns; each has names of its own, so that what
must come of it does not depend on the turns."""
import json
import random
import time

from crash_plans import (import_plan, namespace_plan, reference_plan,
                         relate_plan, transform_plan)
from crash_run import Kill


def imports(run, rng, me):
    """Things in all ways: JSON and NDJSON, with keys and without."""
    plan = import_plan(rng, me, me, rng.randint(1, 120),
                       priority=rng.randint(-10, 10))
    plan.key = me if rng.random() < 0.6 else None
    yield from run.submit(plan)
    if plan.key and rng.random() < 0.5:
        yield from run.submit_again(plan)


def links(run, rng, me):
    plan = relate_plan(rng, me, me, rng.randint(5, 60))
    plan.key = me if rng.random() < 0.6 else None
    yield from run.submit(plan)


def readers(run, rng, me):
    """Jobs that read a namespace: by its name, and thing by thing."""
    base = import_plan(rng, me, me, rng.randint(10, 50), always=0, invalid=0)
    base.key = me
    for i, text in enumerate(base.items):
        # Nothing of the base misbehaves: its texts come to other workers, too.
        one = json.loads(text)
        one["data"].pop("how", None)
        if i % 7 == 3:
            del one["content"]
        base.items[i] = json.dumps(one)
    yield from run.submit(base)
    yield from run.wait(base)
    things = {}
    for text in base.items:
        one = json.loads(text)
        things[one["id"]] = one
    count = rng.randint(5, 40)
    plans = [
        namespace_plan(rng, me + "-embed", "generate-embeddings", things, me),
        reference_plan(rng, me + "-again", "generate-embeddings", things, me,
                       count),
        namespace_plan(rng, me + "-export", "export-things", things, me),
        reference_plan(rng, me + "-some", "export-things", things, me, count)]
    for plan in rng.sample(plans, rng.randint(1, len(plans))):
        plan.key = plan.name if rng.random() < 0.5 else None
        yield from run.submit(plan)


def transforms(run, rng, me):
    plan = transform_plan(rng, me, rng.choice((None, me)),
                          rng.randint(5, 60))
    plan.key = me if rng.random() < 0.6 else None
    yield from run.submit(plan)


def chain(run, rng, me):
    """Each job after the one before, over the same names."""
    first = import_plan(rng, me, me, rng.randint(5, 40), ids=20,
                        toleratedFailures={"count": 1000}, runAt=soon(rng))
    first.key = me
    yield from run.submit(first)
    second = import_plan(rng, me + "-2", me, rng.randint(5, 40), ids=20,
                         toleratedFailures={"count": 1000}, after=[first.id])
    second.key = me + "-2" if rng.random() < 0.5 else None
    yield from run.submit(second)
    third = import_plan(rng, me + "-3", me, rng.randint(5, 40), ids=20,
                        after=[second.id, first.id])
    third.key = me + "-3"
    yield from run.submit(third)
    if rng.random() < 0.5:
        yield from run.wait(first)
        yield from run.replay(first, me + "-r")


def broken_chain(run, rng, me):
    """A job that has failed: what waits for it is never begun."""
    first = import_plan(rng, me, me, rng.randint(2, 30), invalid=0,
                        runAt=soon(rng))
    first.add({"ns": me}, None, "invalid_item")
    first.key = me
    yield from run.submit(first)
    second = import_plan(rng, me + "-2", me + "-2", rng.randint(1, 20),
                         after=[first.id])
    second.key = me + "-2"
    second.cancelled = True
    yield from run.submit(second)


def soon(rng):
    """A time to begin in a moment."""
    at = time.time() + rng.uniform(0, 0.3)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) \
        + f".{int(at * 1000) % 1000:03d}Z"


def delayed(run, rng, me):
    plan = import_plan(rng, me, me, rng.randint(1, 40), delaySeconds=1)
    plan.key = me
    yield from run.submit(plan)


def cancelled(run, rng, me):
    """What was done stays done, what was not begun never is."""
    make = rng.choice((import_plan, import_plan, relate_plan))
    plan = make(rng, me, me, rng.randint(50, 300), concurrency=1)
    plan.key = me
    plan.cancelled = True
    yield from run.submit(plan)
    yield from run.wait_for_progress(plan, rng.random() * 0.8)
    if rng.random() < 0.3:
        yield from run.order(plan, "POST", "/pause")
    yield from run.order(plan, "POST", "/cancel",
                         rng.choice((None, {"mode": "drain"},
                                     {"mode": "now"}, {"mode": "now"})))


def paused(run, rng, me):
    plan = import_plan(rng, me, me, rng.randint(50, 200), concurrency=2)
    plan.key = me
    yield from run.submit(plan)
    for _ in range(rng.randint(1, 3)):
        yield from run.order(plan, "POST", "/pause")
        yield from run.order(plan, "PATCH", "", {
            "priority": rng.randint(-10, 10),
            "concurrency": rng.randint(1, 9)})
        yield from run.order(plan, "POST", "/resume")
        yield


def replayed(run, rng, me):
    """Dead letters are sent again, and those that fail again once more."""
    plan = import_plan(rng, me, me, rng.randint(10, 60), broken=0.3,
                       poison=rng.random() < 0.2)
    plan.key = me
    yield from run.submit(plan)
    yield from run.wait(plan)
    again = yield from run.replay(plan, me + "-r")
    if again and rng.random() < 0.5:
        yield from run.wait(again)
        yield from run.replay(again, me + "-rr")


def large_replay(run, rng, me):
    """Letters that do not fit into one write."""
    plan = import_plan(rng, me, me, 0)
    pad = "x" * 100_000
    for i in range(25):
        plan.add({"ns": me, "id": f"b{i}", "type": "T",
                  "data": {"how": "crash-test:broken:1", "pad": pad}},
                 {"ns": me, "id": f"b{i}", "type": "T"}, "invalid_item")
    plan.key = me
    yield from run.submit(plan)
    yield from run.wait(plan)
    yield from run.replay(plan, me + "-r")


def removed(run, rng, me):
    plan = import_plan(rng, me, me, rng.randint(5, 60), broken=0.2)
    plan.key = me
    yield from run.submit(plan)
    yield from run.wait(plan)
    plan.deleted = True
    yield from run.order(plan, "DELETE", "")


def purged(run, rng, me):
    plan = import_plan(rng, me, me, rng.randint(10, 60), broken=0.3)
    plan.key = me
    yield from run.submit(plan)
    yield from run.wait(plan)
    yield from run.purge(plan)


def single_things(run, rng, me):
    """Put and removed one by one."""
    for _ in range(rng.randint(3, 12)):
        id = f"p{rng.randrange(4)}"
        path = f"/things/{me}/{id}"
        if rng.random() < 0.7:
            body = {"type": "T", "data": {"v": rng.random()}}
            answer = run.must("PUT", path, body)
            assert answer.status == 200, f"PUT {path}: {answer}"
            run.things[me, id] = {"ns": me, "id": id, **body}
        else:
            answer = run.must("DELETE", path)
            assert answer.status in (204, 404), f"DELETE {path}: {answer}"
            run.things[me, id] = None
        yield


def large_upload(run, rng, me):
    """Items that come in several blocks."""
    plan = import_plan(rng, me, me, 0, ndjson=rng.random() < 0.7)
    for i in range(rng.randint(8, 15)):
        plan.add({"ns": me, "id": f"b{i % 7}", "type": "T",
                  "data": {"pad": rng.choice("abc") * 200_000}},
                 {"ns": me, "id": f"b{i % 7}", "type": "T"})
    plan.key = me
    yield from run.submit(plan)


def broken_upload(run, rng, me):
    one = {"ns": me, "id": "b", "type": "T", "data": {"pad": "x" * 200_000}}
    yield from run.break_off(me, "import-things",
                             [json.dumps(one)] * rng.randint(1, 12))


def poisoned(run, rng, me):
    """Items that end their workers, or hang."""
    plan = import_plan(rng, me, me, rng.randint(3, 20), always=0.1,
                       poison=True, chunkSize=rng.randint(2, 8),
                       timeoutMs=400 if rng.random() < 0.3 else 30_000)
    plan.add({"ns": me, "id": "p", "type": "T",
              "data": {"how": "crash-test:exit:60000"}}, None, "poison")
    if plan.options["timeoutMs"] == 400:
        plan.add({"ns": me, "id": "h", "type": "T",
                  "data": {"how": "crash-test:hang:1"}},
                 {"ns": me, "id": "h", "type": "T"})
    plan.key = me
    yield from run.submit(plan)


ANY = (imports, links, readers, transforms)
CONTROL = (cancelled, cancelled, paused, broken_chain, chain, replayed, removed,
           purged)
OTHERS = (single_things, large_upload, broken_upload, poisoned)
RARE = (delayed, large_replay)
# What a run must do so that a fail point is passed at all.
NEEDED = {
    "acceptance": imports, "upload.block": large_upload,
    "upload.dropping": broken_upload, "order.cancel_now": cancelled,
    "order": paused, "job.before_release": chain,
    "job.predecessor_failed": broken_chain, "job.worker_lost": poisoned,
    "dispatcher.lease_lost": poisoned, "job.woken": replayed,
    "replay": replayed, "purge": purged, "letters": purged,
    "removal": removed, "thing.before_put": single_things,
    "thing.before_erase": single_things}


def needed_for(point):
    for name, thread in NEEDED.items():
        if point.startswith(name):
            return thread
    return imports


def draw_kills(rng, target, points):
    """The lives of the server of a run, but the last one."""
    def some():
        if rng.random() < 0.25:
            return Kill(seconds=rng.uniform(0.02, 0.5))
        return Kill(rng.choice(points), rng.choice((1, 1, 2, 3, 5, 9)))
    kills = []
    if target.startswith("recovery."):
        # Something has to be there to be recovered.
        if target.endswith("_drop"):
            kills.append(Kill("acceptance.before_write"))
        else:
            kills.append(Kill("committer.after_write", rng.randint(3, 30)))
    kills.append(Kill(target))
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        kills.append(some())
        if rng.random() < 0.3:
            kills.append(Kill(rng.choice(
                [p for p in points if p.startswith(("recovery", "committer"))
                 or p == "job.before_spawn"]), rng.choice((1, 1, 2))))
    return kills


def draw(seed, points):
    """The threads and the kills of a seed, and how its server is set up."""
    rng = random.Random(f"{seed}/story")
    target = points[seed % len(points)]
    is_drop = target in ("recovery.before_drop", "recovery.after_drop")
    environment = {}
    # Without a power cut, what was written is there: every step counts.
    if rng.random() < 0.6 and not is_drop:
        environment["BATCH_FAULTS"] = f"seed={seed},power_cut=1"
    threads = [needed_for(target)]
    may_vanish = target.startswith("retention")
    if may_vanish:
        environment["BATCH_KEPT_ITEMS"] = str(rng.randint(0, 5))
        threads += rng.choices((imports, links, transforms), k=3)
    else:
        threads += rng.choices(ANY, k=rng.randint(1, 2))
        threads += rng.choices(CONTROL, k=rng.randint(1, 2))
        threads += rng.choices(OTHERS, k=rng.randint(0, 1))
        if rng.random() < 0.06:
            threads.append(rng.choice(RARE))
    if is_drop:
        threads = [large_upload]
    return threads, draw_kills(rng, target, points), environment, may_vanish
