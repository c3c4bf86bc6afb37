"""Strangers at the port of a cluster who say nothing, or are many: they cost
next to nothing, are hung up on, and keep no node out."""
import os
import resource
import socket
import time

from cluster import SLOTS, certificates
from cluster_driver import Node
from driver import Server, run_groups, temporary_folder


def coordinator():
    """Answers it, its port, and the files of a node."""
    files = certificates(temporary_folder(), "c", "n1")
    server = Server("--cluster", "127.0.0.1:0", "--slots", "1", *files["c"])
    return server, int(server.cluster.rsplit(":", 1)[1]), files["n1"]


def strangers(port, count):
    return [socket.create_connection(("127.0.0.1", port), 10)
            for _ in range(count)]


def cpu_seconds(server):
    with open(f"/proc/{server.process.pid}/stat") as status:
        times = status.read().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def is_hung_up_on(stranger):
    stranger.settimeout(30)
    try:
        return stranger.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def who_say_nothing(checks):
    server, port, _ = coordinator()
    before = open_files(server)
    silent = strangers(port, 20)
    # The beginning of a handshake that never goes on.
    silent[0].sendall(b"\x16\x03\x01\x02\x00\x01")
    spent, begin = cpu_seconds(server), time.monotonic()
    checks(all(map(is_hung_up_on, silent)), "all are hung up on")
    spent, took = cpu_seconds(server) - spent, time.monotonic() - begin
    checks(spent < 1 + took / 10, f"{spent:.1f} s of CPU within {took:.1f} s")
    checks(open_files(server) <= before + 2, "nothing is left of them")
    checks.equal(server.stop(), 0, "the end")


def who_are_many(checks):
    """More than the process has descriptors for."""
    server, port, files = coordinator()
    few = open_files(server) + 40
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (few, most))
    crowd = []
    for _ in range(200):
        try:
            crowd += strangers(port, 1)
        except OSError as fault:
            checks(False, f"after {len(crowd)}: {fault}")
            break
    time.sleep(1)
    if checks(server.is_running(), f"the coordinator: {server.log()[-300:]}"):
        for x in crowd:
            x.close()
        Node(server.cluster, "n1", "--slots", SLOTS, *files)
        checks.equal(server.stop(), 0, "the end")


if __name__ == "__main__":
    run_groups([who_say_nothing, who_are_many])
