"""Gateways on worker nodes: the same API at any node, over the one connection to
the coordinator; and what they say while that is away."""
import http.client
import json
import socket
import threading

from cluster import SLOTS, check_whole, coordinator, things
from cluster_driver import Node, await_state, nodes
from driver import (ABSENT, CSV, NDJSON, Server, command, run_groups, thing,
                    until)


def with_gateway(server, name="n1"):
    return Node(server.cluster, name, "--slots", SLOTS, "--http",
                "127.0.0.1:0")


def a_node_answers_as_the_coordinator_does(checks):
    server = coordinator()
    node = with_gateway(server)
    items = things(30_000)
    lines = "".join(json.dumps(x) + "\n" for x in items)
    answer = node.request("POST", "/batch?type=import-things", lines,
                          {"Content-Type": NDJSON})
    checks.equal(answer.status, 202, "NDJSON through a node")
    check_whole(checks, server, node.wait(answer.json()["jobId"]), items,
                "import through a node")
    for query in ("format=ndjson", "format=json", "format=csv",
                  "format=ndjson&prefix=t0001", "format=ndjson&fields=id"):
        checks.equal(node.export("n", query).body,
                     server.export("n", query).body, f"export {query}")
    table = node.export("n", "format=csv&kind=things").body
    answer = node.request("POST", "/batch?type=import-things", table,
                          {"Content-Type": CSV})
    checks.equal(node.wait(answer.json()["jobId"])["status"], "completed",
                 "CSV through a node")
    job = node.run("generate-embeddings", input={"ns": "n"})
    checks.equal((job["status"], job["processed"]), ("completed", len(items)),
                 "a job over a namespace")
    for query in ({"text": "text 17"}, {"text": "text", "k": 1000},
                  {"text": "?!"}, {"text": "x", "model": "none"},
                  {"vector": [1, 2]}, {"text": "x", "type": "none"}):
        here, there = (x.request("POST", "/search", {"ns": "n", **query})
                       for x in (node, server))
        checks.equal((here.status, {**here.json(), "requestId": 0}),
                     (there.status, {**there.json(), "requestId": 0}),
                     f"search {query}")
    bad = node.run("import-things", [thing("n", "x"), {"ns": "n"}])
    for path in (f"/batch/{bad['id']}", f"/batch/{bad['id']}/results",
                 f"/batch/{bad['id']}/errors", "/dead-letters", "/stats",
                 "/batch?limit=2", "/things/n?limit=3", "/things/n/t000001",
                 "/embeddings/n/t000001", "/cluster/nodes?"):
        here, there = node.request("GET", path), server.request("GET", path)
        same = ("/stats", "/cluster/nodes?")
        checks.equal(here.status, 200, path)
        checks(path in same or here.body == there.body,
               f"{path}: {here} and {there}")
    checks.equal(sorted(nodes(node)), ["coordinator", "n1"], "nodes by a node")
    answer = node.request("PUT", "/things/n/put", thing("n", "put"))
    checks.equal(answer.status, 200, "PUT through a node")
    checks.equal(server.things("n")["put"], thing("n", "put"), "what was put")
    checks.equal(node.request("DELETE", "/things/n/put").status, 204, "DELETE")
    retried = node.request("POST", f"/batch/{bad['id']}/retry")
    checks.equal(retried.status, 200, f"retry: {retried}")
    checks.problem(node.request("GET", f"/batch/{ABSENT}"), 404,
                   "no_such_job", "a job that is none")
    checks.problem(node.request("POST", "/admin/backup"), 409, "conflict",
                   "backup through a node", "coordinator")
    key = {"Idempotency-Key": "k1"}
    first = node.request("POST", "/batch", {"type": "transform-data",
                                            "items": [1]}, key).json()
    again = server.request("POST", "/batch", {"type": "transform-data",
                                              "items": [1]}, key)
    checks.equal((again.json()["jobId"],
                  again.headers.get("idempotency-replayed")),
                 (first["jobId"], "true"), "a key holds at every node")
    checks.equal(command(node, "stats").status, 0, "batchd stats at a node")
    checks.equal(node.stop(), 0, "status of SIGTERM")


