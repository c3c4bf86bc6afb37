"""Malformed and hostile requests: each is refused with the right status and
code, leaves nothing behind and harms nobody else."""
import gzip
import json
from dataclasses import dataclass, field

from driver import (JSON, NDJSON, Server, finish, limit_time, Checks, thing,
                    until)
from raw_http import RawConnection, chunked, exchange, request

AS_JSON = "Content-Type: " + JSON
AS_NDJSON = "Content-Type: " + NDJSON
CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"
GOOD_ITEM = '{"ns":"n","id":"1","type":"T"}'
GOOD_BODY = '{"type":"import-things","items":[' + GOOD_ITEM + ']}'
IMPORT = "/batch?type=import-things"


@dataclass
class Case:
    """A request that must be refused."""
    name: str
    data: bytes
    status: int
    code: str
    # What the sentence of the error must contain.
    says: tuple = ()
    headers: dict = field(default_factory=dict)


class Target:
    """A server with something to lose, and what it must look like."""

    def __init__(self, *arguments):
        self.server = Server(*arguments)
        self.server.request("PUT", "/things/keep/sentinel",
                            thing("keep", "sentinel", data={"n": [1.10]}))
        self.server.run("import-things", [thing("keep", "other")])
        self.picture = self.look()

    def look(self):
        """Everything a refused request could have changed."""
        return [self.server.get(path).body for path in
                ("/stats", "/things/keep", "/things/n", "/things/smuggled",
                 "/batch?limit=500")]

    def check_unharmed(self, checks, name):
        server = self.server
        if not checks(server.is_running(), f"{name}: the server is still "
                      f"there; its log ends: {server.log()[-300:]}"):
            server.start()
        checks.equal(server.request("GET", "/health").status, 200,
                     f"{name}: health")
        now = self.look()
        if not checks(now == self.picture,
                      f"{name}: nothing has changed: {self.difference(now)}"):
            # One case must not spoil the picture for those behind it.
            until(self.is_idle, "the end of jobs that should not be")
            self.picture = self.look()

    def difference(self, now):
        return [f"{new[:150]} instead of {old[:150]}"
                for old, new in zip(self.picture, now) if old != new][:2]

    def is_idle(self):
        stats = self.server.stats()
        return stats["pending"] + stats["processing"] == 0


def check_refusal(checks, case, answer):
    if not checks(answer and answer.status == case.status, f"{case.name}: "
                  f"status {case.status} expected: {str(answer)[:300]}"):
        return
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    sentence = problem.get("error")
    checks(answer.headers.get("content-type") == "application/problem+json"
           and problem.get("success") is False
           and problem.get("status") == answer.status
           and isinstance(sentence, str) and sentence,
           f"{case.name}: a problem document: {answer}")
    checks.equal(problem.get("code"), case.code, f"{case.name}: code")
    checks(problem.get("requestId")
           and problem["requestId"] == answer.headers.get("x-request-id"),
           f"{case.name}: the requestId {problem.get('requestId')} is "
           f"X-Request-Id {answer.headers.get('x-request-id')}")
    named = f"{sentence} {problem.get('errors', '')}"
    for text in case.says:
        checks(text in named, f"{case.name}: {text!r} is said in {named!r}")
    for name, value in case.headers.items():
        checks.equal(answer.headers.get(name), value, f"{case.name}: {name}")


def run_cases(checks, target, cases):
    for case in cases:
        try:
            answer = exchange(target.server, case.data)
        except TimeoutError:
            answer = None
        check_refusal(checks, case, answer)
        target.check_unharmed(checks, case.name)


def post(body, *headers, path="/batch"):
    return request("POST", path, *(headers or (AS_JSON,)), body=body)


def broken(name, text):
    """A body that is no JSON from the byte on where "§" stands."""
    data = text if isinstance(text, bytes) else text.encode()
    offset = data.index("§".encode())
    return Case(name, post(data.replace("§".encode(), b"")), 400,
                "invalid_json", (f"at byte {offset}",))


def in_items(text):
    """The text as the second of three items."""
    return ('{"type":"import-things","items":[%s,%s,%s]}'
            % (GOOD_ITEM, text, GOOD_ITEM))


