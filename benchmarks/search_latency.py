"""How long does a search take in a namespace of so many vectors?

Fills a namespace of batchd with things of one line each, embeds them, and then
searches for other lines, one after the other over one connection. Tells the
first search apart: it reads the vectors from the store.

usage: search_latency.py [--items 10000] [--searches 200] [--cache MIB]

Starts build/release/batchd, or $BATCHD, on a folder of its own.
"""
import argparse
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

BATCHD = os.path.abspath(os.environ.get("BATCHD", "build/release/batchd"))
WORDS = ("island republic mountain river city ocean desert forest village "
         "harbour bridge castle market garden temple valley coast border "
         "empire colony state kingdom northern southern eastern western "
         "ancient modern small large famous quiet wealthy poor rocky green "
         "red blue cheap quick strong wooden stone iron golden frozen").split()


def line(rng):
    return " ".join(rng.choice(WORDS) for _ in range(12))


def lines_of(count, rng):
    for i in range(count):
        yield json.dumps({"ns": "bench", "id": f"{i:08}", "type": "T",
                          "content": f"{line(rng)} {i}"}).encode() + b"\n"


class Client:
    def __init__(self, host, port):
        self.connection = http.client.HTTPConnection(host, port, timeout=600)

    def call(self, method, path, body=None, type="application/json"):
        if isinstance(body, dict):
            body = json.dumps(body)
        self.connection.request(method, path, body, {"Content-Type": type},
                                encode_chunked=body is not None
                                and not isinstance(body, (str, bytes)))
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 202):
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)

    def wait(self, id):
        begin = time.monotonic()
        while True:
            job = self.call("GET", f"/batch/{id}")["job"]
            if job["status"] in ("completed", "failed"):
                if job["failed"]:
                    raise SystemExit(f"the job failed: {job['errors'][:3]}")
                return time.monotonic() - begin
            time.sleep(0.1)


def quantile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(client, options):
    rng = random.Random(1)
    job = client.call("POST", "/batch?type=import-things",
                      lines_of(options.items, rng), "application/x-ndjson")
    client.wait(job["jobId"])
    job = client.call("POST", "/batch", {
        "type": "generate-embeddings", "input": {"ns": "bench"},
        "options": {"keepResults": "errors"}})
    embedding = client.wait(job["jobId"])
    times = []
    for _ in range(options.searches + 1):
        begin = time.monotonic()
        answer = client.call("POST", "/search", {
            "ns": "bench", "text": line(rng), "k": 10})
        times.append(1000 * (time.monotonic() - begin))
        if answer["compared"] != options.items:
            raise SystemExit(f"compared {answer['compared']}")
    first, times = times[0], times[1:]
    return {"vectors": options.items, "dimensions": answer["dimensions"],
            "embeddedPerSecond": round(options.items / embedding),
            "firstMs": round(first, 1),
            "p50Ms": round(quantile(times, 0.5), 2),
            "p99Ms": round(quantile(times, 0.99), 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--cache", type=int, default=256,
                        help="MiB of vectors that the service holds")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="batchd-search-")
    server = subprocess.Popen(
        [BATCHD, "serve", "--data", folder + "/data", "--http", "127.0.0.1:0",
         "--search-cache", str(options.cache)], stdout=subprocess.PIPE,
        text=True, stderr=subprocess.DEVNULL)
    try:
        ready = re.match(r"batchd ready http=(\S+):(\d+)",
                         server.stdout.readline())
        print(json.dumps(measure(Client(ready[1], int(ready[2])), options)))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
