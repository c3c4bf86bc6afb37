"""Answers that could be of any size: they end at a bound or are streamed, and
cost little memory."""
import json
from concurrent.futures import ThreadPoolExecutor

from driver import NDJSON, Server, run_groups, thing, until

LARGE = "x" * 1_000_000
# What one answer may hold is about 4 MiB, and one record more.
ANSWER_MAX = 6_000_000
MEMORY_MIB_MAX = 64


def new_server():
    # A small cache: what is measured is the reading, not the keeping.
    return Server("--cache", "8", "--slots", "1")


def grown_mib(server, call):
    """What a call answers, and the MiB that it has cost the server."""
    before = server.reset_peak()
    answer = call()
    return answer, server.peak_mib() - before


def pages(server, path, name):
    """The records of a list page by page, and the longest page."""
    records, longest, cursor = [], 0, ""
    while True:
        answer = server.get(path + cursor)
        longest = max(longest, len(answer.body))
        page = answer.json()
        records += page[name]
        if "nextCursor" not in page:
            return records, longest
        cursor = "&cursor=" + page["nextCursor"]


def lists_of_large_records(checks):
    server = new_server()
    ids = [f"{i:03}" for i in range(30)]
    for id in ids:
        server.request("PUT", f"/things/n/{id}", thing("n", id, content=LARGE))
    lines = "".join(json.dumps({
        **thing("n", id), "fromNs": "n", "fromId": "a", "toNs": "n",
        "toId": "b", "data": {"x": LARGE}}) + "\n" for id in ids)
    answer = server.request("POST", "/batch?type=import-relationships", lines,
                            {"Content-Type": NDJSON})
    server.wait(answer.json()["jobId"])
    for path, name in (("/things/n?limit=500", "things"),
                       ("/relationships?from=n/a&limit=500", "relationships")):
        (records, longest), mib = grown_mib(
            server, lambda: pages(server, path, name))
        checks.equal(sorted(x["id"] for x in records), ids, name)
        checks(longest < ANSWER_MAX, f"{name}: a page of {longest} bytes")
        checks(mib < MEMORY_MIB_MAX, f"{name} have cost {mib} MiB")


def results_of_one_large_chunk(checks):
    """Two hundred results of 1 MB in one chunk, done in some fifty rounds."""
    server = new_server()
    server.request("PUT", "/things/n/a", thing("n", "a", content=LARGE))
    count = 200
    job = server.run("export-things", [{"ns": "n", "id": "a"}] * count,
                     options={"chunkSize": 1000})
    checks.equal((job["status"], job["processed"]), ("completed", count),
                 "the job")

    def read_indexes():
        connection = server.connection()
        connection.request("GET", f"/batch/{job['id']}/results")
        answer = connection.getresponse()
        indexes = [json.loads(line)["index"] for line in answer]
        connection.close()
        return indexes
    indexes, mib = grown_mib(server, read_indexes)
    checks.equal(indexes, list(range(count)), "the results in order")
    checks(mib < MEMORY_MIB_MAX, f"/results has cost {mib} MiB")

    path = f"/batch/{job['id']}?include=results"
    answer, mib = grown_mib(server, lambda: server.get(path))
    inline = answer.json()["job"]
    shown = [x["index"] for x in inline["results"]]
    checks(0 < len(shown) < 8, f"{len(shown)} results are shown")
    checks.equal(shown, list(range(len(shown))), "they are the first ones")
    checks.equal(inline.get("resultsTruncated"), True, "it says so")
    checks(mib < MEMORY_MIB_MAX, f"?include=results has cost {mib} MiB")

    small = server.run("export-things", [{"ns": "n", "id": "a"}] * 2)
    inline = server.get(f"/batch/{small['id']}?include=results").json()["job"]
    checks.equal((len(inline["results"]), "resultsTruncated" in inline),
                 (2, False), "two results are all of them")


def errors_of_large_items(checks):
    server = new_server()
    lines = (json.dumps({"ns": "n", "data": LARGE}) + "\n") * 100
    answer = server.request("POST", "/batch?type=import-things", lines,
                            {"Content-Type": NDJSON})
    id = answer.json()["jobId"]
    until(lambda: server.stats()["deadLetters"] == 100, "the end of the job")
    # Many at one time stand out from what the store does in the background.
    with ThreadPoolExecutor(8) as clients:
        jobs, mib = grown_mib(
            server, lambda: list(clients.map(server.job, [id] * 16)))
    checks(all((job["failed"], len(job["errors"])) == (100, 100)
               for job in jobs), "the job")
    checks(mib < 128, f"its errors have cost {mib} MiB")


if __name__ == "__main__":
    run_groups([lists_of_large_records, results_of_one_large_chunk,
                errors_of_large_items])
