"""What work at a worker node costs beside work at the coordinator.

    BATCHD=build/release/batchd python3 benchmarks/remote_work.py --rounds 5

Two services in turns: one works with one thread of its own, the other has none
and one node with one thread. Both do the same jobs: things without effort
(transform without steps), imports, and embeddings. Prints, per item, the time
from acceptance to end and the CPU of all processes, and the ratios.
"""
import argparse
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests",
                                "system"))
from cluster_driver import Node  # noqa: E402
from driver import Server, thing  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(processes):
    total = 0
    for process in processes:
        with open(f"/proc/{process.pid}/stat") as status:
            fields = status.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def measure(server, processes, type, items, **more):
    before, begin = cpu_seconds(processes), time.monotonic()
    job = server.run(type, items, **more)
    seconds = time.monotonic() - begin
    assert job["status"] == "completed", job
    count = job["total"]
    return (seconds / count * 1e6, (cpu_seconds(processes) - before)
            / count * 1e6)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--items", type=int, default=100_000)
    options = arguments.parse_args()
    here = Server("--slots", "1")
    there = Server("--slots", "0", "--cluster", "127.0.0.1:0")
    node = Node(there.cluster, "n1", "--slots",
                "import=1,embed=1,transform=1")
    items = [thing("n", f"t{i:06}", content=f"text {i} of some words " * 4,
                   data={"v": i}) for i in range(options.items)]
    places = {"here": (here, [here.process]),
              "there": (there, [there.process, node.process])}
    jobs = {"nothing": ("transform-data", items, {}),
            "import": ("import-things", items, {}),
            "embed": ("generate-embeddings", None,
                      {"input": {"ns": "n"},
                       "options": {"embedding": {"force": True}}})}
    samples = {(name, place): [] for name in jobs for place in places}
    for _ in range(options.rounds):
        for name, (type, what, more) in jobs.items():
            for place, (server, processes) in places.items():
                samples[name, place].append(
                    measure(server, processes, type, what, **more))
    print(f"{'work':10} {'':7} {'us/item':>9} {'CPU us/item':>12}")
    for name in jobs:
        middle = {}
        for place in places:
            middle[place] = [statistics.median(x)
                             for x in zip(*samples[name, place])]
            print(f"{name:10} {place:7} {middle[place][0]:9.2f} "
                  f"{middle[place][1]:12.2f}")
        ratios = [middle["there"][i] / middle["here"][i] for i in (0, 1)]
        print(f"{'':10} {'ratio':7} {ratios[0]:9.2f} {ratios[1]:12.2f}")
    node.stop()


if __name__ == "__main__":
    main()
