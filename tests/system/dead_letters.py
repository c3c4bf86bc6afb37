"""Items that failed for good: found, tried again, given up; over HTTP and from
the command line."""
import json
import os
import threading
import urllib.parse

from driver import ABSENT, NDJSON, Server, command, run_groups, \
    temporary_folder, thing

COUNT = 1000


def letters(server, **query):
    """All pages of a list."""
    found, cursor = [], {}
    while True:
        page = server.get("/dead-letters?" + urllib.parse.urlencode(
            {**query, **cursor})).json()
        found += page["deadLetters"]
        if "nextCursor" not in page:
            return found
        cursor = {"cursor": page["nextCursor"]}


def letter(server, id):
    return server.get(f"/dead-letters/{id}").json()["deadLetter"]


def groups(server, by, **query):
    return server.get("/dead-letters?" + urllib.parse.urlencode(
        {**query, "groupBy": by})).json()["groups"]


def send(server, what, **body):
    return server.change_letters("POST", f"/dead-letters/{what}", body)


def check_answer(checks, answer, status, wanted, what):
    """Answers the body; `jobId` is taken out of it first."""
    body = answer.json()
    id = body.pop("jobId", None)
    checks.equal((answer.status, body), (status, {"success": True, **wanted}),
                 what)
    return id


def fail_embeddings(server, ns, count, **options):
    """A job whose things are not there."""
    return server.run("generate-embeddings", [
        {"ns": ns, "id": str(i)} for i in range(count)], options=options)


def mend(server, ns, count):
    server.run("import-things", [thing(ns, str(i), content=f"text {i}")
                                 for i in range(count)])


def a_cause_is_mended(checks, server):
    job = fail_embeddings(server, "mend", COUNT)
    checks.equal((job["status"], job["failed"]), ("failed", COUNT), "the job")
    filter = {"ns": "mend", "code": "no_such_thing"}
    before, stats = letters(server, ns="mend"), server.stats()
    checks.equal([x["id"] for x in before],
                 [f"{job['id']}.{i}" for i in range(COUNT)], "the list")
    checks.equal(stats["deadLetters"], COUNT, "statistics")

    answer = send(server, "replay", filter=filter, dryRun=True)
    check_answer(checks, answer, 200, {"count": COUNT, "dryRun": True},
                 "dry run")
    answer = send(server, "purge", filter=filter, dryRun=True)
    check_answer(checks, answer, 200, {"count": COUNT, "dryRun": True},
                 "dry purge")
    checks(letters(server, ns="mend") == before and server.stats() == stats,
           "a dry run changes nothing")

    mend(server, "mend", COUNT)
    answer = send(server, "replay", filter=filter)
    new = check_answer(checks, answer, 202, {"count": COUNT}, "replay")
    checks.equal(answer.headers.get("location"), f"/batch/{new}", "Location")
    ended = server.wait(new)
    checks.equal((ended["status"], ended["processed"], ended["failed"]),
                 ("completed", COUNT, 0), "all succeed")
    checks.equal([x["result"]["id"] for x in server.results(new)],
                 [str(i) for i in range(COUNT)], "in their order")
    checks.equal(server.get("/embeddings/mend/999").status, 200, "the effect")
    checks.equal(letters(server), [], "the list is empty")
    checks.equal(server.stats()["deadLetters"], 0, "none is left")
    for was in before[::100]:
        now = letter(server, was["id"])
        checks.equal(now, {**was, "state": "replayed", "replayedBy": new},
                     "a letter keeps its history")
    checks.equal(len(server.errors(job["id"])), COUNT,
                 "they stay the errors of their job")
    answer = send(server, "replay", filter=filter)
    checks.equal(check_answer(checks, answer, 200, {"count": 0},
                              "nothing is left to replay"), None, "no job")
    server.change_letters("DELETE", f"/batch/{new}")
    now = letter(server, before[0]["id"])
    checks(now["state"] == "replayed" and "replayedBy" not in now,
           f"the job that tried it is gone: {now}")