def bodies_that_are_not_JSON(checks, target):
    item = '{"ns":"n","id":"2","type":"T","data":{"v":%s}}'
    run_cases(checks, target, [
        Case("empty", post(""), 400, "invalid_json", ("empty",)),
        Case("white space", post(" \r\n\t"), 400, "invalid_json", ("empty",)),
        broken("a word", "§hello"),
        broken("half a literal", "§tru"),
        broken("a byte order mark", b"\xc2\xa7\xef\xbb\xbf{}"),
        broken("a NUL", b"{\xc2\xa7\0}"),
        broken("an array without end", "[" * 100_000 + "§"),
        broken("an object without end", '{"type":"import-things","items":[§'),
        broken("text behind the body", GOOD_BODY + "§x"),
        broken("two bodies", GOOD_BODY + "§" + GOOD_BODY),
        broken("a comma behind the last member",
               '{"type":"import-things","items":[],§}'),
        broken("no comma between members",
               '{"type":"import-things"§"items":[]}'),
        broken("no colon", '{"type"§"import-things","items":[]}'),
        broken("single quotes", "{§'type':'import-things','items':[]}"),
        broken("a comment", '{§/* */"type":"import-things","items":[]}'),
        broken("a comma behind the last item",
               '{"type":"import-things","items":[' + GOOD_ITEM + ",§]}"),
        broken("no comma between items", '{"type":"import-things","items":['
               + GOOD_ITEM + "§" + GOOD_ITEM + "]}"),
        broken("a wrong bracket at the end",
               '{"type":"import-things","items":[§}'),
        broken("a wrong bracket in an item", in_items('{"ns":[1§}')),
        broken("an item that would swallow its neighbour",
               in_items('{"ns":[§}')),
        broken("a literal in an item", in_items(item % "§nul")),
        broken("a leading zero", in_items(item % "0§1")),
        broken("a number with two points", in_items(item % "1.2§.3")),
        broken("NaN", in_items(item % "§NaN")),
        broken("a bare minus", in_items(item % "§-")),
        broken("an exponent without digits", in_items(item % "1e§")),
        broken("an unknown escape", in_items(item % r'"\§x"')),
        broken("half a surrogate pair", in_items(item % r'"§\ud800"')),
        broken("a raw line end in a string", in_items(item % '"a§\n"')),
        broken("a missing comma in an item",
               in_items('{"ns":"n"§"id":"2","type":"T"}')),
        broken("bad UTF-8 in an item", in_items(item % '"@§#"').encode()
               .replace(b"#", b"\xff")),
        broken("an overlong encoding", in_items(item % '"§#"').encode()
               .replace(b"#", b"\xc0\xaf")),
        broken("an encoded surrogate", in_items(item % '"§#"').encode()
               .replace(b"#", b"\xed\xa0\x80")),
        broken("a fault behind 20,000 items", '{"type":"import-things",'
               '"items":[' + (GOOD_ITEM + ",") * 20_000 + "§oops]}"),
        broken("options", '{"type":"import-things","items":[],'
               '"options":{"priority":§}}'),
        broken("labels inside of options", '{"type":"import-things",'
               '"items":[],"options":{"labels":{"a" §"b"}}}'),
        broken("options behind good items", '{"type":"import-things","items":['
               + GOOD_ITEM + '],"options":{§x}}'),
        broken("an unknown member", '{"type":"import-things","items":[],'
               '"more":[1,§]}'),
    ])


def shaped(name, body, *says, code="invalid_job"):
    if not isinstance(body, (str, bytes)):
        body = json.dumps(body)
    return Case(name, post(body), 400, code, says)


def bodies_of_a_wrong_shape(checks, target):
    deep = "[" * 100_000 + "]" * 100_000
    begin = '{"type":"import-things","items":[]'
    run_cases(checks, target, [
        shaped("an array", []),
        shaped("a number", "5"),
        shaped("null", "null"),
        shaped("an empty object", {}, "type"),
        shaped("no type", {"items": []}, "type"),
        shaped("type null", {"type": None, "items": []}, "type"),
        shaped("type a number", {"type": 1, "items": []}, "type"),
        shaped("an unknown type", {"type": "import-thingz", "items": []},
               "import-thingz", "import-things"),
        shaped("a type in capitals", {"type": "Import-Things", "items": []},
               "type"),
        shaped("a very long type", {"type": "x" * 100_000, "items": []}),
        shaped("no items", {"type": "import-things"}, "items"),
        shaped("items null", {"type": "import-things", "items": None},
               "items"),
        shaped("items an object", {"type": "import-things", "items": {}},
               "items"),
        shaped("items a string", {"type": "import-things", "items": "[]"},
               "items"),
        shaped("type twice", '{"type":"import-things","type":"import-things",'
               '"items":[]}', "type", "twice"),
        shaped("type twice, once in escapes", '{"type":"import-things",'
               r'"\u0074ype":"export-things","items":[]}', "type", "twice"),
        shaped("items twice", begin + ',"items":[]}', "items", "twice"),
        shaped("items twice, once in escapes", begin + r',"item\u0073":[]}',
               "items", "twice"),
        shaped("options twice", begin + ',"options":{},"options":{}}',
               "options", "twice"),
        shaped("options twice, once in escapes",
               begin + r',"options":{},"\u006fptions":{}}', "options",
               "twice"),
        shaped("input twice", '{"type":"export-things","input":{"ns":"a"},'
               '"input":{"ns":"b"}}', "input", "twice"),
        shaped("input.ns twice", '{"type":"export-things","input":{"ns":"a",'
               '"ns":"b"}}', "ns", "twice"),
        shaped("options an array", begin + ',"options":[]}', "options"),
        shaped("options null", begin + ',"options":null}', "options"),
        shaped("options too long", {"type": "import-things", "items": [],
               "options": {"x": "x" * 100_000}}, "options"),
        shaped("input a string", {"type": "export-things", "input": "a"},
               "input"),
        shaped("input.ns a number", {"type": "export-things",
               "input": {"ns": 5}}, "ns"),
        shaped("input.ns empty", {"type": "export-things",
               "input": {"ns": ""}}, "ns"),
        shaped("input.ns with a NUL", {"type": "export-things",
               "input": {"ns": "a\0b"}}, "ns"),
        shaped("input.ns too long", {"type": "export-things",
               "input": {"ns": "n" * 129}}, "ns"),
        shaped("items and input.ns", {"type": "export-things", "items": [],
               "input": {"ns": "a"}}, "items"),
        shaped("input.ns where items are needed", {"type": "import-things",
               "input": {"ns": "a"}}, "items"),
        shaped("deep nesting as the body", deep),
        shaped("deep nesting in an unknown member", begin + ',"x":' + deep
               + "}", "nested"),
        shaped("a huge number in an unknown member", begin + ',"x":1e999}',
               "number"),
        shaped("a huge number in the options", begin
               + ',"options":{"priority":99999999999999999999}}', "number"),
    ])


