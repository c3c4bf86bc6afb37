"""Exports that are narrowed, cut off, gone on with, refused."""
import json
import os
import subprocess
import time

from driver import (Server, command, milliseconds, relationship, run_groups,
                    temporary_folder, thing, until)
from exports import FORMATS, MANY, SlowReader, csv_rows, fill_many, records


def filters_narrow_an_export(checks, server):
    server.run("import-things", [
        thing("narrow", f"{letter}/{i}", content="c",
              data={"price": i, "name": letter}) | {"type": letter}
        for letter in "abä" for i in range(3)])
    server.run("import-relationships", [
        relationship("narrow", f"a/{i}", "knows", "narrow/a", "narrow/b")
        for i in range(2)])

    def ids(query, format="ndjson"):
        answer = server.export("narrow", f"format={format}&{query}")
        return [x["id"] for x in records(answer, format)]
    for format in FORMATS:
        for query, wanted in {
                "type=a": ["a/0", "a/1", "a/2"], "type=c": [],
                "type=knows": ["a/0", "a/1"],
                "type=knows&kind=things": [],
                "prefix=a/": ["a/0", "a/1", "a/2", "a/0", "a/1"],
                "prefix=%C3%A4": ["ä/0", "ä/1", "ä/2"],
                "prefix=b/1": ["b/1"], "prefix=c": [],
                "prefix=a/&type=knows&limit=1": ["a/0"],
                "kind=things&cursor=things/b/0":
                    ["b/1", "b/2", "ä/0", "ä/1", "ä/2"],
                "cursor=things/%C3%A4%2F2": ["a/0", "a/1"],
                "cursor=relationships/a%2F0": ["a/1"],
                "limit=2&cursor=things/a/0": ["a/1", "a/2"],
                "kind=embeddings": []}.items():
            checks.equal(ids(query, format), wanted, f"{format} {query}")
    checks.equal(server.export("narrow", "format=ndjson&type=a&limit=1&"
                               "fields=type,data.name,none").lines(),
                 [{"type": "a", "data": {"name": "a"}}], "fields")
    rows = csv_rows(server.export(
        "narrow", "format=csv&kind=things&fields=id,data.price,data.none"))
    checks.equal(rows[1], {"id": "a/1", "data.price": "1", "data.none": ""},
                 "fields of CSV")


def wrong_filters_are_refused(checks, server):
    long = "x" * 600
    for query, says in {
            "type=": "type: ", "type=" + long: "type: ", "prefix=": "prefix: ",
            "prefix=" + long: "prefix: ", "fields=": "fields: ",
            "fields=a,,b": "fields: ", "fields=a,b,a": "'a' stands there twice",
            "type=T&kind=embeddings": "an embedding has none",
            "cursor=": "cursor: ", "cursor=p1": "cursor=things/p1",
            "cursor=thing/p1": "cursor=things/p1", "cursor=things/": "cursor: ",
            "cursor=things/" + long: "cursor: ",
            "cursor=things/a&kind=relationships": "kind=things",
            "cursor=embeddings/a": "kind=embeddings",
            "cursor=things/a&prefix=b": "prefix=b", "limit=0": "limit: ",
            "limit=10000001": "10000000", "limit=x": "limit: ",
            "limit=-1": "limit: ", "from=a": "from"}.items():
        for format in FORMATS:
            answer = server.request("GET",
                                    f"/export/many?format={format}&{query}")
            checks.problem(answer, 400, "invalid_request", query, says)


def counts_are_told_where_they_are_known(checks, server):
    for query, wanted in {
            "many?format=csv": str(MANY), "many?format=ndjson": None,
            "many?format=json": None, "many?format=ndjson&limit=7": "7",
            "many?format=json&prefix=m777": "11", "unknown": "0",
            "many?format=csv&cursor=things/m9998": "1"}.items():
        answer = server.get("/export/" + query)
        checks.equal(answer.headers.get("x-total-count"), wanted, query)
    before = time.time() * 1000
    id = server.submit("import-things", [thing("timed", "1")])
    finished = milliseconds(server.wait(id)["finishedAt"])
    taken = milliseconds(server.export("timed").headers["x-snapshot-time"])
    checks(before - 1 <= finished <= taken <= time.time() * 1000 + 1,
           f"X-Snapshot-Time: {before}, {finished}, {taken}")


