"""A cluster under faults at random, from a seed.

    cluster_chaos.py --seeds 200        # seeds 0 to 199
    cluster_chaos.py --seed 7           # one seed, told step by step

Each seed submits jobs of all types to a coordinator and three nodes. While they
run, nodes are killed, stopped and let go on, ended and started again, and the
coordinator is killed and started again. In the end every item must have had its
effect exactly once: counters, results and stored things are those of a run that
nobody has disturbed.
"""
import argparse
import random
import sys
import time

from cluster_driver import Node, nodes
from driver import Checks, Server, limit_time, thing

SLOTS = "import=1,relate=1,embed=1,export=1,transform=1"
NODES = 3
ITEMS = 4_000


class Run:
    """One seed: a cluster, its jobs, and what befalls it."""

    def __init__(self, seed, told):
        self.random = random.Random(seed)
        self.told = told
        self.events = []
        self.server = Server("--cluster", "127.0.0.1:0", "--slots", "1")
        # The same port each time, so that nodes find it again.
        self.server.arguments = ("--cluster", self.server.cluster,
                                 "--slots", "1")
        self.members = [Node(self.server.cluster, f"n{i}", "--slots", SLOTS)
                        for i in range(1, NODES + 1)]
        self.paused = set()

    def tell(self, what):
        self.events.append(what)
        if self.told:
            print(f"       {what}", flush=True)

    def disturb(self):
        """One fault."""
        node = self.random.choice(self.members)
        kind = self.random.choices(
            ("kill", "stop", "pause", "coordinator", "nothing"),
            (4, 2, 2, 2, 2))[0]
        if kind == "coordinator":
            self.tell("the coordinator is killed")
            self.server.kill()
            time.sleep(self.random.random() * 0.3)
            self.server.start()
        elif kind == "pause" and node.is_running():
            self.tell(f"{node.name} is stopped")
            node.pause()
            self.paused.add(node)
        elif kind in ("kill", "stop") and node not in self.paused:
            if node.is_running():
                self.tell(f"{node.name}: {kind}")
                node.kill() if kind == "kill" else node.stop()
            else:
                self.tell(f"{node.name} is started")
                node.launch()
        if self.paused and self.random.random() < 0.4:
            node = self.paused.pop()
            self.tell(f"{node.name} goes on")
            node.go_on()

    def settle(self):
        """Everybody is there again."""
        for node in self.paused:
            node.go_on()
        self.paused.clear()
        for node in self.members:
            if not node.is_running():
                node.launch()

    def end(self):
        for node in self.members:
            if node.is_running():
                node.kill()
        self.server.kill()


def items_of(run):
    """Things with ids that repeat, so that order matters, and a few bad ones."""
    items = []
    for i in range(ITEMS):
        if run.random.random() < 0.01:
            items.append({"ns": "n", "type": "T", "data": {"v": i}})
        else:
            items.append(thing("n", f"t{run.random.randrange(ITEMS):05}",
                               content=f"text {i}", data={"v": i}))
    return items


def expected_things(items):
    return {x["id"]: x for x in items if "id" in x}


def check_import(checks, run, id, items):
    job = run.server.wait(id, 120)
    bad = [i for i, x in enumerate(items) if "id" not in x]
    checks.equal((job["total"], job["processed"], job["failed"]),
                 (len(items), len(items) - len(bad), len(bad)),
                 "counters of the import")
    results = run.server.results(id)
    checks.equal([x["index"] for x in results], list(range(len(items))),
                 "a result for each item, once, in order")
    checks.equal([x["index"] for x in results if not x["success"]], bad,
                 "the items that failed")
    letters = run.server.errors(id)
    checks.equal([x["index"] for x in letters], bad, "the errors")
    checks.equal(run.server.things("n"), expected_things(items),
                 "the last item of each name has won")


def check_whole_namespace(checks, run, type, id, count):
    job = run.server.wait(id, 120)
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("completed", count, 0), type)


def one_seed(checks, seed, told):
    run = Run(seed, told)
    try:
        items = items_of(run)
        id = run.server.submit("import-things", items)
        for _ in range(run.random.randrange(2, 6)):
            time.sleep(run.random.random() * 0.15)
            run.disturb()
        run.settle()
        check_import(checks, run, id, items)
        count = len(expected_things(items))
        jobs = {
            "generate-embeddings": {},
            "export-things": {},
            "transform-data": {"into": "m", "transform": {
                "steps": [{"set": {"/data/w": 1}}]}},
        }
        ids = {type: run.server.submit(type, input={"ns": "n"},
                                       options=options)
               for type, options in jobs.items()}
        for _ in range(run.random.randrange(2, 6)):
            time.sleep(run.random.random() * 0.15)
            run.disturb()
        run.settle()
        for type, id in ids.items():
            check_whole_namespace(checks, run, type, id, count)
        changed = run.server.things("m")
        checks.equal(len(changed), count, "transformed things")
        checks(all(x["data"].get("w") == 1 for x in changed.values()),
               "their new member")
        vectors = run.server.export("n", "format=ndjson&kind=embeddings")
        checks.equal(len(vectors.lines()), count, "vectors")
        stats = run.server.stats()
        checks.equal((stats["pending"], stats["processing"]), (0, 0),
                     "no job is left over")
        if told:
            print({x["id"]: (x["state"], x["items"])
                   for x in nodes(run.server).values()})
    finally:
        run.end()
    return run


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seeds", type=int, default=6)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--seed", type=int)
    options = arguments.parse_args()
    seeds = ([options.seed] if options.seed is not None
             else range(options.first, options.first + options.seeds))
    limit_time(220 if len(seeds) < 20 else 60 * len(seeds))
    checks = Checks()
    begin, faults = time.monotonic(), 0
    for seed in seeds:
        failed = checks.failed
        try:
            run = one_seed(checks, seed, options.seed is not None)
            faults += len(run.events)
        except Exception as fault:
            checks(False, f"{type(fault).__name__}: {fault}")
        if checks.failed > failed:
            print(f"FAILED seed {seed}", flush=True)
            for what in checks.faults[:5]:
                print("       - " + what, flush=True)
            checks.faults.clear()
    print(f"{len(seeds)} seeds, {faults} faults, "
          f"{time.monotonic() - begin:.0f} s")
    print(f"{checks.passed} passed, {checks.failed} failed", flush=True)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
