"""A cluster of real processes: nodes that join, work, leave, die, stop and
come back; and what is refused."""
import os
import socket
import subprocess
import time

from cluster_driver import Node, await_state, nodes
from driver import (BATCHD, Server, command, run_groups, temporary_folder,
                    thing, until)

SLOTS = "import=2,relate=1,embed=2,export=1,transform=2"


def coordinator(*arguments):
    return Server("--cluster", "127.0.0.1:0", "--slots", "1", *arguments)


def things(count, ns="n"):
    return [thing(ns, f"t{i:06}", content=f"text {i}", data={"v": i})
            for i in range(count)]


def check_whole(checks, server, job, items, what):
    """Every item was done once, and its effect is there."""
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("completed", len(items), 0), what)
    stored = server.things("n")
    checks.equal(len(stored), len(items), f"{what}: things")
    checks(all(stored[x["id"]] == x for x in items), f"{what}: their values")


def three_nodes_share_the_work(checks):
    server = coordinator()
    members = [Node(server.cluster, f"n{i}", "--slots", SLOTS)
               for i in (1, 2, 3)]
    items = things(60_000)
    check_whole(checks, server, server.run("import-things", items), items,
                "import")
    for type in ("generate-embeddings", "export-things"):
        job = server.run(type, input={"ns": "n"})
        checks.equal((job["status"], job["processed"]),
                     ("completed", len(items)), type)
    job = server.run("transform-data", input={"ns": "n"}, options={
        "into": "m", "transform": {"steps": [{"set": {"/data/w": 1}}]}})
    checks.equal(job["status"], "completed", "transform")
    checks.equal(len(server.things("m")), len(items), "transformed things")
    listed = nodes(server)
    checks.equal(list(listed)[0], "coordinator", "who is listed first")
    for node in members:
        told = listed[node.name]
        checks.equal((told["role"], told["state"]), ("worker", "up"),
                     node.name)
        checks(told["items"] > 0, f"{node.name} has done nothing: {told}")
        checks.equal(told["slots"]["embed"], 2, f"{node.name}: slots")
    # What is told of the work is as old as the last beat.
    until(lambda: sum(x["items"] for x in nodes(server).values())
          == 4 * len(items), "the items of all nodes add up", seconds=10)
    table = command(server, "nodes")
    checks.equal(table.status, 0, "batchd nodes")
    checks(all(x.name in table.out for x in members), f"in {table.out}")
    for node in members:
        checks.equal(node.stop(), 0, f"{node.name}: status of SIGTERM")
    checks.equal(server.stop(), 0, "status of the coordinator")


def a_killed_node_loses_nothing(checks):
    server = coordinator()
    members = [Node(server.cluster, f"n{i}", "--slots", SLOTS)
               for i in (1, 2)]
    items = things(100_000)
    id = server.submit("import-things", items)
    until(lambda: server.job(id)["processed"] > 5_000, "the job is under way")
    members[0].kill()
    begin = time.monotonic()
    gone = await_state(server, "n1", "gone")
    print(f"       a killed node was given up after "
          f"{time.monotonic() - begin:.2f} s")
    checks("connection" in gone["reason"], f"the reason: {gone}")
    check_whole(checks, server, server.wait(id), items, "import")
    # The same name comes back at once.
    members[0].start()
    await_state(server, "n1", "up")


def a_stopped_node_is_given_up_and_comes_back(checks):
    server = coordinator()
    node = Node(server.cluster, "n1", "--slots", SLOTS)
    items = things(100_000)
    id = server.submit("import-things", items)
    until(lambda: server.job(id)["processed"] > 5_000, "the job is under way")
    node.pause()
    check_whole(checks, server, server.wait(id), items, "import")
    await_state(server, "n1", "gone")
    node.go_on()
    await_state(server, "n1", "up")
    checks.equal(server.run("import-things", items)["status"], "completed",
                 "import after the return")


def nodes_come_back_to_a_new_coordinator(checks):
    server = coordinator()
    server.arguments = ("--cluster", server.cluster, "--slots", "1")
    members = [Node(server.cluster, f"n{i}", "--slots", SLOTS)
               for i in (1, 2)]
    items = things(100_000)
    id = server.submit("import-things", items)
    until(lambda: server.job(id)["processed"] > 5_000, "the job is under way")
    server.kill()
    server.start()
    begin = time.monotonic()
    for node in members:
        await_state(server, node.name, "up")
    print(f"       nodes were back {time.monotonic() - begin:.2f} s after a "
          "coordinator was ready again")
    check_whole(checks, server, server.wait(id), items, "import")
    # Nodes that are there first wait for their coordinator.
    server.stop()
    early = Node(server.cluster, "n3", "--slots", SLOTS, start=False).launch()
    until(lambda: "refused" in early.log(), "the node has tried")
    server.start()
    early.await_joined()


