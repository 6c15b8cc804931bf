"""Jetstream on loopback: replays what happened to posts from a time on, then says nothing more.

Both forms, as github.com/bluesky-social/jetstream describes them: network.bsky.jetstream.subscribeEvents with its
frames, and the older /subscribe with `time_us`.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from simulators.bluesky_network import Network

PATH: Final = "/xrpc/network.bsky.jetstream.subscribeEvents"
_FRAMES: Final = Subprotocol("xrpc.v1.json")
# How long a reader that has everything is kept waiting before its connection is closed.
_PATIENCE: Final = 10.0


@dataclass(slots=True)
class JetstreamSimulator:
    """The stream of a network; `frames` are sent as they are before all else, `refusals` are statuses at the door."""

    network: Network
    frames: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    # Closes the connection after so many events.
    breaks_after: int | None = None
    asked: list[str] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def serve(self, *, port: int = 0) -> Iterator[str]:
        """Serve until the end of the block; yield the address without a path."""
        server = serve(
            self._send, "127.0.0.1", port, process_request=self._at_the_door, subprotocols=[_FRAMES],
            select_subprotocol=lambda _, offered: _FRAMES if _FRAMES in offered else None,
        )  # fmt: skip
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            self._done.set()
            server.shutdown()
            thread.join()

    def _at_the_door(self, _connection: ServerConnection, request: Request) -> Response | None:
        self.asked.append(request.path)
        if not self.refusals:
            return None
        status = HTTPStatus(self.refusals.pop(0))
        return Response(status.value, status.phrase, Headers({"Content-Length": "0"}), b"")

    def _send(self, connection: ServerConnection) -> None:
        parts = urlsplit(connection.request.path if connection.request else "")
        cursor = int(parse_qs(parts.query).get("cursor", ["0"])[0])
        is_old = parts.path.endswith("/subscribe")
        try:
            while self.frames:
                connection.send(self.frames.pop(0))
            for number, event in enumerate(list(self.network.events)):
                if number == self.breaks_after:
                    return
                if _micros(event) >= cursor:
                    connection.send(json.dumps(_old(event) if is_old else _new(event)))
            self._done.wait(_PATIENCE)
        except ConnectionClosed:
            return  # the reader has had enough


def _new(event: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "message", "payload": {"$type": "network.bsky.jetstream.subscribeEvents#commit", **event}}


def _old(event: dict[str, Any]) -> dict[str, Any]:
    commit = {
        name: event[name] for name in ("rev", "operation", "collection", "rkey", "record", "cid") if name in event
    }
    return {"did": event["did"], "time_us": _micros(event), "kind": "commit", "commit": commit}


def _micros(event: dict[str, Any]) -> int:
    return round(datetime.fromisoformat(event["time"]).timestamp() * 1_000_000)