class Text(str):
    """Options as text, where a Python value cannot say it."""


def options_that_are_refused(checks, target):
    def case(name, value, *says):
        options = value if isinstance(value, Text) else json.dumps(
            {name: value})
        body = ('{"type":"transform-data","items":[1],"options":%s}' % options)
        return Case(f"option {name} {options:.60}", post(body), 400,
                    "invalid_option", (name, *says))
    run_cases(checks, target, [
        case("chunkSize", 0), case("chunkSize", 1001),
        case("chunkSize", "100"), case("chunkSize", 1.5),
        case("chunkSize", Text('{"chunkSize":1e2}')),
        case("chunkSize", Text('{"chunkSize":5,"chunkSize":6}'), "twice"),
        case("priority", Text(r'{"priority":1,"\u0070riority":2}'), "twice"),
        case("timeoutMs", 0), case("timeoutMs", -1),
        case("maxRetries", 11), case("maxRetries", -1),
        case("backoffMs", "1s"), case("priority", 11),
        case("priority", -11), case("priority", None),
        case("labels", []), case("labels", {"a": 1}),
        case("labels", {"a": "x" * 1000}),
        case("toleratedFailures", 5),
        case("toleratedFailures", {"percent": 101}),
        case("toleratedFailures", {"count": -1}),
        case("toleratedFailures", {"share": 1}),
        case("keepResults", "none"), case("keepResults", True),
        case("onMissingEndpoint", "ignore"),
        case("embedding", {"force": "yes"}), case("into", ""),
        case("into", "a\0b"), case("into", "n" * 129), case("into", 5),
        case("transform", []), case("transform", {"steps": 5}),
        case("transform", {"steps": [{"explode": ["a"]}]}, "explode"),
        case("transform", {"steps": [{"pick": []}]}),
    ])


def refused_path(path, *says, status=400, code="invalid_request"):
    return Case("GET " + path[:60], request("GET", path), status, code, says)


