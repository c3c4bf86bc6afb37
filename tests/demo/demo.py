"""The main job on real data, watched and checked: the countries, their
subdivisions and the languages of the world, as Debian's iso-codes has them, and
what WordNet says of the countries in one line each.

Starts a server of its own, imports, links, embeds, kills the server in the
middle of a job, searches, transforms, exports. Whatever it prints it also holds
against the source files; anything off ends it with status 1.

usage: demo.py BATCHD [--keep]
"""
import atexit
import csv
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ISO_CODES = pathlib.Path("/usr/share/iso-codes/json")
WORDNET = pathlib.Path("/usr/share/wordnet/data.noun")
# The synsets of what a country may be: country, island, archipelago.
COUNTRIES = {"08544813", "09316454", "09203827"}
# Countries on islands in the Caribbean, to hold the search against.
CARIBBEAN = {"AG", "AI", "AW", "BB", "BQ", "BS", "CU", "CW", "DM", "DO", "GD",
             "GP", "HT", "JM", "KN", "KY", "LC", "MQ", "MS", "PR", "SX", "TC",
             "TT", "VC", "VG", "VI", "BL", "MF"}


class Demo:
    def __init__(self, batchd, keep):
        self.batchd = batchd
        self.keep = keep
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="batchd-demo-"))
        self.server = None
        self.url = None
        self.checks = 0
        atexit.register(self.end)

    # -- what is said and checked ---------------------------------------------

    def say(self, text):
        print(f"\n== {text}", flush=True)

    def check(self, what, seen, wanted):
        self.checks += 1
        if seen != wanted:
            sys.exit(f"demo: {what}: saw {seen!r}, expected {wanted!r}")

    # -- the server -----------------------------------------------------------

    def start(self):
        log = open(self.folder / "log", "ab")
        self.server = subprocess.Popen(
            [self.batchd, "serve", "--data", str(self.folder / "data"),
             "--http", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=log,
            text=True)
        line = self.server.stdout.readline()
        ready = re.match(r"batchd ready http=(\S+)", line)
        if not ready:
            sys.exit("demo: the server did not start; its log:\n"
                     + (self.folder / "log").read_text())
        self.url = "http://" + ready.group(1)
        print(line.strip(), flush=True)

    def kill(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def end(self):
        running = self.server and self.server.poll() is None
        if running and self.keep:
            return
        if running:
            self.server.terminate()
            self.check("exit status of the server", self.server.wait(20), 0)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- its commands ---------------------------------------------------------

    def run(self, *words, quiet=False):
        """Runs a client command and answers what it printed."""
        command = [self.batchd, words[0], "--url", self.url, *words[1:]]
        shown = " ".join(w if len(w) < 100 else w[:97] + "…" for w in words)
        if not quiet:
            print(f"$ batchd {shown}", flush=True)
        done = subprocess.run(command, stdout=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"demo: 'batchd {shown}' ended with {done.returncode}")
        return done.stdout.decode()  # line ends as they were sent

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def submit(self, kind, items=None, *more):
        """Submits items as NDJSON and answers the job's id at once."""
        words = ["submit", kind]
        if items is not None:
            path = self.folder / f"{kind}.ndjson"
            path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n"
                                    for x in items), encoding="utf-8")
            words.append(str(path))
        return self.run(*words, *more).split()[0]

    def follow(self, job, total):
        self.run("job", job, "--follow")
        seen = self.get(f"/batch/{job}")["job"]
        self.check("status", seen["status"], "completed")
        self.check("items", (seen["total"], seen["processed"], seen["failed"]),
                   (total, total, 0))
        print(f"{seen['type']}: {seen['processed']:,} items done, "
              f"{seen['ratePerSecond']:,.0f} a second", flush=True)

    def count(self, ns):
        return len(self.run("export", ns, "--format", "ndjson", quiet=True)
                   .splitlines())


def source(name):
    path = ISO_CODES / f"iso_{name}.json"
    if not path.exists():
        sys.exit(f"demo: {path} is missing; install the package iso-codes")
    return json.loads(path.read_text(encoding="utf-8"))[name]


