"""Bodies that are refused, with the right code and the exact place; items that
are refused alone."""
import json

from driver import ABSENT, JSON, NDJSON, Server
from raw_http import request
from refusals import AS_JSON, AS_NDJSON, GOOD_BODY, GOOD_ITEM, IMPORT, Case, \
    post, run_cases, run_refusals


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
        shaped("deep nesting in the input", begin + ',"input":{"x":' + deep
               + "}}"),
        shaped("deep nesting in the options", begin + ',"options":{"x":'
               + "[" * 2000 + "]" * 2000 + "}}", "nested"),
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
        case("nearly JSON", "Content-Type: application/jsonx"),
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


def orders_of_jobs(checks, target):
    open, ended, gone = ("/batch/" + id for id in (
        target.open, target.ended, target.gone))

    def case(name, path, body="", *says, method="POST", status=400,
             code="invalid_request", type=AS_JSON):
        return Case(f"{method} {name}", request(method, path, type, body=body),
                    status, code, says)

    def patch(name, body, *says, path=open, status=400,
              code="invalid_request", type=AS_JSON):
        return case(name, path, body, *says, method="PATCH", status=status,
                    code=code, type=type)
    orders = ("cancel", "pause", "resume", "retry")
    run_cases(checks, target, [
        *[case(f"{what} with {name}", f"{open}/{what}", body, *says, code=code)
          for what in orders for name, body, code, *says in (
              ("no JSON", "{", "invalid_json", "at byte 1"),
              ("bad UTF-8", b'{"a":"\xff"}', "invalid_json", "at byte 6"),
              ("white space", " ", "invalid_json"),
              ("an array", "[]", "invalid_request", "object"),
              ("a number", "5", "invalid_request", "object"),
              ("an unknown member", '{"nope":1}', "invalid_request", "nope"),
              ("deep nesting", '{"mode":' + "[" * 2000 + "]" * 2000 + "}",
               "invalid_request", "nested"))],
        *[case(f"{what} as text", f"{open}/{what}", "{}", status=415,
               code="unsupported_media_type", type="Content-Type: text/plain")
          for what in orders],
        *[case(f"{what} with an unknown parameter", f"{open}/{what}?nope=1",
               "", "nope") for what in orders],
        *[case(f"{what} of 2 MiB", f"{open}/{what}", '{"mode":"%s"}'
               % ("x" * (2 << 20)), status=413, code="body_too_large")
          for what in orders],
        *[case(f"{what} of {id}", f"/batch/{id}/{what}", status=404,
               code="no_such_job") for what in orders
          for id in ("1", "%20", ABSENT)],
        *[case(f"{what} of a deleted job", f"{gone}/{what}", status=410,
               code="job_gone") for what in orders],
        *[case(f"{what} of an ended job", f"{ended}/{what}", status=409,
               code="conflict") for what in orders if what != "retry"],
        case("retry of an open job", open + "/retry", status=409,
             code="conflict"),
        case("resume of what is not paused", open + "/resume", status=409,
             code="conflict"),
        case("an unknown mode", open + "/cancel", '{"mode":"soon"}', "mode",
             "drain"),
        case("a mode in capitals", open + "/cancel", '{"mode":"NOW"}', "mode"),
        case("a mode that is null", open + "/cancel", '{"mode":null}', "mode"),
        case("mode twice", open + "/cancel", '{"mode":"now","mode":"now"}',
             "twice"),
        case("mode twice, once in escapes", open + "/cancel",
             r'{"mode":"now","\u006dode":"now"}', "twice"),
        case("an unknown mode in the query", open + "/cancel?mode=soon", "",
             "mode"),
        case("two modes", open + "/cancel?mode=now", '{"mode":"drain"}',
             "mode"),
        case("mode of a pause", open + "/pause", '{"mode":"now"}', "mode"),
        case("mode of a pause in the query", open + "/pause?mode=now", "",
             "mode"),
        case("an order that does not exist", open + "/stop", status=404,
             code="no_such_route"),
        patch("nothing", "", code="invalid_json"),
        patch("no JSON", '{"priority":}', "at byte 12", code="invalid_json"),
        patch("an array", "[]"),
        patch("no members", "{}", "priority", "concurrency"),
        patch("an unknown member", '{"priority":1,"nope":1}', "nope",
              "concurrency"),
        patch("status", '{"status":"completed"}', "status"),
        *[patch("priority " + x, '{"priority":%s}' % x, "priority", "-10")
          for x in ("11", "-11", "1.5", "1e0", '"1"', "null", "[]")],
        *[patch("concurrency " + x, '{"concurrency":%s}' % x, "concurrency",
                "1000") for x in ("0", "1001", "-1", "2.0", '"1"', "null")],
        patch("priority twice", '{"priority":1,"priority":1}', "twice"),
        patch("text", "{}", type="Content-Type: text/plain", status=415,
              code="unsupported_media_type"),
        patch("a parameter", '{"priority":1}', "nope", path=open + "?nope=1"),
        patch("an ended job", '{"priority":1}', path=ended, status=409,
              code="conflict"),
        patch("a deleted job", '{"priority":1}', path=gone, status=410,
              code="job_gone"),
        patch("no job", '{"priority":1}', path="/batch/1", status=404,
              code="no_such_job"),
        case("of an open job", open, method="DELETE", status=409,
             code="conflict"),
        case("of a deleted job", gone, method="DELETE", status=410,
             code="job_gone"),
        case("of no job", "/batch/" + ABSENT, method="DELETE", status=404,
             code="no_such_job"),
        case("with a parameter", ended + "?force=1", "", "force",
             method="DELETE"),
    ])