def paths_and_queries(checks, target):
    lists = ["/batch", "/things/keep", "/relationships?from=a/b"]
    with_limit = [p + ("&" if "?" in p else "?") + "limit=" for p in lists]
    absent = "/batch/018f4e2a-7c3d-7b1e-9a55-0242ac120002"
    run_cases(checks, target, [
        *[refused_path(path + value, "limit") for path in with_limit
          for value in ("0", "501", "-1", "x", "1.5", "", "0x10",
                        "99999999999999999999")],
        *[refused_path(path.replace("limit", "cursor") + value, "cursor")
          for path in with_limit for value in ("zz", "abc", "..", "00" * 2000)],
        *[refused_path(path + "nope=1", "nope") for path in (
            "/batch?", "/batch/1?", "/batch/1/results?", "/batch/1/errors?",
            "/things/keep?", "/things/keep/sentinel?", "/export/keep?",
            "/relationships?from=a/b&", "/embeddings/keep/sentinel?",
            "/stats?")],
        refused_path("/batch?status=done", "status"),
        refused_path("/batch?type=import", "type"),
        refused_path("/batch/1?include=items", "include"),
        refused_path("/export/keep?format=xml", "format"),
        refused_path("/export/keep?format=JSON", "format"),
        refused_path("/export/keep?format=", "format"),
        refused_path("/export/keep?kind=thing", "kind"),
        refused_path("/export/keep?format=csv&formulas=no", "formulas"),
        refused_path("/relationships", "from", "to"),
        refused_path("/relationships?from=noslash", "from"),
        refused_path("/relationships?from=/id"),
        refused_path("/relationships?from=ns/"),
        refused_path("/relationships?fromNs=a", "fromId"),
        refused_path("/relationships?toId=a", "toNs"),
        refused_path("/relationships?from=a/b&fromNs=a"),
        refused_path("/relationships?from=a/b&to=a/b"),
        refused_path("/relationships?from=a/b&type="),
        refused_path("/things/a%00b", "control"),
        refused_path("/things/keep/senti%00nel", "control"),
        refused_path("/things/keep/a%0d%0aSet-Cookie:%20a", "control"),
        refused_path("/things/keep/%7f", "control"),
        refused_path("/things/keep/%C2%85", "control"),
        refused_path("/export/keep%00", "control"),
        refused_path("/embeddings/keep/%01", "control"),
        refused_path("/relationships?from=a/%00", "control"),
        refused_path("/things/" + "n" * 129, "128"),
        refused_path("/things/keep/" + "i" * 513, "512"),
        refused_path("/things/keep/" + "%C3%A4" * 257, "512"),
        refused_path("/export/" + "n" * 129, "128"),
        refused_path("/embeddings/" + "n" * 129 + "/1", "128"),
        refused_path("/things/keep/%", "percent"),
        refused_path("/things/keep/%4", "percent"),
        refused_path("/things/keep/%zz", "percent"),
        refused_path("/things/keep/%u0041", "percent"),
        refused_path("/batch?label.a=%G0", "percent"),
        refused_path("/things/keep/%ff", "UTF-8"),
        refused_path("/things/keep/%c0%80", "UTF-8"),
        refused_path("/things/keep/%ed%a0%80", "UTF-8"),
        refused_path("/batch?label.a=%80", "UTF-8"),
        Case("raw bytes in the path", request("GET", b"/things/keep/\xff"),
             400, "invalid_request"),
        refused_path("/nope", status=404, code="no_such_route"),
        refused_path("/batch/1/nope", status=404, code="no_such_route"),
        refused_path("/v2/batch", status=404, code="no_such_route"),
        refused_path("/v1/v1/batch", status=404, code="no_such_route"),
        refused_path("/things", status=404, code="no_such_route"),
        refused_path("/things//sentinel", status=404, code="no_such_route"),
        refused_path("/../../etc/passwd", status=404, code="no_such_route"),
        refused_path("/%2e%2e/%2e%2e/etc/passwd", status=404,
                     code="no_such_route"),
        *[refused_path("/batch/" + id + tail, status=404, code="no_such_job")
          for id in ("1", "no-such-job", "%20", "a%2Fb",
                     "018f4e2a-7c3d-7b1e-9a55-0242ac12000",
                     "018f4e2a-7c3d-7b1e-9a55-0242ac1200020",
                     "018f4e2a_7c3d_7b1e_9a55_0242ac120002",
                     "018g4e2a-7c3d-7b1e-9a55-0242ac120002")
          for tail in ("", "/results", "/errors")],
        refused_path(absent, status=404, code="no_such_job"),
        refused_path(absent + "/results", status=404, code="no_such_job"),
        refused_path("/things/keep/nobody", status=404, code="no_such_thing"),
        refused_path("/embeddings/keep/sentinel", status=404,
                     code="no_such_embedding"),
    ])


# The methods of each route that any version of the service has.
ROUTES = {
    "/batch": "GET POST", "/batch/1": "GET DELETE", "/batch/1/results": "GET",
    "/batch/1/errors": "GET", "/things/keep": "GET",
    "/things/keep/sentinel": "GET PUT DELETE", "/relationships": "GET",
    "/embeddings/keep/sentinel": "GET", "/export/keep": "GET",
    "/stats": "GET", "/health": "GET", "/livez": "GET", "/readyz": "GET",
}


def wrong_methods(checks, target):
    for route, methods in ROUTES.items():
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            if method in methods.split():
                continue
            for path in (route, "/v1" + route):
                case = Case(f"{method} {path}", request(method, path), 405,
                            "method_not_allowed", (method,))
                answer = exchange(target.server, case.data)
                check_refusal(checks, case, answer)
                allowed = answer.headers.get("allow", "").split(", ")
                checks("GET" in allowed and method not in allowed,
                       f"{case.name}: Allow: {allowed}")
        target.check_unharmed(checks, route)
    run_cases(checks, target, [
        Case("an unknown method on an unknown route",
             request("DELETE", "/nope"), 404, "no_such_route"),
        Case("an invented method", request("BREW", "/health"), 400,
             "invalid_request"),
        Case("TRACE", request("TRACE", "/health"), 400, "invalid_request"),
        Case("CONNECT", request("CONNECT", "test:1"), 400, "invalid_request"),
    ])