def synsets():
    """The nouns of WordNet: words, gloss, and the synsets above, by offset."""
    if not WORDNET.exists():
        sys.exit(f"demo: {WORDNET} is missing; install the package "
                 "wordnet-base")
    for line in WORDNET.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        head, gloss = line.rstrip().split(" | ", 1)
        fields = head.split()
        count = int(fields[3], 16)
        links = fields[4 + 2 * count:]
        yield fields[0], ([w.replace("_", " ").lower()
                           for w in fields[4:4 + 2 * count:2]],
                          gloss.split('; "')[0],
                          [to for kind, to in zip(links, links[1:])
                           if kind in ("@", "@i")], "@i" in links)


def glosses():
    """What WordNet says of countries and islands, by their names."""
    all_of_them = dict(synsets())

    def is_country(offset):
        return offset in COUNTRIES or any(
            is_country(above) for above in all_of_them[offset][2])
    found = {}
    for offset, (words, gloss, _, is_instance) in all_of_them.items():
        if is_instance and is_country(offset):
            for word in words:
                found.setdefault(word, []).append(gloss)
    return found


def country_line(x, said):
    """The name of a country and what is said of it."""
    names = [x[k] for k in ("common_name", "name", "official_name") if k in x]
    forms = [form.lower() for name in names
             for form in (name, name.split(",")[0], name.split(" (")[0],
                          name.removeprefix("The "))]
    lines = dict.fromkeys(line for form in dict.fromkeys(forms)
                          for line in said.get(form, []))
    return ". ".join([names[0], *lines])


def country_thing(x, said):
    return {"ns": "countries", "id": x["alpha_2"], "type": "Country",
            "data": x, "content": country_line(x, said)}


def subdivision_thing(x):
    return {"ns": "subdivisions", "id": x["code"], "type": "Subdivision",
            "data": x, "content": f"{x['name']}, {x['type']} in {x['code']}"}


def language_thing(x):
    return {"ns": "languages", "id": x["alpha_3"], "type": "Language",
            "data": x, "content": x["name"]}


def belonging(x):
    """A subdivision belongs to its parent subdivision, or to its country."""
    country = x["code"].split("-")[0]
    to = ("countries", country)
    if "parent" in x:
        parent = x["parent"]
        to = ("subdivisions",
              parent if "-" in parent else f"{country}-{parent}")
    return {"ns": "belonging", "id": x["code"], "type": "belongsTo",
            "fromNs": "subdivisions", "fromId": x["code"],
            "toNs": to[0], "toId": to[1]}


def import_things(demo, countries, subdivisions, languages):
    said = glosses()

    def country(x):
        return country_thing(x, said)
    for ns, make, rows in (("countries", country, countries),
                           ("subdivisions", subdivision_thing, subdivisions),
                           ("languages", language_thing, languages)):
        demo.say(f"import {len(rows):,} {ns}")
        things = [make(x) for x in rows]
        demo.follow(demo.submit("import-things", things), len(rows))
        demo.check(f"things of {ns}", demo.count(ns), len(rows))


def relate(demo, subdivisions):
    demo.say(f"link {len(subdivisions):,} subdivisions to what they belong to")
    links = [belonging(x) for x in subdivisions]
    job = demo.submit("import-relationships", links, "--option",
                      "onMissingEndpoint=allow")
    demo.follow(job, len(links))
    wanted = sum(x["toId"] == "FR" for x in links)
    answer = demo.get("/relationships?to=countries/FR&limit=500")
    found = answer["relationships"]
    demo.check("what belongs to France", len(found), wanted)
    print(f"{len(found)} subdivisions belong to France itself, e.g. "
          f"{found[0]['fromId']}")


