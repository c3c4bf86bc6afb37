"""A cluster of three nodes on this machine: makes certificates, starts the
coordinator and the nodes, imports, embeds, kills a node in the middle, and shows
who did what. Anything off ends it with status 1.

usage: cluster.py BATCHD
"""
import re
import signal
import subprocess
import sys
import time

from demo import Demo, language_thing, source, subdivision_thing

NODES = ("n1", "n2", "n3")
# Copies of the source, in namespaces of their own, so that there is something to
# do for several processes.
COPIES = 8


class ClusterDemo(Demo):
    def __init__(self, batchd):
        super().__init__(batchd, keep=False)
        self.nodes = {}

    def shell(self, *words):
        print("$ batchd " + " ".join(words), flush=True)
        subprocess.run([self.batchd, *words], check=True,
                       stdout=subprocess.DEVNULL)

    def certificates(self, name):
        folder = self.folder / "certificates"
        return ("--cluster-cert", str(folder / f"{name}.pem"),
                "--cluster-key", str(folder / f"{name}.key"),
                "--cluster-ca", str(folder / "ca.pem"))

    def launch(self, *words):
        log = open(self.folder / "log", "ab")
        process = subprocess.Popen([self.batchd, *words], text=True,
                                   stdout=subprocess.PIPE, stderr=log)
        line = process.stdout.readline()
        if not line:
            sys.exit("demo: 'batchd " + " ".join(words) + "' did not start; "
                     "the log:\n" + (self.folder / "log").read_text())
        print(line.strip(), flush=True)
        return process, line

    def start(self):
        self.server, line = self.launch(
            "serve", "--data", str(self.folder / "data"), "--http",
            "127.0.0.1:0", "--cluster", "127.0.0.1:0", "--slots", "1",
            *self.certificates("coordinator"))
        self.url = "http://" + re.search(r"http=(\S+)", line).group(1)
        self.cluster = re.search(r"cluster=(\S+)", line).group(1)

    def join(self, name):
        self.nodes[name], _ = self.launch("join", self.cluster, "--name", name,
                                          *self.certificates(name))

    def members(self):
        return {x["id"]: x for x in self.get("/cluster/nodes")["nodes"]}

    def end(self):
        for node in self.nodes.values():
            if node.poll() is None:
                node.terminate()
                self.check("exit status of a node", node.wait(20), 0)
        super().end()


def things_of_copies():
    subdivisions, languages = source("3166-2"), source("639-3")
    for copy in range(COPIES):
        for thing in [subdivision_thing(x) for x in subdivisions] \
                + [language_thing(x) for x in languages]:
            yield thing | {"ns": f"world-{copy}"}


def shares(demo, before):
    print(f"{'node':12} {'items':>10}  share")
    after = demo.members()
    done = {name: x["items"] - before.get(name, {"items": 0})["items"]
            for name, x in after.items()}
    total = sum(done.values())
    for name, count in done.items():
        bar = "#" * round(40 * count / max(total, 1))
        print(f"{name:12} {count:10,}  {bar} {count / max(total, 1):.0%}")
    return done


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    demo = ClusterDemo(sys.argv[1])

    demo.say("Certificates: a CA for this cluster alone, and one for each member")
    folder = str(demo.folder / "certificates")
    demo.shell("cert", "ca", folder)
    for name in ("coordinator", *NODES):
        demo.shell("cert", "node", name, folder)

    demo.say("A coordinator and three nodes, over mutual TLS")
    demo.start()
    for name in NODES:
        demo.join(name)
    demo.check("members", sorted(demo.members()), ["coordinator", *NODES])

    demo.say("Import: subdivisions and languages of the world, "
             f"{COPIES} times; one node is killed in the middle")
    things = list(things_of_copies())
    before = demo.members()
    job = demo.submit("import-things", things)
    while demo.get(f"/batch/{job}")["job"]["done"] < len(things) // 4:
        time.sleep(0.005)
    demo.nodes["n3"].send_signal(signal.SIGKILL)
    print("n3 killed (SIGKILL)", flush=True)
    demo.nodes["n3"].wait()
    demo.follow(job, len(things))
    time.sleep(1.5)  # shares are counted once a second
    done = shares(demo, before)
    # A piece that was begun twice is counted once for each time that it came
    # back.
    demo.check("items of all nodes", sum(done.values()) >= len(things), True)
    demo.join("n3")

    demo.say("Embed all of them, by whoever has room")
    before = demo.members()
    total = 0
    for copy in range(COPIES):
        ns = f"world-{copy}"
        count = sum(1 for x in things if x["ns"] == ns and x.get("content"))
        job = demo.submit("generate-embeddings", None, "--input-ns", ns)
        demo.follow(job, count)
        total += count
    time.sleep(1.5)
    done = shares(demo, before)
    demo.check("items embedded", sum(done.values()), total)

    demo.say("The nodes")
    print(demo.run("nodes"), end="")
    print(f"\nAll {demo.checks} checks hold.", flush=True)


if __name__ == "__main__":
    main()
