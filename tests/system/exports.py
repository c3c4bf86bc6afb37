"""Exports: complete, exact, from one snapshot, in every format."""
import csv
import gzip
import io
import json
import socket
import subprocess
import urllib.parse

from driver import JSON, NDJSON, Server, relationship, run_groups, thing
from raw_http import request

MANY = 25_000
FORMATS = {"json": "application/json", "ndjson": "application/x-ndjson",
           "csv": "text/csv"}
THING_COLUMNS = ["ns", "id", "type", "visibility", "content"]
LINK_COLUMNS = ["ns", "id", "type", "fromNs", "fromId", "toNs", "toId"]


def fill_many(server):
    server.run("import-things", [
        thing("many", f"m{i}", data={"i": i, "pad": "x" * 600})
        for i in range(MANY)])


def csv_rows(answer):
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


def records(answer, format):
    if format == "csv":
        return csv_rows(answer)
    return answer.json() if format == "json" else answer.lines()


def every_format_has_every_thing(checks, server):
    wanted = {f"m{i}": i for i in range(MANY)}
    for format, type in FORMATS.items():
        answer = server.export("many", "format=" + format)
        got = records(answer, format)
        by_id = {x["id"]: int(x["data.i"] if format == "csv"
                              else x["data"]["i"]) for x in got}
        checks.equal(len(got), MANY, f"{format}: rows")
        checks(by_id == wanted, f"{format}: the things")
        checks([x["id"] for x in got] == sorted(wanted), f"{format}: by id")
        checks(answer.headers["content-type"].startswith(type),
               f"{format}: {answer.headers}")
        checks.equal(answer.headers.get("content-disposition"),
                     f'attachment; filename="many.{format}"', format)
    default = server.get("/export/many")
    checks(default.body == server.export("many", "format=json").body,
           "json is the default")
    checks(server.get("/v1/export/many").body == default.body, "/v1")


def unpacked(answer):
    """The body of an answer without its coding."""
    coding = answer.headers.get("content-encoding")
    if coding == "gzip":
        return gzip.decompress(answer.body)
    if coding == "zstd":
        return subprocess.run(["zstd", "-dc"], input=answer.body, check=True,
                              capture_output=True).stdout
    assert coding is None, coding
    return answer.body


def exports_are_compressed_where_accepted(checks, server):
    wanted = {"gzip": "gzip", "zstd": "zstd", "gzip, deflate, br": "gzip",
              "gzip, deflate, br, zstd": "zstd", "br": None, "identity": None,
              "zstd;q=0.5, gzip;q=0.8": "gzip", "gzip;q=0": None, "": None,
              "identity;q=0, *;q=0.1": "zstd"}
    for format in FORMATS:
        path = f"/export/many?format={format}"
        plain = server.get(path)
        checks("content-encoding" not in plain.headers, f"{format}: plain")
        checks.equal(plain.headers.get("vary"), "Accept-Encoding", format)
        for accepted, coding in wanted.items():
            answer = server.get(path, {"Accept-Encoding": accepted})
            what = f"{format}, Accept-Encoding: {accepted}"
            checks.equal(answer.headers.get("content-encoding"), coding, what)
            checks(unpacked(answer) == plain.body, f"{what}: the same inside")
            checks(not coding or len(answer.body) * 4 < len(plain.body),
                   f"{what}: small")
    url = f"http://{server.host}:{server.port}/export/many?format=csv"
    got = subprocess.run(["curl", "-s", "--compressed", url], check=True,
                         capture_output=True).stdout
    checks(got == server.export("many", "format=csv").body, "curl --compressed")
    # An answer in one piece, and one that is empty.
    for path in ("/export/unknown?format=ndjson", "/export/many?limit=1"):
        plain = server.get(path)
        for coding in ("gzip", "zstd"):
            answer = server.get(path, {"Accept-Encoding": coding})
            checks(unpacked(answer) == plain.body, f"{path} as {coding}")
    # Answers that are no streams.
    for path, coding in {"/things/many?limit=500": "zstd", "/health": None,
                         "/batch": None}.items():
        answer = server.get(path, {"Accept-Encoding": "br, gzip, zstd"})
        checks.equal(answer.headers.get("content-encoding"), coding, path)
        checks.equal(answer.headers.get("vary"), "Accept-Encoding", path)
        if coding:
            checks(unpacked(answer) == server.get(path).body, path)


