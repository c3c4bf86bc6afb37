"""10,000 hostile byte strings at the port of a cluster.

Garbage, pieces of TLS handshakes, what plain CAF nodes say (among it the headers
that end a process which takes them), requests of other protocols, clients without
a certificate and with one of somebody else's CA. None of it may end the
coordinator, make it grow, or keep a node from joining.

    cluster_hostile.py --strings 100000 --seed 7
"""
import argparse
import os
import random
import socket
import ssl
import struct

from cluster import SLOTS, certificates, check_whole, things
from cluster_driver import Node
from driver import Checks, Server, finish, limit_time, temporary_folder, until

GROWTH_MIB_MAX = 48


def basp_header(draw):
    """The 32 bytes that begin what a plain CAF node says: operation, flags,
    length of the payload, and the ids of two actors."""
    operation = draw.choice((0, 1, 2, 3, 4, 5, 6, draw.randrange(256)))
    length = draw.choice((0, 1, 32, 1 << 20, 0xFFFFFFF0, 0xFFFFFFFF,
                          draw.randrange(1 << 32)))
    return struct.pack(">BBBBIQQQ", operation, 0, 0, draw.randrange(256),
                       length, draw.randrange(1 << 64), draw.randrange(64),
                       draw.randrange(64))


def client_hello():
    """What an honest TLS client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    client = context.wrap_bio(incoming, outgoing)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def mutated(draw, text):
    bytes = bytearray(text)
    for _ in range(draw.randrange(1, 8)):
        bytes[draw.randrange(len(bytes))] = draw.randrange(256)
    return bytes[:draw.randrange(len(bytes) + 1)]


def hostile_string(draw, hello):
    kind = draw.randrange(8)
    if kind == 0:
        return draw.randbytes(draw.randrange(200))
    if kind == 1:
        return basp_header(draw) + draw.randbytes(draw.randrange(64))
    if kind == 2:
        return mutated(draw, hello)
    if kind == 3:
        return hello[:draw.randrange(len(hello))]
    if kind == 4:
        return hello + draw.randbytes(draw.randrange(2000))
    if kind == 5:
        # A TLS record that promises more than comes.
        return b"\x16\x03\x01" + struct.pack(">H", draw.randrange(1 << 16)) \
            + draw.randbytes(draw.randrange(100))
    if kind == 6:
        return draw.choice((b"GET / HTTP/1.1\r\n\r\n", b"\0" * 4096, b"",
                            b"SSH-2.0-x\r\n", b"\x80\x2e\x01\x00\x02"))
    return draw.randbytes(20_000)


def throw(port, bytes, wait):
    """@param wait: for the other side to hang up, or hang up at once."""
    with socket.create_connection(("127.0.0.1", port), 10) as to:
        try:
            to.sendall(bytes)
            if wait:
                to.shutdown(socket.SHUT_WR)
                to.settimeout(5)
                while to.recv(4096):
                    pass
        except OSError:
            pass  # it hung up, as it should


def try_tls(port, files=None):
    """A real TLS client. @returns whether it got as far as speaking."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if files:
        context.load_cert_chain(files[1], files[3])
    with socket.create_connection(("127.0.0.1", port), 10) as to:
        try:
            with context.wrap_socket(to) as speaking:
                speaking.settimeout(5)
                speaking.sendall(b"\0" * 64)
                # In TLS 1.3 the refusal comes with the first answer.
                return bool(speaking.recv(64))
        except OSError:
            return False


def resident_mib(server):
    with open(f"/proc/{server.process.pid}/statm") as status:
        return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--strings", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    limit_time(max(220, options.strings // 20))
    checks, draw = Checks(), random.Random(options.seed)
    files = certificates(temporary_folder(), "c", "n1")
    foreign = certificates(temporary_folder(), "n2")["n2"]
    server = Server("--cluster", "127.0.0.1:0", "--slots", "1", *files["c"])
    port = int(server.cluster.rsplit(":", 1)[1])
    hello = client_hello()
    for _ in range(500):
        throw(port, hostile_string(draw, hello), True)
    begin, files_before = resident_mib(server), open_files(server)
    for i in range(options.strings):
        throw(port, hostile_string(draw, hello), draw.random() < 0.5)
        if i % 100 == 0:
            checks(server.is_running(), f"the coordinator, after {i} strings")
            checks(not try_tls(port), "a client without a certificate")
            checks(not try_tls(port, foreign), "a certificate of another CA")
    until(lambda: open_files(server) <= files_before + 2,
          "all connections are closed")
    grown = resident_mib(server) - begin
    print(f"       {options.strings} strings, memory {begin} MiB and "
          f"{grown:+} MiB")
    checks(grown <= GROWTH_MIB_MAX, f"grown by {grown} MiB")
    Node(server.cluster, "n1", "--slots", SLOTS, *files["n1"])
    items = things(5_000)
    check_whole(checks, server, server.run("import-things", items), items,
                "import after it all")
    checks.equal(server.stop(), 0, "status of SIGTERM")
    finish(checks)


if __name__ == "__main__":
    main()