def embed_and_crash(demo, languages):
    total = len(languages)
    demo.say(f"embed {total:,} language names one by one, and kill the server "
             "in the middle")
    job = demo.submit("generate-embeddings", None, "--input-ns", "languages",
                      "--options", '{"chunkSize":1,"concurrency":1}')
    while True:
        seen = demo.get(f"/batch/{job}")["job"]
        print(f"{seen['done']:,} of {total:,} done", flush=True)
        if seen["done"] > total // 5:
            break
        time.sleep(0.05)
    demo.check("still running", seen["status"], "processing")
    demo.kill()
    print("server killed (SIGKILL); starting it again", flush=True)
    demo.start()
    again = demo.get(f"/batch/{job}")["job"]
    print(f"the job is there, {again['done']:,} of {total:,} done, and goes on",
          flush=True)
    demo.follow(job, total)
    vector = demo.get("/embeddings/languages/eng")["embedding"]
    demo.check("dimensions", len(vector["vector"]), vector["dimensions"])
    print(f"English is a vector of {vector['dimensions']} numbers by "
          f"{vector['model']}")


def search(demo, countries):
    text = "island in the Caribbean"
    demo.say(f"embed the countries and search for \"{text}\"")
    job = demo.submit("generate-embeddings", None, "--input-ns", "countries")
    demo.follow(job, len(countries))
    print(demo.run("search", "countries", text, "-k", "5"), end="")
    found = json.loads(demo.run("search", "countries", text, "-k", "5",
                                "--json", quiet=True))
    ids = [x["id"] for x in found["results"]]
    near = [x for x in ids if x in CARIBBEAN]
    print(f"{len(near)} of the first {len(ids)} are in or near it")
    demo.check("at least four of five", (len(ids), len(near) >= 4), (5, True))
    demo.check("vectors compared", found["compared"], len(countries))


def transform(demo, countries):
    demo.say("transform: countries with upper-case names into a namespace")
    steps = [{"upper": ["/data/name"]}, {"omit": ["content", "/data/flag"]},
             {"set": {"type": "Shouted"}}]
    options = {"into": "shouted", "transform": {"steps": steps}}
    job = demo.submit("transform-data", None, "--input-ns", "countries",
                      "--options", json.dumps(options))
    demo.follow(job, len(countries))
    seen = demo.get("/things/shouted/FR")["thing"]
    demo.check("the transformed thing",
               (seen["type"], seen["data"]["name"], "flag" in seen["data"]),
               ("Shouted", "FRANCE", False))


def export(demo, subdivisions):
    demo.say("export the subdivisions as CSV and as NDJSON")
    table = demo.run("export", "subdivisions", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    lines = demo.run("export", "subdivisions", "--format", "ndjson")
    things = [json.loads(x) for x in lines.splitlines()]
    print("\n".join(table.split("\r\n")[:4]))
    print("\n".join(lines.splitlines()[:2]))
    wanted = {x["code"]: x["name"] for x in subdivisions}
    demo.check("names in CSV", {r["id"]: r["data.name"] for r in rows}, wanted)
    demo.check("things in NDJSON", {t["id"]: t["data"]["name"]
                                    for t in things}, wanted)
    print(f"{len(rows):,} rows and {len(things):,} lines, equal to the source")


def show_stats(demo):
    demo.say("statistics")
    print(demo.run("stats"), end="")
    stats = demo.get("/stats")["stats"]
    demo.check("jobs", [stats[k] for k in ("total", "pending", "processing",
                                           "completed", "failed")],
               [7, 0, 0, 7, 0])
    demo.check("success rate", stats["successRate"], "100%")


def main():
    if len(sys.argv) < 2 or set(sys.argv[2:]) - {"--keep"}:
        sys.exit("usage: demo.py BATCHD [--keep]")
    demo = Demo(os.path.abspath(sys.argv[1]), "--keep" in sys.argv)
    countries = source("3166-1")
    subdivisions = source("3166-2")
    languages = source("639-3")
    demo.say("start a server on a free port, with an empty folder")
    demo.start()
    import_things(demo, countries, subdivisions, languages)
    relate(demo, subdivisions)
    embed_and_crash(demo, languages)
    search(demo, countries)
    transform(demo, countries)
    export(demo, subdivisions)
    show_stats(demo)
    if demo.keep:
        demo.say(f"the server keeps running at {demo.url} (process "
                 f"{demo.server.pid}, data in {demo.folder})")
    print(f"\nAll {demo.checks} checks hold.", flush=True)


if __name__ == "__main__":
    main()
