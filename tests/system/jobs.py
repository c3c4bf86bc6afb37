"""Jobs of all types from their submission to their results."""
import gzip
import json
import re
import threading
import urllib.parse

from driver import JSON, NDJSON, Server, TYPES, relationship, run_groups, \
    thing
from raw_http import RawConnection, chunked, request

COUNTERS = ("total", "processed", "failed")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def counters(job):
    return tuple(job[name] for name in COUNTERS)


def check_end(checks, job, status, counts, what):
    """What holds for every job that has ended."""
    ok = status == "completed"
    checks.equal((job["status"], job["state"], counters(job)),
                 (status, "succeeded" if ok else "failed", counts), what)
    checks(job["done"] == job["total"] == job["processed"] + job["failed"]
           and job["progress"] == 1 and job["retrying"] == 0,
           f"{what}: all items have ended: {job}")
    names = ["createdAt", "startedAt", "updatedAt", "finishedAt"]
    if job["total"] == 0:
        names.remove("startedAt")  # nothing of it was ever started
    times = [job.get(name) for name in names]
    checks(all(map(TIME.fullmatch, map(str, times)))
           and times[:-2] + times[-1:] == sorted(times[:-2] + times[-1:])
           and ("completedAt" in job) == ok, f"{what}: times: {job}")


def submit_lines(server, type, lines, options=None, **headers):
    path = "/batch?type=" + type
    if options:
        path += "&options=" + urllib.parse.quote(json.dumps(options))
    return server.request("POST", path, lines,
                          {"Content-Type": NDJSON, **headers})


def an_import_from_end_to_end(checks, server):
    item = thing("shop", "1", data={"price": 1.5}, content="a widget",
                 visibility="private", more=[1])
    for prefix in ("", "/v1"):
        answer = server.request("POST", prefix + "/batch",
                                {"type": "import-things", "items": [item]})
        body = answer.json()
        id = body.pop("jobId")
        checks.equal((answer.status, body), (202, {
            "success": True, "message": "Batch job created and queued"}),
            "the acknowledgement")
        checks(answer.headers["location"].endswith("/batch/" + id), "Location")
        checks(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]"
                            r"[0-9a-f]{3}-[0-9a-f]{12}", id), f"UUIDv7: {id}")
        check_end(checks, server.wait(id), "completed", (1, 1, 0), "the job")
        by_prefix = server.get(f"{prefix}/batch/{id}").json()
        checks(by_prefix["success"] is True and by_prefix["job"]["id"] == id
               and by_prefix["job"]["errors"] == [], f"GET: {by_prefix}")
        checks.equal(server.get(f"{prefix}/batch/{id}/results").lines(),
                     [{"index": 0, "success": True, "result":
                       {"ns": "shop", "id": "1", "type": "T"}}], "results")
    checks.equal(server.get("/things/shop/1").json(),
                 {"success": True, "thing": item}, "the thing as sent")
    for type in TYPES:
        job = server.run(type, [])
        check_end(checks, job, "completed", (0, 0, 0), f"an empty {type}")
        checks.equal(server.results(job["id"]), [], "no results")


def one_bad_item_of_three(checks, server):
    items = [thing("bad", "1"), {"ns": "bad", "type": "T", "data": {"x": 1}},
             thing("bad", "3")]
    job = server.run("import-things", items, input={"source": "here"})
    check_end(checks, job, "failed", (3, 2, 1), "one bad of three")
    checks.equal(job["input"], {"source": "here"}, "input as submitted")
    checks.equal([(e["index"], e["code"], e["attempts"])
                  for e in job["errors"]], [(1, "invalid_item", 1)], "errors")
    checks("id" in job["errors"][0]["error"], f"named: {job['errors']}")
    checks.equal(sorted(server.things("bad")), ["1", "3"], "its neighbours")
    results = server.results(job["id"])
    checks.equal([r["success"] for r in results], [True, False, True],
                 "results in order")
    checks.equal(results[1]["error"], job["errors"][0]["error"], "the error")
    inline = server.get(f"/batch/{job['id']}?include=results").json()["job"]
    checks.equal(inline["results"], results, "include=results")
    errors = server.errors(job["id"])
    checks.equal([e["payload"] for e in errors], [items[1]], "the payload")
    mended = [{**e["payload"], "id": "2"} for e in errors]
    check_end(checks, server.run("import-things", mended), "completed",
              (1, 1, 0), "the mended payload")
    checks.equal(sorted(server.things("bad")), ["1", "2", "3"], "all of it")