def a_letter_as_JSON(checks, server):
    job = server.run("import-things", [
        thing("one", "1"), {"ns": "one", "id": "2", "x": [1.10, {"b": 1}]}])
    id = f"{job['id']}.1"
    one = letter(server, id)
    attempt = one["attempts"][0]
    checks.equal(one, {
        "id": id, "jobId": job["id"], "index": 1, "type": "import-things",
        "ns": "one", "state": "open", "code": "invalid_item",
        "error": job["errors"][0]["error"], "failedAt": one["failedAt"],
        "attempts": [{"at": one["failedAt"], "code": "invalid_item",
                      "error": one["error"], "worker": attempt["worker"],
                      "node": attempt["node"]}],
        "attemptsTotal": 1, "payload": {"ns": "one", "id": "2",
                                        "x": [1.10, {"b": 1}]}}, "a letter")
    checks(attempt["worker"].startswith("import") and attempt["node"],
           f"who tried it: {attempt}")
    checks.equal(letters(server, ns="one"), [one], "the same in the list")
    checks.equal(server.get(f"/v1/dead-letters/{id}").json()["deadLetter"],
                 one, "under /v1")
    answer = server.request("POST", "/batch?type=import-things",
                            b'{oops \xff\n{"ns":"one","id":"3"} ',
                            {"Content-Type": NDJSON})
    job = server.wait(answer.json()["jobId"])
    checks.equal([(x.get("payloadText"), x.get("payload")) for x in
                  letters(server, jobId=job["id"])],
                 [("{oops \ufffd", None), (None, {"ns": "one", "id": "3"})],
                 "payloads that are not JSON")
    answer = send(server, "replay", filter={"jobId": job["id"]},
                  patch={"type": "T"})
    checks.problem(answer, 400, "invalid_request",
                  "a patch of what is not JSON", f"{job['id']}.0", "JSON")
    checks.equal(len(letters(server, jobId=job["id"])), 2,
                 "what is refused changes nothing")
    check_answer(checks, send(server, "purge", filter={"ns": "one"}), 200,
                 {"count": 2}, "purge by namespace")
    check_answer(checks, send(server, "purge", filter={"jobId": job["id"]}),
                 200, {"count": 1}, "a payload that is not JSON has no ns")


def filters(checks, server):
    first = fail_embeddings(server, "f1", 30)
    second = fail_embeddings(server, "f2", 20)
    third = server.run("import-things", [{"ns": "f1"}] * 5)
    between = second["createdAt"]
    for query, count in (({}, 55), ({"jobId": first["id"]}, 30),
                         ({"ns": "f1"}, 35), ({"ns": "f3"}, 0),
                         ({"type": "import-things"}, 5),
                         ({"type": "export-things"}, 0),
                         ({"type": "system"}, 0),
                         ({"code": "no_such_thing"}, 50),
                         ({"code": "no_such_thing", "ns": "f1"}, 30),
                         ({"after": between}, 25), ({"before": between}, 30),
                         ({"after": between, "before": between}, 0),
                         ({"after": "2026-01-01T00:00:00+02:00"}, 55),
                         ({"jobId": third["id"], "ns": "f2"}, 0)):
        found = letters(server, **query)
        checks.equal(len(found), count, f"{query}")
        checks.equal(sum(x["count"] for x in groups(server, "code", **query)),
                     count, f"{query}: groups")
        if query:
            answer = send(server, "purge", filter=query, dryRun=True)
            checks.equal(answer.json()["count"], count, f"{query}: purge")
        # Letters of several types cannot be one job.
        if query and count not in (0, 35, 25, 55):
            answer = send(server, "replay", filter=query, dryRun=True)
            checks.equal(answer.json().get("count"), count,
                         f"{query}: replay: {answer}")
    for limit in (1, 7, 55, 500):
        checks.equal([x["id"] for x in letters(server, limit=limit)],
                     [x["id"] for x in letters(server)], f"limit={limit}")
    page = server.get("/dead-letters?limit=3").json()
    checks.equal(len(page["deadLetters"]), 3, "a page")
    ids = [f"{first['id']}.{i}" for i in (0, 7, 29)] + [f"{ABSENT}.1"]
    answer = send(server, "purge", filter={"ids": ids}, dryRun=True)
    checks.equal(answer.json()["count"], 3, "by ids; one names nothing")
    answer = send(server, "purge", filter={"ids": ids[-1:]}, dryRun=True)
    checks.equal((answer.status, answer.json().get("count")), (200, 0),
                 "an id that names nothing")
    answer = send(server, "purge", filter={"ids": ids, "ns": "f2"})
    check_answer(checks, answer, 200, {"count": 0}, "none has both")
    for filter, says in (({"ns": "f1"}, "types"), ({"after": between},
                                                   "types")):
        checks.problem(send(server, "replay", filter=filter), 409,
                      "conflict", f"{filter}: several types", says, "type")
    other = fail_embeddings(server, "f1", 2, maxRetries=1)
    filter = {"type": "generate-embeddings", "ns": "f1"}
    checks.problem(send(server, "replay", filter=filter), 409,
                  "conflict", "several options", "options")
    answer = send(server, "replay", filter=filter, options={"maxRetries": 2})
    new = check_answer(checks, answer, 202, {"count": 32}, "options said")
    job = server.wait(new)
    checks.equal((job["failed"], job["options"]["maxRetries"]), (32, 2),
                 "its options")
    checks(other["failed"] == 2, "the other one")
    answer = send(server, "purge", filter={
        "after": "2026-01-01T00:00:00Z"})
    check_answer(checks, answer, 200, {"count": 57}, "all of them")
    checks.equal((letters(server), server.stats()["deadLetters"]), ([], 0),
                 "nothing is left")


