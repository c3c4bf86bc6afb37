"""batchd verify: clean after work and after kill -9, and it finds and names
what is damaged, without changing a byte."""
import hashlib
import json
import os
import random
import shutil
import subprocess

from driver import (BATCHD, Server, relationship, run_groups,
                    temporary_folder, thing, until)


def batchd(*arguments, seconds=100):
    """Answers exit status, standard output and standard error."""
    done = subprocess.run([BATCHD, *arguments], capture_output=True,
                          text=True, timeout=seconds)
    return done.returncode, done.stdout, done.stderr


def verify(folder):
    status, out, err = batchd("verify", "--json", folder)
    assert out, f"verify {folder}: {status} {err}"
    return status, json.loads(out)["verify"]


def picture(folder):
    """Name, time and hash of each file."""
    files = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            files[name] = (hashlib.sha256(file.read()).hexdigest(),
                           os.stat(path).st_mtime_ns)
    return files


def some_work(server, ns="n", count=3000):
    items = [thing(ns, str(i % 2500), content=f"text {i}", data={"v": i})
             for i in range(count)] + [{"ns": ns}] * 7
    server.run("import-things", items)
    server.run("import-relationships", [
        relationship(ns, f"r{i % 90}", "t", f"{ns}/{i}", f"{ns}/{i + 1}")
        for i in range(200)])
    server.run("generate-embeddings", [{"ns": ns, "id": str(i)}
                                       for i in range(50)])
    server.run("transform-data", input={"ns": ns}, options={
        "into": ns + "2", "keepResults": "errors"})
    server.run("transform-data", [1, 2, 3], options={"chunkSize": 1})
    server.request("PUT", f"/things/{ns}/put", {"type": "T"})
    server.request("DELETE", f"/things/{ns}/7")


def what_was_counted(checks):
    server = Server()
    some_work(server)
    stats = server.stats()
    server.stop()
    before = picture(server.folder)
    status, found = verify(server.folder)
    checks.equal((status, found["clean"], found["findings"]), (0, True, []),
                 "clean")
    checks.equal([found[name] for name in (
        "jobs", "openJobs", "things", "relationships", "embeddings",
        "deadLetters", "results", "staleLinks")],
        [stats["total"], 0, 5000, 90, 49, 7, 3000 + 200 + 50 + 3,
         2 * (200 - 90)], "counts")
    checks.equal(picture(server.folder), before, "nothing changed")
    status, out, err = batchd("verify", server.folder)
    checks.equal((status, err), (0, ""), "no findings")
    checks("things" in out and "nothing is wrong; took" in out, out)


def a_server_that_was_killed(checks):
    server = Server("--slots", "2")
    draw = random.Random(7)
    open_jobs = 0
    for i in range(6):
        for j in range(3):
            server.submit("import-things", [
                thing(f"k{j}", str(draw.randrange(900)), data={"v": x})
                if x % 50 else {} for x in range(4000)])
        job = server.submit("import-relationships", [
            relationship("k", str(x % 70), "t", f"k0/{x}", f"k1/{x}")
            for x in range(3000)], options={"chunkSize": 5})
        share = draw.randrange(2000)
        until(lambda: server.job(job)["processed"] >= share, "some progress",
              pause=0.001)
        server.kill()
        status, found = verify(server.folder)
        checks.equal((status, found["findings"]), (0, []), f"after kill {i}")
        open_jobs += found["openJobs"]
        server.start()
    server.kill()
    checks(open_jobs > 0, "jobs were open when it was killed")


def folders_that_are_refused(checks):
    server = Server()
    for folder, words in ((server.folder, "in use"),
                          (server.root, "batchd"),
                          (server.root + "/none", "not a folder"),
                          (os.path.join(server.root, "log"), "not a folder")):
        status, out, err = batchd("verify", folder)
        checks(status == 1 and out == "" and words in err,
               f"{folder}: {status} {out!r} {err!r}")
    empty = temporary_folder()
    status, out, err = batchd("verify", empty)
    checks(status == 1 and "no store" in err and not os.listdir(empty),
           f"an empty folder: {status} {err!r}")
    checks.equal(batchd("verify")[0], 2, "no folder")
    checks.equal(server.get("/health").status, 200, "the server goes on")


def damaged_copies(checks):
    server = Server()
    some_work(server)
    server.stop()
    tables = [name for name in os.listdir(server.folder)
              if name.endswith(".sst")]
    if not tables:
        # What the log holds goes into tables at a start.
        server.start()
        server.stop()
        tables = [name for name in os.listdir(server.folder)
                  if name.endswith(".sst")]
    checks(tables, "there are tables")
    largest = max(tables, key=lambda x: os.path.getsize(
        os.path.join(server.folder, x)))
    copy = os.path.join(temporary_folder(), "copy")
    shutil.copytree(server.folder, copy)
    path = os.path.join(copy, largest)
    with open(path, "r+b") as table:
        table.seek(os.path.getsize(path) // 3)
        byte = table.read(1)
        table.seek(-1, 1)
        table.write(bytes([byte[0] ^ 1]))
    status, out, err = batchd("verify", copy)
    checks(status == 1 and "damaged" in err or "Corruption" in err,
           f"a flipped bit: {status} {out!r} {err!r}")
    shutil.rmtree(copy)
    shutil.copytree(server.folder, copy)
    os.remove(os.path.join(copy, largest))
    status, out, err = batchd("verify", copy)
    checks(status == 1 and "backup" in err,
           f"a missing table: {status} {out!r} {err!r}")


if __name__ == "__main__":
    run_groups([what_was_counted, a_server_that_was_killed,
                folders_that_are_refused, damaged_copies])
