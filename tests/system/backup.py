"""Backups under load, and what comes of each when it is restored."""
import fcntl
import json
import os
import threading
import urllib.parse

from driver import ENDED, NDJSON, Server, run_groups, temporary_folder, thing
from verify import batchd, verify

# So many that a backup is written in the middle of them.
MANY = 60_000


def url(server):
    return f"http://{server.host}:{server.port}"


def restore(backups, data, *more):
    return batchd("restore", "--from", backups, "--data", data, *more)


def new_folder():
    return os.path.join(temporary_folder(), "data")


def many(ns):
    return "\n".join(json.dumps(thing(ns, str(i), data={"v": i}))
                     for i in range(MANY))


def submit_many(server, ns):
    """A job that is worked on when this returns."""
    options = urllib.parse.quote(json.dumps({"chunkSize": 10,
                                             "concurrency": 1}))
    answer = server.request("POST", "/batch?type=import-things&options="
                            + options, many(ns), {"Content-Type": NDJSON})
    return answer.json()["jobId"]


def back_up(server):
    answer = server.request("POST", "/admin/backup")
    assert answer.status == 200, f"{answer}"
    return answer.json()["backup"]


def check_restored(checks, backups, number, exports, job, done_before):
    """Verifies a backup, then lets a server finish what was begun."""
    data = new_folder()
    status, out, err = restore(backups, data, "--number", str(number))
    if not checks.equal((status, err), (0, ""), f"restore {number}"):
        return
    checks(f"backup {number}" in out, out)
    status, found = verify(data)
    checks.equal((status, found["findings"]), (0, []), f"verify {number}")
    again = Server("--slots", "2", folder=data, start=False).start()
    for ns, body in exports.items():
        checks.equal(again.export(ns).body == body, True,
                     f"export of {ns} in {number}")
    begun = again.job(job)
    checks(done_before <= begun["processed"], f"{done_before}: {begun}")
    ended = again.wait(job)
    checks.equal((ended["status"], ended["processed"]), ("completed", MANY),
                 f"the job goes on in {number}")
    checks.equal(len(again.export("load1").lines()), MANY, "its things")
    again.stop()
    status, found = verify(data)
    checks.equal((status, found["findings"]), (0, []), "verified again")


def backups_under_load(checks):
    server = Server("--slots", "2")
    backups = server.folder + ".backups"
    server.run("import-things", [thing("a", str(i)) for i in range(2000)]
               + [{}] * 5)
    server.run("generate-embeddings", [{"ns": "a", "id": "1"}])
    exports = {"a": server.export("a").body}
    first_job = submit_many(server, "load1")
    before = server.job(first_job)["processed"]
    first = back_up(server)
    was_open = server.job(first_job)["status"] not in ENDED
    checks.equal((first["number"], first["folder"]), (1, backups), "the first")
    checks(first["bytes"] > 0 and first["files"] > 0
           and first["createdAt"].endswith("Z"), f"{first}")
    first_exports = exports
    server.wait(first_job)
    server.run("import-things", [thing("b", str(i)) for i in range(500)])
    server.run("import-things", [thing("a", "1", data={"new": True})])
    exports = {ns: server.export(ns).body for ns in ("a", "b", "load1")}
    status, out, err = batchd("backup", "--url", url(server))
    checks(status == 0 and out.startswith(f"backup 2 in {backups} ("),
           f"batchd backup: {status} {out!r} {err!r}")
    status, out, err = batchd("restore", "--from", backups, "--list",
                              "--json")
    listed = json.loads(out)["backups"]
    checks.equal([(x["number"], x["damaged"]) for x in listed],
                 [(1, False), (2, False)], "the list")
    stored = sum(os.path.getsize(os.path.join(at, name))
                 for at, _, names in os.walk(backups) for name in names)
    checks(stored < sum(x["bytes"] for x in listed) + 100_000,
           f"files are shared: {stored} {listed}")
    status, out, err = batchd("restore", "--from", backups, "--list")
    checks(status == 0 and len(out.splitlines()) == 3 and "NUMBER" in out, out)
    server.stop()
    checks(was_open, "the first backup was written while the job ran")
    check_restored(checks, backups, 1, first_exports, first_job, before)
    check_restored(checks, backups, 2, exports, first_job, MANY)


