"""Vectors from somebody else's server, which is slow, busy, broken or refuses:
what a user sees of it."""
import math
import os
import subprocess
import time

from driver import (BATCHD, Server, command, run_groups, temporary_folder,
                    thing, until)
from fake_provider import (Close, FakeProvider, Reply, Sleep, Status, Truncate,
                           vector_of)

KEY = "sk-fake-0123456789abcdef"


def serve(spec, *more, **environment):
    server = Server("--embedder", spec, "--slots", "2", *more, start=False)
    server.environment.update(environment)
    return server.start()


def refused_start(spec, **environment):
    ended = subprocess.run(
        [BATCHD, "serve", "--data", os.path.join(temporary_folder(), "data"),
         "--http", "127.0.0.1:0", "--embedder", spec], capture_output=True,
        text=True, timeout=60, env={**os.environ, **environment})
    return ended


def fill(server, count, ns="n"):
    server.run("import-things", [thing(ns, f"{i}", content=f"item {i} .")
                                 for i in range(count)])


def embed(server, ns="n", **options):
    return server.submit("generate-embeddings", input={"ns": ns},
                         options=options)


def has(texts, number):
    return f"item {number} ." in texts


def vectors(server, ns="n"):
    lines = server.export(ns, "format=ndjson&kind=embeddings").lines()
    return {x["id"]: x for x in lines}


def paused(server, job):
    def is_paused():
        found = server.job(job)
        return found if found["state"] == "paused" else None
    return until(is_paused, "a job that pauses itself", 20)


def each_wire_format_is_spoken(checks):
    for kind in ("openai", "ollama", "tei", "llamacpp"):
        provider = FakeProvider(kind)
        named = kind in ("openai", "ollama")
        server = serve(provider.spec(model=named))
        fill(server, 50)
        provider.forget()
        job = server.wait(embed(server))
        checks.equal((job["status"], job["processed"]), ("completed", 50), kind)
        checks.equal(len(provider.calls), 2 if kind == "tei" else 1,
                     f"{kind}: calls {provider.calls}")
        model = provider.MODEL + (".gguf" if kind == "llamacpp" else "")
        for number in (0, 17, 49):
            one = server.get(f"/embeddings/n/{number}").json()["embedding"]
            raw = vector_of(f"item {number} .")
            length = math.sqrt(sum(x * x for x in raw))
            checks.equal(one["model"], f"{kind}/{model}", "model")
            checks(all(abs(x - y / length) < 1e-6
                       for x, y in zip(one["vector"], raw)), f"{kind}: vector")
        found = server.request("POST", "/search",
                               {"ns": "n", "text": "item 17 .", "k": 1})
        checks.equal(found.json()["results"][0]["id"], "17", f"{kind}: search")
        again = server.wait(embed(server))
        checks.equal((again["processed"], len(provider.calls)),
                     (50, 3 if kind == "tei" else 2), "nothing is asked twice")
        server.stop()
        provider.stop()


def a_bad_day_of_a_provider_costs_one_text(checks):
    """Answers 429 with Retry-After, 500, half of its JSON, closes connections
    and rejects one text; all other items are embedded."""
    provider = FakeProvider("openai")
    server = serve(provider.spec())
    fill(server, 1000)
    closed_until = [0.0]
    once = {110: Status(500, "oops"), 320: Truncate(), 540: Close(),
            760: Status(502, "bad gateway")}

    def script(texts):
        now = time.monotonic()
        if has(texts, 450) and closed_until[0] == 0:
            closed_until[0] = now + 10
        if now < closed_until[0]:
            left = math.ceil(closed_until[0] - now)
            return Status(429, "Rate limit reached", Retry_After=left)
        for number in list(once):
            if has(texts, number):
                return once.pop(number)
        if has(texts, 666):
            return Status(400, "This text is not allowed")
        return None

    provider.script = script
    provider.forget()
    # Without retries: one attempt that is spent is an item that is lost.
    job = server.wait(embed(server, maxRetries=0, chunkSize=100,
                            toleratedFailures={"count": 1}))
    checks.equal((job["status"], job["processed"], job["failed"]),
                 ("completed", 999, 1), job)
    checks.equal([(e["code"], e["attempts"]) for e in job["errors"]],
                 [("rejected", 1)], "the text that was rejected")
    checks("This text is not allowed" in job["errors"][0]["error"], job)
    errors = server.errors(job["id"])
    checks.equal([e["payload"]["id"] for e in errors], ["666"], "which one")
    letters = server.get("/dead-letters").json()["deadLetters"]
    checks.equal(len(letters), 1, "dead letters")
    checks.equal(len(vectors(server)), 999, "vectors")
    checks.equal(once, {}, "all faults came")
    statuses = [call.status for call in provider.calls]
    # A call that came while the gate was being closed may have been on its
    # way; nothing else was asked before the time.
    checks(1 <= statuses.count(429) <= 2, f"429: {statuses.count(429)}")
    # 10 are needed, 4 failed in passing, up to 2 were throttled, and one text
    # of a hundred is found with 14.
    checks(len(provider.calls) <= 10 + 4 + 2 + 14, f"{len(statuses)} calls: "
           f"{provider.calls}")
    server.stop()
    provider.stop()


