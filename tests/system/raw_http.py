"""Requests as bytes, for what no well-behaved client would send."""
import select

from driver import Answer


def request(method, path, *headers, body=b"", length=True, host=True):
    """The bytes of a request. `length`: with the right Content-Length."""
    lines = [b"%s %s HTTP/1.1" % (as_bytes(method), as_bytes(path))]
    if host:
        lines.append(b"Host: test")
    lines += [as_bytes(header) for header in headers]
    body = as_bytes(body)
    if length and (body or method in ("POST", "PUT")):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def chunked(*pieces):
    """A chunked body. What is sent as a chunk is not looked at."""
    whole = b"".join(b"%x\r\n%s\r\n" % (len(p), p)
                     for p in map(as_bytes, pieces))
    return whole + b"0\r\n\r\n"


class RawConnection:
    """A socket that sends bytes and reads answers."""

    def __init__(self, server):
        self.socket = server.socket()
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """A server that refuses early may hang up early; its answer counts."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def has_bytes(self, seconds):
        return bool(select.select([self.socket], [], [], seconds)[0])

    def receive(self):
        """Reads a piece. Answers false at the end of the stream."""
        try:
            piece = self.socket.recv(1 << 16)
        except ConnectionResetError:
            piece = b""
        self.received += piece
        return bool(piece)

    def answer(self):
        """The next answer that has a Content-Length; None at the end."""
        while b"\r\n\r\n" not in self.received:
            if not self.receive():
                return None
        head, _, rest = self.received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        length = int(dict((name.lower(), value) for name, value
                          in headers).get("content-length", 0))
        while len(rest) < length:
            if not self.receive():
                return None
            rest = self.received.partition(b"\r\n\r\n")[2]
        self.received = rest[length:]
        return Answer(int(first.split(" ")[1]), headers, rest[:length])

    def more_answers(self, seconds=0.15):
        """What the server says without having been asked anything more."""
        while self.has_bytes(seconds):
            if not self.receive():
                break
        return self.received


def exchange(server, data):
    """Sends bytes on a connection of their own and reads one answer."""
    with RawConnection(server) as connection:
        connection.send(data)
        return connection.answer()
