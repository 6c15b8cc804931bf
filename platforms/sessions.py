"""Sessions of `requests` for the client libraries built on it: tweepy, praw, Mastodon.py.

They leave open what must not be: here every call has a time-out, none is repeated, a simulator's address takes the
platform's place, and private networks are out of reach unless the operator allows them.
"""

import socket
from ipaddress import ip_address
from time import monotonic
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from platforms.addresses import AddressRefused, is_public
from platforms.reach import AGENT, MOST_BYTES, PATIENCE, Reach
from platforms.trouble import Trouble, TroubleKind, unreachable

_CHUNK: Final = 64 * 2**10


class _PublicHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn(), self.host)


class _PublicHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn(), self.host)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS


def _public(connection: socket.socket, host: str) -> socket.socket:
    """Return a connection to the open internet; a name may have changed its mind since it was checked."""
    address = str(connection.getpeername()[0]).partition("%")[0]
    if not is_public(ip_address(address)):
        connection.close()
        raise AddressRefused(f"The host {host[:200]} leads into a private network; nothing was sent.")
    return connection


class GuardedAdapter(HTTPAdapter):
    """Sets the time-out, moves the address and checks it before each request; never repeats one."""

    def __init__(self, reach: Reach, *, noun: str) -> None:
        """`noun` is the platform's name, for sentences."""
        self._reach, self._noun = reach, noun
        super().__init__(max_retries=0)
        if not reach.allow_private and reach.endpoint is None:
            self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - the library's own
        """Send one request by the rules; raises Trouble for an address that may not be reached."""
        request.url = self._reach.moved(request.url or "")
        self._reach.check(request.url, noun=self._noun)
        kwargs["timeout"] = self._reach.seconds
        deadline = monotonic() + self._reach.seconds * PATIENCE
        try:
            response = super().send(request, *args, **kwargs)
        except AddressRefused as error:
            raise Trouble(str(error), kind=TroubleKind.REFUSED, reached=False) from None
        if not kwargs.get("stream"):
            _read(response, deadline=deadline)
        return response


def _read(response: requests.Response, *, deadline: float) -> None:
    """Read the body as it comes, so that neither its size nor its pace is up to the other side.

    Raises RequestException, as requests does where it reads by itself.
    """
    parts, size = [], 0
    try:
        while part := response.raw.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES or monotonic() > deadline:
                response.close()
                raise requests.ReadTimeout("The body is too large, or takes too long.")
    except ReadTimeoutError:
        raise requests.ReadTimeout("The body takes too long.") from None
    except DecodeError:
        raise requests.exceptions.ContentDecodingError("The body isn't packed as it says.") from None
    except HTTPError:
        raise requests.exceptions.ChunkedEncodingError("The body breaks off.") from None
    response._content, response._content_consumed = b"".join(parts), True  # type: ignore[attr-defined]  # noqa: SLF001 - what requests itself sets


def guarded_session(reach: Reach, *, noun: str) -> requests.Session:
    """Return a session whose every call is guarded; nothing connects yet."""
    session = requests.Session()
    # The machine's netrc or proxy must not come between a token and its platform unasked.
    session.trust_env = False
    session.headers["User-Agent"] = AGENT
    adapter = GuardedAdapter(reach, noun=noun)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def trouble_of_request(error: requests.RequestException, *, noun: str) -> Trouble:
    """Return what a failed request means: whether it may have been acted on decides what becomes of a write."""
    cause: object = error.args[0] if error.args else None
    cause = cause.reason if isinstance(cause, MaxRetryError) else cause
    never = isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError | NameResolutionError)
    return unreachable(noun, type(error).__name__, reached=not never)
