"""What an export writes, an import reads back: generated records go through
NDJSON and through CSV into other stores, which must then export the very same
bytes. For a long run: round_trip.py --items 1000000."""
import argparse
import hashlib
import json
import random
import time

from driver import CSV, NDJSON, Checks, Server, finish, limit_time

PIECE = 1 << 18
SEED = 20261125
# Columns come in the order of their first appearance; so do these keys.
KEYS = ["name", "n", "", "a.b", "a,b", '"', "line\nend", "id", "ns", "data",
        "ключ", "😀", " "]
STRINGS = ["", "text", "5", "-0.0", "1e400", "true", "null", "[]", "{}",
           '{"a":1}', '"', '""', '"x"', "[draft]", "01", "=1+1", "@x", "-1-1",
           "a,b", "a\nb", "a\r\nb", "\r", " a", "a ", "\t", "ünï", "日本語",
           "\u2028", "\ufeff", "\\", "\\u0041", "\x01", "\x7f"]
VALUES = ["0", "-0", "1.0", "0.1000", "1E+05", "-1.5e-7", "true", "false",
          "null", "18446744073709551615", "-9223372036854775808", "1e308",
          "5e-324", "0.1000000000000000055511151231257827", "[]", "{}",
          '[1,[2.50,{"a":null}],"x,\\"y\\""]', '{"z":1,"a":"\\u00e9","z":2}']


def json_string(text):
    """As the service writes strings: no more escapes than must be."""
    return json.dumps(text, ensure_ascii=False)


def value(draw):
    if draw.random() < 0.5:
        return json_string(draw.choice(STRINGS))
    return draw.choice(VALUES) if draw.random() < 0.6 else str(
        draw.randrange(1 << 40))


def data(draw, keys):
    if draw.random() < 0.02:
        return draw.choice(["{}", '{"k":1,"k":2}'])
    return "{" + ",".join(f"{json_string(key)}:{value(draw)}"
                          for key in keys) + "}"


def thing_lines(count):
    draw = random.Random(SEED)
    for i in range(count):
        # The first one has all keys, so that the columns have their order.
        keys = KEYS if i == 0 else [
            key for key in KEYS if draw.random() < 0.35] or KEYS[:1]
        line = f'{{"ns":"trip","id":"t{i:09d}","type":"T{i % 7}"'
        if i % 5 == 0:
            line += ',"visibility":"public"'
        if i % 3 == 0:
            line += ',"content":' + json_string(draw.choice(STRINGS))
        if i % 11 != 0 or i == 0:
            line += ',"data":' + (data(draw, keys) if i else "{" + ",".join(
                f"{json_string(key)}:1" for key in KEYS) + "}")
        yield line + "}\n"


def relationship_lines(count):
    draw = random.Random(SEED + 1)
    for i in range(count):
        weight = f',"data":{{"name":{value(draw)}}}' if i % 2 else ""
        yield (f'{{"ns":"trip","id":"r{i:09d}","type":"L","fromNs":"trip",'
               f'"fromId":"t{i:09d}","toNs":"trip","toId":"t0"{weight}}}\n')


def pieces(lines, hash):
    """Lines as pieces of a body."""
    gathered, size = [], 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size >= PIECE:
            piece = "".join(gathered).encode()
            hash.update(piece)
            yield piece
            gathered, size = [], 0
    piece = "".join(gathered).encode()
    hash.update(piece)
    if piece:
        yield piece


def export_pieces(server, kind, format):
    connection = server.connection(timeout=600)
    connection.request("GET", f"/export/trip?kind={kind}&format={format}")
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    while piece := answer.read(PIECE):
        yield piece
    connection.close()


def send(server, kind, type, body):
    """Sends a body piece by piece, and waits for the end of its job."""
    connection = server.connection(timeout=600)
    connection.request("POST", "/batch?type=import-" + kind, body,
                       {"Content-Type": type}, encode_chunked=True)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 202, text
    return server.wait(json.loads(text)["jobId"], 3600)


def digest(server, kind):
    hash = hashlib.sha256()
    for piece in export_pieces(server, kind, "ndjson"):
        hash.update(piece)
    return hash.hexdigest()


def lines_of(server, kind):
    rest = b""
    for piece in export_pieces(server, kind, "ndjson"):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


def first_difference(a, b, kind):
    return next(((x, y) for x, y in zip(lines_of(a, kind), lines_of(b, kind))
                 if x != y), "one has more lines")


def timed(what, count, action):
    begin = time.monotonic()
    result = action()
    seconds = time.monotonic() - begin
    print(f"       {what}: {seconds:.1f} s, {count / seconds:,.0f} a second",
          flush=True)
    return result


def round_trip(checks, items):
    first = Server()
    counts = {"things": items, "relationships": items // 10}
    makers = {"things": thing_lines, "relationships": relationship_lines}
    generated = {}
    for kind, count in counts.items():
        hash = hashlib.sha256()
        job = timed(f"{count:,} {kind} generated and imported", count,
                    lambda: send(first, kind, NDJSON,
                                 pieces(makers[kind](count), hash)))
        checks.equal((job["total"], job["failed"]), (count, 0), kind)
        generated[kind] = hash.hexdigest()
        checks.equal(digest(first, kind), generated[kind],
                     f"{kind}: exported as sent")
    for format, type in (("ndjson", NDJSON), ("csv", CSV)):
        other = Server()
        for kind, count in counts.items():
            job = timed(f"{kind} through {format}", count, lambda: send(
                other, kind, type, export_pieces(first, kind, format)))
            if not checks.equal((job["total"], job["failed"]), (count, 0),
                                f"{kind} through {format}"):
                checks(False, other.errors(job["id"])[:3])
            checks(digest(other, kind) == generated[kind],
                   f"{kind} through {format}: "
                   f"{first_difference(first, other, kind)}")
        print(f"       peak memory: {other.peak_mib()} MiB of the one that "
              f"reads {format}", flush=True)
        other.kill()
    print(f"       peak memory: {first.peak_mib()} MiB of the one that "
          "exports", flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("--items", type=int, default=5000)
items = parser.parse_args().items
limit_time(220 if items <= 50_000 else 3600)
checks = Checks()
checks.run_group(round_trip, items)
finish(checks)