def many_errors_are_cut_inside_of_a_job(checks, server):
    items = [thing("cut", str(i)) if i % 4 else {"n": i} for i in range(1200)]
    job = server.run("import-things", items)
    check_end(checks, job, "failed", (1200, 900, 300), "a quarter is bad")
    checks(job.get("errorsTruncated") is True and
           [e["index"] for e in job["errors"]] == list(range(0, 400, 4)),
           f"the first 100: {job['errors'][-1]}")
    errors = server.errors(job["id"])
    checks.equal([(e["index"], e["payload"]) for e in errors],
                 [(i, {"n": i}) for i in range(0, 1200, 4)], "the stream")
    checks.equal([(r["index"], r["success"]) for r in
                  server.results(job["id"])],
                 [(i, i % 4 != 0) for i in range(1200)], "results in order")
    answer = server.request("GET", f"/batch/{job['id']}?include=results")
    checks.equal(answer.status, 400, "include=results of 1,200 items")


def tolerated_failures(checks, server):
    items = [thing("tol", str(i)) for i in range(8)] + [5, 6]
    for tolerated, status in (({"count": 2}, "completed"),
                              ({"count": 1}, "failed"),
                              ({"percent": 20}, "completed"),
                              ({"percent": 19.5}, "failed"),
                              ({"percent": 20, "count": 1}, "failed"),
                              ({"count": 0}, "failed"),
                              ({"percent": 100}, "completed")):
        job = server.run("import-things", items,
                         options={"toleratedFailures": tolerated})
        check_end(checks, job, status, (10, 8, 2), f"{tolerated}")
        checks.equal(len(job["errors"]), 2, f"{tolerated}: errors stay")


def labels_and_pages(checks, server):
    ids = [server.submit("import-things", [], options={"labels":
           {"set": "paging", "odd": str(i % 2), "ä b": "c=d&e"}})
           for i in range(25)]
    for id in ids:
        server.wait(id)
    newest = ids[::-1]

    def pages(query):
        found, cursor = [], ""
        while True:
            page = server.get(f"/batch?{query}{cursor}").json()
            found.append([job["id"] for job in page["jobs"]])
            if "nextCursor" not in page:
                return found
            cursor = "&cursor=" + urllib.parse.quote(page["nextCursor"])
    some = pages("label.set=paging&limit=10")
    checks.equal([len(page) for page in some if page], [10, 10, 5], "pages")
    checks.equal(sum(some, []), newest, "newest first, none twice")
    checks.equal(sum(pages("label.set=paging&label.odd=1&limit=3"), []),
                 newest[1::2], "two labels")
    odd_label = urllib.parse.quote("ä b") + "=" + urllib.parse.quote("c=d&e")
    checks.equal(sum(pages("label." + odd_label), []), newest, "an odd label")
    checks.equal(sum(pages("label.set=other"), []), [], "no such label")
    checks.equal(sum(pages("label.set=paging&type=export-things"), []), [],
                 "another type")
    both = "label.set=paging&type=import-things&status=completed"
    checks.equal(sum(pages(both), []), newest, "type and status")
    everything = sum(pages("limit=7"), [])
    checks.equal(len(everything), server.stats()["total"], "all jobs")
    checks.equal(len(set(everything)), len(everything), "all different")
    by_status = [sum(pages("limit=500&status=" + status), []) for status in
                 ("pending", "processing", "completed", "failed")]
    checks.equal(sorted(sum(by_status, [])), sorted(everything), "by status")


