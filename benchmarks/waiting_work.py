"""How work that waits grows with the nodes that do it.

    BATCHD=build/release/batchd python3 benchmarks/waiting_work.py --rounds 5

A service without workers of its own, and processes that enlist a worker for
jobs of a type of their own which sleeps 5 ms an item (sleeping_worker.cpp). The
same job with one such process and with four, in turns; prints items/s and the
ratio.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests",
                                "system"))
import driver  # noqa: E402
from driver import Server  # noqa: E402

SLEEPER = os.path.join(os.path.dirname(driver.BATCHD), "sleeping_worker")
MILLISECONDS = 5


def start_sleeper(server):
    process = subprocess.Popen(
        [SLEEPER, f"--server={server.cluster}",
         f"--milliseconds={MILLISECONDS}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    line = process.stdout.readline()
    assert line == b"sleeping\n", line
    return process


def rate(server, items, chunk_size):
    begin = time.monotonic()
    job = server.run("sleep", list(range(items)),
                     options={"chunkSize": chunk_size})
    assert (job["status"], job["processed"]) == ("completed", items), job
    return items / (time.monotonic() - begin)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--items", type=int, default=4000)
    arguments.add_argument("--chunk-size", type=int, default=20)
    arguments.add_argument("--nodes", type=int, default=4)
    options = arguments.parse_args()
    rates = {1: [], options.nodes: []}
    for _ in range(options.rounds):
        for nodes, found in rates.items():
            server = Server("--slots", "0", "--cluster", "127.0.0.1:0")
            sleepers = [start_sleeper(server) for _ in range(nodes)]
            found.append(rate(server, options.items * nodes // options.nodes,
                              options.chunk_size))
            for process in sleepers:
                process.stdin.close()
                process.wait(30)
            server.stop()
    for nodes, found in rates.items():
        print(f"{nodes} node{'s' if nodes > 1 else ''}: "
              f"{statistics.median(found):7.1f} items/s "
              f"({min(found):.1f} to {max(found):.1f})")
    ratios = [many / one for one, many in zip(*rates.values())]
    print(f"ratio: {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
