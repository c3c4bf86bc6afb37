"""CSV in: streamed, typed, refused row by row, and what a refusal leaves."""
import gzip
import json
import os
import zlib

from driver import CSV, Server, command, relationship, run_groups, \
    temporary_folder, thing, until
from raw_http import RawConnection, chunked, exchange, request

HEADER = "ns,id,type\n"
THINGS = "/batch?type=import-things"
AS_CSV = "Content-Type: " + CSV
CHUNKED = "Transfer-Encoding: chunked"


def submit(server, body, type="import-things", headers=None):
    return server.request("POST", "/batch?type=" + type, body,
                          {"Content-Type": CSV, **(headers or {})})


def run(server, body, type="import-things", headers=None):
    answer = submit(server, body, type, headers)
    assert answer.status == 202, answer
    return server.wait(answer.json()["jobId"])


def rows_become_things(checks, server):
    job = run(server, "\ufeffns,id,type,content,data.n,data.s,data.o\r\n"
              "\r\n"
              "t,1,T,\"two\nlines, \"\"quoted\"\"\",1.50,\"1.50\",\"[1,{}]\"\r\n"
              "t,2,T,,,\"\",\r\n"
              "t,3,T,5,-0,text,null")
    checks.equal((job["status"], job["total"]), ("completed", 3), job)
    checks.equal(server.export("t").body.decode().splitlines(), [
        r'{"ns":"t","id":"1","type":"T",'
        r'"content":"two\nlines, \"quoted\"",'
        r'"data":{"n":1.50,"s":"1.50","o":[1,{}]}}',
        '{"ns":"t","id":"2","type":"T","data":{"s":""}}',
        '{"ns":"t","id":"3","type":"T","content":"5",'
        '"data":{"n":-0,"s":"text","o":null}}'], "the things")


def every_type_takes_CSV(checks, server):
    job = run(server, "ns,id,type,fromNs,fromId,toNs,toId,data.w\n"
              "e,r,L,e,a,e,b,2\n", "import-relationships")
    checks.equal(job["status"], "completed", job)
    checks.equal(server.export("e", "format=ndjson").lines(),
                 [relationship("e", "r", "L", "e/a", "e/b", data={"w": 2})],
                 "the relationship")
    job = run(server, "ns,id,type,content\ne,a,T,some text\ne,b,T,more text\n")
    table = server.export("e", "format=csv&kind=things").body
    for type in ("export-things", "generate-embeddings"):
        job = run(server, table, type)
        checks.equal((job["status"], job["total"]), ("completed", 2), type)
    job = run(server, "name,size\nA,5\n\"5\",\n", "transform-data")
    checks.equal([x["result"] for x in server.results(job["id"])],
                 [{"name": "A", "size": 5}, {"name": "5"}], "transformed")


def bad_rows_fail_alone(checks, server):
    long = "x" * (1 << 20)
    rows = ["b,1,T,1",        # good
            "b,2,T",          # too few cells
            'b,3,"T"x,1',     # text behind a quote
            "b,4,\"a\nb\",1",  # good, over two lines, bad as a type
            f"b,5,T,{long}",  # too long
            "b,,T,1",         # not a name
            "b,7,T,\udcff",   # not UTF-8
            "b,8,T,2"]        # good
    body = ("ns,id,type,data.x\n" + "\n".join(rows) + "\n").encode(
        errors="surrogateescape")
    job = run(server, body)
    checks.equal((job["total"], job["processed"], job["failed"]), (8, 2, 6),
                 "counts")
    offsets = [body.index(row.encode(errors="surrogateescape"))
               for row in rows]
    errors = {x["index"]: x for x in server.errors(job["id"])}
    wanted = {1: ("invalid_item", 3, "has 3 cells, but the header has 4"),
              2: ("invalid_item", 4, "column 'type': text behind"),
              4: ("item_too_large", 7, "is longer than"),
              6: ("invalid_item", 9, "column 'data.x': the cell is not UTF-8")}
    for index, (code, line, text) in wanted.items():
        error = errors[index]
        place = f"line {line} (byte {offsets[index]})"
        checks(error["code"] == code and error["error"].startswith(place)
               and text in error["error"], f"row {index}: {error}")
    checks.equal(errors[1].get("payloadText"), "b,2,T", "a row to be mended")
    checks(set(errors) == {1, 2, 3, 4, 5, 6}, f"errors of {sorted(errors)}")
    checks.equal(sorted(server.things("b")), ["1", "8"], "the good ones")


def pieces_of_all_kinds(checks, server):
    rows = [f'p,{i},T,"line\nof ""{i}"""' for i in range(300)]
    plain = ("ns,id,type,content\r\n" + "\r\n".join(rows)).encode()
    deflated = {"gzip": gzip.compress(plain), "deflate": zlib.compress(plain)}
    for encoding, body in [("", plain), *deflated.items()]:
        for size in (7, 1000, len(body)):
            pieces = [body[i:i + size] for i in range(0, len(body), size)]
            headers = [AS_CSV + "; charset=UTF-8", CHUNKED]
            if encoding:
                headers.append("Content-Encoding: " + encoding)
            answer = exchange(server, request(
                "POST", THINGS, *headers, length=False) + chunked(*pieces))
            if not checks(answer and answer.status == 202,
                          f"{encoding} by {size}: {answer}"):
                continue
            job = server.wait(answer.json()["jobId"])
            checks.equal((job["total"], job["failed"]), (300, 0),
                         f"{encoding} by {size}")
    contents = {x["id"]: x["content"] for x in server.things("p").values()}
    checks.equal(contents, {str(i): f'line\nof "{i}"' for i in range(300)},
                 "contents")


