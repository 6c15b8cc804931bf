"""What Bluesky answers when all is well, and when something goes wrong."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from simulators.loopback import Answer, Request

_HTML: Final = b"<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>"
_LISTS: Final = {
    "app.bsky.notification.listNotifications": "notifications",
    "app.bsky.feed.getAuthorFeed": "feed",
    "app.bsky.feed.searchPosts": "posts",
}
_BROKEN: Final[dict[str, Any]] = {
    "uri": 7,
    "cid": None,
    "author": [],
    "record": {"$type": "app.bsky.feed.post", "text": {}},
}


def as_json(data: object, *, status: int = 200, **headers: str) -> Answer:
    """Return an answer of JSON."""
    head = {"Content-Type": "application/json; charset=utf-8", **headers}
    return Answer(status=status, headers=head, body=json.dumps(data).encode())


def problem(status: int, name: str, message: str, **headers: str) -> Answer:
    """Return an error as XRPC writes it (atproto.com/specs/xrpc)."""
    return as_json({"error": name, "message": message}, status=status, **headers)


def answer_fault(fault: str, *, stall: float, request: Request, answer: Callable[[], Answer]) -> Answer:
    """Return what is answered under a fault; `answer` gives what would have been, and writes what is to be written."""
    simple: dict[str, Callable[[], Answer]] = {
        "unauthorised": lambda: problem(401, "AuthenticationRequired", "Invalid identifier or password"),
        "forbidden": lambda: problem(403, "Forbidden", "Account is not allowed to do this"),
        "stale_token": lambda: problem(400, "ExpiredToken", "Token has expired"),
        # docs.bsky.app/docs/advanced-guides/rate-limits and the headers that people report.
        "rate_limit_with_reset": lambda: problem(
            429, "RateLimitExceeded", "Rate Limit Exceeded",
            **{
                "ratelimit-limit": "30", "ratelimit-remaining": "0", "ratelimit-policy": "30;w=300",
                "ratelimit-reset": str(int(time.time()) + 60),
            },
        ),
        "rate_limit_without_reset": lambda: problem(429, "RateLimitExceeded", "Rate Limit Exceeded"),
        "server_error": lambda: problem(500, "InternalServerError", "Internal Server Error"),
        "upstream": lambda: problem(502, "UpstreamFailure", "Upstream Failure"),
        "html": lambda: Answer(status=503, headers={"Content-Type": "text/html"}, body=_HTML),
        "html_success": lambda: Answer(headers={"Content-Type": "text/html"}, body=_HTML),
        "redirect": lambda: Answer(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        "reset": lambda: Answer(lost=True),
    }  # fmt: skip
    if fault in simple:
        return simple[fault]()
    return _changed(fault, request, answer(), stall)


def _changed(fault: str, request: Request, whole: Answer, stall: float) -> Answer:
    if fault == "timeout":
        # What the request asked for is done, only the answer doesn't come in time.
        return Answer(headers=whole.headers, parts=_stalled(stall, whole.body))
    if fault == "lost_after_write":
        return Answer(lost=True)
    if fault == "cut_body":
        return Answer(status=whole.status, headers=whole.headers, body=whole.body[: len(whole.body) // 2])
    if fault == "cut_length":
        headers = {**whole.headers, "Content-Length": str(len(whole.body) + 100)}
        return Answer(status=whole.status, headers=headers, body=whole.body)
    return _with_odd_items(fault, request, whole)


def _with_odd_items(fault: str, request: Request, whole: Answer) -> Answer:
    name = _LISTS.get(request.path.removeprefix("/xrpc/"))
    data: dict[str, Any] = json.loads(whole.body)
    if name is None or whole.status != 200:
        return whole
    if fault == "malformed_item":
        data[name] = [{"post": _BROKEN} if name == "feed" else _BROKEN, *data[name]]
    elif fault == "duplicate_item":
        data[name] = [item for item in data[name] for _ in range(2)]
    elif fault == "empty_page_with_next":
        # An empty page that leads on to where this one began.
        data = {name: [], "cursor": request.query.get("cursor", "0")}
    return as_json(data)


def _stalled(seconds: float, body: bytes) -> Iterator[bytes]:
    time.sleep(seconds)
    yield body