def odd_values():
    """Values of `data` by key; no thing has all of them."""
    strings = ["", ",", '"', '""', "a,b", 'say "x"', "a\nb", "a\rb", "a\r\nb",
               " lead", "trail ", "\ttab\t", "äöü", "日本語", "😀🎉", "\u200b",
               "\ufeff", "'", "=1+1", "null", "\\n", "\x01", "\x7f", "\u2028"]
    others = ["0", "-0.0", "1.10", "1E5", "1e-300", "18446744073709551615",
              "-9223372036854775808", "true", "false", "null", "[]", "{}",
              '[1,[2,{"a":null}]]', '{"z":1,"a":"x,y","n":{"m":[]}}']
    return strings, others


def CSV_reads_back_equal(checks, server):
    strings, others = odd_values()
    wanted = {}
    lines = []
    for i, text in enumerate(strings + others):
        key = f"k{i % 7}" + ("" if i % 2 else ',"ü\n')
        value = json.dumps(text) if i < len(strings) else text
        lines.append('{"ns":"odd","id":"%03d","type":"T","data":{%s:%s}}'
                     % (i, json.dumps(key), value))
        # A string that is JSON itself stands as a JSON string.
        shown = json.dumps(text) if text == '""' else text
        wanted[f"{i:03d}"] = ("data." + key, shown)
    post_lines(server, lines)
    answer = server.export("odd", "format=csv")
    rows = csv_rows(answer)
    checks.equal(len(rows), len(wanted), "rows")
    for row in rows:
        column, text = wanted[row["id"]]
        checks.equal(row.get(column), text, f"the value {text!r}")
        filled = {name for name, cell in row.items() if cell}
        checks(filled <= {"ns", "id", "type", column}, f"others: {filled}")
    header = list(rows[0])
    order = list(dict.fromkeys(column for column, _ in wanted.values()))
    checks.equal(header, THING_COLUMNS + order, "columns as they appeared")
    checks(answer.body.startswith(b"ns,id,type,visibility,content,"), "header")
    checks(answer.body.endswith(b"\r\n"), "lines end with CR LF")


def post_lines(server, lines, type="import-things"):
    answer = server.request("POST", "/batch?type=" + type, "\n".join(lines),
                            {"Content-Type": NDJSON})
    assert answer.status == 202, answer
    job = server.wait(answer.json()["jobId"])
    assert job["status"] == "completed", job
    return job


def texts_come_back_as_they_were_sent(checks, server):
    sent = [
        '{"type":"T","ns":"exact","id":"1","data":{"z":1.10,"a":1E5}}',
        '{"ns":"exact","id":"2","type":"T","x":{"y":7.0},"content":"\\u00e9"}',
        '{"ns":"exact","id":"3","type":"T","data":{"n":18446744073709551615}}',
        '{ "ns" : "exact", "id":"4" ,"type":"T","data":{"a":1,"a":2,"":[]}}',
        '{"ns":"exact","id":"5","type":"T","visibility":"private"}',
        '{"ns":"exact","id":"6","type":"T","data":{"s":"\\ud83d\\ude00 \\/"}}',
        '{"ns":"exact","id":"7","type":"T","data":{"n":-0.0,"t":1e-300}}',
    ]
    post_lines(server, sent)
    got = server.export("exact").body.decode().splitlines()
    for line, wanted in zip(got, sent):
        checks(same_tokens(line, wanted), f"{line} for {wanted}")
    checks.equal(len(got), len(sent), "lines")
    in_array = server.export("exact", "format=json").body.decode()
    for line in sent:
        checks(any(same_tokens(part.rstrip(","), line)
                   for part in in_array.splitlines()[1:-1]), f"json: {line}")


def same_tokens(a, b):
    """Equal but for white space: numbers as text, members in order."""
    return tokens(a) == tokens(b)


def tokens(text):
    return json.loads(text, parse_int=str, parse_float=str,
                      object_pairs_hook=tuple)


def things_and_relationships_in_one_namespace(checks, server):
    server.run("import-things", [thing("both", "t2", content="x"),
                                 thing("both", "t1", data={"a": 1})])
    server.run("import-relationships", [
        relationship("both", "a2", "knows", "both/t1", "both/t2"),
        relationship("both", "a1", "knows", "both/t2", "x/y",
                     data={"b": 2})])
    server.run("generate-embeddings", [{"ns": "both", "id": "t2"}])
    ids = {"": ["t1", "t2", "a1", "a2"], "&kind=things": ["t1", "t2"],
           "&kind=relationships": ["a1", "a2"], "&kind=embeddings": ["t2"]}
    for kind, wanted in ids.items():
        for format in FORMATS:
            got = records(server.export("both", f"format={format}{kind}"),
                          format)
            checks.equal([x["id"] for x in got], wanted, f"{format}{kind}")
    rows = csv_rows(server.export("both", "format=csv"))
    checks.equal(list(rows[0]), THING_COLUMNS + LINK_COLUMNS[3:]
                 + ["data.a", "data.b"], "columns of both")
    rows = csv_rows(server.export("both", "format=csv&kind=relationships"))
    checks.equal(list(rows[0]), LINK_COLUMNS + ["data.b"],
                 "columns of relationships")
    checks.equal((rows[0]["fromId"], rows[0]["toNs"], rows[0]["data.b"]),
                 ("t2", "x", "2"), "a row of a relationship")
    server.run("import-relationships",
               [relationship("links", "l", "knows", "a/b", "c/d")])
    rows = csv_rows(server.export("links", "format=csv"))
    checks.equal(list(rows[0]), LINK_COLUMNS, "only relationships")
    vector = server.export("both", "kind=embeddings&format=ndjson").lines()[0]
    one = server.get("/embeddings/both/t2").json()["embedding"]
    checks.equal(vector, one, "an embedding")


