"""What may go wrong between somebody and the simulated Reddit, one request at a time."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from simulators.loopback import Answer

# Faults of a listing's page, which Pages shows.
OF_PAGES: Final = frozenset({"malformed_item", "duplicate_item", "empty_page_with_next"})
_JSON: Final = {"Content-Type": "application/json; charset=UTF-8"}
_PLAIN: Final = {
    "forbidden": Answer(status=403, headers=_JSON, body=b'{"reason": "private", "message": "Forbidden", "error": 403}'),
    # The wiki names x-ratelimit-reset; PRAW's issues show retry-after beside it, or neither.
    "rate_limit_with_reset": Answer(
        status=429, headers={**_JSON, "retry-after": "30", "x-ratelimit-reset": "30"},
        body=b'{"message": "Too Many Requests", "error": 429}',
    ),
    # As recorded in TestSession.test_request__too__many_requests__without_retry_headers.
    "rate_limit_without_reset": Answer(
        status=429, headers=_JSON, body=b'{"message": "Too Many Requests", "error": 429}'
    ),
    # As recorded in TestSession.test_request__internal_server_error: without a body.
    "server_error": Answer(status=500),
    "html": Answer(
        status=503, headers={"Content-Type": "text/html"}, body=b"<html><h1>our servers are busy right now</h1></html>"
    ),
    "reset": Answer(lost=True),
}  # fmt: skip


def spoil(fault: str, act: Callable[[], Answer], *, stall: float) -> Answer:
    """Return what is answered instead; `act` does what was asked for, and these three happen only after it.

    A cut body, a stall of so many seconds, and a connection that is lost when all is done.
    """
    if fault in _PLAIN:
        return _PLAIN[fault]
    answer = act()
    if fault == "cut_body":
        length = {"Content-Length": str(len(answer.body))}
        return replace(answer, headers={**answer.headers, **length}, body=answer.body[: len(answer.body) // 2])
    if fault == "timeout":
        time.sleep(stall)
        return answer
    return Answer(lost=True)
