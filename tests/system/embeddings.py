"""Models, texts and searches: what a user sees of embeddings over HTTP and on
the command line."""
import array
import os
import re
import struct
import subprocess

from driver import (BATCHD, Server, command, run_groups, temporary_folder,
                    thing)

COUNTRIES = {
    "CU": "a communist state in the Caribbean on the island of Cuba",
    "CH": "a landlocked federal republic in central Europe with high mountains",
    "NP": "a small landlocked Asian country high in the Himalayas",
    "JM": "a country on the island of Jamaica in the West Indies",
    "NO": "a constitutional monarchy in northern Europe on Scandinavia",
    "AU": "a nation occupying the whole of the Australian continent",
}


def search(server, **body):
    return server.request("POST", "/search", {"ns": "geo", **body})


def ids(answer):
    return [x["id"] for x in answer.json()["results"]]


def fill(server):
    server.run("import-things", [
        thing("geo", id, content=text, data={"name": id, "about": text})
        for id, text in COUNTRIES.items()])
    server.run("generate-embeddings", input={"ns": "geo"})


def searches_find_meanings(checks, server):
    answer = search(server, text="an isle in the Antilles", k=2)
    checks.equal(answer.status, 200, answer)
    checks.equal(sorted(ids(answer)), ["CU", "JM"], "islands")
    body = answer.json()
    scores = [x["score"] for x in body["results"]]
    checks(scores == sorted(scores, reverse=True) and 0 < scores[0] <= 1,
           f"scores {scores}")
    checks.equal(body["results"][0]["thing"]["content"],
                 COUNTRIES[body["results"][0]["id"]], "the thing")
    checks.equal(body["compared"], len(COUNTRIES), "compared")
    checks.equal(ids(search(server, text="alpine peaks", k=2, minScore=0.99)),
                 [], "nothing is that near")
    one = server.get("/embeddings/geo/NO").json()["embedding"]
    checks.equal((body["model"], body["dimensions"]),
                 (one["model"], len(one["vector"])), "model")
    answer = search(server, vector=[10 * x for x in one["vector"]], k=1)
    checks.equal(ids(answer), ["NO"], "by a vector")
    checks(abs(answer.json()["results"][0]["score"] - 1) < 1e-5, "itself")


def a_search_sees_what_was_written(checks, server):
    server.request("PUT", "/things/geo/HT", {
        "type": "Other", "content": "a republic in the Caribbean on an island"})
    server.run("generate-embeddings", [{"ns": "geo", "id": "HT"}])
    query = {"text": "a republic in the Caribbean on an island", "k": 1}
    checks.equal(ids(search(server, **query)), ["HT"], "a new vector")
    checks.equal(ids(search(server, **query, type="Other")), ["HT"], "a type")
    checks("HT" not in ids(search(server, text=query["text"], type="T")),
           "another type")
    server.request("DELETE", "/things/geo/HT")
    checks("HT" not in ids(search(server, text=query["text"])), "it is gone")
    empty = server.request("POST", "/search", {"ns": "none", "text": "x"})
    checks.equal((empty.status, empty.json()["results"]), (200, []),
                 "a namespace without vectors")


def wrong_searches_are_refused(checks, server):
    for body in ({}, {"ns": "geo"}, {"text": "x"}, {"ns": "geo", "text": 5},
                 {"ns": "geo", "text": "x", "vector": [1]},
                 {"ns": "geo", "text": "x", "k": 0},
                 {"ns": "geo", "text": "x", "k": 1001},
                 {"ns": "geo", "text": "x", "minScore": 2},
                 {"ns": "geo", "text": "x", "minScore": "1"},
                 {"ns": "geo", "text": "x", "limit": 1},
                 {"ns": "geo", "vector": []}, {"ns": "geo", "vector": ["1"]},
                 {"ns": "geo", "vector": [1e999]},
                 {"ns": "geo", "vector": {"0": 1}},
                 {"ns": "geo", "vector": [1] * 65_537},
                 {"ns": "geo", "text": "x", "model": "m" * 129},
                 {"ns": "", "text": "x"}, {"ns": "geo", "text": "x" * 70000},
                 []):
        # Python writes 1e999 as Infinity, which is no JSON.
        answer = server.request("POST", "/search", body)
        checks(answer.status == 400, f"{str(body)[:80]}: {answer}")
    checks.problem(search(server, vector=[1.0, 2.0]), 409, "conflict",
                   "other dimensions", "dimensions")
    checks.problem(search(server, text="x", model="another"), 409, "conflict",
                   "another model", "another")
    checks.equal(search(server, text="?!").json()["code"], "no_text", "no word")
    checks.equal(search(server, vector=[0] * 256).status, 400, "no direction")
    checks.equal(server.get("/health").status, 200, "still there")


def models_are_not_mixed(checks, server):
    body = {"type": "generate-embeddings", "input": {"ns": "geo"}}
    other = {"embedding": {"model": "lexical-hash-384"}}
    answer = server.request("POST", "/batch", {**body, "options": other})
    checks.problem(answer, 409, "conflict", "a job of another model",
                   "lexical-hash-384", "force")
    unknown = {"embedding": {"model": "gpt-9"}}
    answer = server.request("POST", "/batch", {**body, "options": unknown})
    checks.problem(answer, 400, "invalid_option", "an unknown model",
                   "unknown model", "lexical-hash-384")
    job = server.run("generate-embeddings", [{"ns": "geo", "id": "CU"}],
                     options=other)
    checks.equal([e["code"] for e in job["errors"]], ["conflict"], "an item")
    server.run("import-things", [thing("free", "1", content="some words")])
    server.run("generate-embeddings", input={"ns": "free"}, options=other)
    one = server.get("/embeddings/free/1").json()["embedding"]
    checks.equal(one["model"], "lexical-hash-384", "chosen where it is free")
    server.run("generate-embeddings", input={"ns": "free"},
               options={"embedding": {"force": True}})
    again = server.get("/embeddings/free/1").json()["embedding"]
    checks(again["model"] != one["model"], "force changes the model")