def results_are_kept_as_told(checks, server):
    items = [thing("kept", "1"), {}, thing("kept", "2")]
    job = server.run("import-things", items, options={"keepResults": "errors"})
    check_end(checks, job, "failed", (3, 2, 1), "keepResults errors")
    checks.equal([r["index"] for r in server.results(job["id"])
                  if not r["success"]], [1], "the failed result")
    checks(all("result" not in r for r in server.results(job["id"])),
           "no results of good items")
    checks.equal(len(server.errors(job["id"])), 1, "errors are kept")
    job = server.run("import-things", items, options={"keepResults": "all"})
    checks.equal(len(server.results(job["id"])), 3, "keepResults all")


def a_namespace_as_input(checks, server):
    items = [thing("in", f"{i:04d}", content=f"text {i}", data={"i": i})
             for i in range(2500)]
    server.run("import-things", items)
    wanted = {"export-things": items, "transform-data": items,
              "generate-embeddings": None}
    for type, results in wanted.items():
        job = server.run(type, input={"ns": "in"})
        check_end(checks, job, "completed", (2500, 2500, 0), type)
        checks.equal(job["input"], {"ns": "in"}, f"{type}: input")
        got = [line["result"] for line in server.results(job["id"])]
        if results:
            checks(got == results, f"{type}: the results")
        else:
            checks.equal([x["id"] for x in got], [x["id"] for x in items],
                         type)
        job = server.run(type, input={"ns": "nothing-there"})
        check_end(checks, job, "completed", (0, 0, 0), f"{type} of nothing")


def exports_of_named_things(checks, server):
    server.run("import-things", [thing("exp", "a", data={"v": 1.5})])
    job = server.run("export-things", [
        {"ns": "exp", "id": "a"}, {"ns": "exp", "id": "none"}, {"ns": "exp"},
        {"ns": "exp", "id": "a", "more": 1}])
    check_end(checks, job, "failed", (4, 2, 2), "an export of four")
    checks.equal([e["code"] for e in job["errors"]],
                 ["no_such_thing", "invalid_item"], "codes")
    results = server.results(job["id"])
    checks.equal(results[0]["result"], thing("exp", "a", data={"v": 1.5}),
                 "the thing")
    checks.equal(results[3]["result"], results[0]["result"], "once more")


def embeddings(checks, server):
    texts = {"1": "a red apple", "2": "a red apple", "3": "quantum physics"}
    server.run("import-things", [thing("emb", id, content=text)
                                 for id, text in texts.items()]
               + [thing("emb", "4"), thing("emb", "5", content="")])
    items = [{"ns": "emb", "id": id} for id in ("1", "2", "3", "4", "5", "6")]
    job = server.run("generate-embeddings", items)
    check_end(checks, job, "failed", (6, 3, 3), "embeddings")
    checks.equal([e["code"] for e in job["errors"]],
                 ["no_text", "no_text", "no_such_thing"], "codes")
    results = server.results(job["id"])
    stored = {id: server.get(f"/embeddings/emb/{id}").json()["embedding"]
              for id in texts}
    for (id, one), line in zip(stored.items(), results):
        checks(len(one["vector"]) == one["dimensions"] and any(one["vector"])
               and one["ns"] == "emb" and one["id"] == id and one["model"]
               and TIME.fullmatch(one["createdAt"]), f"embedding {one}")
        checks.equal(line["result"], {"ns": "emb", "id": id, "model":
                     one["model"], "dimensions": one["dimensions"]}, "result")
    checks(stored["1"]["vector"] == stored["2"]["vector"]
           != stored["3"]["vector"], "the text decides")
    checks(stored["1"]["textHash"] == stored["2"]["textHash"]
           != stored["3"]["textHash"], "its hash")

    def skipped(**options):
        job = server.run("generate-embeddings", items[:3], options=options)
        return [line["result"].get("skipped", False)
                for line in server.results(job["id"])]
    checks.equal(skipped(), [True] * 3, "nothing to do the second time")
    same = server.get("/embeddings/emb/1").json()["embedding"]
    checks.equal(same, stored["1"], "left as it was")
    checks.equal(skipped(embedding={"force": True}), [False] * 3, "force")
    server.run("import-things", [thing("emb", "2", content="a green pear")])
    checks.equal(skipped(), [True, False, True], "a changed text")
    changed = server.get("/embeddings/emb/2").json()["embedding"]
    checks(changed["vector"] != stored["2"]["vector"], "another vector")


