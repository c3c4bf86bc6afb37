"""A cluster whose network fails: a cable that is cut without a word, one that
is slow, one that comes back.

Three network namespaces of the test's own: the coordinator and the test are in
the first one, the nodes in the third, and the one between them forwards, until
it is told not to. Nobody outside sees any of it, and it ends with the test.
"""
import os
import subprocess
import sys
import time

from cluster import SLOTS, certificates, check_whole, things
from cluster_driver import Node, await_state, nodes
from driver import Server, run_groups, temporary_folder, until

HERE, MIDDLE, THERE = "10.77.1.1", "10.77.1.2", "10.77.2.1"
FAR = "10.77.2.2"
PORT = 7000
INSIDE = "BATCHD_TEST_NETWORK"


def enter_network():
    """Begins anew in namespaces of our own, as whoever we are."""
    if INSIDE in os.environ:
        return
    who = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    os.execvpe("unshare", ["unshare", *who, "--mount", "--net",
                           sys.executable, "-B", *sys.argv],
               {**os.environ, INSIDE: "1"})


def sh(command):
    subprocess.run(command, shell=True, check=True)


def build_network():
    sh(f"""set -e
    mount -t tmpfs tmpfs /run
    ip link set lo up
    ip netns add middle
    ip netns add far
    ip link add here type veth peer name near netns middle
    ip -n middle link add there type veth peer name far netns far
    ip addr add {HERE}/24 dev here
    ip -n middle addr add {MIDDLE}/24 dev near
    ip -n middle addr add {THERE}/24 dev there
    ip -n far addr add {FAR}/24 dev far
    ip link set here up
    ip -n middle link set lo up
    ip -n middle link set near up
    ip -n middle link set there up
    ip -n far link set lo up
    ip -n far link set far up
    ip route add 10.77.2.0/24 via {MIDDLE}
    ip -n far route add 10.77.1.0/24 via {THERE}
    ip netns exec middle sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
    """)


def cut():
    """Nothing is forwarded, and nobody is told."""
    sh("ip -n middle route add blackhole 10.77.1.1/32")
    sh(f"ip -n middle route add blackhole {FAR}/32")


def mend():
    sh("ip -n middle route del blackhole 10.77.1.1/32")
    sh(f"ip -n middle route del blackhole {FAR}/32")


class FarNode(Node):
    """A node at the other end of the network."""

    def command(self):
        return ["ip", "netns", "exec", "far", *super().command()]


def cluster():
    files = certificates(temporary_folder(), "c", "n1", "n2")
    server = Server("--cluster", f"{HERE}:{PORT}", "--slots", "1",
                    *files["c"])
    return server, files


def a_silent_cut_is_noticed_and_healed(checks):
    server, files = cluster()
    far = FarNode(server.cluster, "n1", "--slots", SLOTS, *files["n1"])
    items = things(100_000)
    id = server.submit("import-things", items)
    until(lambda: server.job(id)["processed"] > 5_000, "the job is under way")
    cut()
    begin = time.monotonic()
    gone = await_state(server, "n1", "gone")
    noticed = time.monotonic() - begin
    print(f"       a silent cut was noticed after {noticed:.1f} s: "
          f"{gone['reason']}")
    check_whole(checks, server, server.wait(id), items, "import beside a cut")
    # The other side has noticed, too, before the cut is mended.
    until(lambda: "is lost" in far.log(), "the node has given up")
    mend()
    begin = time.monotonic()
    await_state(server, "n1", "up")
    print(f"       the node was back {time.monotonic() - begin:.1f} s after "
          "the cable")
    before = nodes(server)["n1"]["items"]
    check_whole(checks, server, server.run("import-things", items), items,
                "import after the cut")
    until(lambda: nodes(server)["n1"]["items"] > before, "it works again")
    far.stop()
    server.stop()


def a_slow_line_is_slow_and_not_dead(checks):
    """2 Mbit/s: a frame of work needs a second."""
    server, files = cluster()
    sh("ip netns exec middle tc qdisc add dev there root tbf rate 2mbit "
       "burst 32k latency 2s")
    far = FarNode(server.cluster, "n1", "--slots", "import=3", *files["n1"])
    # Chunks of 1 MiB, two for each slot: beats wait for twenty seconds behind
    # them, whose frames are signs of life as well.
    items = [x | {"content": "x" * 10_000} for x in things(3_000)]
    job = server.run("import-things", items)
    check_whole(checks, server, job, items, "import over a slow line")
    told = nodes(server)
    checks.equal(told["n1"]["state"], "up", "the slow node")
    checks(told["n1"]["items"] < told["coordinator"]["items"],
           f"a slow node gets less: {told}")
    sh("ip netns exec middle tc qdisc del dev there root")
    far.stop()
    server.stop()


def a_coordinator_out_of_reach_holds_nobody_up(checks):
    """Dialling a black hole: SIGTERM ends the node all the same."""
    server, files = cluster()
    cut()
    far = FarNode(server.cluster, "n1", "--slots", SLOTS, *files["n1"],
                  start=False).launch()
    until(lambda: "timed out" in far.log(), "it has tried")
    checks.equal(far.stop(), 0, "status of SIGTERM")
    mend()
    far.start()
    await_state(server, "n1", "up")
    far.stop()
    server.stop()


if __name__ == "__main__":
    enter_network()
    build_network()
    run_groups([a_silent_cut_is_noticed_and_healed,
                a_slow_line_is_slow_and_not_dead,
                a_coordinator_out_of_reach_holds_nobody_up])