def texts_are_chosen_and_bounded(checks, server):
    def run(**embedding):
        job = server.run("generate-embeddings", [{"ns": "geo", "id": "CU"}],
                         options={"embedding": embedding})
        return job, server.results(job["id"])[0]
    job, line = run(text="{name}: {about}")
    checks.equal(job["status"], "completed", "a template")
    job, line = run(text="{nothing}")
    checks.equal(job["errors"][0]["code"], "no_text", "an empty template")
    long = "{about} {about} {about} {about}"
    job, line = run(text=long, maxBytes=64)
    checks.equal(job["errors"][0]["code"], "item_too_large", "too long")
    job, line = run(text=long, maxBytes=64, overlong="truncate")
    checks.equal(line["result"].get("truncated"), True, "cut")
    job, line = run(text=long, maxBytes=64, overlong="split-mean")
    checks.equal(job["status"], "completed", "split")
    run()  # the content again


def vectors_go_out_as_an_array(checks, server):
    array_file = server.get("/export/geo?kind=embeddings&format=npy")
    names = server.get("/export/geo?kind=embeddings&format=ids")
    ids = names.body.decode().splitlines()
    checks.equal(ids, sorted(COUNTRIES), "ids")
    data = array_file.body
    checks.equal(data[:8], b"\x93NUMPY\x01\x00", "magic")
    size = struct.unpack("<H", data[8:10])[0]
    checks((10 + size) % 64 == 0, "the header is aligned")
    header = data[10:10 + size].decode()
    rows, columns = map(int, re.search(r"\((\d+), (\d+)\)", header).groups())
    checks("'descr': '<f4'" in header and "'fortran_order': False" in header
           and header.endswith("\n"), header)
    numbers = array.array("f", data[10 + size:])
    checks.equal((rows, len(numbers)), (len(ids), rows * columns), "shape")
    for i, id in enumerate(ids):
        vector = server.get(f"/embeddings/geo/{id}").json()["embedding"]
        row = list(numbers[i * columns:(i + 1) * columns])
        checks.equal(row, list(array.array("f", vector["vector"])), id)
    part = server.get("/export/geo?kind=embeddings&format=ids&prefix=N")
    checks.equal(part.body, b"NO\nNP\n", "a prefix")
    checks.equal(array_file.headers["x-total-count"], str(len(ids)), "count")
    for query in ("format=npy", "format=ids&kind=things",
                  "format=npy&kind=embeddings&fields=id"):
        answer = server.request("GET", "/export/geo?" + query)
        checks.equal(answer.status, 400, query)
    empty = server.get("/export/none?kind=embeddings&format=npy")
    checks(b"(0, 0)" in empty.body, "an empty array")


def the_command_line_searches(checks, server):
    found = command(server, "search", "geo", "an isle in the Antilles", "-k",
                    "1")
    checks(found.status == 0 and re.search("CU|JM", found.out), found)
    found = command(server, "search", "geo", "x", "--json")
    checks(found.status == 0 and found.json()["success"], found)
    found = command(server, "search", "empty", "x")
    checks(found.status == 0 and "generate-embeddings" in found.told, found)
    checks.equal(command(server, "search", "geo", "").status, 2, "no text")


def embedders_are_opened_at_the_start(checks, server):
    folder = temporary_folder()
    path = os.path.join(folder, "words.txt")
    with open(path, "w") as words:
        words.write("red 1 0\nblue 0 1\ncrimson 0.9 0.1\n")
    own = Server("--embedder", "vectors:" + path)
    own.run("import-things", [thing("c", "1", content="red"),
                              thing("c", "2", content="blue")])
    own.run("generate-embeddings", input={"ns": "c"})
    answer = own.request("POST", "/search", {"ns": "c", "text": "crimson"})
    checks.equal(ids(answer), ["1", "2"], "own vectors")
    model = answer.json()["model"]
    checks(model.startswith("vectors-2-"), model)
    own.stop()
    again = Server(folder=own.folder)
    answer = again.request("POST", "/search", {"ns": "c", "text": "crimson"})
    checks.problem(answer, 409, "conflict", "without its model", model)
    again.stop()
    with open(path, "a") as words:
        words.write("broken 1\n")
    for spec in ("vectors:" + path, "static:" + folder, "vectors:/nowhere",
                 "word2vec", "onnx:model.onnx"):
        ended = subprocess.run(
            [BATCHD, "serve", "--data", os.path.join(folder, "data"), "--http",
             "127.0.0.1:0", "--embedder", spec], capture_output=True,
            text=True, timeout=60)
        checks(ended.returncode == 2 and "--embedder" in ended.stderr,
               f"{spec}: {ended}")


def main():
    server = Server()
    fill(server)
    run_groups([searches_find_meanings, a_search_sees_what_was_written,
                wrong_searches_are_refused, models_are_not_mixed,
                texts_are_chosen_and_bounded, vectors_go_out_as_an_array,
                the_command_line_searches, embedders_are_opened_at_the_start],
               server)


if __name__ == "__main__":
    main()