def groups_by_cause(checks, server):
    server.run("import-things", [{"ns": "g", "id": "1"}] * 5
               + [{"ns": "g", "type": "T"}] * 3)
    job = fail_embeddings(server, "g", 4)
    found = groups(server, "code", ns="g")
    checks.equal([(x["code"], x["count"], "fingerprint" in x)
                  for x in found], [("invalid_item", 8, False),
                                    ("no_such_thing", 4, False)], "by code")
    checks.equal(found[1]["samples"], [f"{job['id']}.{i}" for i in range(3)],
                 "samples")
    found = groups(server, "fingerprint", ns="g")
    checks.equal([(x["code"], x["count"]) for x in found],
                 [("invalid_item", 5), ("no_such_thing", 4),
                  ("invalid_item", 3)], "by fingerprint")
    checks(all(x["fingerprint"] and x["message"]
               and x["firstAt"] <= x["lastAt"] and x["samples"]
               for x in found), f"groups: {found}")
    send(server, "purge", filter={"ns": "g"})
    checks.equal(groups(server, "code"), [], "no groups")


def one_that_fails_again(checks, server):
    old = fail_embeddings(server, "again", 3)
    id = f"{old['id']}.1"
    first = letter(server, id)
    answer = send(server, f"{id}/replay")
    new = check_answer(checks, answer, 202, {"count": 1}, "the short form")
    job = server.wait(new)
    checks.equal((job["total"], job["failed"]), (1, 1), "it fails again")
    again = letter(server, f"{new}.0")
    checks.equal((again["origin"], again["attemptsTotal"], again["state"]),
                 (id, 2, "open"), "the new letter")
    checks.equal(again["attempts"][0], first["attempts"][0],
                 "old attempts before new ones")
    checks(again["attempts"][1]["at"] >= first["attempts"][0]["at"]
           and again["payload"] == first["payload"], f"{again}")
    checks.equal(letter(server, id), {**first, "state": "replayed",
                                      "replayedBy": new}, "the old letter")
    checks.equal([x["id"] for x in letters(server, ns="again")],
                 [f"{old['id']}.0", f"{old['id']}.2", f"{new}.0"], "open ones")
    checks.problem(send(server, f"{id}/replay"), 409, "conflict",
                  "twice", "replayed already")
    answer = send(server, f"{new}.0/replay", dryRun=True)
    check_answer(checks, answer, 200, {"count": 1, "dryRun": True}, "dry")
    mend(server, "again", 3)
    answer = send(server, "replay", filter={"ns": "again"}, options={})
    job = server.wait(check_answer(checks, answer, 202, {"count": 3}, "rest"))
    checks.equal((job["status"], letters(server)), ("completed", []), "mended")
    send(server, "purge", filter={"ns": "again"})


