"""Requests whose ends, encodings or sizes are wrong: refused, never guessed
at, and never read as two."""
import gzip
import time
from concurrent.futures import ThreadPoolExecutor

from driver import JSON
from raw_http import RawConnection, chunked, exchange, request
from refusals import AS_JSON, AS_NDJSON, CHUNKED, GOOD_BODY, GOOD_ITEM, GZIP, \
    IMPORT, Case, Target, check_refusal, post, run_cases, run_refusals


def framed(name, *headers, body=GOOD_BODY, path="/batch", length=False,
           type=AS_JSON, code="invalid_request", says=()):
    return Case(name, request("POST", path, type, *headers, length=length,
                              body=body), 400, code, says)


def framing(checks, target):
    """Where two readers could see different ends of a request."""
    size = f"Content-Length: {len(GOOD_BODY)}"
    line = (GOOD_ITEM + "\n").encode()

    def chunk_case(name, body):
        return framed(name, CHUNKED, body=body, type=AS_NDJSON, path=IMPORT)
    run_cases(checks, target, [
        framed("two lengths", size, "Content-Length: 5"),
        framed("the same length twice", size, size),
        framed("a length that is a word", "Content-Length: abc"),
        framed("a negative length", "Content-Length: -5"),
        framed("a length in hexadecimal", "Content-Length: 0x41"),
        framed("a length with a plus", "Content-Length: +65"),
        framed("a list of lengths", "Content-Length: 65, 65"),
        framed("an empty length", "Content-Length:"),
        framed("a length beyond 64 bits",
               "Content-Length: 99999999999999999999999"),
        framed("length and chunked", size, CHUNKED,
               body=chunked(GOOD_BODY)),
        framed("chunked and length", CHUNKED, "Content-Length: 0",
               body=chunked(GOOD_BODY)),
        framed("chunked twice", CHUNKED, CHUNKED, body=chunked(GOOD_BODY)),
        framed("chunked inside of gzip", "Transfer-Encoding: gzip, chunked",
               body=chunked(GOOD_BODY)),
        framed("identity", "Transfer-Encoding: identity", body=GOOD_BODY),
        framed("an invented transfer encoding", "Transfer-Encoding: xchunked",
               body=chunked(GOOD_BODY)),
        framed("no length", body=""),
        framed("white space before the colon of a length",
               f"Content-Length : {len(GOOD_BODY)}"),
        framed("a length that is folded", f"Content-Length:\r\n {size[16:]}"),
        Case("no Host", request("GET", "/health", host=False), 400,
             "invalid_request"),
        Case("two Hosts", request("GET", "/health", "Host: other"), 400,
             "invalid_request"),
        Case("a GET with a body", request("GET", "/health", body="hello"),
             400, "invalid_request"),
        Case("a GET with a chunked body", request("GET", "/things/keep",
             CHUNKED, body=chunked("x"), length=False), 400,
             "invalid_request"),
        Case("a header line of 9 KB",
             request("GET", "/health", "X-A: " + "a" * 9000), 400,
             "invalid_request"),
        Case("a URL of 9 KB", request("GET", "/things/" + "a" * 9000), 414,
             "invalid_request"),
        Case("an unknown version", b"GET /health HTTP/3.0\r\nHost: a\r\n\r\n",
             400, "invalid_request"),
        Case("no version", b"GET /health\r\n\r\n", 400, "invalid_request"),
        Case("NULs", b"\0" * 16 + b"\r\n\r\n", 400, "invalid_request"),
        Case("a TLS hello", b"\x16\x03\x01\x00\x05hello\r\n\r\n", 400,
             "invalid_request"),
        chunk_case("a chunk size that is a word", b"zz\r\n" + line
                   + b"\r\n0\r\n\r\n"),
        chunk_case("an empty chunk size", b"\r\n" + line + b"\r\n0\r\n\r\n"),
        chunk_case("a chunk size with 0x", b"0x%x\r\n" % len(line) + line
                   + b"\r\n0\r\n\r\n"),
        chunk_case("a chunk size with a sign", b"+%x\r\n" % len(line) + line
                   + b"\r\n0\r\n\r\n"),
        chunk_case("a chunk that is longer than it says", b"%x\r\n"
                   % len(line) + line + b"XX\r\n" + chunked(line)),
        chunk_case("a chunk that is shorter than it says", b"%x\r\n"
                   % (len(line) + 1) + line + b"\r\n" + chunked(line)),
        chunk_case("no line end behind a chunk", b"%x\r\n" % len(line) + line
                   + chunked(line)),
    ])


