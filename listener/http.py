"""Fetches an address that a user gave: checked on every hop, capped in time and size, one request at a time."""

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx

from domain.errors import EarnestError
from domain.posts import Signal, SignalKind
from platforms.addresses import AddressRefused, HostNotFound
from platforms.transport import CheckedTransport
from platforms.trouble import retry_after

USER_AGENT: Final = "Earnest/0.1 (self-hosted listening desk)"
REDIRECTS: Final = 5
_ENCODINGS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class FetchFailed(EarnestError):
    """Nothing came back that can be used; `retry` says whether trying again may help."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer: its status, headers with small letters, body without compression, and where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a whole answer may take, how large its body may be, and whether it may come from inside."""

    timeout: timedelta = timedelta(seconds=20)
    max_body: int = 10 * 2**20
    allow_private: bool = False


class Fetcher:
    """One HTTP client with the rules of decision 14; threads may share it. Connects when first asked."""

    def __init__(self, limits: Limits | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep the limits; `monotonic` is the stop-watch, in seconds."""
        self._limits, self._monotonic = limits or Limits(), monotonic
        self._client: httpx.Client | None = None

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """Ask once, following redirects; raises FetchFailed where no whole answer comes."""
        deadline = self._monotonic() + self._limits.timeout.total_seconds()
        host = _host_of(url)
        try:
            response = self._follow(self._open().build_request("GET", url, headers=dict(headers or {})), host, deadline)
            with closing(response):
                body = b"".join(self._body(response, host, deadline))
            kept = {name.lower(): value for name, value in response.headers.items()}
            return Fetched(status=response.status_code, headers=kept, body=body, url=str(response.url))
        except (AddressRefused, HostNotFound) as error:
            raise FetchFailed(str(error), retry=isinstance(error, HostNotFound)) from None
        except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL):
            message = f"{host} is no web address, or sends us on too often; check `url:`."
            raise FetchFailed(message, retry=False) from None
        except httpx.TimeoutException:
            raise FetchFailed(f"{host} didn't answer in time; it is tried again.", retry=True) from None
        except httpx.HTTPError as error:
            message = f"{host} can't be reached ({type(error).__name__}); it is tried again."
            raise FetchFailed(message, retry=True) from None

    def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            self._client.close()

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                transport=CheckedTransport(allow_private=self._limits.allow_private),
                timeout=self._limits.timeout.total_seconds(),
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            )
        return self._client

    def _follow(self, request: httpx.Request, host: str, deadline: float) -> httpx.Response:
        """Return the first answer that sends nowhere else, unread; the body of one that does is never looked at."""
        for _ in range(REDIRECTS + 1):
            response = self._open().send(request, stream=True, follow_redirects=False)
            if response.next_request is None:
                return response
            response.close()
            if self._monotonic() > deadline:
                raise FetchFailed(f"{host} sends us on for too long; it is tried again.", retry=True)
            request = response.next_request
        raise httpx.TooManyRedirects("It sends us on too often.", request=request)

    def _body(self, response: httpx.Response, host: str, deadline: float) -> Iterator[bytes]:
        size = 0
        for part in _unpack(response, host, self._limits.max_body + 1):
            size += len(part)
            if size > self._limits.max_body:
                most = self._limits.max_body // 2**20
                message = f"The answer of {host} is larger than {most} MB; raise network.max_body_mb if it is meant."
                raise FetchFailed(message, retry=False)
            if self._monotonic() > deadline:
                raise FetchFailed(f"The answer of {host} takes too long; it is tried again.", retry=True)
            yield part


def signal_for(answer: Fetched, *, noun: str, now: datetime, was_read: bool) -> Signal | None:
    """Return what an answer's status means for a source; None for one that brings something, or 304.

    `was_read` says that it has worked before: then a missing page may come back.
    """
    status = answer.status
    asked = retry_after(answer.headers.get("retry-after"), now=now)
    if status in {200, 203, 206, 304}:
        return None
    if status == 429:
        message = f"{noun} asks us to wait (429)."
        return Signal(kind=SignalKind.RATE_LIMITED, message=message, retry_after=asked)
    if status in {401, 403, 407, 451}:
        return Signal(kind=SignalKind.REFUSED, message=f"{noun} refuses us ({status}); check that it may be read.")
    if status >= 500 or status in {408, 425} or (was_read and status != 410):
        message = f"{noun} answers {status}; it is tried again."
        return Signal(kind=SignalKind.UNAVAILABLE, message=message, retry_after=asked)
    return Signal(kind=SignalKind.MISCONFIGURED, message=f"{noun} answers {status}; check its address.")


def signal_of(error: FetchFailed) -> Signal:
    """Return what a failed fetch means for a source."""
    return Signal(kind=SignalKind.UNAVAILABLE if error.retry else SignalKind.MISCONFIGURED, message=str(error))


def _host_of(url: str) -> str:
    try:
        return httpx.URL(url).host[:200] or "The address"
    except httpx.InvalidURL:
        return "The address"


def _unpack(response: httpx.Response, host: str, most: int) -> Iterator[bytes]:
    """Yield a body without its compression, never more than `most` bytes from one piece."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"identity", ""}:
        yield from response.iter_raw()
        return
    if coding not in _ENCODINGS:
        raise FetchFailed(f"{host} compresses its answer in a way we didn't ask for ({coding[:40]}).", retry=False)
    inflater = zlib.decompressobj(_ENCODINGS[coding])
    try:
        for raw in response.iter_raw():
            yield inflater.decompress(raw, most)  # a piece that is cut here is more than we take anyway
        yield inflater.flush()
    except zlib.error:
        raise FetchFailed(f"The answer of {host} is damaged; it is tried again.", retry=True) from None
