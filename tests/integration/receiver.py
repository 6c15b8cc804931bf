"""Another system on loopback that is told things by POST."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


@dataclass(kw_only=True)
class Receiver:
    """What it was told (headers and body), and what it answers."""

    url: str
    status: int = 204
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The posts that it was told of, in order."""
        return [name for _, body in self.told for name in json.loads(body)["deleted"]]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port of loopback meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            system.told.append((dict(self.headers), body))
            self.send_response(system.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    system = Receiver(url=f"http://127.0.0.1:{server.server_port}/earnest")
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