def refusals_and_removals_are_those_of_the_coordinator(checks):
    server = coordinator()
    node = with_gateway(server)
    node.run("import-things", things(3))
    bad = node.run("export-things", [{"ns": "n", "id": "none"},
                                     {"ns": "n", "id": "t000001"}])
    checks.equal((bad["processed"], bad["failed"]), (1, 1), "a job that fails")
    for path in (f"/batch/{bad['id']}/errors", "/dead-letters?ns=n",
                 "/dead-letters?groupBy=code",
                 "/export/n?format=ndjson&kind=things&limit=2"):
        checks.equal(node.get(path).body, server.get(path).body, path)
    for method, path, body in (
            ("GET", f"/batch/{ABSENT}", None), ("GET", "/things/n/none", None),
            ("POST", "/batch", {"type": "transform-data", "items": [],
                                "options": {"priority": 99}}),
            ("POST", f"/batch/{bad['id']}/pause", None),
            ("GET", "/export/n?format=none", None)):
        here = node.request(method, path, body)
        there = server.request(method, path, body)
        checks(there.status >= 400, f"{method} {path}: {there}")
        checks.equal((here.status, here.json()["code"], here.json()["error"]),
                     (there.status, there.json()["code"],
                      there.json()["error"]), f"{method} {path}")
    retried = node.request("POST", f"/batch/{bad['id']}/retry")
    checks.equal(retried.status, 200, f"retry: {retried}")
    again = node.wait(retried.json()["jobId"])["id"]
    purged = node.change_letters("POST", "/dead-letters/purge",
                                 {"filter": {"ns": "n"}})
    checks.equal(purged.json().get("count"), 1, f"purge: {purged}")
    removed = node.change_letters("DELETE", f"/batch/{again}")
    checks.equal(removed.status, 204, f"delete: {removed}")


def an_upload_whose_node_dies_leaves_nothing(checks):
    server = coordinator()
    node = with_gateway(server)
    old = server.run("import-things", things(10))
    before = server.stats()["total"]
    with socket.create_connection((node.host, node.port), 20) as to:
        to.sendall(b"POST /batch?type=import-things HTTP/1.1\r\nHost: x\r\n"
                   b"Content-Type: application/x-ndjson\r\n"
                   b"Content-Length: 100000000\r\n\r\n")
        line = json.dumps(thing("lost", "a", content="x" * 1000)) + "\n"
        for _ in range(5_000):
            to.sendall(line.encode())
        node.kill()
    await_state(server, "n1", "gone")
    checks.equal(server.stats()["total"], before, "no job of it")
    checks.equal(len(server.things("lost")), 0, "no thing of it")
    removed = server.change_letters("DELETE", f"/batch/{old['id']}")
    checks.equal(removed.status, 204, "a deletion behind it")
    checks.equal(server.stop(), 0, "status of the coordinator")
    verified = command(server, "verify", server.folder, "--json")
    checks.equal(verified.status, 0, f"batchd verify: {verified}")
    checks.equal(verified.json()["verify"]["unacceptedUploads"], 0,
                 f"batchd verify: {verified}")


def a_node_says_so_while_its_coordinator_is_away(checks):
    server = coordinator()
    server.arguments = ("--cluster", server.cluster, "--slots", "1")
    node = with_gateway(server)
    checks.equal(node.request("GET", "/readyz").status, 200, "ready")
    server.kill()
    until(lambda: node.request("GET", "/readyz").status == 503,
          "it is not ready any more")
    for method, path, body in (("GET", "/stats", None),
                               ("GET", "/export/n?format=ndjson", None),
                               ("POST", "/batch", {"type": "transform-data",
                                                   "items": [1]}),
                               ("GET", "/cluster/nodes", None)):
        answer = node.request(method, path, body)
        checks.problem(answer, 503, "coordinator_unreachable",
                       f"{method} {path}")
        checks("retry-after" in answer.headers, f"Retry-After: {answer}")
    checks.equal(node.request("GET", "/health").status, 200, "health")
    server.start()
    until(lambda: node.request("GET", "/readyz").status == 200,
          "it is ready again")
    checks.equal(node.run("transform-data", [1])["status"], "completed",
                 "a job after the return")


def begin_upload(node):
    """Sends a part of an upload that has no end yet."""
    to = socket.create_connection((node.host, node.port), 20)
    to.sendall(b"POST /batch?type=import-things HTTP/1.1\r\nHost: x\r\n"
               b"Content-Type: application/x-ndjson\r\n"
               b"Transfer-Encoding: chunked\r\n\r\n")
    send_piece(to)
    return to


def send_piece(to):
    line = json.dumps(thing("lost", "a", content="x" * 1000)) + "\n"
    piece = (line * 3000).encode()
    to.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))