def encoded_bodies(checks, target):
    good = gzip.compress(GOOD_BODY.encode())
    lines = gzip.compress(b"".join(b'{"ns":"n","id":"%d","type":"T"}\n' % i
                                   for i in range(20_000)))

    def case(name, body, encoding=GZIP, lines=False):
        sent = ([AS_NDJSON, encoding], IMPORT) if lines else (
            [AS_JSON, encoding], "/batch")
        return Case(name, post(body, *sent[0], path=sent[1]), 400,
                    "invalid_request")
    run_cases(checks, target, [
        case("no gzip at all", GOOD_BODY),
        case("gzip without its end", good[:-8]),
        case("gzip cut in the middle", good[:-20]),
        case("gzip with a wrong checksum", good[:-8] + b"\0" * 8),
        case("a broken gzip header", b"\x1f\x8b\xff" + good[3:]),
        case("gzip and more behind it", good + b"junk"),
        case("deflate that is none", GOOD_BODY, "Content-Encoding: deflate"),
        case("gzip of NDJSON cut in the middle", lines[:len(lines) // 2],
             lines=True),
        case("gzip of NDJSON without its checksum", lines[:-8], lines=True),
    ])


def bodies_that_are_too_large(checks):
    target = Target("--body-max", "1")
    two_mib = GOOD_BODY + " " * (2 << 20)
    before = target.server.peak_mib()

    def case(name, data):
        return Case(name, data, 413, "body_too_large", ("1048576",))
    run_cases(checks, target, [
        case("told and sent", post(two_mib)),
        case("told only", request("POST", "/batch", AS_JSON,
                                  "Content-Length: 2000000", length=False)),
        case("told, and absurd", request(
            "POST", "/batch", AS_JSON, "Content-Length: 999999999999999999",
            length=False)),
        case("one byte", post(GOOD_BODY
                              + " " * ((1 << 20) + 1 - len(GOOD_BODY)))),
        case("chunked", request("POST", "/batch", AS_JSON, CHUNKED,
                                length=False,
                                body=chunked(*[" " * 10_000] * 200))),
        case("one chunk of a TB", request(
            "POST", "/batch", AS_JSON, CHUNKED, length=False,
            body=b"ffffffffff\r\n" + b" " * (2 << 20))),
        case("a bomb", post(gzip.compress(b" " * (200 << 20), 9), AS_JSON,
                            GZIP)),
        case("a bomb in chunks", request(
            "POST", "/batch", AS_JSON, GZIP, CHUNKED, length=False,
            body=chunked(gzip.compress(b"[" * (100 << 20), 9)))),
        case("asked for by Expect", request(
            "POST", "/batch", AS_JSON, "Expect: 100-continue",
            "Content-Length: 2000000", length=False)),
    ])
    grown = target.server.peak_mib() - before
    checks(grown < 64, f"they have cost {grown} MiB of memory")
    fits = GOOD_BODY + " " * ((1 << 20) - len(GOOD_BODY))
    answer = target.server.request("POST", "/batch", fits,
                                   {"Content-Type": JSON})
    checks.equal(answer.status, 202, "a body of just 1 MiB")


def requests_inside_of_bodies(checks, target):
    """A body that is not read must never be taken for the next request."""
    inner = request("PUT", "/things/smuggled/1", AS_JSON,
                    body='{"type":"T"}')
    # Longer than any buffer of a reader, and a request at any border in it.
    body = inner * 200
    size = f"Content-Length: {len(body)}"
    heads = {
        "a wrong media type": ("POST", "/batch", "Content-Type: text/plain"),
        "an unknown parameter": ("POST", "/batch?nope=1", AS_NDJSON),
        "an unknown job type": ("POST", "/batch?type=x", AS_NDJSON),
        "no JSON": ("POST", "/batch", AS_JSON),
        "an unknown route": ("POST", "/nope", AS_JSON),
        "a wrong method": ("POST", "/stats", AS_JSON),
        "PATCH": ("PATCH", "/batch", AS_JSON),
        "OPTIONS": ("OPTIONS", "/batch", AS_JSON),
        "a GET": ("GET", "/batch", AS_JSON),
        "a HEAD": ("HEAD", "/batch", AS_JSON),
        "a DELETE": ("DELETE", "/things/none/none", AS_JSON),
        "a bad name": ("PUT", "/things/a%00/b", AS_JSON),
        "a wrong media type of a thing": ("PUT", "/things/a/b",
                                          "Content-Type: text/plain"),
        "a broken encoding": ("POST", "/batch", AS_JSON, GZIP),
        "two lengths": ("POST", "/batch", AS_JSON, "Content-Length: 0"),
        "a length and chunked": ("POST", "/batch", AS_JSON, CHUNKED),
        "an unknown version": None,
    }
    for name, head in heads.items():
        for early in (False, True):
            sent = (request(*head, size, length=False) if head else
                    f"POST /batch HTTP/1.2\r\n{size}\r\n\r\n".encode())
            check_one_answer(checks, target, f"{name}, body "
                             f"{'behind the answer' if early else 'at once'}",
                             sent, body, early)
    hidden = {
        "white space before the colon": f"Content-Length : {len(body)}",
        "a bare line feed": f"X-A: b\nContent-Length: {len(body)}",
        "a folded length": f"Content-Length:\r\n {len(body)}",
        "a length with a comma": f"Content-Length: {len(body)}, 0",
    }
    for name, header in hidden.items():
        head = request("POST", "/batch", AS_JSON, header, length=False)
        check_one_answer(checks, target, name, head, body, True)
    short = b"5\r\nhelloXX\r\n" + body
    head = request("POST", IMPORT, AS_NDJSON, CHUNKED, length=False)
    check_one_answer(checks, target, "behind a broken chunk", head, short,
                     False)


def check_one_answer(checks, target, name, head, body, early):
    """`early`: the body is held back until the server has answered, so that
    it arrives alone in the server's next read."""
    with RawConnection(target.server) as connection:
        connection.send(head)
        if early:
            connection.has_bytes(0.1)
        connection.send(body)
        answer = connection.answer()
        checks(answer and 200 <= answer.status < 500,
               f"{name}: answered: {answer}")
        more = connection.more_answers()
        if head.startswith(b"HEAD"):
            more = more.replace(answer.body, b"")
        checks(b"HTTP/1.1" not in more,
               f"{name}: a second answer: {more[:200]}")
    target.check_unharmed(checks, name)


def request_ids_of_refusals(checks, target):
    """Refusals that no route has seen take over the client's id as well."""
    def sent(id):
        header = f"X-Request-Id: {id}"
        return {
            "no Host": request("GET", "/health", header, host=False),
            "two lengths": request("POST", "/batch", AS_JSON, header,
                                   "Content-Length: 5", "Content-Length: 6",
                                   length=False),
            "a GET with a body": request("GET", "/health", header, body="x"),
            "a HEAD with a body": request("HEAD", "/health", header, body="x"),
            "asked for by Expect": request(
                "POST", "/batch", AS_JSON, header, "Expect: 100-continue",
                "Content-Length: 999999999999", length=False),
            "an unknown route": request("GET", "/nope", header),
        }
    for given, kept in (("client-1", True), ("x" * 128, True),
                        ("x" * 129, False), ("a b", False)):
        for name, data in sent(given).items():
            answer = exchange(target.server, data)
            ids = [value for key, value in answer.all_headers
                   if key.lower() == "x-request-id"]
            checks(len(ids) == 1 and (ids[0] == given) == kept,
                   f"{name}: {ids} for {given:.20}")
            checks.equal(answer.json()["requestId"], ids[0], name)


def slow_bodies(checks):
    """A client cannot hold a thread by sending a byte now and then."""
    target = Target("--body-timeout", "1")
    size = "Content-Length: 1000"
    heads = {
        "JSON": request("POST", "/batch", AS_JSON, size, length=False),
        "NDJSON": request("POST", IMPORT, AS_NDJSON, size, length=False),
        "a thing": request("PUT", "/things/n/1", AS_JSON, size, length=False),
        "chunks": request("POST", IMPORT, AS_NDJSON, CHUNKED, length=False,
                          body="fff\r\n"),
    }
    slow = [(f"{name} that {how}", head, pause)
            for name, head in heads.items()
            for how, pause in (("trickles", 0.02), ("stops", None))]
    with ThreadPoolExecutor(len(slow)) as clients:
        ends = clients.map(lambda x: send_slowly(target, *x[1:]), slow)
        for (name, head, _), (answer, ended) in zip(slow, ends):
            check_refusal(checks, Case(name, head, 408, "timed_out",
                                       ("too slowly", "1 s")), answer)
            checks(ended, f"{name}: the connection has ended")
    target.check_unharmed(checks, "slow bodies")
    lines = "".join(f'{{"ns":"slow","id":"{i}","type":"T"}}\n'
                    for i in range(20_000)).encode()
    with RawConnection(target.server) as connection:
        connection.send(request("POST", IMPORT, AS_NDJSON,
                                f"Content-Length: {len(lines)}", length=False))
        for begin in range(0, len(lines), 100_000):
            connection.send(lines[begin:begin + 100_000])
            time.sleep(0.2)
        checks.equal(connection.answer().status, 202, "longer, but not slow")


def send_slowly(target, head, pause):
    """A space now and then, or nothing at all, until there is an answer.
    Answers it, and whether the connection ended behind it."""
    with RawConnection(target.server) as connection:
        connection.send(head)
        for _ in range(200):
            if connection.has_bytes(pause or 10):
                break
            connection.send(b" ")
        answer = connection.answer()
        return answer, connection.has_bytes(1) and not connection.receive()


def uploads_that_break_off(checks, target):
    lines = "".join(f'{{"ns":"n","id":"{i}","type":"T"}}\n'
                    for i in range(20_000))
    told = f"Content-Length: {len(lines) * 2}"
    wide = f"Content-Length: {len(GOOD_BODY) + 1}"
    uploads = {
        "JSON": request("POST", "/batch", AS_JSON, wide, length=False,
                        body=GOOD_BODY),
        "a head": request("POST", "/batch", AS_JSON, wide, length=False),
        "half a head": b"POST /batch HTTP/1.1\r\nHost: a\r\nContent-Le",
        "NDJSON": request("POST", IMPORT, AS_NDJSON, told, length=False,
                          body=lines),
        "NDJSON in chunks": request("POST", IMPORT, AS_NDJSON, CHUNKED,
                                    length=False, body=chunked(lines)[:-5]),
        "half a chunk": request("POST", IMPORT, AS_NDJSON, CHUNKED,
                                length=False, body=chunked(lines)[:-5000]),
        "gzip": request("POST", "/batch", AS_JSON, GZIP, wide, length=False,
                        body=gzip.compress(GOOD_BODY.encode())[:-5]),
        "a thing": request("PUT", "/things/n/1", AS_JSON,
                           "Content-Length: 13", length=False,
                           body='{"type":"T"}'),
    }
    for name, data in uploads.items():
        with RawConnection(target.server) as connection:
            connection.send(data)
            # The half-closed connection shows that the server has seen it.
            connection.socket.shutdown(1)
            while connection.receive():
                pass
            checks(not connection.received.startswith(b"HTTP/1.1 2"),
                   f"{name}: not accepted: {connection.received[:200]}")
        target.check_unharmed(checks, f"{name} that ends early")
        with RawConnection(target.server) as connection:
            connection.send(data)
        target.check_unharmed(checks, f"{name} and a hang-up")
    # What was uploaded in part must not appear at the next start either.
    target.server.stop()
    target.server.start()
    target.check_unharmed(checks, "after a restart")


if __name__ == "__main__":
    run_refusals([framing, encoded_bodies, requests_inside_of_bodies,
                  request_ids_of_refusals, uploads_that_break_off],
                 bodies_that_are_too_large, slow_bodies)
