"""Bodies that are refused, with the right code and the exact place; items that
are refused alone."""
import json

from driver import JSON, NDJSON, Server
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
                  things_that_are_refused], items_that_fail_alone)