def transforms(checks, server):
    values = [{"data": {"a": 1.10}}, 5, "x", None, [1], True, {}]
    job = server.run("transform-data", values)
    check_end(checks, job, "completed", (7, 7, 0), "the identity")
    checks.equal([r["result"] for r in server.results(job["id"])], values,
                 "values as they were")
    steps = [{"rename": {"name": "title"}}, {"trim": ["title"]},
             {"upper": ["/data/code"]}, {"omit": ["secret", "/data/x"]},
             {"cast": {"/data/price": "number"}},
             {"default": {"color": "red"}}, {"set": {"source": "test"}}]
    items = [{"ns": "a", "id": "1", "type": "T", "name": " Rome ", "secret": 1,
              "data": {"code": "ab", "x": 1, "price": "1.50"}},
             {"ns": "a", "id": "2", "type": "T", "color": "blue",
              "data": {"price": "cheap"}},
             {"id": "3", "type": "T", "data": {}}]
    wanted = {"ns": "out", "id": "1", "type": "T", "title": "Rome",
              "data": {"code": "AB", "price": 1.5}, "color": "red",
              "source": "test"}
    for into in (None, "out"):
        options = {"transform": {"steps": steps}}
        options.update({"into": into} if into else {})
        job = server.run("transform-data", items, options=options)
        check_end(checks, job, "failed", (3, 2, 1), f"steps into {into}")
        checks.equal([(e["index"], e["code"]) for e in job["errors"]],
                     [(1, "transform_failed")], "a price that is no number")
        first = server.results(job["id"])[0]["result"]
        checks.equal(first, {**wanted, "ns": into or "a"}, f"into {into}")
    things = server.things("out")
    checks.equal(sorted(things), ["1", "3"], "what was put")
    checks.equal(things["1"], wanted, "a thing that was put")
    checks.equal(things["3"]["ns"], "out", "the namespace that was put")
    job = server.run("transform-data", [{"type": "T"}, 5],
                     options={"into": "out"})
    checks.equal([e["code"] for e in job["errors"]], ["invalid_item"] * 2,
                 "values that are no things")
    job = server.run("transform-data", input={"ns": "out"}, options={
        "into": "copy", "transform": {"steps": [{"pick": ["id", "type"]}]}})
    checks.equal(server.things("copy"), {
        id: {"ns": "copy", "id": id, "type": "T"} for id in ("1", "3")},
        "one namespace into another")


def links(server, query):
    page = server.get("/relationships?" + query).json()
    return sorted(x["id"] for x in page["relationships"])


