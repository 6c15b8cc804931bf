"""A proxy before a Mastodon server in a box: it lets faults happen that the server itself can't make.

The server is PyPI's `mastodon-mock`, which keeps state and speaks the API to Mastodon.py; its own fault injection
(`/api/v1/_mock/faults`) answers in place of a request and knows statuses, delays and broken JSON. What breaks between a
request that was carried out and its answer, pages that are odd, and reads that lag writes are made here.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import requests

from simulators.loopback import Answer, Request, serve

_HOP: Final = frozenset({"connection", "content-encoding", "content-length", "transfer-encoding", "keep-alive", "host"})
_LISTING: Final = re.compile(r"/api/v1/(?:timelines/.+|notifications|accounts/\w+/statuses)|/api/v2/search")
# What a busy server's front says in place of the application (nginx, in Mastodon's own dist/nginx.conf).
_PAGE: Final = b"<!DOCTYPE html><html><head><title>We're sorry</title></head><body>503</body></html>"

Match = Callable[[Request], bool]


@dataclass(slots=True)
class MastodonProxy:
    """Passes requests on to `upstream`; each of `faults` happens once, to the first request that its match admits.

    `stall` is how many seconds a server that is too slow takes. `lagging` reads don't show what `own` (an account's
    id) wrote.
    """

    upstream: str
    stall: float = 3.0
    own: str = ""
    lagging: int = 0
    faults: list[tuple[str, Match]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def serve(self, *, port: int = 0) -> Iterator[str]:
        """Serve until the end of the block; yield the address."""
        with serve(self.answer, port=port) as address:
            yield address

    def fail_next(self, fault: str, match: Match = lambda _request: True) -> None:
        """Let the next request that `match` admits meet a fault by its name; raises KeyError for one unknown."""
        _ = _FAULTS[fault]
        self.faults.append((fault, match))

    def answer(self, request: Request) -> Answer:
        """Answer one request: with the fault whose turn it is, else as the server does."""
        with self._lock:
            self.requests.append(request)
            fault = self._take(request)
        if fault is not None:
            return _FAULTS[fault](self, request)
        return self._lag(request, self.forward(request))

    def forward(self, request: Request) -> Answer:
        """Return what the server answers; a stream is passed on as it comes."""
        is_stream = "/streaming/" in request.path
        headers = {name: value for name, value in request.headers.items() if name not in _HOP}
        headers["accept-encoding"] = "identity"
        address = f"{self.upstream}{request.path}{'?' if request.raw_query else ''}{request.raw_query}"
        answer = requests.request(
            request.method, address, headers=headers, data=request.body, timeout=30, stream=is_stream,
            allow_redirects=False,
        )  # fmt: skip
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
        if is_stream and answer.ok:
            return Answer(status=answer.status_code, headers=kept, parts=answer.iter_content(chunk_size=1))
        return Answer(status=answer.status_code, headers=_sized(kept, answer.content), body=answer.content)

    def _take(self, request: Request) -> str | None:
        for number, (fault, match) in enumerate(self.faults):
            if match(request) and (fault not in _OF_PAGES or _is_listing(request)):
                del self.faults[number]
                return fault
        return None

    def _lag(self, request: Request, answer: Answer) -> Answer:
        is_read = request.method == "GET" and ("/context" in request.path or _is_listing(request))
        if not self.lagging or not is_read:
            return answer
        self.lagging -= 1
        return _with_json(answer, lambda data: _without_own(data, self.own))


def _unauthorised(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001 - each fault is asked alike
    # docs.joinmastodon.org/methods/statuses: 401 for an invalid or missing Authorization header
    return _error(401, "The access token is invalid")


def _forbidden(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    # docs.joinmastodon.org/api/oauth-scopes: a token without the scope
    return _error(403, "This action is outside the authorized scopes")


def _limited(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    # docs.joinmastodon.org/api/rate-limits: 429, the reset as an ISO instant; no Retry-After
    reset = (datetime.now(UTC) + timedelta(minutes=4)).isoformat().replace("+00:00", "Z")
    headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    return _error(429, "Too many requests", headers=headers)


def _limited_silently(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    # A front that limits by itself says nothing of a reset.
    return _error(429, "Too many requests")


def _broken(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    # docs.joinmastodon.org/methods/search: 500 as a server's own error
    return _error(500, "This page is not correct")


def _page(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    return Answer(status=503, headers={"Content-Type": "text/html"}, body=_PAGE)


def _page_that_says_well(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    # A server in single-user or maintenance mode may serve its web app for anything.
    return Answer(status=200, headers={"Content-Type": "text/html"}, body=_PAGE)


def _cut(proxy: MastodonProxy, request: Request) -> Answer:
    whole = proxy.forward(request)
    return replace(whole, body=whole.body[: len(whole.body) // 2])


def _lost(proxy: MastodonProxy, request: Request) -> Answer:  # noqa: ARG001
    return Answer(lost=True)


def _lost_after(proxy: MastodonProxy, request: Request) -> Answer:
    proxy.forward(request)
    return Answer(lost=True)


def _slow(proxy: MastodonProxy, request: Request) -> Answer:
    # A server that is too slow for its client carries the request out all the same.
    proxy.forward(request)
    time.sleep(proxy.stall)
    return Answer(lost=True)


def _malformed(proxy: MastodonProxy, request: Request) -> Answer:
    broken = {"id": "1", "created_at": "the day before yesterday", "content": ["<p>"], "account": None}

    def spoilt(item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "status": {**item["status"], **broken}} if "status" in item else {**item, **broken}

    return _with_items(proxy.forward(request), lambda items: [items[0], spoilt(items[0]), *items[1:]])


def _repeated(proxy: MastodonProxy, request: Request) -> Answer:
    # Pleroma and others repeat the item that a page was asked for from.
    return _with_items(proxy.forward(request), lambda items: [items[0], *items, items[-1]])


def _empty_with_next(proxy: MastodonProxy, request: Request) -> Answer:
    # A page whose items are all filtered for this account still has a next one.
    address = f"{proxy.upstream}{request.path}?max_id=9223372036854775807"
    return _json([], headers={"Link": f'<{address}>; rel="next"'})


_FAULTS: Final[Mapping[str, Callable[[MastodonProxy, Request], Answer]]] = {
    "unauthorised": _unauthorised, "forbidden": _forbidden, "rate_limit_with_reset": _limited,
    "rate_limit_without_reset": _limited_silently, "server_error": _broken, "html": _page,
    "html_200": _page_that_says_well, "cut_body": _cut, "reset": _lost, "timeout": _slow,
    "malformed_item": _malformed, "duplicate_item": _repeated, "empty_page_with_next": _empty_with_next,
    "lost_after_write": _lost_after,
}  # fmt: skip
_OF_PAGES: Final = frozenset({"malformed_item", "duplicate_item", "empty_page_with_next"})


def _is_listing(request: Request) -> bool:
    return request.method == "GET" and _LISTING.fullmatch(request.path) is not None


def _sized(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    return {**headers, "Content-Length": str(len(body))}


def _error(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    return replace(_json({"error": message}, headers=headers), status=status)


def _json(data: Any, *, headers: Mapping[str, str] | None = None) -> Answer:  # noqa: ANN401 - whatever is served
    body = json.dumps(data).encode()
    return Answer(headers={"Content-Type": "application/json", **_sized(headers or {}, body)}, body=body)


def _with_json(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    if answer.status != 200:
        return answer
    body = json.dumps(change(json.loads(answer.body))).encode()
    return replace(answer, headers=_sized(answer.headers, body), body=body)


def _with_items(answer: Answer, change: Callable[[list[Any]], list[Any]]) -> Answer:
    def over(data: Any) -> Any:  # noqa: ANN401 - whatever was served
        if isinstance(data, dict):
            return {**data, "statuses": change(data["statuses"])} if data.get("statuses") else data
        return change(data) if data else data

    return _with_json(answer, over)


def _without_own(data: Any, own: str) -> Any:  # noqa: ANN401 - whatever was served
    if isinstance(data, list):
        return [_without_own(item, own) for item in data if not _is_by(item, own)]
    if isinstance(data, dict):
        return {key: _without_own(value, own) if isinstance(value, list) else value for key, value in data.items()}
    return data


def _is_by(item: Any, own: str) -> bool:  # noqa: ANN401 - whatever was served
    return isinstance(item, dict) and isinstance(item.get("account"), dict) and item["account"].get("id") == own