def limits_are_learnt_once(checks):
    provider = FakeProvider("openai", inputs_max=10)
    server = serve(provider.spec())
    fill(server, 400)
    provider.forget()
    job = server.wait(embed(server, maxRetries=0, chunkSize=100))
    checks.equal((job["status"], job["processed"]), ("completed", 400), job)
    # Two workers may find out at the same time.
    checks(len(provider.calls) <= 42, f"{len(provider.calls)} calls")
    server.stop()
    provider.stop()


def a_wrong_key_pauses_the_job(checks):
    folder = temporary_folder()
    path = os.path.join(folder, "key")
    wrong = "sk-wrong-fedcba9876543210"

    def write(key):
        with open(path, "w") as file:
            file.write(key + "\n")
    write(KEY)
    provider = FakeProvider("openai", key=KEY)
    server = serve(provider.spec(f"key-file={path}"))
    fill(server, 2000)
    write(wrong)
    provider.forget()
    job = embed(server, maxRetries=0, chunkSize=50)
    found = paused(server, job)
    checks.equal((found["failed"], found["processed"], found["retrying"],
                  found["errors"]), (0, 0, 0, []), "no item has failed")
    checks("401" in found["reason"] and "Incorrect API key" in found["reason"],
           found["reason"])
    checks("[key]" in found["reason"], "the key is not repeated")
    checks(len(provider.calls) <= 8, f"{len(provider.calls)} calls")
    shown = command(server, "job", job)
    checks("paused" in shown.out and "401" in shown.out, shown)
    # It stays so, over an end of the process as well.
    write(KEY)
    server.kill()
    server.start()
    found = server.job(job)
    checks.equal(found["state"], "paused", "after a restart")
    checks("401" in found["reason"], found)
    calls = len(provider.calls)
    time.sleep(0.5)
    checks.equal(len(provider.calls), calls, "nothing is asked while paused")
    write(wrong)
    server.request("POST", f"/batch/{job}/resume")
    paused(server, job)
    write(KEY)
    server.request("POST", f"/batch/{job}/resume")
    found = server.wait(job)
    checks.equal((found["status"], found["processed"], "reason" in found),
                 ("completed", 2000, False), "mended")
    texts = [server.log(), str(found), server.get("/stats").body.decode(),
             str(server.results(job)[:50]), shown.out,
             command(server, "job", job, "--json").out]
    for key in (KEY, wrong):
        checks(not any(key in text for text in texts), "a key was shown")
        for root, _, files in os.walk(server.folder):
            for name in files:
                with open(os.path.join(root, name), "rb") as file:
                    checks(key.encode() not in file.read(), f"a key in {name}")
    os.remove(path)
    job = embed(server, embedding={"force": True})
    checks("key" in paused(server, job)["reason"], "no key file")
    server.stop()
    provider.stop()


def a_key_comes_from_the_environment(checks):
    provider = FakeProvider("openai", key=KEY)
    server = serve(provider.spec(), BATCHD_EMBEDDER_KEY=KEY)
    checks.equal(provider.keys, {"Bearer " + KEY}, "what was sent")
    server.stop()
    ended = refused_start(provider.spec())
    checks(ended.returncode == 2 and "401" in ended.stderr, ended)
    checks(KEY not in server.log(), "a key in the log")
    provider.stop()


def what_nobody_can_embed_pauses_the_job(checks):
    provider = FakeProvider("openai")
    server = serve(provider.spec())
    fill(server, 300)
    quota = Status(429, "You exceeded your current quota, please check your "
                   "plan", "insufficient_quota")
    unknown = Status(404, "The model does not exist", "model_not_found")
    for fault in (lambda texts: quota,
                  lambda texts: unknown,
                  lambda texts: Status(400, "not with these parameters"),
                  lambda texts: Reply({"data": [
                      {"index": i, "embedding": [1.0, 2.0]}
                      for i in range(len(texts))]})):
        provider.script = fault
        job = embed(server, maxRetries=0, embedding={"force": True})
        found = paused(server, job)
        checks.equal((found["failed"], found["retrying"]), (0, 0), found)
        checks("reason" in found, found)
        provider.script = lambda texts: None
        server.request("POST", f"/batch/{job}/resume")
        checks.equal(server.wait(job)["processed"], 300, "it goes on")
    server.stop()
    provider.stop()


