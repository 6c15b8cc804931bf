"""What X does when something goes wrong, each as its documentation or people's reports tell it."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from simulators.loopback import Answer, Request
from simulators.x_answers import as_json, problem

_HTML: Final = b"<!DOCTYPE html><html><body><h1>Over capacity</h1></body></html>"
_BROKEN: Final[dict[str, Any]] = {"id": None, "text": 7, "author_id": {}}
PROBLEMS: Final = "https://api.x.com/2/problems"


def answer_of(fault: str, simulator: Any, request: Request, answer: Callable[[], Answer]) -> Answer:  # noqa: ANN401
    """Return what is answered under a fault; `answer` gives what would have been. `simulator` is an XSimulator."""
    simple: dict[str, Callable[[], Answer]] = {
        "unauthorised": lambda: problem(401, "Unauthorized", "Unauthorized"),
        "forbidden": lambda: problem(403, "Client Forbidden", "Your client app isn't enrolled."),
        # docs.x.com, response codes: 402, a prepaid balance that is used up.
        "payment": lambda: problem(
            402, "CreditsDepleted", "Your enrolled account does not have any credits to fulfill this request.",
            kind=f"{PROBLEMS}/credits",
        ),
        "rate_limit_with_reset": lambda: problem(
            429, "Too Many Requests", "Too Many Requests", **simulator.limits(left=0)
        ),
        # X itself never sends Retry-After, and its edge servers leave the reset out: tweepy then asks on and on.
        "rate_limit_without_reset": lambda: problem(429, "Too Many Requests", "Too Many Requests"),
        "usage_capped": lambda: problem(
            429, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap", kind=f"{PROBLEMS}/usage-capped"
        ),
        "not_found": lambda: problem(404, "Not Found", "Not Found"),
        "server_error": lambda: problem(500, "Internal Server Error", "Something is broken."),
        # What its edge answers when it is over capacity.
        "html": lambda: Answer(status=503, headers={"Content-Type": "text/html"}, body=_HTML),
        "html_success": lambda: Answer(headers={"Content-Type": "text/html"}, body=_HTML),
        "reset": lambda: Answer(lost=True),
    }  # fmt: skip
    if fault == "timeout":
        answer()  # what it stalls over is done all the same
        return Answer(parts=_stalled(simulator.stall))
    if fault == "nothing":
        return answer()
    if fault in simple:
        return simple[fault]()
    return _changed(fault, simulator, request, answer())


def _changed(fault: str, simulator: Any, request: Request, whole: Answer) -> Answer:  # noqa: ANN401
    if fault == "cut_body":
        return Answer(status=whole.status, headers=whole.headers, body=whole.body[: len(whole.body) // 2])
    body = json.loads(whole.body)
    found = body.get("data")
    if not isinstance(found, list):
        # No page of posts: the fault waits for the next one.
        if fault not in {"empty_page_with_next", "page_names_itself"} or "meta" not in body:
            simulator.faults.insert(0, fault)
            return whole
        found = []
    if fault == "malformed_item":
        body["data"] = [_BROKEN, *found]
    elif fault == "duplicate_item":
        body["data"] = [each for each in found for _ in range(2)]
    elif fault == "empty_page_with_next":
        # Reported again and again: a page without data whose next_token leads on.
        token = request.query.get("next_token") or request.query.get("pagination_token") or f"b26v{10**19}"
        return as_json({"meta": {"result_count": 0, "next_token": f"b26v{int(token[4:]) - 1}"}})
    elif fault == "page_names_itself":
        itself = request.query.get("next_token") or request.query.get("pagination_token")
        body["meta"]["next_token"] = itself or body["meta"].get("next_token", "")
    return as_json(body, status=whole.status)


def _stalled(seconds: float) -> Iterator[bytes]:
    time.sleep(seconds)
    yield b"{}"
