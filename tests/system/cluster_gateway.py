"""Gateways on worker nodes: the same API at any node, over the one connection to
the coordinator; and what they say while that is away."""
import json
import socket

from cluster import SLOTS, check_whole, coordinator, things
from cluster_driver import Node, await_state, nodes
from driver import (ABSENT, CSV, NDJSON, command, run_groups, thing,
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


def an_upload_whose_node_dies_leaves_nothing(checks):
    server = coordinator()
    node = with_gateway(server)
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
    checks.equal(server.stop(), 0, "status of the coordinator")
    verified = command(server, "verify", server.folder)
    checks.equal(verified.status, 0, f"batchd verify: {verified}")


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
                an_upload_whose_node_dies_leaves_nothing,
                a_node_says_so_while_its_coordinator_is_away,
                gateways_have_limits_of_their_own])