def patches(checks, server):
    items = [{"ns": "patch", "id": str(i), "data": {"keep": 1.10, "drop": i}}
             for i in range(250)]
    failed = server.run("import-things", items)
    checks.equal(failed["failed"], 250, "no type")
    answer = send(server, "replay", filter={"jobId": failed["id"]}, patch={
        "type": "Product", "data": {"drop": None}},
        options={"priority": 3, "colour": "red"})
    warnings = answer.json().get("warnings", [])
    checks(answer.status == 202 and len(warnings) == 1
           and "colour" in warnings[0], f"warnings: {answer}")
    job = server.wait(answer.json()["jobId"])
    checks.equal((job["status"], job["processed"]), ("completed", 250), "job")
    checks.equal(job["options"]["priority"], 3, "options")
    checks.equal(server.things("patch")["17"], {
        "ns": "patch", "id": "17", "data": {"keep": 1.10}, "type": "Product"},
        "patched")
    strict = server.change_letters("POST", "/dead-letters/replay", {
        "filter": {"ns": "patch"}, "options": {"colour": 1}},
        {"Prefer": "handling=strict"})
    checks.problem(strict, 400, "invalid_option", "strict", "colour")


def purges(checks, server):
    job = fail_embeddings(server, "purge", 25)
    id = f"{job['id']}.3"
    was = letter(server, id)
    check_answer(checks, send(server, "purge", filter={"ids": [id]}), 200,
                 {"count": 1}, "one")
    now = letter(server, id)
    was.pop("payload")
    checks.equal(now, {**was, "state": "purged"}, "without its payload")
    checks.equal(server.stats()["deadLetters"], 24, "statistics")
    checks.problem(send(server, f"{id}/replay"), 409, "conflict",
                  "replay of what was purged", "purged")
    errors = server.errors(job["id"])
    checks(len(errors) == 25 and errors[3].get("purged") is True
           and "payload" not in errors[3], f"errors: {errors[3]}")
    check_answer(checks, send(server, "purge", filter={"ids": [id]}), 200,
                 {"count": 0}, "once only")
    check_answer(checks, send(server, "purge", filter={"ns": "purge"}), 200,
                 {"count": 24}, "the rest")
    checks.equal((letters(server), server.stats()["deadLetters"]), ([], 0),
                 "nothing is open")
    answer = server.change_letters("POST", f"/batch/{job['id']}/retry")
    checks.problem(answer, 409, "conflict", "retry", "purged")
    checks.equal(server.job(job["id"])["failed"], 25, "the job")


