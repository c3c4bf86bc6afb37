"""batchd cert: makes what a cluster needs, tells how to use it, overwrites
nothing, and says what is wrong."""
import json
import os
import shlex
import socket
import ssl
import stat
import subprocess
import threading

from driver import BATCHD, run_groups, temporary_folder

# A CA of the year 2020, made for this test alone.
EXPIRED_CA = """\
-----BEGIN CERTIFICATE-----
MIIBhjCCAS2gAwIBAgIQc/mySvwNB/3DWU/CN4c2YjAKBggqhkjOPQQDAjAiMSAw
HgYDVQQDDBdiYXRjaGQgY2x1c3RlciBkMjc3Y2M3NjAeFw0yMDAxMDEwMDAwMDBa
Fw0yMTAxMDEwMDAwMDBaMCIxIDAeBgNVBAMMF2JhdGNoZCBjbHVzdGVyIGQyNzdj
Yzc2MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAKNR7ceO4Ra8hrG8NtYaWhGo
Mn7FpspP08zVaS2BjswBjIBZ4lCZ5KHCaBTPXwBeo9x+DueR76hmsX75P8MFBKNF
MEMwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYE
FIYgI2qcmNzeQqialqk+7zyLSs1SMAoGCCqGSM49BAMCA0cAMEQCIFBHgsi52ly5
vnB61xHnv5LTe8K3vjQ2JpjX9iq3ojrpAiBiopvGNFwHG504KS4JU/Wfmum1A28F
2oyHbmPOaxJUfQ==
-----END CERTIFICATE-----
"""
EXPIRED_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrqPDEAU+31EZGHpZ
th7gFfn75k9cWlGJRZFCI2VoqgWhRANCAAQAo1Htx47hFryGsbw21hpaEagyfsWm
yk/TzNVpLYGOzAGMgFniUJnkocJoFM9fAF6j3H4O55HvqGaxfvk/wwUE
-----END PRIVATE KEY-----
"""


def batchd(*arguments, **more):
    """Answers exit status, standard output and standard error."""
    done = subprocess.run([BATCHD, *arguments], capture_output=True,
                          text=True, timeout=60, stdin=subprocess.DEVNULL,
                          **more)
    return done.returncode, done.stdout, done.stderr


def picture(folder):
    """Name, mode and bytes of each file."""
    files = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            files[name] = stat.S_IMODE(os.stat(path).st_mode), file.read()
    return files


def made_ca():
    folder = os.path.join(temporary_folder(), "ca")
    status, _, err = batchd("cert", "ca", folder)
    assert status == 0, err
    return folder


def talk(server, client):
    """A handshake of two contexts over a socket pair. Answers the name that
    the server saw of the client, or why it did not let it in."""
    ends = socket.socketpair()
    seen = []

    def serve():
        try:
            with server.wrap_socket(ends[0], server_side=True) as end:
                seen.append(dict(x[0] for x in end.getpeercert()["subject"]))
                end.sendall(end.recv(5))
        except OSError as fault:
            seen.append({"commonName": str(fault)})
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(ends[1], server_hostname="node-1") as end:
            end.sendall(b"hello")
            end.recv(5)
    except OSError:
        pass  # the server says what it was
    thread.join(20)
    for end in ends:
        end.close()
    return seen[0]["commonName"]


def context(protocol, made):
    x = ssl.SSLContext(protocol)
    x.load_cert_chain(made["certificate"], made["key"])
    x.load_verify_locations(made["ca"])
    x.verify_mode = ssl.CERT_REQUIRED
    return x


def what_is_made(checks):
    ca = os.path.join(temporary_folder(), "a folder", "ca")
    os.mkdir(os.path.dirname(ca))
    status, out, err = batchd("cert", "ca", ca)
    checks.equal((status, err), (0, ""), "ca")
    checks("Keep ca.key to yourself" in out
           and f"batchd cert node NAME {shlex.quote(ca)}\n" in out, out)
    checks.equal({name: mode for name, (mode, _) in picture(ca).items()},
                 {"ca.key": 0o600, "ca.pem": 0o644}, "files of the CA")
    checks.equal(stat.S_IMODE(os.stat(ca).st_mode), 0o700, "the folder")
    status, out, err = batchd("cert", "node", "node-1", ca)
    checks.equal((status, err), (0, ""), "node")
    checks.equal({name: mode for name, (mode, _) in picture(ca).items()},
                 {"ca.key": 0o600, "ca.pem": 0o644, "node-1.key": 0o600,
                  "node-1.pem": 0o644}, "files of the node")
    for line, command in (("the coordinator: ", ["batchd", "serve",
                                                 "--cluster", "HOST:PORT"]),
                          ("a worker node:   ", ["batchd", "join",
                                                 "HOST:PORT"])):
        found = [x for x in out.splitlines() if x.startswith(line)]
        checks.equal([shlex.split(x[len(line):]) for x in found], [command + [
            "--cluster-cert", f"{ca}/node-1.pem", "--cluster-key",
            f"{ca}/node-1.key", "--cluster-ca", f"{ca}/ca.pem"]], line)


def members_trust_each_other(checks):
    folder = temporary_folder()
    made = []
    for arguments in (["ca", "."], ["node", "node-1", "."],
                      ["node", "node-2", ".", "--out", "elsewhere", "--days",
                       "3"]):
        status, out, err = batchd("cert", *arguments, "--json", cwd=folder)
        checks.equal((status, err), (0, ""), arguments)
        made.append(json.loads(out))
    checks.equal([made[2][x] for x in ("name", "certificate", "key", "ca")],
                 ["node-2", f"{folder}/elsewhere/node-2.pem",
                  f"{folder}/elsewhere/node-2.key", f"{folder}/ca.pem"],
                 "absolute paths")
    checks.equal(talk(context(ssl.PROTOCOL_TLS_SERVER, made[1]),
                      context(ssl.PROTOCOL_TLS_CLIENT, made[2])), "node-2",
                 "the name of the client; that of the server was checked")
    other = made_ca()
    status, out, err = batchd("cert", "node", "node-1", other, "--json")
    stranger = context(ssl.PROTOCOL_TLS_CLIENT, json.loads(out))
    stranger.load_verify_locations(made[1]["ca"])
    fault = talk(context(ssl.PROTOCOL_TLS_SERVER, made[1]), stranger)
    checks("certificate verify failed" in fault, fault)


def nothing_is_overwritten(checks):
    ca = made_ca()
    batchd("cert", "node", "n", ca)
    before = picture(ca)
    for arguments, name in ((["ca", ca], "ca.key"),
                            (["node", "n", ca], "n.key")):
        status, out, err = batchd("cert", *arguments)
        checks(status == 1 and out == "" and f"{name} is there already" in err,
               f"{arguments}: {status} {out!r} {err!r}")
    checks.equal(picture(ca), before, "nothing changed")
    os.remove(f"{ca}/n.key")
    del before["n.key"]
    status, out, err = batchd("cert", "node", "n", ca)
    checks(status == 1 and "n.pem is there already" in err,
           f"half a pair: {status} {err!r}")
    checks.equal(picture(ca), before, "nothing is added to half a pair")


def wrong_usage(checks):
    ca = made_ca()
    before = picture(ca)
    for arguments in ([], ["other"], ["ca"], ["ca", ca, "more"],
                      ["ca", ca, "--days", "0"], ["ca", ca, "--days", "x"],
                      ["ca", ca, "--days", "36501"], ["node"], ["node", "n"],
                      ["node", "n", ca, "--days", "-1"],
                      ["node", "n", ca, "--days", "1.5"],
                      ["node", "n", ca, "--fast"], ["node", "ca", ca],
                      ["node", "", ca], ["node", "a/b", ca],
                      ["node", "..", ca], ["node", "a b", ca],
                      ["node", "x" * 65, ca], ["node", "n,DNS:m", ca]):
        status, out, err = batchd("cert", *arguments)
        checks(status == 2 and out == "" and err,
               f"{arguments}: {status} {out!r} {err!r}")
    checks.equal(picture(ca), before, "nothing is made")
    for arguments in (["--help"], ["ca", "--help"], ["node", "--help"]):
        status, out, err = batchd("cert", *arguments)
        checks.equal((status, err), (0, ""), arguments)
        checks("Usage: " in out, out)
    checks("ANY certificate of the CA is a full member"
           in batchd("cert", "--help")[1], "the help tells what a CA is for")


def places_that_will_not_do(checks):
    ca = made_ca()
    root = temporary_folder()
    with open(f"{root}/file", "w"):
        pass
    for arguments, words in (
            (["ca", f"{root}/none/ca"], "No such file or directory"),
            (["ca", f"{root}/file"], "Not a directory"),
            (["ca", f"{root}/file/ca"], "Not a directory"),
            (["ca", "/proc/ca"], "cannot make the folder /proc/ca"),
            (["node", "n", root], f"CA {root}/ca.pem: cannot be read"),
            (["node", "n", f"{root}/none"], "No such file or directory"),
            (["node", "n", ca, "--out", f"{root}/none/x"], "No such file"),
            (["node", "n", ca, "--out", f"{root}/file"], "Not a directory"),
            (["node", "n", ca, "--out", "/proc"], "cannot write /proc/n.key")):
        status, out, err = batchd("cert", *arguments)
        checks(status == 1 and out == "" and words in err
               and err.count("\n") == 1,
               f"{arguments}: {status} {out!r} {err!r}")
    checks.equal(sorted(os.listdir(root)), ["file"], "nothing is left")
    checks.equal(sorted(os.listdir(ca)), ["ca.key", "ca.pem"], "nor there")


def folders_that_refuse_writing(checks):
    """Root may write where the mode forbids it; so it steps down."""
    folder = temporary_folder()
    os.chmod(folder, 0o555)
    user = {} if os.getuid() else {"user": 65534, "group": 65534,
                                   "extra_groups": []}
    program = BATCHD
    try:
        subprocess.run([program, "--version"], check=True, timeout=60,
                       capture_output=True, **user)
    except (OSError, subprocess.SubprocessError):
        print("       the program is out of reach for other users: skipped")
        return
    status, out, err = batchd("cert", "ca", folder, cwd="/", **user)
    checks(status == 1 and out == "" and "Permission denied" in err,
           f"{status} {out!r} {err!r}")
    checks.equal(os.listdir(folder), [], "nothing is left")


def cas_that_will_not_do(checks):
    ca, other = made_ca(), made_ca()
    batchd("cert", "node", "plain", ca)

    def refused(what, words):
        status, out, err = batchd("cert", "node", "n", ca)
        checks(status == 1 and out == "" and words in err,
               f"{what}: {status} {out!r} {err!r}")
        checks(not os.path.exists(f"{ca}/n.key"), what)

    def put(name, source):
        with open(source, "rb") as file, open(f"{ca}/{name}", "wb") as copy:
            copy.write(file.read())

    os.rename(f"{ca}/ca.key", f"{ca}/kept.key")
    os.rename(f"{ca}/ca.pem", f"{ca}/kept.pem")
    put("ca.pem", f"{ca}/kept.pem")
    refused("no key", "ca.key: cannot be read: No such file")
    put("ca.key", f"{ca}/kept.key")
    os.chmod(f"{ca}/ca.key", 0o640)
    refused("a key that others may read", "(mode 0640)")
    os.chmod(f"{ca}/ca.key", 0o600)
    put("ca.pem", f"{other}/ca.pem")
    refused("the key of another CA", "does not belong to the certificate of")
    put("ca.pem", f"{ca}/plain.pem")
    put("ca.key", f"{ca}/plain.key")
    refused("a node as CA", "is not that of a CA")
    put("ca.pem", f"{ca}/kept.key")
    refused("a key as certificate", "begins with a block of 'PRIVATE KEY'")
    put("ca.pem", f"{ca}/kept.pem")
    put("ca.key", f"{ca}/kept.pem")
    refused("a certificate as key", "holds no private key")
    put("ca.key", "/dev/null")
    refused("an empty key", "holds no private key")


def nothing_outlives_its_ca(checks):
    ca = os.path.join(temporary_folder(), "ca")
    checks.equal(batchd("cert", "ca", ca, "--days", "30")[0], 0, "a short CA")
    status, out, err = batchd("cert", "node", "n", ca)
    checks(status == 1 and out == "" and "give fewer days" in err, err)
    checks.equal(batchd("cert", "node", "n", ca, "--days", "29")[0], 0,
                 "fewer days")
    ca = temporary_folder()
    for name, text in ("ca.pem", EXPIRED_CA), ("ca.key", EXPIRED_KEY):
        with open(f"{ca}/{name}", "w", opener=lambda path, flags: os.open(
                path, flags, 0o600)) as file:
            file.write(text)
    status, out, err = batchd("cert", "node", "n", ca, "--days", "1")
    checks(status == 1 and out == ""
           and "ends at 2021-01-01T00:00:00Z" in err, f"a CA that ended: {err}")
    checks.equal(sorted(os.listdir(ca)), ["ca.key", "ca.pem"], "nothing made")


if __name__ == "__main__":
    run_groups([what_is_made, members_trust_each_other, nothing_is_overwritten,
                wrong_usage, places_that_will_not_do,
                folders_that_refuse_writing, cas_that_will_not_do,
                nothing_outlives_its_ca])