def relationships(checks, server):
    server.run("import-things", [thing("g", "a"), thing("g", "b")])
    items = [relationship("g", "1", "knows", "g/a", "g/b", data={"since": 1}),
             relationship("g", "2", "likes", "g/a", "g/c"),
             {**relationship("g", "3", "likes", "g/x", "g/b"), "toId": "b/c"}]
    job = server.run("import-relationships", items)
    check_end(checks, job, "completed", (3, 3, 0), "relationships")
    checks.equal(server.results(job["id"])[0]["result"],
                 {k: v for k, v in items[0].items() if k != "data"}, "result")
    for query, wanted in (("from=g/a", ["1", "2"]), ("to=g/b", ["1"]),
                          ("from=g/a&type=likes", ["2"]), ("to=g/a", []),
                          ("toNs=g&toId=b%2Fc", ["3"]), ("to=g/b/c", ["3"]),
                          ("fromNs=g&fromId=a&type=knows", ["1"]),
                          ("from=g/nobody", []), ("to=g/c", ["2"])):
        checks.equal(links(server, query), wanted, query)
    # The same relationship with another end: the old end must forget it.
    server.run("import-relationships",
               [relationship("g", "1", "knows", "g/a", "g/new")])
    checks.equal([links(server, q) for q in ("from=g/a", "to=g/b",
                 "to=g/new")], [["1", "2"], [], ["1"]], "a new end")
    strict = {"onMissingEndpoint": "fail"}
    items = [relationship("g", "10", "t", "g/a", "g/b"),
             relationship("g", "11", "t", "g/a", "g/missing"),
             relationship("g", "12", "t", "g/missing", "g/b")]
    job = server.run("import-relationships", items, options=strict)
    check_end(checks, job, "failed", (3, 1, 2), "onMissingEndpoint fail")
    checks.equal([(e["index"], e["code"], "missing" in e["error"])
                  for e in job["errors"]], [(1, "no_such_endpoint", True),
                 (2, "no_such_endpoint", True)], "missing ends")
    checks.equal(sorted(x["id"] for x in server.export("g").lines()
                        if x["type"] == "t"), ["10"], "what was stored")
    many = [relationship("g", f"p{i:03d}", "page", "g/a", f"hub/{i}")
            for i in range(250)]
    server.run("import-relationships", many)
    found, query = [], "/relationships?from=g/a&type=page&limit=100"
    page = server.get(query).json()
    while True:
        found += [x["id"] for x in page["relationships"]]
        if "nextCursor" not in page:
            break
        page = server.get(query + "&cursor=" + page["nextCursor"]).json()
    checks.equal(sorted(found), [x["id"] for x in many], "in pages")


def the_last_of_one_id_wins(checks, server):
    """Across chunks that two workers may do at the same time."""
    count = 20_000
    for ids, chunk in ((1, 100), (7, 10), (5000, 100)):
        job = server.run("import-things", [
            thing("last", f"{ids}-{i % ids}", data={"v": i})
            for i in range(count)], options={"chunkSize": chunk})
        check_end(checks, job, "completed", (count, count, 0), f"{ids} ids")
        got = {id: x["data"]["v"] for id, x in server.things("last").items()
               if id.startswith(f"{ids}-")}
        first = count - ids
        wanted = {f"{ids}-{i % ids}": i for i in range(first, count)}
        checks(got == wanted, f"{ids} ids: the last ones: "
               f"{[x for x in got.items() if wanted[x[0]] != x[1]][:5]}")
    items = [relationship("last", f"r{i % 50}", "t", "g/a", f"end/{i}")
             for i in range(5000)]
    server.run("import-relationships", items)
    checks.equal(links(server, "to=end/4999"), ["r49"], "the last end")
    checks.equal(links(server, "to=end/4949"), [], "an end that was replaced")