def a_broken_download_is_gone_on_with(checks, server):
    """By batchd itself and by hand; records change in between."""
    ids = [f"{i:04}" for i in range(4000)]
    server.run("import-things", [thing("torn", id, data={"v": 1, "pad": "x" * 90})
                                 for id in ids])
    server.run("import-relationships", [
        relationship("torn", f"r{i}", "t", f"torn/{i}", "torn/0")
        for i in range(9)])
    whole = server.export("torn").body
    lines = whole.splitlines(keepends=True)
    folder = temporary_folder()
    for cut in (0, 1, len(lines[0]) - 1, len(lines[0]), len(lines[0]) + 1,
                len(whole) // 2, whole.rindex(b'"r3"'), len(whole) - 1,
                len(whole)):
        for name in ("file", "file.part"):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(whole[:cut])
            done = command(server, "export", "torn", "--format", "ndjson",
                           "-o", os.path.join(folder, "file"), "--resume")
            checks.equal((done.status, done.told), (0, ""), f"cut at {cut}")
            with open(os.path.join(folder, "file"), "rb") as file:
                checks(file.read() == whole, f"{name} cut at {cut}")
            checks.equal(os.listdir(folder), ["file"], "files")
            os.remove(os.path.join(folder, "file"))

    # What stands before the cursor is as it was, what stands behind as it is.
    path = os.path.join(folder, "file")
    with open(path, "wb") as file:
        file.write(b"".join(lines[:2000]) + lines[2000][:20])
    server.run("import-things", [thing("torn", "0001", data={"v": 2}),
                                 thing("torn", "3000", data={"v": 2}),
                                 thing("torn", "3000a")])
    server.request("DELETE", "/things/torn/1999")  # the cursor's own
    server.request("DELETE", "/things/torn/2500")
    done = command(server, "export", "torn", "--format", "ndjson", "-o", path,
                   "--resume")
    checks.equal(done.status, 0, done)
    with open(path) as file:
        got = [json.loads(line) for line in file]
    checks.equal([x["id"] for x in got],
                 [id for id in ids if id != "2500"][:3000] + ["3000a"]
                 + ids[3001:] + [f"r{i}" for i in range(9)],
                 "ids after changes")
    by_id = {x["id"]: x for x in got}
    checks.equal((by_id["0001"]["data"]["v"], by_id["3000"]["data"]["v"]),
                 (1, 2), "old before the cursor, new behind it")

    # A thing may look like a relationship.
    server.run("import-things", [
        thing("torn", "r3", fromNs="a", fromId="b", toNs="c", toId="d")])
    with open(path, "wb") as file:
        file.write(b"".join(lines[:-5]))  # ends with the relationship r3
    done = command(server, "export", "torn", "--format", "ndjson", "-o", path,
                   "--resume")
    checks(done.status == 1 and "--kind" in done.told, done)
    with open(path, "rb") as file:
        checks(file.read() == b"".join(lines[:-5]), "nothing was changed")

    for arguments, says in {
            ("--format", "ndjson"): "-o FILE",
            ("-o", path): "--format ndjson",
            ("--format", "csv", "-o", path): "--format ndjson",
            ("--format", "ndjson", "-o", path, "--fields", "id"): "--kind",
            ("--format", "ndjson", "-o", path, "--fields", "type",
             "--kind", "things"): "id among the fields"}.items():
        done = command(server, "export", "torn", "--resume", *arguments)
        checks(done.status == 2 and says in done.told, f"{arguments}: {done}")
    done = command(server, "export", "many", "--format", "ndjson", "-o", path,
                   "--resume")
    checks(done.status == 2 and "'torn'" in done.told, done)