def media_types(checks, target):
    def case(name, *headers, body=GOOD_BODY):
        return Case(name, post(body, *headers), 415, "unsupported_media_type")
    form = ('--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
            + GOOD_BODY + "\r\n--b--\r\n")
    run_cases(checks, target, [
        case("text", "Content-Type: text/plain"),
        case("XML", "Content-Type: application/xml", body="<items/>"),
        case("a form", "Content-Type: application/x-www-form-urlencoded",
             body="type=import-things&items=%5B%5D"),
        case("a long form", "Content-Type: application/x-www-form-urlencoded",
             body="a=" + "b" * 100_000),
        case("multipart", "Content-Type: multipart/form-data; boundary=b",
             body=form),
        case("multipart without boundary",
             "Content-Type: multipart/form-data", body=form),
        case("a type that begins like JSON", "Content-Type: application/jsonx"),
        case("a very long type", "Content-Type: " + "x" * 4000),
        case("an unknown encoding", AS_JSON, "Content-Encoding: zstd"),
        case("an invented encoding", AS_JSON, "Content-Encoding: x-secret"),
        Case("NDJSON without type", post(GOOD_ITEM, AS_NDJSON), 400,
             "invalid_job", ("type",)),
        Case("NDJSON of an unknown type",
             post(GOOD_ITEM, AS_NDJSON, path="/batch?type=x"), 400,
             "invalid_job", ("type",)),
        Case("NDJSON with an unknown parameter",
             post(GOOD_ITEM, AS_NDJSON, path=IMPORT + "&nope=1"), 400,
             "invalid_request", ("nope",)),
        Case("NDJSON with options that are not JSON",
             post(GOOD_ITEM, AS_NDJSON, path=IMPORT + "&options=%7B"), 400,
             "invalid_option", ("options",)),
        Case("NDJSON with a bad option", post(GOOD_ITEM, AS_NDJSON, path=IMPORT
             + "&options=%7B%22priority%22:99%7D"), 400, "invalid_option",
             ("priority",)),
        Case("JSON with an unknown parameter",
             post(GOOD_BODY, path="/batch?nope=1"), 400, "invalid_request",
             ("nope",)),
    ])


def things_that_are_refused(checks, target):
    def case(name, body, *says, code="invalid_item", type=AS_JSON,
             path="/things/keep/sentinel", status=400):
        return Case("PUT " + name, request("PUT", path, type, body=body),
                    status, code, says)
    run_cases(checks, target, [
        case("another ns", '{"type":"T","ns":"n"}', "ns"),
        case("another id", '{"type":"T","id":"x"}', "id"),
        case("an id that is a number", '{"type":"T","id":1}', "id"),
        case("another id in escapes", r'{"type":"T","\u0069d":"x"}', "id"),
        case("ns twice", '{"ns":"keep","ns":"keep","type":"T"}', "ns"),
        case("id twice", '{"type":"T","id":"sentinel","id":"sentinel"}', "id"),
        case("type twice", '{"type":"T","type":"T"}', "type"),
        case("no type", "{}", "type"),
        case("an empty type", '{"type":""}', "type"),
        case("an array", "[]"),
        case("data an array", '{"type":"T","data":[]}', "data"),
        case("content a number", '{"type":"T","content":1}', "content"),
        case("visibility null", '{"type":"T","visibility":null}',
             "visibility"),
        case("a number that is too large", '{"type":"T","data":{"n":1e999}}'),
        case("deep nesting", '{"type":"T","data":{"n":' + "[" * 2000
             + "]" * 2000 + "}}"),
        case("no JSON", '{"type":"T",}', "at byte 12", code="invalid_json"),
        case("nothing", "", code="invalid_json"),
        case("bad UTF-8", b'{"type":"\xff"}', "at byte 9",
             code="invalid_json"),
        case("text", '{"type":"T"}', type="Content-Type: text/plain",
             code="unsupported_media_type", status=415),
        case("2 MiB", '{"type":"T","content":"' + "x" * (2 << 20) + '"}',
             code="body_too_large", status=413),
        case("a NUL in the id", '{"type":"T"}', path="/things/keep/a%00",
             code="invalid_request"),
        case("an id of 513 bytes", '{"type":"T"}', "512",
             path="/things/keep/" + "i" * 513, code="invalid_request"),
    ])


def framed(name, *headers, body=GOOD_BODY, path="/batch", length=False,
           type=AS_JSON, code="invalid_request", says=()):
    return Case(name, request("POST", path, type, *headers, length=length,
                              body=body), 400, code, says)


