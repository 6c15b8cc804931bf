"""Bluesky's interface (XRPC) through the SDK's requests: plain JSON in and out, one request a call, never repeated.

The SDK's models and sessions are left out on purpose (docs/decisions/21): one malformed post would spoil a page, and
its client signs in by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx

from domain.time import Clock
from platforms.bluesky.values import Json, mapping, parse, text
from platforms.extras import need
from platforms.reach import AGENT, Reach
from platforms.transport import GuardedTransport
from platforms.trouble import (
    Trouble,
    TroubleKind,
    one_reason,
    trouble_of_status,
    unreachable,
    unreadable,
    until_epoch,
)  # fmt: skip

need("atproto_client", extra="bluesky", noun="Bluesky")

from atproto_client.exceptions import InvokeTimeoutError, NetworkError  # noqa: E402 - the extra is asked for first
from atproto_client.request import Request  # noqa: E402

NOUN: Final = "Bluesky"
# The reference server answers 400 with these, where others answer 401 (com.atproto.server.*, xrpc-server's auth).
_STALE: Final = frozenset({"ExpiredToken", "InvalidToken"})
_GONE: Final = frozenset({"NotFound", "HandleNotFound", "RepoNotFound"})
_NO_RECORD: Final = "RecordNotFound"
# The reference server has no name for this one.
_NO_ACCOUNT: Final = "Could not find repo"
_CLOSED: Final = frozenset(
    {"AccountTakedown", "AccountSuspended", "AccountDeactivated", "RepoTakendown", "RepoSuspended", "RepoDeactivated"}
)

Query = Mapping[str, str | int | Sequence[str] | None]


class StaleToken(Trouble):
    """The session's token isn't taken any more: certainly nothing was done, and a renewed one may do."""


class Gone(Trouble):
    """The network says in its own words that there is no such post, record or account."""


class NoRecord(Gone):
    """The account is there and has no such record."""


class Client:
    """One server of the network; `spend` is asked before each request, and `requests` counts them."""

    def __init__(
        self, service: str, *, reach: Reach, clock: Clock, spend: Callable[[], None] = lambda: None
    ) -> None:  # fmt: skip
        """Connects when first asked; `service` is the server's address, and `spend` may raise Trouble."""
        self._service, self._clock, self._spend = service.rstrip("/"), clock, spend
        self._is_open = self._service.startswith("http://") and reach.endpoint is None and not reach.allow_private
        self.requests = 0
        self._request = Request(
            transport=GuardedTransport(reach, noun=NOUN), timeout=reach.seconds, trust_env=False,
            event_hooks={"response": [self._check]},
        )  # fmt: skip
        # Without compression a body's size is what comes over the wire, and can be capped.
        self._request.set_additional_headers({"User-Agent": AGENT, "Accept-Encoding": "identity"})

    def ask(self, method: str, query: Query | None = None, *, token: str | None = None) -> Json:
        """Ask for something; raises Trouble, StaleToken among it."""
        if token:
            self._check_secrecy()
        params = {name: value for name, value in (query or {}).items() if value is not None}
        return self._call(lambda: self._request.get(self._url(method), params=params, headers=_auth(token)))

    def tell(self, method: str, data: Json | None = None, *, token: str | None = None) -> Json:
        """Have something done, once; raises Trouble, of which UNAVAILABLE may have been done."""
        self._check_secrecy()
        more: dict[str, Any] = {} if data is None else {"json": data}
        return self._call(lambda: self._request.post(self._url(method), headers=_auth(token), **more))

    def take_requests(self) -> int:
        """Return how many requests were made since the last time this was asked."""
        count, self.requests = self.requests, 0
        return count

    def close(self) -> None:
        """Close every connection."""
        self._request.close()

    def _check_secrecy(self) -> None:
        if self._is_open:
            sentence = f"Keys would be sent to {self._service} unencrypted; write options.service with https://."
            raise Trouble(sentence, kind=TroubleKind.REFUSED)

    def _url(self, method: str) -> str:
        return f"{self._service}/xrpc/{method}"

    def _call(self, send: Callable[[], Any]) -> Json:
        self._spend()
        self.requests += 1
        try:
            content = send().content
        except (InvokeTimeoutError, NetworkError) as error:
            raise _trouble_of(error.__cause__ or error) from None
        except httpx.HTTPError as error:
            raise _trouble_of(error) from None
        except ValueError:
            raise unreadable(NOUN, what="JSON that is cut off") from None
        if not isinstance(content, dict):
            raise unreadable(NOUN)
        return content

    def _check(self, response: httpx.Response) -> None:
        # Before the SDK sees it: it would follow a redirect, and lose the status of an error it can't parse.
        if response.is_success:
            return
        status, headers, now = response.status_code, _lower(response.headers), self._clock.now()
        try:
            body = response.read()
        except httpx.HTTPError:
            raise trouble_of_answer(status, headers, b"", now=now) from None
        raise trouble_of_answer(status, headers, body, now=now)


def trouble_of_answer(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Trouble:
    """Return what an answer that is no success means; the body may hold the error's name and a message."""
    try:
        held = mapping(parse(body))
    except ValueError:
        held = {}
    name, message = text(held.get("error")) or "", text(held.get("message")) or ""
    if 300 <= status < 400:
        sentence = f"{NOUN} sends us to another address ({status}); check its address under options."
        return Trouble(sentence, kind=TroubleKind.WRONG, status=status)
    if name in _STALE and status in {400, 401}:
        sentence = f"{NOUN} doesn't take the session any more ({name}); run: earnest connect bluesky"
        return StaleToken(sentence, kind=TroubleKind.REFUSED, status=status)
    if name == "AuthFactorTokenRequired":
        sentence = f"{NOUN} wants a code from your mail for this password; make an app password and use that."
        return Trouble(sentence, kind=TroubleKind.REFUSED, status=status)
    if name == _NO_RECORD:
        return NoRecord(f"{NOUN} has no such record.", kind=TroubleKind.GONE, status=status)
    detail = f"{name}: {message}" if name and message else name or message
    if (status == 400 and name in _GONE) or message.startswith(_NO_ACCOUNT):
        return Gone(f"{NOUN} answers {one_reason(detail)}.", kind=TroubleKind.GONE, status=status)
    meant = 403 if status == 400 and name in _CLOSED else status
    found = trouble_of_status(meant, headers, noun=NOUN, now=now, detail=detail)
    if found.kind is TroubleKind.RATE_LIMITED and found.retry_after is None:
        # docs.bsky.app/docs/advanced-guides/rate-limits: seconds since 1970, in ratelimit-reset.
        found.retry_after = until_epoch(headers.get("ratelimit-reset"), now=now)
    return found


def _trouble_of(error: BaseException) -> Trouble:
    # Only where no connection came about did the request certainly not arrive.
    never = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol)
    return unreachable(NOUN, type(error).__name__, reached=not never)


def _auth(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