def letters_are_replayed_once(checks, server):
    """Whoever asks at the same time, each letter goes to one job."""
    fail_embeddings(server, "race", 3000)
    mend(server, "race", 3000)
    answers = []

    def replay(filter):
        for _ in range(4):
            answers.append(server.request("POST", "/dead-letters/replay",
                                          {"filter": filter}))
    clients = [threading.Thread(target=replay, args=[{"ns": "race"}])
               for _ in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    checks(all(x.status in (200, 202) or (
        x.status == 409 and x.json()["code"] == "conflict")
        for x in answers), f"answers: {answers}")
    jobs = [x.json()["jobId"] for x in answers if x.status == 202]
    checks.equal(len(jobs), 1, f"one job: {answers}")
    job = server.wait(jobs[0])
    checks.equal((job["status"], job["processed"], letters(server)),
                 ("completed", 3000, []), "each once")


def replays_survive(checks, server):
    """202 means kept for a replay, too."""
    fail_embeddings(server, "kept", 2000)
    mend(server, "kept", 2000)
    answer = send(server, "replay", filter={"ns": "kept"})
    server.kill()
    server.start()
    job = server.wait(answer.json()["jobId"])
    checks.equal((job["status"], job["processed"], letters(server)),
                 ("completed", 2000, []), "after kill -9")
    checks.equal(server.stats()["deadLetters"], 0, "statistics")


def the_command_line(checks, server):
    def run(status, *arguments):
        ended = command(server, "dead-letters", *arguments)
        checks.equal(ended.status, status, f"{arguments}: {ended}")
        return ended
    ended = run(0, "list")
    checks(ended.out == "" and "no dead letters" in ended.told, f"{ended}")
    ended = run(0, "groups")
    checks(ended.out == "" and "no dead letters" in ended.told, f"{ended}")
    job = fail_embeddings(server, "cli", 30)
    ended = run(0, "list")
    checks(len(ended.out.splitlines()) == 21 and "--limit" in ended.told,
           f"list: {ended}")
    ended = run(0, "list", "--limit", "500", "--job", job["id"], "--ns", "cli",
                "--code", "no_such_thing", "--type", "generate-embeddings",
                "--after", job["createdAt"])
    checks(len(ended.out.splitlines()) == 31 and ended.told == "",
           f"list: {ended}")
    ended = run(0, "list", "--before", job["createdAt"], "--json")
    checks.equal(ended.json(), {"success": True, "deadLetters": []}, "--json")
    id = f"{job['id']}.5"
    ended = run(0, "show", id)
    checks(f"letter    {id}\n" in ended.out and "attempts  1\n" in ended.out
           and "state     open\n" in ended.out, f"show: {ended}")
    checks.equal(run(0, "show", id, "--json").json()["deadLetter"],
                 letter(server, id), "show --json")
    ended = run(1, "show", f"{ABSENT}.5")
    checks("no_such_dead_letter" in ended.told, f"show: {ended}")
    ended = run(0, "groups")
    checks("30  no_such_thing" in ended.out, f"groups: {ended}")
    checks.equal(run(0, "groups", "--by", "code", "--json").json()["groups"],
                 groups(server, "code"), "groups --json")

    ended = run(0, "replay", "--job", job["id"], "--dry-run")
    checks.equal(ended.out, "30 dead letters would be replayed\n", "dry run")
    ended = run(1, "replay", "--id", id, "--id", f"{job['id']}.6", "--follow")
    again = ended.out.strip()
    checks(server.job(again)["failed"] == 2 and "2 dead letters" in ended.told
           and "2 of 2 items failed" in ended.told, f"replay: {ended}")
    mend(server, "cli", 30)
    ended = run(0, "replay", "--code", "no_such_thing", "--option",
                "priority=1", "--follow")
    checks.equal(server.job(ended.out.strip())["processed"], 30, "replay")
    ended = run(0, "replay", "--code", "no_such_thing")
    checks.equal(ended.out, "0 dead letters replayed\n", "nothing is left")

    server.run("import-things", [{"ns": "cli", "id": "p"}] * 2)
    patch = os.path.join(temporary_folder(), "patch.json")
    with open(patch, "w") as file:
        json.dump({"type": "T"}, file, indent=2)
    ended = run(0, "replay", "--ns", "cli", "--patch", "@" + patch, "--json")
    body = ended.json()
    checks.equal((body["count"], server.wait(body["jobId"])["status"]),
                 (2, "completed"), "a patch of a file")
    server.run("import-things", [{"ns": "cli", "id": "p"}] * 2)
    ended = run(0, "purge", "--ns", "cli", "--dry-run")
    checks.equal(ended.out, "2 dead letters would be purged\n", "dry purge")
    ended = run(0, "purge", "--ns", "cli")
    checks.equal(ended.out, "2 dead letters purged\n", "purge")
    checks.equal(run(0, "purge", "--ns", "cli", "--json").json(),
                 {"success": True, "count": 0}, "purge --json")

    for wrong in ([], ["replay"], ["purge"], ["purge", "--dry-run"],
                  ["show"], ["show", ""], ["list", "--limit", "0"],
                  ["list", "--id", id], ["groups", "--by", "ns"],
                  ["replay", "--ns", "n", "--patch", "[]"],
                  ["replay", "--ns", "n", "--patch", "{"],
                  ["replay", "--ns", "n", "--patch", "@/nowhere"],
                  ["replay", "--ns", "n", "--option", "x"],
                  ["mend"]):
        run(2, *wrong)
    ended = run(1, "list", "--after", "yesterday")
    checks("after" in ended.told, f"a bad time: {ended}")
    ended = run(1, "purge", "--code", "oops")
    checks("code" in ended.told, f"a bad code: {ended}")
    for what in ("list", "show", "groups", "replay", "purge"):
        ended = run(0, what, "--help")
        checks(f"Example: batchd dead-letters {what}" in ended.out,
               f"{what}: {ended}")
    ended = command(server, "dead-letters", "list", url="http://127.0.0.1:1")
    checks.equal(ended.status, 3, "no server")


def main():
    run_groups([a_cause_is_mended, a_letter_as_JSON, filters, groups_by_cause,
                one_that_fails_again, patches, purges,
                letters_are_replayed_once, replays_survive, the_command_line],
               Server("--slots", "2"))


if __name__ == "__main__":
    main()