def unknown_namespaces_are_empty(checks, server):
    wanted = {"json": b"[]", "ndjson": b"",
              "csv": ",".join(THING_COLUMNS).encode()}
    for format, body in wanted.items():
        answer = server.export("unknown", "format=" + format)
        checks.equal(answer.body.strip(), body, format)
        for kind in ("things", "relationships", "embeddings"):
            answer = server.export("unknown", f"format={format}&kind={kind}")
            checks.equal(records(answer, format), [], f"{format} {kind}")
    # Names that begin alike are other namespaces.
    server.run("import-things", [thing("pre", "1"), thing("prefix", "2")])
    checks.equal(list(server.things("pre")), ["1"], "a name that is a prefix")


def names_of_files(checks, server):
    names = {
        "plain": "attachment; filename=\"plain.csv\"",
        "a b": "attachment; filename=\"a b.csv\"",
        'q"uote': "filename*=UTF-8''q%22uote.csv",
        "back\\slash": "filename*=UTF-8''back%5Cslash.csv",
        "sl/ash": "filename*=UTF-8''sl%2Fash.csv",
        "日本": "filename*=UTF-8''%E6%97%A5%E6%9C%AC.csv",
        "😀": "filename*=UTF-8''%F0%9F%98%80.csv",
        "per%cent;x=1": None,
    }
    for ns, wanted in names.items():
        server.run("import-things", [thing(ns, "1")])
        path = urllib.parse.quote(ns, safe="")
        answer = server.export(path, "format=csv")
        given = answer.headers.get("content-disposition", "")
        checks(wanted is None or wanted in given, f"{ns}: {given}")
        checks(given.isascii() and given.isprintable()
               and given.startswith('attachment; filename="')
               and given.count('"') == 2, f"{ns}: a safe header: {given}")
        checks.equal([row["ns"] for row in csv_rows(answer)], [ns], ns)


def formulas_are_escaped_on_demand(checks, server):
    dangerous = ["=1+1", "+cmd", "-cmd", "@sum", "\tx", "\rx", '=a,"b"']
    harmless = ["a=1", "", " =1", "'=1", "1+1"]
    values = {f"{i}": v for i, v in enumerate(dangerous + harmless)}
    items = [thing("sheet", id, content=v) for id, v in values.items()]
    items.append(thing("sheet", "n", data={"n": -5, "e": -1.5e3}))
    server.run("import-things", items)
    raw = {row["id"]: row for row in csv_rows(
        server.export("sheet", "format=csv"))}
    safe = {row["id"]: row for row in csv_rows(
        server.export("sheet", "format=csv&formulas=escape"))}
    for id, value in values.items():
        guarded = "'" + value if value in dangerous else value
        checks.equal(raw[id]["content"], value, f"raw {value!r}")
        checks.equal(safe[id]["content"], guarded, f"escaped {value!r}")
    checks.equal((safe["n"]["data.n"], safe["n"]["data.e"]),
                 ("-5", "-1.5e3" if "-1.5e3" in raw["n"]["data.e"]
                  else raw["n"]["data.e"]), "numbers stay numbers")
    explicit = server.export("sheet", "format=csv&formulas=raw")
    checks(explicit.body == server.export("sheet", "format=csv").body, "raw")


def HEAD_says_the_same_without_a_body(checks, server):
    paths = ["/export/many?format=" + f for f in FORMATS]
    for path in paths + ["/export/unknown", "/stats", "/health",
                         "/things/many"]:
        connection = server.connection(5)
        head = server.request("HEAD", path, over=connection)
        # The connection must be usable: no body may have been sent.
        after = server.request("GET", "/health", over=connection)
        full = server.get(path)
        checks.equal((head.status, head.body, after.status), (200, b"", 200),
                     path)
        for name in ("content-type", "content-disposition"):
            checks.equal(head.headers.get(name), full.headers.get(name),
                         f"{path}: {name}")
        connection.close()
    checks.equal(server.request("HEAD", "/batch/1").status, 404, "HEAD 404")