def NDJSON_with_bad_lines(checks, server):
    lines = ['{"ns":"nd","id":"1","type":"T"}', "", "   ", "{oops",
             '{"ns":"nd","id":"2","type":"T"}\r', '{"ns":"nd"}', "[1,",
             '{"ns":"nd","id":"3","type":"T"} {"ns":"nd"}',
             b'{"ns":"nd","id":"\xff","type":"T"}',
             '{"ns":"nd","id":"4","type":"T"}']
    body = b"\n".join(x if isinstance(x, bytes) else x.encode()
                      for x in lines)
    answer = submit_lines(server, "import-things", b"\xef\xbb\xbf" + body)
    checks.equal(answer.status, 202, f"{answer}")
    job = server.wait(answer.json()["jobId"])
    check_end(checks, job, "failed", (8, 3, 5), "blank lines do not count")
    checks.equal([(e["index"], e["code"]) for e in job["errors"]],
                 [(1, "invalid_json"), (3, "invalid_item"),
                  (4, "invalid_json"), (5, "invalid_json"),
                  (6, "invalid_json")], "bad lines")
    first = job["errors"][0]["error"]
    checks("line 4" in first and "byte" in first, f"the line: {first}")
    checks.equal(sorted(server.things("nd")), ["1", "2", "4"], "good lines")
    errors = server.errors(job["id"])
    checks.equal(len(errors), 5, "the errors")
    checks.equal((errors[1]["payload"], errors[0].get("payloadText")),
                 ({"ns": "nd"}, "{oops"), "payloads, or the text of no JSON")
    answer = submit_lines(server, "import-things", "")
    check_end(checks, server.wait(answer.json()["jobId"]), "completed",
              (0, 0, 0), "no lines at all")
    answer = submit_lines(server, "transform-data", "1\n2\n3", {
        "labels": {"a": "b"}, "chunkSize": 1})
    job = server.wait(answer.json()["jobId"])
    checks.equal((counters(job), job["options"]["labels"]),
                 ((3, 3, 0), {"a": "b"}), "options in the URL")
    for type in ("application/ndjson", NDJSON + "; charset=utf-8"):
        answer = server.request("POST", "/batch?type=transform-data", "1\n",
                                {"Content-Type": type})
        checks.equal(answer.status, 202, type)


def uploads_in_chunks_and_deflated(checks, server):
    lines = [json.dumps(thing("up", str(i))) + "\n" for i in range(3000)]
    text = "".join(lines).encode()
    # Pieces whose borders lie anywhere, lines and characters included.
    pieces = [text[i:i + 997] for i in range(0, len(text), 997)]

    def generator():
        yield from pieces
    bodies = {
        "chunked": (generator(), {}),
        "gzip": (gzip.compress(text), {"Content-Encoding": "gzip"}),
        "gzip in chunks": (iter([gzip.compress(text)]),
                           {"Content-Encoding": "gzip"}),
    }
    for name, (body, headers) in bodies.items():
        answer = submit_lines(server, "import-things", body, **headers)
        job = server.wait(answer.json()["jobId"])
        check_end(checks, job, "completed", (3000, 3000, 0), name)
    checks.equal(len(server.things("up")), 3000, "things")
    body = json.dumps({"type": "transform-data", "items": [1, 2]}).encode()
    for name, sent in (("chunked JSON", iter([body[:10], body[10:]])),
                       ("gzip JSON", gzip.compress(body))):
        headers = {"Content-Type": JSON}
        if name.startswith("gzip"):
            headers["Content-Encoding"] = "gzip"
        answer = server.request("POST", "/batch", sent, headers)
        checks.equal(counters(server.wait(answer.json()["jobId"])), (2, 2, 0),
                     name)
    with RawConnection(server) as connection:
        connection.send(request("POST", "/batch", "Content-Type: " + JSON,
                                "Expect: 100-continue",
                                f"Content-Length: {len(body)}", length=False))
        checks.equal(connection.answer().status, 100, "go on")
        connection.send(body)
        checks.equal(connection.answer().status, 202, "Expect: 100-continue")
    with RawConnection(server) as connection:
        connection.send(request(
            "POST", "/batch", "Content-Type: " + JSON,
            "Transfer-Encoding: Chunked", length=False, body=chunked(body)))
        checks.equal(connection.answer().status, 202, "Chunked in capitals")