def framing(checks, target):
    """Where two readers could see different ends of a request."""
    size = f"Content-Length: {len(GOOD_BODY)}"
    line = (GOOD_ITEM + "\n").encode()

    def chunk_case(name, body):
        return framed(name, CHUNKED, body=body, type=AS_NDJSON, path=IMPORT)
    run_cases(checks, target, [
        framed("two lengths", size, "Content-Length: 5"),
        framed("the same length twice", size, size),
        framed("a length that is a word", "Content-Length: abc"),
        framed("a negative length", "Content-Length: -5"),
        framed("a length in hexadecimal", "Content-Length: 0x41"),
        framed("a length with a plus", "Content-Length: +65"),
        framed("a list of lengths", "Content-Length: 65, 65"),
        framed("an empty length", "Content-Length:"),
        framed("a length beyond 64 bits",
               "Content-Length: 99999999999999999999999"),
        framed("length and chunked", size, CHUNKED,
               body=chunked(GOOD_BODY)),
        framed("chunked and length", CHUNKED, "Content-Length: 0",
               body=chunked(GOOD_BODY)),
        framed("chunked twice", CHUNKED, CHUNKED, body=chunked(GOOD_BODY)),
        framed("chunked inside of gzip", "Transfer-Encoding: gzip, chunked",
               body=chunked(GOOD_BODY)),
        framed("identity", "Transfer-Encoding: identity", body=GOOD_BODY),
        framed("an invented transfer encoding", "Transfer-Encoding: xchunked",
               body=chunked(GOOD_BODY)),
        framed("no length", body="", code="invalid_json"),
        framed("white space before the colon of a length",
               f"Content-Length : {len(GOOD_BODY)}"),
        framed("a length behind a bare line feed", "X-A: b\n" + size),
        framed("a length that is folded", f"Content-Length:\r\n {size[16:]}"),
        Case("a header without colon",
             request("GET", "/health", "nonsense"), 400, "invalid_request"),
        Case("no Host", request("GET", "/health", host=False), 400,
             "invalid_request"),
        Case("two Hosts", request("GET", "/health", "Host: other"), 400,
             "invalid_request"),
        Case("a GET with a body", request("GET", "/health", body="hello"),
             400, "invalid_request"),
        Case("a GET with a chunked body", request("GET", "/things/keep",
             CHUNKED, body=chunked("x"), length=False), 400,
             "invalid_request"),
        Case("a header line of 9 KB",
             request("GET", "/health", "X-A: " + "a" * 9000), 400,
             "invalid_request"),
        Case("a URL of 9 KB", request("GET", "/things/" + "a" * 9000), 414,
             "invalid_request"),
        Case("an unknown version", b"GET /health HTTP/3.0\r\nHost: a\r\n\r\n",
             400, "invalid_request"),
        Case("no version", b"GET /health\r\n\r\n", 400, "invalid_request"),
        Case("NULs", b"\0" * 16 + b"\r\n\r\n", 400, "invalid_request"),
        Case("a TLS hello", b"\x16\x03\x01\x00\x05hello\r\n\r\n", 400,
             "invalid_request"),
        chunk_case("a chunk size that is a word", b"zz\r\n" + line
                   + b"\r\n0\r\n\r\n"),
        chunk_case("an empty chunk size", b"\r\n" + line + b"\r\n0\r\n\r\n"),
        chunk_case("a chunk size with 0x", b"0x%x\r\n" % len(line) + line
                   + b"\r\n0\r\n\r\n"),
        chunk_case("a chunk size with a sign", b"+%x\r\n" % len(line) + line
                   + b"\r\n0\r\n\r\n"),
        chunk_case("a chunk that is longer than it says", b"%x\r\n"
                   % len(line) + line + b"XX\r\n" + chunked(line)),
        chunk_case("a chunk that is shorter than it says", b"%x\r\n"
                   % (len(line) + 1) + line + b"\r\n" + chunked(line)),
        chunk_case("no line end behind a chunk", b"%x\r\n" % len(line) + line
                   + chunked(line)),
    ])


