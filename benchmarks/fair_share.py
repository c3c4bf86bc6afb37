"""What a small job waits for behind a large one, and what the large one pays.

    BATCHD=build/release/batchd python3 benchmarks/fair_share.py [--items N]

In each round the same large job runs twice: alone, and while jobs of one item
are submitted one after the other. Both in one run, so that a noisy machine
disturbs both.
"""
import argparse
import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "tests", "system"))
from driver import NDJSON, Server, thing, until  # noqa: E402


def large_body(ns, count):
    text = "x" * 180
    return "".join(f'{{"ns":"{ns}","id":"{i:09}","type":"T",'
                   f'"data":{{"v":{i},"text":"{text}"}}}}\n'
                   for i in range(count)).encode()


def is_ended(job):
    return job["status"] in ("completed", "failed")


def run_large(server, body, beside, pause):
    """Seconds from the first to the last chunk, and the waits of the small."""
    answer = server.request("POST", "/batch?type=import-things", body,
                            {"Content-Type": NDJSON})
    assert answer.status == 202, answer
    large = answer.json()["jobId"]
    until(lambda: server.job(large)["done"] > 0, "the begin", pause=0.002)
    begin, waits = time.monotonic(), []
    while not is_ended(server.job(large)):
        if beside:
            sent = time.monotonic()
            small = server.submit("import-things",
                                  [thing("small", str(len(waits)))])
            until(lambda: is_ended(server.job(small)), "a small job",
                  pause=0.002)
            waits.append(time.monotonic() - sent)
        time.sleep(pause)
    seconds = time.monotonic() - begin
    assert server.job(large)["status"] == "completed"
    return seconds, waits


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pause", type=float, default=0.1,
                        help="seconds between two small jobs")
    o = parser.parse_args()
    body = large_body("large", o.items)
    ratios, waits = [], []
    for number in range(o.rounds):
        seconds = {}
        # In turns, so that neither always comes first.
        for beside in ((False, True), (True, False))[number % 2]:
            server = Server()
            seconds[beside], found = run_large(server, body, beside, o.pause)
            waits += found
            server.stop()
        ratios.append(seconds[False] / seconds[True])
        print(f"round {number + 1}: {o.items / seconds[False]:,.0f} items/s "
              f"alone, {ratios[-1]:.2f} of it beside small jobs", flush=True)
    waits.sort()
    figures = {
        "items": o.items, "small_jobs": len(waits),
        "small_p50_ms": round(1000 * statistics.median(waits)) if waits else 0,
        "small_max_ms": round(1000 * waits[-1]) if waits else 0,
        "large_ratio_median": round(statistics.median(ratios), 2),
        "large_ratio_min": round(min(ratios), 2)}
    print(f"{len(waits)} small jobs: p50 {figures['small_p50_ms']} ms, max "
          f"{figures['small_max_ms']} ms; the large one keeps "
          f"{figures['large_ratio_median']} of its speed")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