def unknown_options(checks, server):
    body = {"type": "transform-data", "items": [1],
            "options": {"colour": "red", "shape": 1}}
    answer = server.request("POST", "/batch", body)
    warnings = answer.json().get("warnings", [])
    checks.equal((answer.status, len(warnings)), (202, 2), f"{answer}")
    checks("colour" in warnings[0], f"named: {warnings}")
    job = server.wait(answer.json()["jobId"])
    checks.equal(job["options"], body["options"], "kept")
    total = server.stats()["total"]
    lines = submit_lines(server, "transform-data", "1\n", {"colour": 1},
                         Prefer="handling=strict")
    strict = server.request("POST", "/batch", body,
                            {"Prefer": "respond-async, handling=strict"})
    for answer in (strict, lines):
        checks.equal((answer.status, answer.json()["code"]),
                     (400, "invalid_option"), "strict")
        checks("colour" in answer.json()["error"], "named")
    checks.equal(server.stats()["total"], total, "nothing was created")
    fine = server.request("POST", "/batch", {**body, "options": {}},
                          {"Prefer": "handling=strict"})
    checks.equal(fine.status, 202, "strict without anything unknown")


def connections_are_used_again(checks, server):
    connection = server.connection(10)
    server.request("GET", "/health", over=connection)
    socket = connection.sock
    for i in range(200):
        path, body = (("POST", "/batch"), {"type": "transform-data",
                      "items": [i]}) if i % 3 == 0 else (
                     ("GET", "/batch/none"), None) if i % 3 == 1 else (
                     ("PUT", "/things/reuse/1"), {"type": "T", "n": i})
        answer = server.request(*path, body, over=connection)
        if answer.status not in (202, 404, 200):
            checks(False, f"{path}: {answer}")
    checks(connection.sock is socket, "one connection for 200 requests")
    connection.close()


