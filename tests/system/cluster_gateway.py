"""The HTTP API of a worker node: as that of its coordinator, and what is left
when one of the two goes."""
import http.client
import json
import re
import signal
import socket
import threading

from cluster_driver import Node, nodes
from driver import (ABSENT, CSV, JSON, NDJSON, Server, command, run_groups,
                    temporary_folder, thing, until)

SLOTS = ("--slots", "import=1,embed=1,export=1,transform=1")
UNREACHABLE = (503, "coordinator_unreachable")


class Gateway(Server):
    """A `batchd join --http`, to be asked like a server."""

    def __init__(self, coordinator, name, *arguments, joins=True):
        super().__init__(start=False)
        self.node = Node(coordinator, name, *SLOTS, "--http", "127.0.0.1:0",
                         *arguments, start=False)
        self.node.launch()
        found = until(lambda: re.search(r"gateway at ([0-9.]+):(\d+)",
                                        self.node.log()), "a gateway", 30)
        self.host, self.port = found[1], int(found[2])
        if joins:
            self.node.await_joined()
            self.await_link()

    def await_link(self):
        until(lambda: self.request("GET", "/readyz").status == 200,
              "the link of the gateway")


def coordinator(*arguments, cluster="127.0.0.1:0", **more):
    return Server("--cluster", cluster, *arguments, **more)


def both():
    server = coordinator()
    return server, Gateway(server.cluster, "n1")


def things(count, content_bytes=100):
    return [thing("n", str(i), data={"i": i}, content="x" * content_bytes)
            for i in range(count)]


def lines(items):
    return "".join(json.dumps(item) + "\n" for item in items)


def the_routes_are_those_of_the_coordinator(checks):
    server, gateway = both()
    # In each form, from either side, long and short.
    for name, body, headers in (
            ("JSON", {"type": "import-things", "items": things(3)}, {}),
            ("long JSON",
             {"type": "import-things", "items": things(20_000, 500)}, {}),
            ("NDJSON", lines(things(30_000, 500)), {"Content-Type": NDJSON}),
            ("CSV", "ns,id,type\r\nn,c1,T\r\nn,c2,T\r\n",
             {"Content-Type": CSV})):
        path = "/batch" if not headers else "/batch?type=import-things"
        answer = gateway.request("POST", path, body, headers)
        if checks.equal(answer.status, 202, f"{name}: {answer}"):
            job = gateway.wait(answer.json()["jobId"])
            checks.equal(job["status"], "completed", f"{name}: {job}")
            checks.equal(server.job(job["id"]), job, f"{name}: the job")
    for query in ("format=json", "format=ndjson", "format=csv",
                  "format=ndjson&kind=things&prefix=1&limit=500"):
        checks(gateway.export("n", query).body == server.export("n", query).body,
               f"the export with {query}")
    bad = gateway.run("export-things",
                      [{"ns": "n", "id": "none"}, {"ns": "n", "id": "1"}])
    checks.equal((bad["processed"], bad["failed"]), (1, 1), "a job that fails")
    for path in ("/batch", "/stats", f"/batch/{bad['id']}/results",
                 f"/batch/{bad['id']}/errors", "/things/n?limit=5",
                 "/dead-letters?ns=n", "/dead-letters?groupBy=code"):
        checks.equal(gateway.get(path).body, server.get(path).body, path)
    retried = gateway.request("POST", f"/batch/{bad['id']}/retry")
    checks.equal(retried.status, 200, f"retry: {retried}")
    gateway.wait(retried.json()["jobId"])
    purged = gateway.change_letters("POST", "/dead-letters/purge",
                                    {"filter": {"ns": "n"}})
    checks.equal(purged.json().get("count"), 1, f"purge: {purged}")
    removed = gateway.change_letters("DELETE", f"/batch/{retried.json()['jobId']}")
    checks.equal(removed.status, 204, f"delete: {removed}")
    embedded = gateway.run("generate-embeddings", input={"ns": "n"})
    checks.equal(embedded["status"], "completed", "a job over a namespace")
    checks.equal(gateway.get("/embeddings/n/1").body,
                 server.get("/embeddings/n/1").body, "an embedding")
    checks.equal(gateway.request("PUT", "/things/n/p", thing("n", "p")).status,
                 200, "PUT")
    checks.equal(server.get("/things/n/p").json()["thing"], thing("n", "p"),
                 "what was put")
    checks.equal(gateway.request("DELETE", "/things/n/p").status, 204, "DELETE")
    checks.equal(sorted(nodes(gateway)), ["coordinator", "n1"], "the nodes")
    # Refusals are the same, but for what only the coordinator can do.
    for method, path, body in (
            ("GET", f"/batch/{ABSENT}", None), ("GET", "/things/n/p", None),
            ("POST", "/batch", {"type": "none", "items": []}),
            ("POST", "/batch", {"type": "import-things", "items": [],
                                "options": {"priority": 99}}),
            ("POST", f"/batch/{bad['id']}/pause", None),
            ("GET", "/export/n?format=none", None)):
        here = gateway.request(method, path, body)
        there = server.request(method, path, body)
        checks.equal((here.status, here.json()["code"], here.json()["error"]),
                     (there.status, there.json()["code"],
                      there.json()["error"]), f"{method} {path}")
    checks.problem(gateway.request("POST", "/admin/backup"), 409, "conflict",
                   "a backup", server.cluster)
    done = command(gateway, "stats")
    checks.equal(done.status, 0, f"batchd stats: {done}")
    checks.equal(gateway.node.stop(), 0, "SIGTERM")
    checks.equal(server.stop(), 0, "SIGTERM of the coordinator")