def what_is_under_way_breaks_with_the_link(checks):
    server = coordinator()
    server.arguments = ("--cluster", server.cluster, "--slots", "1")
    node = with_gateway(server)
    items = [thing("n", f"{i:05}", content="x" * 1000) for i in range(30_000)]
    check_whole(checks, server, node.run("import-things", items), items,
                "a long body through a node")
    upload = begin_upload(node)
    connection = node.connection()
    connection.request("GET", "/export/n?format=ndjson",
                       headers={"Accept-Encoding": "identity"})
    export = connection.getresponse()
    export.read(100_000)
    server.kill()
    until(lambda: node.request("GET", "/readyz").status == 503,
          "it is not ready any more")
    try:
        export.read()
        checks(False, "an export that was cut off looks whole")
    except http.client.IncompleteRead:
        checks(True, "an export that was cut off")
    connection.close()
    try:
        for _ in range(5):
            send_piece(upload)
        upload.sendall(b"0\r\n\r\n")
    except OSError:
        pass  # It has its answer and is heard no more.
    answer = upload.recv(65536)
    checks(answer.startswith(b"HTTP/1.1 503 "), f"the upload: {answer[:300]}")
    upload.close()
    server.start()
    until(lambda: node.request("GET", "/readyz").status == 200,
          "it is ready again")
    checks.equal(server.stats()["total"], 1, "no job of the upload")
    checks(node.export("n").body == server.export("n").body,
           "the export over the new link")
    checks.equal(node.stop(), 0, "status of the node")
    checks.equal(server.stop(), 0, "status of the coordinator")
    verified = command(server, "verify", server.folder)
    checks.equal(verified.status, 0, f"batchd verify: {verified}")


def many_clients_of_one_node_are_served_at_once(checks):
    server = coordinator()
    node = with_gateway(server)
    server.run("import-things", [thing("n", str(i), content="x" * 2000)
                                 for i in range(2000)])
    whole = server.export("n").body
    wrong = []

    def export():
        for _ in range(3):
            if node.export("n").body != whole:
                wrong.append("an export")

    def read():
        connection = node.connection()
        for i in range(200):
            answer = node.request("GET", f"/things/n/{i}", over=connection)
            if answer.status != 200:
                wrong.append(answer)
        connection.close()

    def submit(number):
        for i in range(10):
            job = node.run("import-things", [thing("m", f"{number}-{i}")])
            if job["status"] != "completed":
                wrong.append(job)

    threads = [threading.Thread(target=export) for _ in range(12)]
    threads += [threading.Thread(target=read) for _ in range(12)]
    threads += [threading.Thread(target=submit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checks.equal(wrong, [], "answers to many clients")
    checks.equal(len(node.things("m")), 80, "things of all jobs")
    checks.equal(nodes(server)["n1"]["state"], "up", "the node meanwhile")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def a_gateway_waits_for_its_coordinator(checks):
    cluster = f"127.0.0.1:{free_port()}"
    node = Node(cluster, "n1", "--slots", SLOTS, "--http",
                f"127.0.0.1:{free_port()}", start=False)
    node.host, node.port = "127.0.0.1", int(node.arguments[-1].split(":")[1])
    node.launch()

    def state():
        try:
            return node.request("GET", "/readyz").status
        except ConnectionError:
            return None
    until(lambda: state() == 503, "it serves and is not ready")
    checks.problem(node.request("GET", "/stats"), 503,
                   "coordinator_unreachable", "before there is one")
    server = Server("--cluster", cluster, "--slots", "1")
    node.await_joined()
    until(lambda: state() == 200, "it is ready")
    # A process that was stopped is given up, and comes back over a new link.
    node.pause()
    await_state(server, "n1", "gone")
    node.go_on()
    await_state(server, "n1", "up")
    until(lambda: state() == 200, "it is ready again")
    checks.equal(node.run("import-things", [thing("n", "1")])["status"],
                 "completed", "a job over the new link")


def gateways_have_limits_of_their_own(checks):
    server = coordinator()
    open_to_all = Node(server.cluster, "n1", "--http", "0.0.0.0:0",
                       start=False).launch()
    checks.equal(open_to_all.process.wait(30), 2, "no token beyond loopback")
    checks("--token" in open_to_all.log(), open_to_all.log())
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    busy = Node(server.cluster, "n1", "--http", f"127.0.0.1:{port}",
                start=False).launch()
    checks.equal(busy.process.wait(30), 2, "the port is taken")
    checks(str(port) in busy.log(), busy.log())
    node = Node(server.cluster, "n1", "--slots", SLOTS, "--http",
                "127.0.0.1:0", "--token", "secret")
    checks.problem(node.request("GET", "/stats"), 401, "unauthorized",
                   "no token")
    node.token = "secret"
    checks.equal(node.request("GET", "/stats").status, 200, "the token")


if __name__ == "__main__":
    run_groups([a_node_answers_as_the_coordinator_does,
                refusals_and_removals_are_those_of_the_coordinator,
                an_upload_whose_node_dies_leaves_nothing,
                a_node_says_so_while_its_coordinator_is_away,
                what_is_under_way_breaks_with_the_link,
                many_clients_of_one_node_are_served_at_once,
                a_gateway_waits_for_its_coordinator,
                gateways_have_limits_of_their_own])
