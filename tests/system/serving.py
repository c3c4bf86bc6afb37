"""The process: who may call it, when it refuses to start, how it ends."""
import json
import os
import signal
import socket
import subprocess

from driver import BATCHD, JSON, NDJSON, Server, run_groups, \
    temporary_folder, thing, until
from raw_http import RawConnection, exchange, request


def run_serve(*arguments, **environment):
    """Runs `batchd serve` where it is expected to end by itself."""
    done = subprocess.run([BATCHD, "serve", *arguments], timeout=30,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, **environment}, text=True)
    return done.returncode, done.stdout, done.stderr


def check_refusal(checks, ended, status, *says):
    got, out, log = ended
    checks.equal((got, out), (status, ""), f"exit status; log: {log}")
    for text in says:
        checks(text in log, f"{text!r} is named: {log}")


def tokens(checks):
    server = Server("--token", "secret-token")
    for path in ("/health", "/livez", "/readyz", "/v1/health", "/v1/readyz"):
        checks.equal(server.request("GET", path).status, 200, f"open: {path}")
    requests = [("GET", "/batch"), ("GET", "/stats"), ("GET", "/things/a"),
                ("GET", "/export/a"), ("GET", "/nope"), ("POST", "/stats"),
                ("PUT", "/things/a/1"), ("DELETE", "/things/a/1"),
                ("POST", "/batch"), ("GET", "/things/a/health"),
                ("GET", "/batch/health"), ("GET", "/export/health"),
                ("GET", "/things/health"), ("GET", "/v2/health"),
                ("GET", "/embeddings/a/livez")]
    given = [None, "Bearer wrong", "Bearer secret-toke", "Bearer ",
             "Bearer secret-token2", "Basic secret-token", "secret-token",
             "Bearer SECRET-TOKEN"]
    for method, path in requests:
        let_in = [answer for answer in (
            call_with(server, method, path, token) for token in given)
            if not is_refusal(answer)]
        checks(not let_in, f"{method} {path} without the token: {let_in[:1]}")
    check_nothing_smuggled(checks, server)
    server.token = "secret-token"
    checks.equal(server.run("import-things", [thing("a", "1")])["status"],
                 "completed", "with the token")
    checks.equal(server.stats()["total"], 1, "refused requests made no jobs")
    checks("secret-token" not in server.log(), "the log does not tell it")


def call_with(server, method, path, token):
    body = {"type": "import-things", "items": [thing("a", "1")]}
    return server.request(method, path,
                          body if method in ("POST", "PUT") else None,
                          {"Authorization": token} if token else {})


def is_refusal(answer):
    if answer.status != 401:
        return False
    problem = answer.json()
    return (answer.headers.get("www-authenticate", "").startswith("Bearer")
            and problem["code"] == "unauthorized"
            and problem["requestId"] == answer.headers["x-request-id"])


def check_nothing_smuggled(checks, server):
    """The body of a request that is refused is not the next request."""
    inner = request("GET", "/health") * 500
    with RawConnection(server) as connection:
        connection.send(request("POST", "/batch", "Content-Type: " + JSON,
                                f"Content-Length: {len(inner)}",
                                length=False))
        connection.has_bytes(0.1)
        connection.send(inner)
        checks.equal(connection.answer().status, 401, "refused at once")
        checks.equal(connection.more_answers(), b"", "one answer")


def starts_that_are_refused(checks):
    data = os.path.join(temporary_folder(), "data")
    check_refusal(checks, run_serve("--data", data, "--http", "0.0.0.0:0"),
                  2, "0.0.0.0:0", "--token")
    check_refusal(checks, run_serve("--data", data, "--http", "[::]:0"), 2,
                  "--token")
    checks(not os.path.exists(data), "nothing was made")
    for address in ("nonsense", "127.0.0.1", "127.0.0.1:99999",
                    "127.0.0.1:-1", ":", "127.0.0.1:80x"):
        check_refusal(checks, run_serve("--data", data, "--http", address), 2,
                      "--http")
    status, out, _ = run_serve("--nope")
    checks.equal((status, out), (2, ""), "an unknown option")
    status, out, _ = run_serve("--body-max", "0")
    checks.equal((status, out), (2, ""), "an option out of range")
    file = os.path.join(temporary_folder(), "file")
    with open(file, "w") as out:
        out.write("not a folder")
    check_refusal(checks, run_serve("--data", file, "--http", "127.0.0.1:0"),
                  1, file)


def settings(checks):
    """From flags, variables, a file and by default, in this order."""
    def write(text):
        path = os.path.join(temporary_folder(), "batchd.toml")
        with open(path, "w") as out:
            out.write(text)
        return path
    file = write("# A service.\ncache = 32\nslots = 1\nbody-max = 2\n"
                 "http = '127.0.0.1:0'\ntoken = \"of the file\"\n")
    data = os.path.join(temporary_folder(), "data")
    given = ["--config", file, "--data", data, "--slots", "3"]
    status, out, log = run_serve(*given, "--print-config", BATCHD_CACHE="16",
                                 BATCHD_SLOTS="2")
    checks.equal((status, log), (0, ""), "--print-config")
    printed = dict(line.split(" = ", 1) for line in out.splitlines())
    for name, value, source in (
            ("data", json.dumps(data), "flag --data"), ("slots", "3", "flag"),
            ("cache", "16", "environment BATCHD_CACHE"),
            ("body-max", "2", f"file {file}:4"), ("insecure", "false",
                                                  "default"),
            ("body-timeout", "30", "default")):
        checks(printed[name].startswith(value + " ")
               and "# " + source in printed[name], f"{name}: {printed[name]}")
    checks("of the file" not in out, "the token is not printed")
    checks(not os.path.exists(data), "nothing was made")

    server = Server("--config", file)
    checks.equal(server.request("GET", "/stats").status, 401, "its token")
    server.token = "of the file"
    checks.equal(server.request("GET", "/stats").status, 200, "its token")
    answer = exchange(server, request(
        "POST", "/batch", "Content-Type: " + JSON, "Expect: 100-continue",
        "Authorization: Bearer of the file", f"Content-Length: {3 << 20}",
        length=False))
    checks.equal(answer.status, 413, "its bound of bodies")

    for text, says in (("cache = 16\ncahce = 32\n", "2: unknown setting"),
                       ("\n\ncache = '32'\n", "3: cache: expected a whole"),
                       ("cache = 4\n", "1: "), ("cache\n", "1: expected"),
                       ("[serve]\ncache = 32\n", "1: ")):
        file = write(text)
        check_refusal(checks, run_serve("--data", data, "--config", file), 2,
                      f"{file}:{says}")
    for path in ("/none/such.toml", temporary_folder()):
        check_refusal(checks, run_serve("--config", path, "--data", data), 2,
                      path)
    check_refusal(checks, run_serve("--data", data, BATCHD_CACHE="lots"), 2,
                  "BATCHD_CACHE")
    checks(not os.path.exists(data), "nothing was made")