def a_stream_that_breaks_is_noticed(checks):
    """Blocks of the store are damaged behind the begin of an export."""
    server = Server()
    server.run("import-things", [
        thing("broken", f"{i:05}", data={"pad": os.urandom(400).hex()})
        for i in range(20_000)])
    whole = server.export("broken").body
    server.stop()
    server.start()  # which writes what is in the log into tables
    server.stop()
    tables = [os.path.join(server.folder, name)
              for name in os.listdir(server.folder) if name.endswith(".sst")]
    largest = max(tables, key=os.path.getsize)
    with open(largest, "r+b") as table:
        table.seek(os.path.getsize(largest) * 3 // 4)
        table.write(b"damage" * 20)
    server.start()
    for format in ("ndjson", "json"):
        url = (f"http://{server.host}:{server.port}/export/broken"
               f"?format={format}")
        for flags in ([], ["--compressed"]):
            done = subprocess.run(["curl", "-sS", *flags, url],
                                  capture_output=True)
            checks.equal(done.returncode, 18, f"curl: {done.stderr}")
            checks(0 < len(done.stdout) < len(whole), "a part came")
    # The first pass of CSV finds it before anything is sent.
    answer = server.request("GET", "/export/broken?format=csv")
    checks.problem(answer, 500, "storage_corrupt", "CSV")

    folder = temporary_folder()
    path = os.path.join(folder, "file")
    with open(path, "w") as file:
        file.write("old")
    export = ("export", "broken", "--format", "ndjson", "-o", path)
    # What is gone on with begins at the damage: it is refused, with a reason.
    for flags, says in (((), "broke off"), (("--resume",), "Corruption")):
        done = command(server, *export, *flags)
        checks.equal(done.status, 1, done)
        for text in (says, path + ".part", "--resume"):
            checks(text in done.told, f"{text!r} is said in {done.told}")
    with open(path) as file:
        checks.equal(file.read(), "old", "the old file")
    with open(path + ".part", "rb") as file:
        part = file.read()
    checks(len(part) > 1_000_000 and whole.startswith(part), "what came")
    done = command(server, "export", "broken", "-o", path)
    checks(done.status == 1 and "--resume" not in done.told, done.told)


def the_number_of_exports_is_bounded(checks):
    """And clients that do not take theirs are cut off."""
    server = Server("--exports-max", "2", "--body-timeout", "1")
    fill_many(server)
    job = server.run("import-things", [thing("n", "1")])
    path = "/export/many?format=ndjson"
    stalled = [SlowReader(server, path) for _ in range(2)]
    for refused in (path, "/export/unknown?format=csv",
                    f"/batch/{job['id']}/results", f"/batch/{job['id']}/errors"):
        answer = server.request("GET", refused)
        checks.problem(answer, 503, "overloaded", refused, "--exports-max")
        checks.equal(answer.headers.get("retry-after"), "1", refused)
    checks.equal(server.get("/health").status, 200, "health")
    until(lambda: server.request("GET", path).status == 200,
          "an end of the stalled exports")
    for reader in stalled:
        try:
            reader.read_all()
            checks(False, "a reader that was cut off has the whole")
        except (ValueError, ConnectionError):
            checks(True, "cut off")
    checks.equal(len(server.results(job["id"])), 1, "results again")
    # A client that goes away gives its place back as well.
    for _ in range(5):
        gone = SlowReader(server, path)
        gone.socket.close()
        until(lambda: server.request("HEAD", path).status == 200,
              "a place is free")


def main():
    server = Server()
    fill_many(server)

    def on_it(group):
        def run(checks):
            group(checks, server)
        run.__name__ = group.__name__
        return run
    run_groups([on_it(filters_narrow_an_export),
                on_it(wrong_filters_are_refused),
                on_it(counts_are_told_where_they_are_known),
                on_it(a_broken_download_is_gone_on_with),
                a_stream_that_breaks_is_noticed,
                the_number_of_exports_is_bounded])


if __name__ == "__main__":
    main()