def orders_of_letters(checks, target):
    id = target.letter

    def case(name, what, body, *says, code="invalid_request", status=400,
             path=None, type=AS_JSON):
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        return Case(f"{what}: {name}", post(body, type, path=path or
                    "/dead-letters/" + what), status, code, says)
    fine = {"jobId": target.ended}
    both, alone = ("replay", "purge"), id + "/replay"
    run_cases(checks, target, [
        *[case(name, what, body, *says, code=code) for what in both
          for name, body, code, *says in (
              ("nothing", "", "invalid_json", "empty"),
              ("no JSON", "{", "invalid_json", "at byte 1"),
              ("two bodies", "{}{}", "invalid_json", "at byte 2"),
              ("an array", [], "invalid_request", "object"),
              ("no filter", {}, "invalid_request", "filter", "required"),
              ("no filter in a dry run", {"dryRun": True}, "invalid_request",
               "filter", "required"),
              ("an empty filter", {"filter": {}}, "invalid_request",
               "filter", "not empty"),
              ("a filter that is null", {"filter": None}, "invalid_request",
               "filter"),
              ("a filter that is a text", {"filter": id}, "invalid_request",
               "filter"),
              ("filter twice", '{"filter":{"ns":"n"},"filter":{"ns":"n"}}',
               "invalid_request", "filter", "twice"),
              ("an unknown member", {"filter": fine, "nope": 1},
               "invalid_request", "nope", "dryRun"),
              ("a misspelt dry run", {"filter": fine, "dryrun": True},
               "invalid_request", "dryrun"),
              ("a dry run that is no boolean", {"filter": fine,
               "dryRun": "false"}, "invalid_request", "dryRun"),
              ("an unknown filter", {"filter": {**fine, "message": "x"}},
               "invalid_request", "/filter/message", "jobId"),
              ("jobId", {"filter": {"jobId": "1"}}, "invalid_request",
               "/filter/jobId"),
              ("jobId a number", {"filter": {"jobId": 1}}, "invalid_request",
               "/filter/jobId"),
              ("type", {"filter": {"type": "Imports"}}, "invalid_request",
               "/filter/type", "import-things"),
              ("ns", {"filter": {"ns": ""}}, "invalid_request", "/filter/ns"),
              ("a NUL in ns", {"filter": {"ns": "a\0b"}}, "invalid_request",
               "/filter/ns"),
              ("code", {"filter": {"code": "oops"}}, "invalid_request",
               "/filter/code", "oops"),
              ("after", {"filter": {"after": "yesterday"}},
               "invalid_request", "/filter/after", "2026-"),
              ("before a number", {"filter": {"before": 5}},
               "invalid_request", "/filter/before"),
              ("no ids", {"filter": {"ids": []}}, "invalid_request",
               "/filter/ids", "at least one"),
              ("ids a text", {"filter": {"ids": id}}, "invalid_request",
               "/filter/ids"),
              ("a bad id", {"filter": {"ids": [id, "1.1"]}},
               "invalid_request", "/filter/ids/1"),
              ("an id that is a number", {"filter": {"ids": [1]}},
               "invalid_request", "/filter/ids/0"),
              ("1,001 ids", {"filter": {"ids": [id] * 1001}},
               "invalid_request", "/filter/ids", "1000"))],
        *[case("text", what, {"filter": fine}, status=415,
               code="unsupported_media_type", type="Content-Type: text/plain")
          for what in (*both, alone)],
        *[case("a parameter", what, {"filter": fine}, "ns",
               path=f"/dead-letters/{what}?ns=n") for what in (*both, alone)],
        *[case("2 MiB", what, {"filter": {"ns": "n" * (2 << 20)}}, status=413,
               code="body_too_large") for what in (*both, alone)],
        *[case("an unknown job", what, {"filter": {"jobId": ABSENT}},
               status=404, code="no_such_job") for what in both],
        *[case("a deleted job", what, {"filter": {"jobId": target.gone}},
               status=410, code="job_gone") for what in both],
        *[case("purge has no " + name, "purge", {"filter": fine, name: {}},
               name) for name in ("patch", "options")],
        case("filter of the short form", alone, {"filter": fine}, "filter"),
        case("no JSON", alone, "{", code="invalid_json"),
        *[case("a patch that is " + x, what, '{%s"patch":%s}' % (
              '"filter":%s,' % json.dumps(fine) if what == "replay" else "",
              x), "/patch", "object") for what in ("replay", alone)
          for x in ("null", "[]", '"{}"', "5", "true")],
        case("a patch that is no JSON", "replay",
             '{"filter":{"ns":"n"},"patch":{"a":}}', "at byte 34",
             code="invalid_json"),
        case("a patch that is too deep", "replay", '{"filter":{"ns":"n"},'
             '"patch":{"a":%s}}' % ("[" * 2000 + "]" * 2000), "nested"),
        *[case("options that are " + x, "replay",
               '{"filter":{"ns":"n"},"options":%s}' % x, "options")
          for x in ("null", "[]", '"{}"')],
        case("a bad option", "replay", {"filter": fine,
             "options": {"priority": 11}}, "/options/priority",
             code="invalid_option"),
        case("an option of another type", "replay", {"filter": fine,
             "options": {"into": "x"}}, "into", code="invalid_option"),
        case("an unknown letter", "x", {}, status=404,
             code="no_such_dead_letter",
             path=f"/dead-letters/{target.ended}.1/replay"),
        case("no letter id", "x", {}, status=404, code="no_such_dead_letter",
             path="/dead-letters/1/replay"),
        case("of a deleted job", "x", {}, status=410, code="job_gone",
             path=f"/dead-letters/{target.gone}.0/replay"),
    ])


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


if __name__ == "__main__":
    run_refusals([bodies_that_are_not_JSON, bodies_of_a_wrong_shape,
                  options_that_are_refused, media_types,
                  things_that_are_refused, orders_of_jobs, orders_of_letters],
                 items_that_fail_alone)
