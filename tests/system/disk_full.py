"""A disk that is full in the middle of the work: a small file system in memory
that the test fills and frees. Needs root, or user namespaces."""
import os
import signal
import subprocess

from driver import BATCHD, CSV, JSON, NDJSON, Server, _end_with_parent, \
    run_groups, temporary_folder, thing, until
from raw_http import exchange, request

DISK_MIB = 160
RESERVE_MIB = 2


class SmallDisk:
    """A file system of its own, for as long as its holder lives."""

    def __init__(self):
        self.point = os.path.join(temporary_folder(), "disk")
        os.mkdir(self.point)
        self.holder = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
             f"mount -t tmpfs -o size={DISK_MIB}m tmpfs '{self.point}'"
             " && echo mounted && exec sleep infinity"],
            stdout=subprocess.PIPE, preexec_fn=_end_with_parent)
        if self.holder.stdout.readline() != b"mounted\n":
            raise RuntimeError("no file system of its own: this test needs "
                               "root, or user namespaces")
        self.outside = f"/proc/{self.holder.pid}/root{self.point}"

    def enter(self):
        """What a command begins with that is to see the disk."""
        return ["nsenter", "--target", str(self.holder.pid), "--user",
                "--mount", "--preserve-credentials"]

    def free_mib(self):
        found = os.statvfs(self.outside)
        return found.f_bavail * found.f_frsize / (1 << 20)

    def fill(self, leave_mib=0.0):
        """Takes all of it but this much."""
        with open(os.path.join(self.outside, "ballast"), "ab",
                  buffering=0) as ballast:
            try:
                while self.free_mib() > leave_mib:
                    ballast.write(bytes(64 << 10))
            except OSError:
                pass  # full to the last byte

    def empty(self):
        os.remove(os.path.join(self.outside, "ballast"))

    def close(self):
        self.holder.kill()
        self.holder.wait()


class DiskServer(Server):
    """A server whose data folder lies on the small disk."""

    def __init__(self, disk):
        self.disk = disk
        super().__init__("--disk-reserve", str(RESERVE_MIB),
                         folder=os.path.join(disk.point, "data"))

    def launch(self):
        with open(os.path.join(self.root, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [*self.disk.enter(), BATCHD, "serve", "--data", self.folder,
                 "--http", "127.0.0.1:0", *self.arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                preexec_fn=_end_with_parent)
        Server.running.add(self)


def items(ns, count):
    return [thing(ns, f"{i:06}", data={"v": i, "text": "x" * 200})
            for i in range(count)]


def check_whole(checks, server, ns, count):
    checks.equal({id: x["data"]["v"] for id, x in server.things(ns).items()},
                 {f"{i:06}": i for i in range(count)}, f"all of {ns} is there")


def is_refused(answer):
    return answer.status == 507 and answer.json()["code"] == "storage_full"


def a_full_disk_in_the_middle_of_an_import(checks):
    disk = SmallDisk()
    server = DiskServer(disk)
    checks.equal(server.run("import-things", items("before", 1000))["status"],
                 "completed", "with space")
    # The log of the store, which takes 35 MiB of disk at once, has room for the
    # items of the job, but not for their effects as well.
    disk.fill(leave_mib=8)
    count = 100_000
    body = "".join(f'{{"ns":"big","id":"{i:06}","type":"T","data":{{"v":{i},'
                   f'"text":"{"x" * 200}"}}}}\n' for i in range(count))
    answer = server.request("POST", "/batch?type=import-things", body,
                            {"Content-Type": NDJSON})
    if not checks.equal(answer.status, 202, f"the job is taken: {answer}"):
        return
    job = answer.json()["jobId"]
    until(lambda: is_refused(server.request("POST", "/batch", {
        "type": "import-things", "items": items("probe", 1)})),
        "new jobs are refused with 507")
    checks(server.is_running(), "the process lives")
    checks.equal(server.job(job)["status"], "processing", "the job waits")
    checks(is_refused(server.request("POST", "/batch", {
        "type": "import-things", "items": items("refused", 1)})),
           "the next one too")
    checks(is_refused(server.request("PUT", "/things/refused/1",
                                     thing("refused", "1"))),
           "a thing is refused as well")
    # A long body is refused before any of it was sent.
    for type in (JSON, NDJSON, CSV):
        path = "/batch" + ("?type=import-things" if type != JSON else "")
        answer = exchange(server, request(
            "POST", path, "Content-Type: " + type, "Content-Length: 50000000",
            length=False))
        checks(answer and is_refused(answer), f"{type} unread: {answer}")
    check_whole(checks, server, "before", 1000)
    checks.equal(server.get("/health").json()["status"], "ok", "health")
    checks.equal(server.request("GET", "/readyz").status, 503, "not ready")
    checks(0 < server.job(job)["done"] < count, "it stopped in the middle")

    disk.empty()
    ended = server.wait(job, 60)
    checks.equal((ended["status"], ended["processed"]), ("completed", count),
                 "the job goes on by itself and ends")
    check_whole(checks, server, "big", count)
    checks.equal(server.things("refused"), {}, "what was refused left nothing")
    checks.equal(server.run("import-things", items("after", 10))["status"],
                 "completed", "new jobs are taken again")
    checks.equal(server.stop(), 0, "it ends in order")
    disk.close()


def a_crash_while_the_disk_is_full(checks):
    disk = SmallDisk()
    server = DiskServer(disk)
    disk.fill(leave_mib=22)
    job = None
    count = 60_000
    for i in range(6):
        answer = server.request("POST", "/batch", {
            "type": "import-things", "items": items(f"n{i}", 10_000)})
        if answer.status == 507:
            break
        checks.equal(answer.status, 202, f"{answer}")
        job = (i, answer.json()["jobId"])
    disk.fill()
    server.process.send_signal(signal.SIGKILL)
    server.kill()
    # With no space at all it says so, and changes nothing.
    server.launch()
    line = server.process.stdout.readline().decode()
    if line == "":
        checks.equal(server.process.wait(30), 1, "no space to start: status 1")
        checks("space" in server.log().lower() or "full" in server.log(),
               f"the log says why: {server.log()[-500:]}")
    server.kill()
    disk.empty()
    server.start()
    for id in [x["id"] for x in server.get("/batch").json()["jobs"]]:
        ended = server.wait(id, 60)
        checks.equal((ended["status"], ended["processed"]),
                     ("completed", 10_000), f"job {id} ends")
    if job:
        for i in range(job[0] + 1):
            check_whole(checks, server, f"n{i}", 10_000)
    checks.equal(server.stop(), 0, "it ends in order")
    disk.close()


if __name__ == "__main__":
    run_groups([a_full_disk_in_the_middle_of_an_import,
                a_crash_while_the_disk_is_full])
