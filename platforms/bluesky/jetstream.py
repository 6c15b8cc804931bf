"""Jetstream, the network's public stream of records, over a websocket: from a time on, for a while.

The SDK's client reads for ever and connects again by itself, so its websocket library is used directly. The place is a
time in microseconds, which holds on every server of the stream.
"""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from domain.posts import Reject
from domain.time import Clock
from platforms.addresses import AddressRefused, HostNotFound, resolve
from platforms.bluesky.addresses import POSTS
from platforms.bluesky.client import trouble_of_answer
from platforms.bluesky.events import problem_of, time_of
from platforms.bluesky.values import mapping, parse
from platforms.extras import need
from platforms.reach import AGENT, Reach
from platforms.trouble import Trouble, TroubleKind, unreachable

need("websockets", extra="bluesky", noun="Bluesky")

from websockets.exceptions import InvalidStatus, WebSocketException  # noqa: E402 - the extra is asked for first
from websockets.sync.client import ClientConnection, connect  # noqa: E402
from websockets.typing import Subprotocol  # noqa: E402

NOUN: Final = "Bluesky's stream"
# A stream that says nothing for so long has nothing more for now.
QUIET: Final = timedelta(seconds=3)
_LARGEST: Final = 2 * 2**20
_FRAMES: Final = Subprotocol("xrpc.v1.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jetstream:
    """The stream at an address; `quiet` is how long it may say nothing before a reading ends."""

    address: str
    reach: Reach
    clock: Clock
    quiet: timedelta = field(default_factory=lambda: QUIET)
    monotonic: Callable[[], float] = field(default=time.monotonic)

    def listen(self, *, since: int, until: datetime, listen_for: timedelta) -> Iterator[object]:
        """Yield events about posts from `since` (in microseconds) until one of `until` came, or the time is up.

        What can't be parsed comes as a Reject. Raises Trouble.
        """
        deadline = self.monotonic() + listen_for.total_seconds()
        with self._connect(since) as connection:
            while (left := deadline - self.monotonic()) > 0:
                frame = _receive(connection, min(left, self.quiet.total_seconds()))
                if frame is None:
                    return
                event = _parse(frame)
                yield event
                seen = time_of(mapping(event))
                if seen is not None and seen >= until:
                    return

    @property
    def _is_old(self) -> bool:
        # The older form of the stream has an address of its own, and other words for the same.
        return urlsplit(self.address).path.endswith("/subscribe")

    def _connect(self, since: int) -> ClientConnection:
        url = self._url(since)
        try:
            return connect(
                url, sock=self._socket(url), proxy=None, open_timeout=self.reach.seconds, close_timeout=1,
                max_size=_LARGEST, user_agent_header=AGENT, subprotocols=None if self._is_old else [_FRAMES],
            )  # fmt: skip
        except (InvalidStatus, ValueError) as error:
            # The library tells of a redirect that it can't follow by another error, whose cause is the answer.
            refusal = error if isinstance(error, InvalidStatus) else error.__cause__
            if not isinstance(refusal, InvalidStatus):
                raise
            answer = refusal.response
            headers = {name.lower(): value for name, value in answer.headers.raw_items()}
            raise trouble_of_answer(
                answer.status_code, headers, bytes(answer.body or b""), now=self.clock.now()
            ) from None  # fmt: skip
        except (OSError, WebSocketException) as error:
            raise unreachable(NOUN, type(error).__name__, reached=False) from None

    def _url(self, since: int) -> str:
        parts = urlsplit(self.reach.moved(self.address))
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        words = {"wantedCollections": POSTS} if self._is_old else {"collections": POSTS, "kinds": "commit"}
        query = urlencode([*parse_qsl(parts.query), *words.items(), ("cursor", str(since))])
        return urlunsplit((scheme, parts.netloc, parts.path, query, ""))

    def _socket(self, url: str) -> socket.socket:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "wss" else 80)
        # An endpoint is the operator's own word, and allowed wherever it lies.
        private = self.reach.allow_private or self.reach.endpoint is not None
        try:
            addresses = resolve(parts.hostname or "", port, allow_private=private)
        except AddressRefused as error:
            raise Trouble(str(error), kind=TroubleKind.REFUSED, reached=False) from None
        except HostNotFound:
            raise unreachable(NOUN, "HostNotFound", reached=False) from None
        failure = OSError("no address")
        for address in addresses:
            try:
                return socket.create_connection((address, port), timeout=self.reach.seconds)
            except OSError as error:
                failure = error
        raise failure


def _receive(connection: ClientConnection, patience: float) -> str | bytes | None:
    try:
        return connection.recv(timeout=patience)
    except TimeoutError:
        return None
    except (OSError, WebSocketException) as error:
        raise unreachable(NOUN, type(error).__name__, reached=True) from None


def _parse(frame: str | bytes) -> object:
    body = frame.encode(errors="replace") if isinstance(frame, str) else frame
    try:
        event = parse(body)
    except ValueError:
        return Reject(place="stream", reason="The event isn't JSON.", payload=body[:20_000].decode("utf-8", "replace"))
    problem = problem_of(mapping(event))
    if problem is not None:
        raise Trouble(f"{NOUN} ends ({problem[:100]}); it is tried again.", kind=TroubleKind.UNAVAILABLE)
    return event