def a_refusal_leaves_nothing(checks, server):
    many = "".join(f"r,{i},T,{'x' * 900}\n" for i in range(3000))
    wide = "ns,id,type,data.x\n"
    before = picture(server)
    cases = {
        "no body": ("", 400, "expected a header"),
        "nothing but blank lines": ("\r\n\n", 400, "expected a header"),
        "no type": ("ns,id\nr,1\n", 400, "the column 'type' is missing"),
        "unknown column": ("ns,id,type,colour\n", 400,
                           "unknown column 'colour'"),
        "column twice": ("ns,id,id,type\n", 400, "'id' stands there twice"),
        "open quote": (wide + many + 'r,q,T,"never\nclosed\n', 400,
                       f"line 3002 (byte {len(wide + many) + 6})"),
    }
    for name, (body, status, says) in cases.items():
        checks.problem(submit(server, body), status, "invalid_job", name, says)
        checks.equal(picture(server), before, f"{name}: nothing has changed")
    for type in ("text/csv; charset=latin1", "text/csv; header=absent"):
        answer = submit(server, HEADER, headers={"Content-Type": type})
        checks.problem(answer, 415, "unsupported_media_type", type)
    checks.problem(server.request("POST", "/batch", HEADER,
                                  {"Content-Type": CSV}), 400, "invalid_job",
                   "no job type", "type: required")
    checks.equal(picture(server), before, "nothing has changed")


def picture(server):
    return [server.get(path).body for path in ("/stats", "/batch?limit=500",
                                               "/things/r")]


def a_broken_connection_leaves_nothing(checks, server):
    before = picture(server)
    rows = "".join(f"r,{i},T\n" for i in range(50_000)).encode()
    for headers, body in {
            "in chunks": (CHUNKED, b"%x\r\n%s\r\n" % (len(rows), rows)),
            "of told length": (f"Content-Length: {len(rows) * 2}", rows),
    }.values():
        with RawConnection(server) as connection:
            connection.send(request("POST", THINGS, AS_CSV, headers,
                                    length=False) + body)
    # The next one sees what the broken ones have left.
    job = run(server, HEADER + "after,1,T\n")
    checks.equal(job["status"], "completed", job)
    checks.equal(server.things("r"), {}, "no thing of a broken upload")
    checks.equal(server.stats()["total"], json.loads(before[0])["stats"][
        "total"] + 1, "and no job")


def a_key_is_good_for_one_job(checks, server):
    headers = {"Idempotency-Key": "csv-1"}
    body = HEADER + "k,1,T\n"
    first = submit(server, body, headers=headers)
    again = submit(server, body, headers=headers)
    checks.equal((again.status, again.json()["jobId"],
                  again.headers.get("idempotency-replayed")),
                 (202, first.json()["jobId"], "true"), "the same job")
    checks.problem(submit(server, body + "k,2,T\n", headers=headers), 422,
                   "idempotency_mismatch", "another body")


def only_so_many_uploads_at_one_time(checks, _):
    server = Server("--uploads-max", "3")
    head = request("POST", THINGS, AS_CSV, CHUNKED, length=False)
    piece = b"%x\r\n%s\r\n" % (len(HEADER), HEADER.encode())
    open_ones = [RawConnection(server) for _ in range(4)]
    for connection in open_ones:
        connection.send(head + piece)
    ready = until(lambda: [x for x in open_ones if x.has_bytes(0)],
                  "one of four is refused", 10)
    refused = ready[0].answer()
    open_ones.remove(ready[0])
    checks.problem(refused, 503, "overloaded", "a fourth one",
                   "3 uploads are under way")
    checks.problem(submit(server, HEADER), 503, "overloaded", "and a fifth")
    checks(refused.headers.get("retry-after"), "says when to come again")
    checks.equal(server.run("import-things", [thing("a", "1")])["status"],
                 "completed", "a JSON job goes on")
    open_ones[0].send(chunked("u,1,T\n"))
    answer = open_ones[0].answer()
    checks(answer and answer.status == 202, f"the first one ends: {answer}")
    for connection in open_ones:
        connection.socket.close()
    until(lambda: submit(server, HEADER).status == 202, "places are free", 10)
    checks.equal(server.export("u").lines(), [thing("u", "1")], "one was whole")


def the_command_line_takes_CSV(checks, server):
    path = os.path.join(temporary_folder(), "things.csv")
    with open(path, "w") as file:
        file.write("ns,id,type,data.n\nc,1,T,5\n")
    ended = command(server, "submit", "import-things", path, "--follow")
    checks.equal(ended.status, 0, ended)
    checks.equal(server.export("c").lines(), [thing("c", "1", data={"n": 5})],
                 "the thing")


run_groups((rows_become_things, every_type_takes_CSV, bad_rows_fail_alone,
            pieces_of_all_kinds, a_refusal_leaves_nothing,
            a_broken_connection_leaves_nothing, a_key_is_good_for_one_job,
            only_so_many_uploads_at_one_time, the_command_line_takes_CSV),
           Server())
