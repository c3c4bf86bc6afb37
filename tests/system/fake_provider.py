"""Providers of vectors to test against: the wire formats of OpenAI, Ollama,
text-embeddings-inference and llama.cpp's server, with faults at will."""
import hashlib
import http.server
import json
import socket
import ssl
import threading
import time

DIMENSIONS = 8


def vector_of(text, dimensions=DIMENSIONS):
    """Not of length 1: that is ours to do."""
    digest = hashlib.sha256(text.encode()).digest()
    return [x - 127.5 for x in digest[:dimensions]]


class Status:
    """Answers with this status."""

    def __init__(self, status, message="", code=None, **headers):
        self.status, self.message, self.code = status, message, code
        self.headers = {k.replace("_", "-"): v for k, v in headers.items()}


class Truncate:
    """Sends the first half of the answer, as if that were all of it."""


class Close:
    """Closes the connection in the midst of the answer."""


class Reply:
    """Answers this JSON."""

    def __init__(self, body):
        self.body = body


class Sleep:
    """Answers late."""

    def __init__(self, seconds):
        self.seconds = seconds


class Call:
    """What was asked, and what was answered."""

    def __init__(self, texts, status):
        self.texts, self.status, self.at = texts, status, time.monotonic()

    def __repr__(self):
        return f"<{len(self.texts)} texts: {self.status}>"


class FakeProvider:
    """
    @param kind openai, ollama, tei or llamacpp.
    @param key what has to be sent, if any.
    @param certificate PEM file of a key and its certificate, for TLS.
    """

    MODEL = "fake-embed"

    def __init__(self, kind, key=None, inputs_max=None, certificate=None,
                 port=0):
        self.kind, self.key, self.inputs_max = kind, key, inputs_max
        # Takes the texts of a call, and answers a fault or None.
        self.script = lambda texts: None
        self.calls = []
        self.keys = set()
        self.lock = threading.Lock()
        self.open = set()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                provider.open.add(self.connection)

            def do_GET(self):
                provider.tell(self)

            def do_POST(self):
                provider.answer(self)

            def log_message(self, *_):
                pass

        class HTTPServer(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass  # connections that are closed are part of the tests

        self.http = HTTPServer(("127.0.0.1", port), Handler)
        self.port = self.http.server_address[1]
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.http.socket = context.wrap_socket(self.http.socket,
                                                   server_side=True)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        if kind == "openai":
            self.url += "/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.05,),
                         daemon=True).start()

    def spec(self, options="", model=True):
        return (f"{self.kind}:{self.url}" + (f"?{options}" if options else "")
                + (f"#{self.MODEL}" if model else ""))

    def forget(self):
        with self.lock:
            self.calls.clear()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # What a provider says.

    PATHS = {"openai": "/v1/embeddings", "ollama": "/api/embed",
             "tei": "/embed", "llamacpp": "/embedding"}
    INPUTS = {"openai": "input", "ollama": "input", "tei": "inputs",
              "llamacpp": "content"}

    def tell(self, request):
        if self.kind == "tei" and request.path == "/info":
            self.send(request, 200, {
                "model_id": self.MODEL,
                "max_client_batch_size": self.inputs_max or 32})
        elif self.kind == "llamacpp" and request.path == "/v1/models":
            self.send(request, 200, {
                "object": "list", "data": [{"id": f"/m/{self.MODEL}.gguf"}]})
        else:
            self.send(request, 404, {"error": "not found"})

    def answer(self, request):
        size = int(request.headers["Content-Length"])
        body = json.loads(request.rfile.read(size))
        texts = body.get(self.INPUTS[self.kind], [])
        fault = self.fault(request, body, texts)
        if isinstance(fault, Sleep):
            time.sleep(fault.seconds)
            fault = None
        status = getattr(fault, "status", 200)
        with self.lock:
            self.calls.append(Call(
                texts, type(fault).__name__ if fault and status == 200
                else status))
        if isinstance(fault, Status):
            return self.send(request, status, self.problem(fault),
                             fault.headers)
        reply = (fault.body if isinstance(fault, Reply)
                 else self.vectors(texts, body.get("dimensions", DIMENSIONS)))
        self.send(request, 200, reply, fault=fault)

    def fault(self, request, body, texts):
        sent = request.headers.get("Authorization", "")
        self.keys.add(sent)
        if request.path != self.PATHS[self.kind]:
            return Status(404, "no such path")
        if self.key and sent != "Bearer " + self.key:
            # As OpenAI does, which shows some of it.
            return Status(401, "Incorrect API key provided: "
                          + sent.removeprefix("Bearer "), "invalid_api_key")
        if self.kind in ("openai", "ollama") and body["model"] != self.MODEL:
            return Status(404, f"The model {body['model']} does not exist",
                          "model_not_found")
        if self.inputs_max and len(texts) > self.inputs_max:
            return Status(422 if self.kind == "tei" else 400,
                          f"batch size {len(texts)} > maximum allowed batch "
                          f"size {self.inputs_max}")
        if any(not text for text in texts):
            return Status(400, "an input is empty")
        return self.script(texts)

    def problem(self, fault):
        if self.kind in ("openai", "llamacpp"):
            return {"error": {"message": fault.message, "code": fault.code,
                              "type": "error", "param": None}}
        return {"error": fault.message, "error_type": "Validation"}

    def vectors(self, texts, dimensions):
        found = [vector_of(text, dimensions) for text in texts]
        if self.kind == "tei":
            return found
        if self.kind == "ollama":
            return {"model": self.MODEL, "embeddings": found,
                    "prompt_eval_count": sum(map(len, texts)) // 4}
        if self.kind == "llamacpp":
            return [{"index": i, "embedding": [v]}
                    for i, v in enumerate(found)]
        # In another order than the texts: it is the index that counts.
        data = [{"object": "embedding", "index": i, "embedding": v}
                for i, v in enumerate(found)]
        tokens = sum(map(len, texts)) // 4
        return {"object": "list", "data": data[::-1], "model": self.MODEL,
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}

    @staticmethod
    def send(request, status, body, headers=(), fault=None):
        bytes = json.dumps(body).encode()
        if isinstance(fault, Truncate):
            bytes = bytes[:len(bytes) // 2]
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(bytes)))
        for name, value in dict(headers).items():
            request.send_header(name, str(value))
        request.end_headers()
        if isinstance(fault, Close):
            request.wfile.write(bytes[:len(bytes) // 2])
            request.wfile.flush()
            request.connection.shutdown(socket.SHUT_RDWR)
            request.close_connection = True
            return
        request.wfile.write(bytes)