def a_drained_node_takes_no_more(checks):
    server = coordinator()
    Node(server.cluster, "n1", "--slots", SLOTS)
    checks.equal(command(server, "drain", "n1").out, "node n1 is draining\n",
                 "batchd drain")
    server.run("import-things", things(5_000))
    told = nodes(server)["n1"]
    checks.equal((told["state"], told["items"], told["load"]),
                 ("draining", 0, 0), "a drained node")
    answer = server.request("POST", "/cluster/nodes/nobody/drain")
    checks.problem(answer, 404, "no_such_node", "drain nobody", "nobody")
    answer = server.request("POST", "/cluster/nodes/coordinator/drain")
    checks.problem(answer, 409, "conflict", "drain the coordinator")
    answer = server.request("GET", "/cluster/nodes?x=1")
    checks.problem(answer, 400, "invalid_request", "unknown parameter", "x")
    checks.equal(command(server, "drain", "nobody").status, 1,
                 "batchd drain nobody")


def certificates(folder, *names):
    """The files of a CA and of its members, by name."""
    subprocess.run([BATCHD, "cert", "ca", folder], check=True,
                   stdout=subprocess.DEVNULL)
    for name in names:
        subprocess.run([BATCHD, "cert", "node", name, folder], check=True,
                       stdout=subprocess.DEVNULL)
    return {name: ("--cluster-cert", f"{folder}/{name}.pem",
                   "--cluster-key", f"{folder}/{name}.key",
                   "--cluster-ca", f"{folder}/ca.pem") for name in names}


def only_members_of_the_ca_join(checks):
    files = certificates(temporary_folder(), "c", "n1")
    foreign = certificates(temporary_folder(), "n2")
    server = coordinator(*files["c"])
    Node(server.cluster, "n1", "--slots", SLOTS, *files["n1"])
    items = things(20_000)
    check_whole(checks, server, server.run("import-things", items), items,
                "import over TLS")
    until(lambda: nodes(server)["n1"]["items"] > 0, "the node has worked")
    foreigner = Node(server.cluster, "n2", *foreign["n2"], start=False)
    plain = Node(server.cluster, "n3", start=False)
    strangers = ((foreigner, "its certificate is not trusted"),
                 (plain, "does it want TLS?"))
    for node, reason in strangers:
        node.launch()
        until(lambda: reason in node.log(), f"{node.name} is refused")
    checks.equal(sorted(nodes(server)), ["coordinator", "n1"], "the members")
    for node, _ in strangers:
        checks.equal(node.stop(), 0, f"{node.name}: SIGTERM while it dials")
    checks.equal(server.run("import-things", items)["status"], "completed",
                 "import after strangers")


def run(*arguments):
    return subprocess.run([BATCHD, *arguments], capture_output=True, text=True,
                          timeout=30)


def what_cannot_be_is_refused(checks):
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    folder = temporary_folder()
    files = certificates(folder, "n1")["n1"]
    serve = ("serve", "--data", os.path.join(folder, "data"), "--http",
             "127.0.0.1:0")
    cases = [
        (("join",), "COORDINATOR"),
        (("join", "127.0.0.1"), "port"),
        (("join", "127.0.0.1:0"), "--cluster"),
        (("join", "10.0.0.1:7000"), "--cluster-cert"),
        (("join", "127.0.0.1:7000", "--slots", "embed=x"), "embed=x"),
        (("join", "127.0.0.1:7000", "--slots", "embed=0"), "at least one"),
        (("join", "127.0.0.1:7000", "--slot", "embed=1"), "--slot"),
        (("join", "127.0.0.1:7000", *files[:2]), "--cluster-key"),
        (("join", "127.0.0.1:7000", *files[:3], "/nowhere", *files[4:]),
         "/nowhere"),
        ((*serve, "--cluster", "0.0.0.0:7000"), "--cluster-cert"),
        ((*serve, "--cluster", "nonsense"), "--cluster"),
        ((*serve, *files), "--cluster"),
        ((*serve, "--cluster", f"127.0.0.1:{port}"), "in use"),
    ]
    for arguments, says in cases:
        ended = run(*arguments)
        checks.equal(ended.returncode, 2, f"{arguments}: {ended.stderr}")
        checks(says in ended.stderr, f"{arguments}: {says!r} is said in "
                                     f"{ended.stderr!r}")
        checks.equal(ended.stdout, "", f"{arguments}: standard output")
    taken.close()
    bare = Server()
    checks.equal(bare.cluster, "-", "no cluster was asked for")
    checks.equal(list(nodes(bare)), ["coordinator"], "nodes of one process")
    # A name that is taken, by somebody alive.
    server = coordinator()
    Node(server.cluster, "n1", "--slots", SLOTS)
    second = Node(server.cluster, "n1", "--slots", SLOTS, start=False)
    second.launch()
    until(lambda: "--name" in second.log(), "the name is refused")
    checks.equal(nodes(server)["n1"]["state"], "up", "the first one")
    checks.equal(second.stop(), 0, "SIGTERM of the second one")


if __name__ == "__main__":
    run_groups([three_nodes_share_the_work, a_killed_node_loses_nothing,
                a_stopped_node_is_given_up_and_comes_back,
                nodes_come_back_to_a_new_coordinator,
                a_drained_node_takes_no_more, only_members_of_the_ca_join,
                what_cannot_be_is_refused])
