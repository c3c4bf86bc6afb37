"""How long does a search take in a namespace of so many vectors?

Fills a namespace of batchd with things of one line each, embeds them, and then
searches for other lines, one after the other over one connection. Tells the
first search apart: it reads the vectors from the store. With --node a worker
node joins, and every search is asked of its gateway, too.

usage: search_latency.py [--items 10000] [--searches 200] [--cache MIB] [--node]

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
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address, timeout=600)

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


def measure(client, node, options):
    rng = random.Random(1)
    job = client.call("POST", "/batch?type=import-things",
                      lines_of(options.items, rng), "application/x-ndjson")
    client.wait(job["jobId"])
    job = client.call("POST", "/batch", {
        "type": "generate-embeddings", "input": {"ns": "bench"},
        "options": {"keepResults": "errors"}})
    embedding = client.wait(job["jobId"])
    times, node_times = [], []
    for _ in range(options.searches + 1):
        text = line(rng)
        times.append(search(client, options, text))
        if node:
            node_times.append(search(node, options, text))
    figures = {"vectors": options.items,
               "embeddedPerSecond": round(options.items / embedding),
               "firstMs": round(times[0], 1), **percentiles(times[1:])}
    if node:
        figures["node"] = percentiles(node_times[1:])
    return figures


def search(client, options, text):
    """@returns how long it took, in milliseconds."""
    begin = time.monotonic()
    answer = client.call("POST", "/search",
                         {"ns": "bench", "text": text, "k": 10})
    if answer["compared"] != options.items:
        raise SystemExit(f"compared {answer['compared']}")
    return 1000 * (time.monotonic() - begin)


def percentiles(times):
    return {"p50Ms": round(quantile(times, 0.5), 2),
            "p99Ms": round(quantile(times, 0.99), 2)}


def start(*arguments):
    """@returns the process and what its ready line says."""
    process = subprocess.Popen([BATCHD, *arguments], stdout=subprocess.PIPE,
                               text=True, stderr=subprocess.DEVNULL)
    said = dict(re.findall(r"(\w+)=(\S+)", process.stdout.readline()))
    if "http" not in said:
        process.kill()
        raise SystemExit(f"batchd {arguments[0]} did not get ready")
    return process, said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--cache", type=int, default=256,
                        help="MiB of vectors that the service holds")
    parser.add_argument("--node", action="store_true",
                        help="search through a worker node, too")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="batchd-search-")
    processes = []
    try:
        server, said = start(
            "serve", "--data", folder + "/data", "--http", "127.0.0.1:0",
            "--search-cache", str(options.cache),
            *(["--cluster", "127.0.0.1:0"] if options.node else []))
        processes.append(server)
        node = None
        if options.node:
            joined, there = start("join", said["cluster"], "--http",
                                  "127.0.0.1:0", "--slots", "embed=1")
            processes.append(joined)
            node = Client(there["http"])
        print(json.dumps(measure(Client(said["http"]), node, options)))
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