def many_clients_at_once(checks):
    server, gateway = both()
    server.run("import-things", things(2000, 2000))
    whole = server.export("n").body
    wrong = []

    def exports():
        for _ in range(3):
            if gateway.export("n").body != whole:
                wrong.append("export")

    def reads():
        connection = gateway.connection()
        for i in range(200):
            answer = gateway.request("GET", f"/things/n/{i}", over=connection)
            if answer.status != 200:
                wrong.append(answer)
        connection.close()

    def submits(number):
        for i in range(10):
            job = gateway.run("import-things", [thing("m", f"{number}-{i}")])
            if job["status"] != "completed":
                wrong.append(job)

    threads = [threading.Thread(target=exports) for _ in range(12)]
    threads += [threading.Thread(target=reads) for _ in range(12)]
    threads += [threading.Thread(target=submits, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checks.equal(wrong, [], "answers to many clients")
    checks.equal(len(gateway.things("m")), 80, "things of all jobs")
    checks.equal(nodes(server)["n1"]["state"], "up", "the node meanwhile")


def begin_upload(gateway):
    """Sends a good part of an upload that has no end yet."""
    connection = socket.create_connection((gateway.host, gateway.port), 20)
    connection.sendall(b"POST /batch?type=import-things HTTP/1.1\r\n"
                       b"Host: x\r\nContent-Type: " + NDJSON.encode() +
                       b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    go_on(connection)
    return connection


def go_on(connection):
    piece = lines(things(3000, 1000)).encode()
    connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))


def verified(server):
    """What a recount finds in the folder of a server that has ended."""
    return command(server, "verify", server.folder, "--json", url="http://x")


def a_killed_gateway_leaves_nothing_of_its_uploads(checks):
    server, gateway = both()
    before = server.run("import-things", things(10))
    connection = begin_upload(gateway)
    # A claim on the dead letters would keep all others from them.
    exports = gateway.connection()
    exports.request("GET", "/export/n")
    gateway.node.kill()
    connection.close()
    exports.close()
    until(lambda: nodes(server)["n1"]["state"] == "gone", "the node is gone")
    checks.equal(len(server.get("/batch").json()["jobs"]), 1, "jobs")
    checks.equal(server.change_letters("DELETE", f"/batch/{before['id']}")
                 .status, 204, "a deletion behind it")

    def removed():
        return "abandon" not in server.log() and server.stop() == 0
    checks(removed(), "SIGTERM")
    found = verified(server)
    checks.equal(found.status, 0, f"verify: {found}")
    checks.equal(found.json().get("unacceptedUploads"), 0, f"verify: {found}")


def a_lost_coordinator_is_told_at_once_and_found_again(checks):
    server, gateway = both()
    server.run("import-things", things(30_000, 1000))
    upload = begin_upload(gateway)
    exports = gateway.connection()
    exports.request("GET", "/export/n?format=ndjson",
                    headers={"Accept-Encoding": "identity"})
    export = exports.getresponse()
    export.read(100_000)
    server.kill()

    until(lambda: gateway.request("GET", "/readyz").status == 503,
          "the gateway is not ready")
    checks(server.cluster in gateway.request("GET", "/readyz")
           .json()["checks"]["store"], "/readyz names the coordinator")
    checks.equal(gateway.request("GET", "/livez").status, 200, "/livez")
    for method, path, body in (
            ("GET", "/batch", None), ("GET", "/things/n/1", None),
            ("GET", "/export/n", None), ("GET", "/cluster/nodes", None),
            ("PUT", "/things/n/1", thing("n", "1")),
            ("POST", "/batch", {"type": "import-things", "items": things(1)})):
        answer = gateway.request(method, path, body)
        checks.problem(answer, *UNREACHABLE, f"{method} {path}")
        checks("retry-after" in answer.headers, f"{path}: when to come back")
    try:
        export.read()
        checks(False, "an export that was cut off looks whole")
    except http.client.IncompleteRead:
        checks(True, "an export that was cut off")
    exports.close()
    try:
        for _ in range(5):
            go_on(upload)
        upload.sendall(b"0\r\n\r\n")
    except OSError:
        pass  # It has its answer and listens no more.
    answer = upload.recv(65536)
    checks(b" 503 " in answer.split(b"\r\n")[0], f"the upload: {answer[:300]}")
    upload.close()

    again = coordinator(cluster=server.cluster, folder=server.folder)
    gateway.await_link()
    checks.equal(len(again.get("/batch").json()["jobs"]), 1, "jobs")
    job = gateway.run("import-things", [thing("m", "1")])
    checks.equal(job["status"], "completed", "a job over the new link")
    checks.equal(gateway.export("n").body, again.export("n").body, "the export")
    checks.equal(gateway.node.stop(), 0, "SIGTERM")
    checks.equal(again.stop(), 0, "SIGTERM of the coordinator")
    found = verified(again)
    checks.equal(found.json().get("unacceptedUploads"), 0, f"verify: {found}")


def a_gateway_waits_for_its_coordinator(checks):
    with socket.create_server(("127.0.0.1", 0)) as free:
        cluster = "127.0.0.1:%d" % free.getsockname()[1]
    gateway = Gateway(cluster, "n1", joins=False)
    checks.equal(gateway.request("GET", "/readyz").status, 503, "/readyz")
    checks.problem(gateway.request("GET", "/stats"), *UNREACHABLE, "/stats")
    server = coordinator(cluster=cluster)
    gateway.node.await_joined()
    gateway.await_link()
    checks.equal(gateway.stats()["total"], 0, "the statistics")
    # A process that is stopped is given up, and comes back with a new link.
    gateway.node.pause()
    until(lambda: nodes(server)["n1"]["state"] == "gone", "given up")
    gateway.node.go_on()
    until(lambda: nodes(server)["n1"]["state"] == "up", "joined anew")
    gateway.await_link()
    checks.equal(gateway.run("import-things", [thing("n", "1")])["status"],
                 "completed", "a job over the new link")


def a_gateway_has_a_token_of_its_own(checks):
    server = coordinator()
    gateway = Gateway(server.cluster, "n1", "--token", "secret", joins=False)
    gateway.node.await_joined()
    checks.problem(gateway.request("GET", "/batch"), 401, "unauthorized",
                   "without a token")
    gateway.token = "secret"
    gateway.await_link()
    checks.equal(gateway.request("GET", "/batch").status, 200, "with one")
    open_to_all = Node(server.cluster, "n2", *SLOTS, "--http", "0.0.0.0:0",
                       start=False)
    open_to_all.launch()
    until(lambda: not open_to_all.is_running(), "a refusal")
    checks.equal(open_to_all.process.returncode, 2, "a gateway without a guard")
    checks("--token" in open_to_all.log(), open_to_all.log())


if __name__ == "__main__":
    run_groups([the_routes_are_those_of_the_coordinator, many_clients_at_once,
                a_killed_gateway_leaves_nothing_of_its_uploads,
                a_lost_coordinator_is_told_at_once_and_found_again,
                a_gateway_waits_for_its_coordinator,
                a_gateway_has_a_token_of_its_own])