def a_provider_that_is_away_is_waited_for(checks):
    provider = FakeProvider("tei")
    server = serve(provider.spec(model=False))
    fill(server, 300)
    provider.stop()
    job = embed(server, maxRetries=0)
    time.sleep(1)
    found = server.job(job)
    checks.equal((found["failed"], found["state"]), (0, "running"), found)
    provider = FakeProvider("tei", port=provider.port)
    found = server.wait(job)
    checks.equal((found["status"], found["processed"]), ("completed", 300),
                 found)
    server.stop()
    provider.stop()


def a_slow_provider_is_given_up(checks):
    provider = FakeProvider("ollama")
    server = serve(provider.spec("timeout=1"))
    fill(server, 8)
    provider.script = lambda texts: Sleep(3) if has(texts, 5) else None
    job = server.wait(embed(server, maxRetries=0))
    checks.equal((job["processed"], job["failed"]), (7, 1), job)
    checks.equal(job["errors"][0]["code"], "timed_out", "why")
    # A chunk has less time than the provider's answer takes.
    server.stop()
    server = serve(provider.spec())
    fill(server, 300)
    provider.script = lambda texts: Sleep(0.7)
    job = server.wait(embed(server, maxRetries=0, chunkSize=300,
                            timeoutMs=1500))
    checks.equal((job["processed"], job["failed"]), (300, 0), job)
    server.stop()
    provider.stop()


def broken_answers_fail_single_items(checks):
    provider = FakeProvider("tei")
    server = serve(provider.spec(model=False))
    fill(server, 10)
    good = [1.0] * 8

    def script(texts):
        bad = {3: [None] * 8, 5: [1.0] * 7, 7: [0.0] * 8}
        return Reply([next((v for n, v in bad.items() if has([text], n)), good)
                      for text in texts])
    provider.script = script
    job = server.wait(embed(server))
    checks.equal((job["processed"], job["failed"]), (7, 3), job)
    checks.equal({e["code"] for e in job["errors"]}, {"rejected"}, "codes")
    checks.equal([e["attempts"] for e in job["errors"]], [1, 1, 1], "for good")
    server.stop()
    provider.stop()


def tls_is_verified(checks):
    pem = os.path.join(temporary_folder(), "both.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=fake", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pem,
         "-out", pem + ".crt"], check=True, capture_output=True)
    with open(pem, "a") as both, open(pem + ".crt") as certificate:
        both.write(certificate.read())
    provider = FakeProvider("openai", certificate=pem)
    ended = refused_start(provider.spec())
    checks(ended.returncode == 2 and "certificate" in ended.stderr, ended)
    other = provider.spec(f"ca-file={pem}.crt").replace("127.0.0.1",
                                                        "localhost")
    ended = refused_start(other)
    checks(ended.returncode == 2, f"another host: {ended}")
    ended = refused_start(provider.spec("ca-file=/nowhere.pem"))
    checks(ended.returncode == 2, f"no such file: {ended}")
    for server in (serve(provider.spec(f"ca-file={pem}.crt")),
                   serve(provider.spec(), SSL_CERT_FILE=pem + ".crt")):
        fill(server, 20)
        checks.equal(server.wait(embed(server))["processed"], 20, "over TLS")
        server.stop()
    provider.stop()


def a_start_without_a_provider_is_refused(checks):
    provider = FakeProvider("openai")
    spec = provider.spec()
    for wrong, says in ((spec.replace("#fake-embed", "#other"), "other"),
                        (spec.replace("/v1", "/v2"), "404"),
                        (provider.spec("key=" + KEY), "key-file"),
                        (provider.spec("key-file=/nowhere"), "key-file")):
        ended = refused_start(wrong)
        checks(ended.returncode == 2 and says in ended.stderr,
               f"{says}: {ended.returncode} {ended.stderr}")
        checks(KEY not in ended.stderr, "a key in an error")
    provider.stop()
    ended = refused_start(spec)
    checks(ended.returncode == 2 and "no connection" in ended.stderr, ended)


def main():
    run_groups([each_wire_format_is_spoken,
                a_bad_day_of_a_provider_costs_one_text, limits_are_learnt_once,
                a_wrong_key_pauses_the_job, a_key_comes_from_the_environment,
                what_nobody_can_embed_pauses_the_job,
                a_provider_that_is_away_is_waited_for,
                a_slow_provider_is_given_up, broken_answers_fail_single_items,
                tls_is_verified, a_start_without_a_provider_is_refused])


if __name__ == "__main__":
    main()