def two_backups_at_a_time(checks):
    """While one is being written, another one is refused or waits its turn;
    both answers are whole."""
    server = Server()
    submit_many(server, "x")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        server.request("POST", "/admin/backup"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(x.status for x in answers)
    checks(statuses[0] == 200 and set(statuses) <= {200, 409}, f"{statuses}")
    for answer in answers:
        if answer.status == 409:
            checks.equal(answer.json()["code"], "conflict", f"{answer}")
    # A client that holds the folder, as another server would.
    folder = os.open(server.folder + ".backups", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    answer = server.request("POST", "/admin/backup")
    checks.equal((answer.status, answer.json()["code"]), (409, "conflict"),
                 "another one is writing")
    status, out, err = batchd("backup", "--url", url(server))
    checks(status == 1 and "conflict" in err, f"{status} {err!r}")
    os.close(folder)
    checks.equal(server.request("POST", "/admin/backup").status, 200, "after")


def what_a_client_may_not_choose(checks):
    chosen = os.path.join(temporary_folder(), "kept", "here")
    server = Server("--backup-dir", chosen)
    for body in ({"folder": "/tmp/x"}, "folder=/tmp/x"):
        answer = server.request("POST", "/admin/backup", body)
        checks.equal(answer.status, 400, f"{body}: {answer}")
    answer = server.request("POST", "/admin/backup?folder=/tmp/x")
    checks.equal(answer.status, 400, f"{answer}")
    checks.equal(server.request("GET", "/admin/backup").status, 405, "GET")
    checks(not os.path.exists(chosen), "nothing was written")
    checks.equal(server.request("POST", "/v1/admin/backup", {}).json()
                 ["backup"]["folder"], chosen, "--backup-dir")
    checks(not os.path.exists(server.folder + ".backups"), "nowhere else")
    foreign = temporary_folder()
    with open(os.path.join(foreign, "letter"), "w") as file:
        file.write("mine")
    other = Server("--backup-dir", foreign)
    answer = other.request("POST", "/admin/backup")
    checks(answer.status >= 400 and "letter" in answer.json()["error"],
           f"{answer}")
    checks.equal(os.listdir(foreign), ["letter"], "left alone")


def restores_that_are_refused(checks):
    server = Server()
    server.run("import-things", [thing("a", str(i)) for i in range(3000)])
    backups = server.folder + ".backups"
    back_up(server)
    status, out, err = restore(backups, server.folder)
    checks(status == 1 and "in use" in err, f"in use: {status} {err!r}")
    server.stop()
    status, out, err = restore(backups, server.folder)
    checks(status == 1 and "not empty" in err, f"not empty: {status} {err!r}")
    checks.equal(verify(server.folder)[0], 0, "left as it was")
    data = new_folder()
    for arguments, words in (
            ((backups, data, "--number", "9"), "no backup 9"),
            ((server.root + "/none", data), "no backups"),
            ((server.folder, data), "no backups")):
        status, out, err = restore(*arguments)
        checks(status == 1 and words in err, f"{arguments}: {status} {err!r}")
        checks(not os.path.exists(data), f"{arguments}: nothing was made")
    for arguments in (("--from", backups), ("--data", data),
                      ("--from", backups, "--data", data, "--number", "x"),
                      ("--from", backups, "--data", data, "--list")):
        checks.equal(batchd("restore", *arguments)[0], 2, f"{arguments}")
    for at, _, names in os.walk(backups):
        for name in names:
            if name.endswith(".sst"):
                path = os.path.join(at, name)
    with open(path, "r+b") as table:
        table.seek(os.path.getsize(path) // 2)
        byte = table.read(1)
        table.seek(-1, 1)
        table.write(bytes([byte[0] ^ 1]))
    status, out, err = restore(backups, data)
    checks(status == 1 and "damaged" in err, f"damaged: {status} {err!r}")
    checks(not os.path.exists(data), "nothing was made of it")
    os.makedirs(data)
    os.remove(path)
    status, out, err = restore(backups, data)
    checks(status == 1 and "damaged" in err, f"missing: {status} {err!r}")
    checks.equal(os.listdir(data), [], "nothing was made of it")


if __name__ == "__main__":
    run_groups([backups_under_load, two_backups_at_a_time,
                what_a_client_may_not_choose, restores_that_are_refused])