def sixteen_clients_at_once(checks, server):
    ids, faults = [], []

    def client(number):
        connection = server.connection()
        try:
            for i in range(50):
                body = {"type": "import-things", "items": [
                    thing("crowd", f"{number}-{i}")]}
                answer = server.request("POST", "/batch", body,
                                        over=connection)
                ids.append(answer.json()["jobId"])
        except Exception as fault:
            faults.append(f"client {number}: {fault}")
        connection.close()
    clients = [threading.Thread(target=client, args=[n]) for n in range(16)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    checks.equal(faults, [], "all submitted")
    jobs = [server.wait(id) for id in ids]
    checks.equal((len(set(ids)), {counters(job) for job in jobs}),
                 (800, {(1, 1, 0)}), "all jobs end")
    checks.equal(len(server.things("crowd")), 800, "all things are there")


def a_small_job_behind_a_large_one(checks, server):
    """Workers are shared: the small one does not wait for the large one."""
    lines = "".join('{"ns":"big","id":"%d","type":"T","content":"%s"}\n'
                    % (i, "text " * 20) for i in range(200_000))
    large = submit_lines(server, "import-things", lines).json()["jobId"]
    small = server.run("import-things", [thing("small", "1")])
    behind = server.job(large)
    checks.equal(small["status"], "completed", "the small one")
    checks(behind["status"] == "processing"
           and behind["processed"] < behind["total"] == 200_000,
           f"the large one still runs: {behind['state']} {counters(behind)}")
    checks(behind["progress"] < 1 and "finishedAt" not in behind
           and "completedAt" not in behind, f"running: {behind}")
    check_end(checks, server.wait(large), "completed", (200_000, 200_000, 0),
              "the large one")


def things_with_odd_names(checks, server):
    odd = ["a/b", "a%2Fb", "..", ".", " ", "ä ö", "日本", "😀", "?x=1", "#", "&",
           "+", "%", '"', "\\", "'", "a" * 512, "ä" * 256, ";", "<b>", "::",
           "0", "null", "\u00a0", "\u200b", "\ufeff"]
    for id in odd:
        path = "/things/odd/" + urllib.parse.quote(id, safe="")
        put = server.request("PUT", path, {"type": "T", "data": {"me": id}})
        wanted = {"ns": "odd", "id": id, "type": "T", "data": {"me": id}}
        checks.equal((put.status, put.json().get("thing")), (200, wanted),
                     f"PUT {id!r:.40}")
        checks.equal(server.get(path).json()["thing"], wanted,
                     f"GET {id!r:.40}")
    things = server.things("odd")
    checks.equal(list(things), sorted(odd, key=str.encode), "the export")
    found, cursor = [], ""
    while True:
        page = server.get("/things/odd?limit=4" + cursor).json()
        found += [x["id"] for x in page["things"]]
        if "nextCursor" not in page:
            break
        cursor = "&cursor=" + page["nextCursor"]
    checks.equal(found, list(things), "pages")
    for id in odd:
        path = "/things/odd/" + urllib.parse.quote(id, safe="")
        checks.equal(server.request("DELETE", path).status, 204,
                     f"DELETE {id!r:.40}")
        gone = server.request("GET", path)
        checks.equal((gone.status, gone.json()["code"]),
                     (404, "no_such_thing"), f"gone: {id!r:.40}")
    checks.equal(server.things("odd"), {}, "nothing is left")
    server.request("PUT", "/v1/things/odd/1", {"type": "A", "data": {"x": 1}})
    server.request("PUT", "/things/odd/1", {"type": "B"})
    checks.equal(server.things("odd"), {"1": {"ns": "odd", "id": "1",
                 "type": "B"}}, "a thing replaces another whole")
    again = server.request("DELETE", "/things/odd/nobody")
    checks(again.status in (204, 404), f"DELETE of nothing: {again.status}")


def request_ids(checks, server):
    for given, kept in (("abc-123", True), ("x" * 128, True),
                        ("x" * 129, False), ("a b", False), ("ä", False)):
        answer = server.request("GET", "/batch/none", headers={
            "X-Request-Id": given.encode("utf-8")})
        id = answer.headers["x-request-id"]
        checks.equal(answer.json()["requestId"], id, f"{given!r:.20}")
        checks.equal(id == given, kept, f"{given!r:.20} taken over")
    ids = {server.get(path).headers.get("x-request-id") for path in
           ("/health", "/stats", "/batch", "/export/none", "/things/none")}
    checks(len(ids) == 5 and None not in ids, f"every answer has one: {ids}")


def statistics(checks, server):
    """They equal a recount of the jobs."""
    jobs, cursor = [], ""
    while True:
        page = server.get("/batch?limit=500" + cursor).json()
        jobs += page["jobs"]
        if "nextCursor" not in page:
            break
        cursor = "&cursor=" + page["nextCursor"]
    stats = server.stats()
    by_status = [sum(job["status"] == s for job in jobs)
                 for s in ("pending", "processing", "completed", "failed")]
    checks.equal([stats[s] for s in ("pending", "processing", "completed",
                                     "failed")], by_status, "by status")
    checks.equal((stats["total"], stats["deadLetters"]),
                 (len(jobs), sum(job["failed"] for job in jobs)), "sums")
    rate = 100 * by_status[2] / (by_status[2] + by_status[3])
    checks.equal(stats["successRate"], f"{rate:.2f}%", "successRate")
    for type in TYPES:
        mine = [job for job in jobs if job["type"] == type]
        checks.equal(stats["byType"][type], {
            "jobs": len(mine),
            "completed": sum(job["status"] == "completed" for job in mine),
            "failed": sum(job["status"] == "failed" for job in mine),
            "itemsProcessed": sum(job["processed"] for job in mine),
            "itemsFailed": sum(job["failed"] for job in mine)}, type)


def main():
    server = Server("--slots", "2")
    first = server.stats()
    assert first["total"] == 0 and first["successRate"] == "0%", first
    run_groups([an_import_from_end_to_end, one_bad_item_of_three,
                many_errors_are_cut_inside_of_a_job, tolerated_failures,
                labels_and_pages, results_are_kept_as_told,
                a_namespace_as_input, exports_of_named_things, embeddings,
                transforms, relationships, the_last_of_one_id_wins,
                NDJSON_with_bad_lines, uploads_in_chunks_and_deflated,
                unknown_options, connections_are_used_again,
                sixteen_clients_at_once, a_small_job_behind_a_large_one,
                things_with_odd_names, request_ids, statistics], server)


if __name__ == "__main__":
    main()