def a_port_in_use(checks):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        data = os.path.join(temporary_folder(), "data")
        check_refusal(checks, run_serve("--data", data, "--http",
                                        "127.0.0.1:" + port), 2, port)
    # The port of another batchd as well: it must not be shared.
    server = Server()
    check_refusal(checks, run_serve("--data", data, "--http",
                                    f"127.0.0.1:{server.port}"), 2,
                  str(server.port))
    checks.equal(server.get("/health").status, 200, "the first one goes on")


def a_data_folder_in_use(checks):
    server = Server()
    server.run("import-things", [thing("a", "1")])
    check_refusal(checks, run_serve("--data", server.folder, "--http",
                                    "127.0.0.1:0"), 1, server.folder)
    checks.equal(server.run("import-things", [thing("a", "2")])["status"],
                 "completed", "the first one goes on")
    checks.equal(sorted(server.things("a")), ["1", "2"], "its things")


def SIGTERM_in_the_middle_of_jobs(checks):
    """Nothing is lost, nothing is done twice, and the rest follows."""
    server = Server("--slots", "2")
    count = 150_000
    lines = "".join(json.dumps(thing("t", str(i % 40_000), data={"v": i}))
                    + "\n" for i in range(count))
    answer = server.request("POST", "/batch?type=import-things", lines,
                            {"Content-Type": NDJSON})
    id = answer.json()["jobId"]
    behind = [server.submit("transform-data", list(range(500)))
              for _ in range(5)]
    until(lambda: server.job(id)["done"] > 0, "the begin of the work")
    stopped_at = []
    while not stopped_at or server.job(id)["status"] == "processing":
        stopped_at.append(server.job(id)["done"])
        checks.equal(server.stop(), 0, "exit status")
        server.start()
        if len(stopped_at) == 3:
            break
    checks(0 < stopped_at[0] < count, f"it was in the middle: {stopped_at}")
    job = server.wait(id)
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("completed", count, 0), "the job")
    things = server.things("t")
    checks(len(things) == 40_000 and all(
        x["data"]["v"] == (int(id) + 120_000 if int(id) < 30_000
                           else int(id) + 80_000)
        for id, x in things.items()), "the last of each id")
    checks([r["index"] for r in server.results(id)] == list(range(count)),
           "a result of each item")
    for id in behind:
        job = server.wait(id)
        checks.equal((job["status"], job["processed"]), ("completed", 500),
                     "a job behind it")


def ends_whatever_clients_do(checks):
    """Open connections and half requests do not hold up an end."""
    server = Server()
    server.run("import-things", [thing("a", str(i), content="x" * 1000)
                                 for i in range(20_000)])
    open_ones = [server.socket() for _ in range(6)]
    open_ones[1].sendall(b"GET /hea")
    open_ones[2].sendall(request("GET", "/health"))
    open_ones[3].sendall(request("GET", "/export/a"))
    open_ones[4].sendall(request("POST", "/batch", "Content-Type: " + JSON,
                                 "Content-Length: 100", length=False))
    checks.equal(server.stop(), 0, "exit status")
    for one in open_ones:
        one.close()
    server.start()
    checks.equal(len(server.things("a")), 20_000, "all is there")
    server.process.send_signal(signal.SIGINT)
    checks.equal(server.process.wait(30), 0, "SIGINT ends it as well")


def everything_is_there_after_a_restart(checks):
    server = Server()
    job = server.run("import-things", [thing("a", "1", content="x"), {}],
                     options={"labels": {"k": "v"}})
    server.run("import-relationships", [
        {**thing("a", "r"), "fromNs": "a", "fromId": "1", "toNs": "b",
         "toId": "2"}])
    server.run("generate-embeddings", [{"ns": "a", "id": "1"}])
    paths = ["/batch", "/batch/" + job["id"], "/stats", "/export/a",
             f"/batch/{job['id']}/results", f"/batch/{job['id']}/errors",
             "/embeddings/a/1", "/relationships?from=a/1", "/things/a",
             "/batch?label.k=v", "/export/a?kind=embeddings"]
    before = [server.get(path).body for path in paths]
    for end in (server.stop, server.kill):
        end()
        server.start()
        for path, body in zip(paths, before):
            checks.equal(server.get(path).body, body,
                         f"{path} after {end.__name__}")


if __name__ == "__main__":
    run_groups([tokens, starts_that_are_refused, settings, a_port_in_use,
                a_data_folder_in_use, SIGTERM_in_the_middle_of_jobs,
                ends_whatever_clients_do,
                everything_is_there_after_a_restart])
