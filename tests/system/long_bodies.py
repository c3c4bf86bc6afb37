"""Long JSON bodies, which are stored while they come in: whatever the order of
their members, the job is the one that was meant, and what is refused leaves
nothing."""
import json

from driver import JSON, Server, run_groups, thing, until
from raw_http import RawConnection, chunked, request

COUNT = 3000
AS_JSON = "Content-Type: " + JSON


def items_text(ns, count=COUNT, last=None):
    items = [json.dumps(thing(ns, f"{i:05}", data={"text": 'a"]}\\ä' * 5}))
             for i in range(count)]
    return "[" + ", ".join(items + ([last] if last else [])) + "]"


def body_of(*members):
    return "{" + ",".join(members) + "}"


def post(server, body, headers=None):
    return server.request("POST", "/batch", body,
                          {"Content-Type": JSON, **(headers or {})})


TYPE = '"type":"import-things"'


def every_order_of_members_is_the_same_job(checks, server):
    options = '"options":{"labels":{"a":"b"},"chunkSize":70}'
    default_chunks = '"options":{"labels":{"a":"b"}}'
    note = '"input":{"note":"ä"}'
    other = '"other":[1,{"items":"]"}]'
    for n, members in enumerate((
            [TYPE, options, note, "items"], [TYPE, "items", options, note],
            [TYPE, note, "items", default_chunks], ["items", TYPE, options],
            [TYPE, other, "items", other.replace("other", "more")],
            [r'"typ\u0065":"import-things"', "items", note])):
        ns = f"order{n}"
        texts = [x if x != "items" else '"items":' + items_text(ns)
                 for x in members]
        answer = post(server, body_of(*texts))
        if not checks.equal(answer.status, 202, f"{members}: {answer}"):
            continue
        job = server.wait(answer.json()["jobId"])
        checks.equal((job["status"], job["processed"]), ("completed", COUNT),
                     f"{members}")
        checks.equal(job["input"], {"note": "ä"} if note in members else {},
                     "input")
        has_labels = options in members or default_chunks in members
        checks.equal(job.get("options", {}).get("labels"),
                     {"a": "b"} if has_labels else None, f"{members}: {job}")
        checks.equal(sorted(server.things(ns)),
                     [f"{i:05}" for i in range(COUNT)], "the things")


def options_behind_the_items_count(checks, server):
    late = '"options":{"chunkSize":7,"unknown":1}'
    answer = post(server, body_of(TYPE, '"items":' + items_text("late"), late))
    checks("unknown" in str(answer.json().get("warnings")), f"warned {answer}")
    checks.equal(server.wait(answer.json()["jobId"])["status"], "completed",
                 "the job")
    for body, code in ((late, "invalid_option"),
                       ('"options":{"priority":99}', "invalid_option"),
                       ('"options":{"after":["no"]}', "invalid_option"),
                       ('"options":1', "invalid_job"),
                       ('"input":{},"input":{}', "invalid_job")):
        headers = {"Prefer": "handling=strict"}
        checks.problem(
            post(server, body_of(TYPE, '"items":' + items_text("strict"), body),
                 headers), 400, code, body)
    checks.problem(post(server, body_of(
        '"type":"transform-data"', '"items":' + items_text("both"),
        '"input":{"ns":"late"}')), 400, "invalid_job", "items and a namespace")
    checks.equal(server.things("strict"), {}, "nothing of what was refused")


def what_is_wrong_at_the_end_refuses_the_whole(checks, server):
    before = server.stats()
    long = '"items":' + items_text("bad")
    broken = [
        (body_of(TYPE, '"items":' + items_text("bad", last='{"a":}')), None),
        (body_of(TYPE, '"items":' + items_text("bad", last="tru")), None),
        (body_of(TYPE, long)[:-1], None),
        (body_of(TYPE, long)[:-2], None),
        (body_of(TYPE, long) + "}", None),
        (body_of(TYPE, long + ","), None),
        (body_of(TYPE, long, long), "/items"),
        (body_of(TYPE, long, TYPE), "/type"),
        (body_of(long), "/type"),
    ]
    for body, pointer in broken:
        answer = post(server, body)
        what = body[-30:]
        if pointer:
            checks.problem(answer, 400, "invalid_job", what)
            checks.equal(answer.json()["errors"][0]["pointer"], pointer, what)
        else:
            checks.problem(answer, 400, "invalid_json", what, "at byte")
    checks.equal(server.stats(), before, "nothing is left of them")
    checks.equal(server.things("bad"), {}, "no things")


def an_item_that_is_none_fails_alone(checks, server):
    text = items_text("alone", last='{"ns":"alone"}')
    job = server.wait(post(server, body_of(TYPE, '"items":' + text))
                      .json()["jobId"])
    checks.equal((job["processed"], job["failed"]), (COUNT, 1), "the counts")
    checks.equal(job["errors"][0]["index"], COUNT, "its index")


def chunked_bodies_and_keys_work_too(checks, server):
    body = body_of(TYPE, '"items":' + items_text("chunked"))
    pieces = [body[i:i + 1500] for i in range(0, len(body), 1500)]
    head = request("POST", "/batch", AS_JSON, "Idempotency-Key: k1",
                   "Transfer-Encoding: chunked", length=False)
    ids = set()
    for _ in range(2):
        with RawConnection(server) as connection:
            connection.send(head + chunked(*pieces))
            answer = connection.answer()
        checks(answer and answer.status == 202, f"chunked: {answer}")
        ids.add(answer.json()["jobId"])
    checks.equal(len(ids), 1, "one job for one key")
    checks.equal(server.wait(ids.pop())["processed"], COUNT, "the job")
    checks.problem(post(server, body + " ", {"Idempotency-Key": "k1"}), 422,
                   "idempotency_mismatch", "another body under the key")


def a_broken_connection_leaves_nothing(checks, server):
    before = server.stats()
    body = body_of(TYPE, '"items":' + items_text("gone")).encode()
    for part in (200, len(body) // 2, len(body) - 1):
        with RawConnection(server) as connection:
            connection.send(request("POST", "/batch", AS_JSON,
                                    f"Content-Length: {len(body)}",
                                    length=False) + body[:part])
    until(lambda: server.stats() == before, "the statistics are as before", 10)
    checks.equal(server.things("gone"), {}, "no things")
    checks.equal(server.run("import-things", [thing("gone", "1")])["status"],
                 "completed", "the service goes on")


run_groups((every_order_of_members_is_the_same_job,
            options_behind_the_items_count,
            what_is_wrong_at_the_end_refuses_the_whole,
            an_item_that_is_none_fails_alone, chunked_bodies_and_keys_work_too,
            a_broken_connection_leaves_nothing), Server())
