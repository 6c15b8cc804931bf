"""Transports of httpx that keep to decision 14: checked addresses, capped bodies, and no repetition."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from platforms.addresses import AddressRefused, HostNotFound, resolve
from platforms.reach import MOST_BYTES, PATIENCE, Reach
from platforms.trouble import Trouble, TroubleKind, unreachable


class CheckedTransport(httpx.BaseTransport):
    """Connects to the very address that was checked, so that a name can't change its mind in between."""

    def __init__(self, *, allow_private: bool, inner: httpx.BaseTransport | None = None) -> None:
        """Wrap `inner`, the plain transport when None."""
        self._allow_private = allow_private
        # A kept connection belongs to an address, and two hosts may share one; so none is kept.
        self._inner = inner or httpx.HTTPTransport(retries=0, limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve and check the host, then send the request to its address, by its name in TLS and Host."""
        host = request.url.host
        if request.url.scheme not in {"http", "https"} or not host:
            raise httpx.UnsupportedProtocol("Only http and https are spoken.", request=request)
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        failure: httpx.ConnectError | httpx.ConnectTimeout | None = None
        addresses = resolve(host, port, allow_private=self._allow_private)
        for address in addresses:
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**_shared(request.extensions, among=len(addresses)), "sni_hostname": host},
            )
            try:
                return self._inner.handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error  # nothing was sent yet, so the next address may have it
        raise failure or httpx.ConnectError("no address")

    def close(self) -> None:
        """Close every connection."""
        self._inner.close()


def _shared(extensions: Mapping[str, Any], *, among: int) -> dict[str, Any]:
    """Return a request's extensions for one of several addresses: together they have the time of one."""
    timeout = extensions.get("timeout") or {}
    connect = timeout.get("connect")
    if connect is None:
        return {**extensions}
    return {**extensions, "timeout": {**timeout, "connect": connect / among}}


class GuardedTransport(httpx.BaseTransport):
    """For a platform's client: an endpoint takes the platform's place, and a body is capped in size and time."""

    def __init__(self, reach: Reach, *, noun: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`noun` is the platform's name, for sentences; `monotonic` is the stop-watch, in seconds."""
        self._reach, self._noun, self._monotonic = reach, noun, monotonic
        # An endpoint is the operator's own word, and allowed wherever it lies.
        self._inner = CheckedTransport(allow_private=reach.allow_private or reach.endpoint is not None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises Trouble for an address that may not be reached."""
        deadline = self._monotonic() + self._reach.seconds * PATIENCE
        try:
            response = self._inner.handle_request(self._moved(request))
        except AddressRefused as error:
            raise Trouble(str(error), kind=TroubleKind.REFUSED, reached=False) from None
        except HostNotFound:
            raise unreachable(self._noun, "HostNotFound", reached=False) from None
        body = _Capped(response, lambda: self._monotonic() > deadline)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    def close(self) -> None:
        """Close every connection."""
        self._inner.close()

    def _moved(self, request: httpx.Request) -> httpx.Request:
        if self._reach.endpoint is None:
            return request
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        return httpx.Request(
            request.method,
            self._reach.moved(str(request.url)),
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )


class _Capped(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, is_late: Callable[[], bool]) -> None:
        self._response, self._is_late = response, is_late

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._response.iter_raw():
            size += len(part)
            if size > MOST_BYTES:
                raise httpx.ReadError("The body is too large.")
            if self._is_late():
                raise httpx.ReadTimeout("The body takes too long.")
            yield part

    def close(self) -> None:
        self._response.close()