def encoded_bodies(checks, target):
    good = gzip.compress(GOOD_BODY.encode())
    lines = gzip.compress(b"".join(b'{"ns":"n","id":"%d","type":"T"}\n' % i
                                   for i in range(20_000)))

    def case(name, body, encoding=GZIP, lines=False):
        sent = ([AS_NDJSON, encoding], IMPORT) if lines else (
            [AS_JSON, encoding], "/batch")
        return Case(name, post(body, *sent[0], path=sent[1]), 400,
                    "invalid_request")
    run_cases(checks, target, [
        case("no gzip at all", GOOD_BODY),
        case("gzip without its end", good[:-8]),
        case("gzip cut in the middle", good[:-20]),
        case("gzip with a wrong checksum", good[:-8] + b"\0" * 8),
        case("a broken gzip header", b"\x1f\x8b\xff" + good[3:]),
        case("gzip and more behind it", good + b"junk"),
        case("deflate that is none", GOOD_BODY, "Content-Encoding: deflate"),
        case("brotli that is none", GOOD_BODY, "Content-Encoding: br"),
        case("gzip of NDJSON cut in the middle", lines[:len(lines) // 2],
             lines=True),
        case("gzip of NDJSON without its checksum", lines[:-8], lines=True),
    ])


def bodies_that_are_too_large(checks):
    target = Target("--body-max", "1")
    two_mib = GOOD_BODY + " " * (2 << 20)
    before = target.server.peak_mib()

    def case(name, data):
        return Case(name, data, 413, "body_too_large", ("1048576",))
    run_cases(checks, target, [
        case("told and sent", post(two_mib)),
        case("told only", request("POST", "/batch", AS_JSON,
                                  "Content-Length: 2000000", length=False)),
        case("told, and absurd", request(
            "POST", "/batch", AS_JSON, "Content-Length: 999999999999999999",
            length=False)),
        case("one byte", post(GOOD_BODY
                              + " " * ((1 << 20) + 1 - len(GOOD_BODY)))),
        case("chunked", request("POST", "/batch", AS_JSON, CHUNKED,
                                length=False,
                                body=chunked(*[" " * 10_000] * 200))),
        case("one chunk of a TB", request(
            "POST", "/batch", AS_JSON, CHUNKED, length=False,
            body=b"ffffffffff\r\n" + b" " * (2 << 20))),
        case("a bomb", post(gzip.compress(b" " * (200 << 20), 9), AS_JSON,
                            GZIP)),
        case("a bomb in chunks", request(
            "POST", "/batch", AS_JSON, GZIP, CHUNKED, length=False,
            body=chunked(gzip.compress(b"[" * (100 << 20), 9)))),
        case("asked for by Expect", request(
            "POST", "/batch", AS_JSON, "Expect: 100-continue",
            "Content-Length: 2000000", length=False)),
    ])
    grown = target.server.peak_mib() - before
    checks(grown < 64, f"they have cost {grown} MiB of memory")
    fits = GOOD_BODY + " " * ((1 << 20) - len(GOOD_BODY))
    answer = target.server.request("POST", "/batch", fits,
                                   {"Content-Type": JSON})
    checks.equal(answer.status, 202, "a body of just 1 MiB")


def requests_inside_of_bodies(checks, target):
    """A body that is not read must never be taken for the next request."""
    inner = request("PUT", "/things/smuggled/1", AS_JSON,
                    body='{"type":"T"}')
    # Longer than any buffer of a reader, and a request at any border in it.
    body = inner * 200
    size = f"Content-Length: {len(body)}"
    heads = {
        "a wrong media type": ("POST", "/batch", "Content-Type: text/plain"),
        "an unknown parameter": ("POST", "/batch?nope=1", AS_NDJSON),
        "an unknown job type": ("POST", "/batch?type=x", AS_NDJSON),
        "no JSON": ("POST", "/batch", AS_JSON),
        "an unknown route": ("POST", "/nope", AS_JSON),
        "a wrong method": ("POST", "/stats", AS_JSON),
        "PATCH": ("PATCH", "/batch", AS_JSON),
        "OPTIONS": ("OPTIONS", "/batch", AS_JSON),
        "a GET": ("GET", "/batch", AS_JSON),
        "a HEAD": ("HEAD", "/batch", AS_JSON),
        "a DELETE": ("DELETE", "/things/none/none", AS_JSON),
        "a bad name": ("PUT", "/things/a%00/b", AS_JSON),
        "a wrong media type of a thing": ("PUT", "/things/a/b",
                                          "Content-Type: text/plain"),
        "a broken encoding": ("POST", "/batch", AS_JSON, GZIP),
        "two lengths": ("POST", "/batch", AS_JSON, "Content-Length: 0"),
        "a length and chunked": ("POST", "/batch", AS_JSON, CHUNKED),
        "an unknown version": None,
    }
    for name, head in heads.items():
        for early in (False, True):
            sent = (request(*head, size, length=False) if head else
                    f"POST /batch HTTP/1.2\r\n{size}\r\n\r\n".encode())
            check_one_answer(checks, target, f"{name}, body "
                             f"{'behind the answer' if early else 'at once'}",
                             sent, body, early)
    hidden = {
        "white space before the colon": f"Content-Length : {len(body)}",
        "a bare line feed": f"X-A: b\nContent-Length: {len(body)}",
        "a folded length": f"Content-Length:\r\n {len(body)}",
        "a length with a comma": f"Content-Length: {len(body)}, 0",
    }
    for name, header in hidden.items():
        head = request("POST", "/batch", AS_JSON, header, length=False)
        check_one_answer(checks, target, name, head, body, True)
    short = b"5\r\nhelloXX\r\n" + body
    head = request("POST", IMPORT, AS_NDJSON, CHUNKED, length=False)
    check_one_answer(checks, target, "behind a broken chunk", head, short,
                     False)


def check_one_answer(checks, target, name, head, body, early):
    """`early`: the body is held back until the server has answered, so that
    it arrives alone in the server's next read."""
    with RawConnection(target.server) as connection:
        connection.send(head)
        if early:
            connection.has_bytes(0.1)
        connection.send(body)
        answer = connection.answer()
        checks(answer and 200 <= answer.status < 500,
               f"{name}: answered: {answer}")
        more = connection.more_answers()
        if head.startswith(b"HEAD"):
            more = more.replace(answer.body, b"")
        checks(b"HTTP/1.1" not in more, f"{name}: a second answer: {more[:200]}")
    target.check_unharmed(checks, name)


def uploads_that_break_off(checks, target):
    lines = "".join(f'{{"ns":"n","id":"{i}","type":"T"}}\n'
                    for i in range(20_000))
    told = f"Content-Length: {len(lines) * 2}"
    wide = f"Content-Length: {len(GOOD_BODY) + 1}"
    uploads = {
        "JSON": request("POST", "/batch", AS_JSON, wide, length=False,
                        body=GOOD_BODY),
        "a head": request("POST", "/batch", AS_JSON, wide, length=False),
        "half a head": b"POST /batch HTTP/1.1\r\nHost: a\r\nContent-Le",
        "NDJSON": request("POST", IMPORT, AS_NDJSON, told, length=False,
                          body=lines),
        "NDJSON in chunks": request("POST", IMPORT, AS_NDJSON, CHUNKED,
                                    length=False, body=chunked(lines)[:-5]),
        "half a chunk": request("POST", IMPORT, AS_NDJSON, CHUNKED,
                                length=False, body=chunked(lines)[:-5000]),
        "gzip": request("POST", "/batch", AS_JSON, GZIP, wide, length=False,
                        body=gzip.compress(GOOD_BODY.encode())[:-5]),
        "a thing": request("PUT", "/things/n/1", AS_JSON,
                           "Content-Length: 13", length=False,
                           body='{"type":"T"}'),
    }
    for name, data in uploads.items():
        with RawConnection(target.server) as connection:
            connection.send(data)
            # The half-closed connection shows that the server has seen it.
            connection.socket.shutdown(1)
            while connection.receive():
                pass
            checks(not connection.received.startswith(b"HTTP/1.1 2"),
                   f"{name}: not accepted: {connection.received[:200]}")
        target.check_unharmed(checks, f"{name} that ends early")
        with RawConnection(target.server) as connection:
            connection.send(data)
        target.check_unharmed(checks, f"{name} and a hang-up")
    # What was uploaded in part must not appear at the next start either.
    until(lambda: target.server.stop() == 0, "the end")
    target.server.start()
    target.check_unharmed(checks, "after a restart")


def items_that_fail_alone(checks):
    """In a good request a bad item is its own affair."""
    server = Server()
    wrong = {
        "not an object": ("5", ""), "null": ("null", ""),
        "no ns": ('{"id":"1","type":"T"}', "ns"),
        "no id": ('{"ns":"n","type":"T"}', "id"),
        "no type": ('{"ns":"n","id":"1"}', "type"),
        "ns empty": ('{"ns":"","id":"1","type":"T"}', "ns"),
        "id a number": ('{"ns":"n","id":1,"type":"T"}', "id"),
        "type null": ('{"ns":"n","id":"1","type":null}', "type"),
        "a NUL in ns": (r'{"ns":"a\u0000b","id":"1","type":"T"}', "ns"),
        "a NUL in id": (r'{"ns":"n","id":"\u0000","type":"T"}', "id"),
        "a line end in id": (r'{"ns":"n","id":"a\nb","type":"T"}', "id"),
        "DEL in id": (r'{"ns":"n","id":"\u007f","type":"T"}', "id"),
        "U+0085 in id": (r'{"ns":"n","id":"\u0085","type":"T"}', "id"),
        "a long ns": ('{"ns":"%s","id":"1","type":"T"}' % ("n" * 129), "ns"),
        "a long id": ('{"ns":"n","id":"%s","type":"T"}' % ("ä" * 257), "id"),
        "ns twice": ('{"ns":"n","ns":"n","id":"1","type":"T"}', "ns"),
        "id twice, once in escapes":
            (r'{"ns":"n","id":"1","\u0069d":"1","type":"T"}', "id"),
        "data a string": ('{"ns":"n","id":"1","type":"T","data":""}', "data"),
        "data twice":
            ('{"ns":"n","id":"1","type":"T","data":{},"data":{}}', "data"),
        "content an array":
            ('{"ns":"n","id":"1","type":"T","content":[]}', "content"),
        "a number beyond double":
            ('{"ns":"n","id":"1","type":"T","data":{"v":1e400}}', "number"),
        "an integer beyond 64 bits": ('{"ns":"n","id":"1","type":"T","data":'
                                      '{"v":99999999999999999999}}', "number"),
        "10^5 levels": ('{"ns":"n","id":"1","type":"T","data":{"v":%s}}'
                        % ("[" * 100_000 + "]" * 100_000), "nested"),
    }
    items = ",".join([text for text, _ in wrong.values()] + [GOOD_ITEM])
    answer = server.request("POST", "/batch", '{"type":"import-things",'
                            f'"items":[{items}]}}', {"Content-Type": JSON})
    if not checks.equal(answer.status, 202, f"accepted: {answer}"):
        return
    id = answer.json()["jobId"]
    job = server.wait(id)
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("failed", 1, len(wrong)), "the job")
    errors = {error["index"]: error for error in job["errors"]}
    for index, (name, (_, says)) in enumerate(wrong.items()):
        error = errors.get(index, {})
        checks(error.get("code") == "invalid_item" and error["attempts"] == 1
               and says in error["error"], f"{name}: {error}")
    checks.equal(list(server.things("n")), ["1"], "what was stored")
    too_long = '{"ns":"n","id":"2","type":"T","content":"%s"}' % (
        "x" * (1 << 20))
    for type, path, body in ((JSON, "/batch", '{"type":"import-things","items"'
                              f':[{too_long},{GOOD_ITEM}]}}'),
                             (NDJSON, IMPORT, too_long + "\n" + GOOD_ITEM)):
        answer = server.request("POST", path, body, {"Content-Type": type})
        job = server.wait(answer.json()["jobId"])
        checks.equal([error["code"] for error in job["errors"]],
                     ["item_too_large"], f"an item of 1 MiB as {type}")


def main():
    limit_time(220)
    checks = Checks()
    target = Target()
    for group in (bodies_that_are_not_JSON, bodies_of_a_wrong_shape,
                  options_that_are_refused, paths_and_queries, wrong_methods,
                  media_types, things_that_are_refused, framing,
                  encoded_bodies, requests_inside_of_bodies,
                  uploads_that_break_off):
        checks.run_group(group, target)
    for group in (bodies_that_are_too_large, items_that_fail_alone):
        checks.run_group(group)
    finish(checks)


if __name__ == "__main__":
    main()