class SlowReader:
    """An export whose client takes only what it is told to."""

    def __init__(self, server, path):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(30)
        self.socket.connect((server.host, server.port))
        self.socket.sendall(request("GET", path, "Connection: close"))
        self.received = self.socket.recv(1000)

    def read_all(self):
        pieces = [self.received]
        while piece := self.socket.recv(1 << 20):
            pieces.append(piece)
        self.socket.close()
        head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
        assert b"chunked" in head, head
        return unchunk(body)


def unchunk(data):
    body, at = [], 0
    while True:
        end = data.index(b"\r\n", at)
        size = int(data[at:end], 16)
        if size == 0:
            return b"".join(body)
        body.append(data[end + 2:end + 2 + size])
        at = end + 4 + size


def an_export_is_one_snapshot(checks, server):
    """Changes while a client reads slowly are not seen by it."""
    before = {f: server.export("many", "format=" + f).body for f in FORMATS}
    readers = {f: SlowReader(server, "/export/many?format=" + f)
               for f in FORMATS}
    job = server.run("import-things", [
        thing("many", f"m{i}", data={"i": -1, "new": i})
        for i in range(0, MANY, 2)] + [thing("many", "zz")])
    checks.equal(job["status"], "completed", "the import meanwhile")
    for id in ("m99999", "m9999", "m24998"):
        server.request("DELETE", f"/things/many/{id}")
    for format, reader in readers.items():
        checks(reader.read_all() == before[format],
               f"{format}: as it was at its begin")
    now = server.things("many")
    checks(len(now) == MANY - 1 and now["m0"]["data"]["i"] == -1,
           "a new export has the changes")


def clients_that_stop_reading(checks, server):
    stalled = [SlowReader(server, f"/export/many?format={f}")
               for f in list(FORMATS) * 10]
    id = server.submit("import-things", [thing("side", "1")])
    checks.equal(server.wait(id, 10)["status"], "completed",
                 "a job beside 30 stalled exports")
    checks.equal(len(server.export("many").lines()), MANY - 1,
                 "an export beside them")
    for reader in stalled:
        # An end with RST, in the middle of the server's write.
        reader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 b"\1\0\0\0\0\0\0\0")
        reader.socket.close()
    checks.equal(server.get("/health").json()["status"], "ok", "health")
    checks.equal(len(server.export("many").lines()), MANY - 1, "an export")
    checks(server.is_running(), "the server goes on")


def large_items(checks, server):
    """Items of nearly 1 MiB, the largest that are taken."""
    frame = '{"ns":"large","id":"%02d","type":"T","content":"%s"}'
    room = (1 << 20) - (16 << 10) - len(frame % (0, ""))
    sent = [frame % (i, "äb" * 1000 + "x" * (room - 3000)) for i in range(20)]
    before = server.peak_mib()
    answer = server.request("POST", "/batch?type=import-things",
                            "\n".join(sent), {"Content-Type": NDJSON})
    job = server.wait(answer.json()["jobId"])
    checks.equal((job["status"], job["processed"]), ("completed", 20), "job")
    checks(server.export("large").body.decode().splitlines() == sent, "ndjson")
    array = server.export("large", "format=json").json()
    checks(array == [json.loads(line) for line in sent], "json")
    csv.field_size_limit(2 << 20)
    rows = csv_rows(server.export("large", "format=csv"))
    checks([row["content"] for row in rows]
           == [json.loads(line)["content"] for line in sent], "csv")
    results = server.results(job["id"])
    checks.equal(len(results), 20, "results")
    id = server.submit("export-things", input={"ns": "large"})
    checks.equal(server.wait(id)["processed"], 20, "as a job")
    got = [line["result"] for line in server.results(id)]
    checks(got == array, "the results of the job")
    grown = server.peak_mib() - before
    checks(grown < 400, f"20 MB of items have cost {grown} MiB")
    one_more = server.request("PUT", "/things/large/00", sent[0],
                              {"Content-Type": JSON})
    checks.equal(one_more.status, 200, "PUT of the largest thing")


def main():
    server = Server()
    fill_many(server)
    run_groups([every_format_has_every_thing,
                exports_are_compressed_where_accepted,
                CSV_reads_back_equal,
                texts_come_back_as_they_were_sent,
                things_and_relationships_in_one_namespace,
                unknown_namespaces_are_empty, names_of_files,
                formulas_are_escaped_on_demand,
                HEAD_says_the_same_without_a_body, an_export_is_one_snapshot,
                clients_that_stop_reading, large_items], server)


if __name__ == "__main__":
    main()
