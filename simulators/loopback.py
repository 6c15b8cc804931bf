"""A small HTTP server on loopback: what a test or a simulator says is what it answers."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked: the method, the path, the query's words, the headers with small letters, and the body."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""
    # The query as it came: a name may stand in it several times.
    raw_query: str = ""

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of a body that is a form, the last of each name."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered; `parts` are sent one by one, each drawn when the one before is out.

    With `lost` the connection is closed without an answer, though the request was taken.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    parts: Iterator[bytes] | None = None
    lost: bool = False


Responder = Callable[[Request], Answer]
# What stands in front of a responder, and answers some requests itself.
Before = Callable[[Responder], Responder]


def unchanged(responder: Responder, /) -> Responder:
    """Put nothing in front."""
    return responder


@contextmanager
def serve(responder: Responder, *, port: int = 0) -> Iterator[str]:
    """Serve until the end of the block; yield the address without a slash at its end. Port 0 is any that is free."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # one request a connection, so nothing is left open

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(split.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length") or 0))
            request = Request(
                path=split.path, query=query, headers=headers, method=self.command, body=body, raw_query=split.query
            )  # fmt: skip
            answer = responder(request)
            if answer.lost:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for part in answer.parts or iter([answer.body]):
                    self.wfile.write(part)
                    self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the other side has had enough

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
