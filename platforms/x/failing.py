"""What X's refusals mean; headers and problem types: docs.x.com/x-api/fundamentals/rate-limits, response-codes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from platforms.recordings import Answer
from platforms.trouble import Trouble, TroubleKind, trouble_of_status, unreadable, until_epoch
from platforms.x.documents import Document
from platforms.x.problems import NOT_ALLOWED, NOT_FOUND, USAGE_CAPPED, kind_of, reason_in, sentence_of
from platforms.x.values import mapping

NOUN: Final = "X"
_CALM: Final = 420  # what streams said for 429 in version 1.1
_DAILY: Final = ("x-user-limit-24hour", "x-app-limit-24hour")


def trouble_of_answer(answer: Answer, *, now: datetime) -> Trouble:
    """Return what an answer that is no success means."""
    parts = Document.of(answer.body).parts
    status = 429 if answer.status == _CALM else answer.status
    trouble = trouble_of_status(status, answer.headers, noun=NOUN, now=now, detail=reason_in(parts))
    if trouble.kind is not TroubleKind.RATE_LIMITED:
        return trouble
    if any(kind_of(mapping(part)) == USAGE_CAPPED for part in parts):
        # The month's cap on posts comes as a 429, and no quarter of an hour ends it.
        message = "X answers 429: the month's cap on posts is reached. It goes on when the period turns."
        return Trouble(message, kind=TroubleKind.SPENT, status=status)
    if trouble.retry_after is None:
        trouble.retry_after = _reset(answer.headers, now)
    return trouble


def trouble_of_problem(errors: Iterable[object]) -> Trouble:
    """Return what a success without data means, by the errors that stand in its place."""
    problem: Mapping[str, Any] = next((mapping(each) for each in errors), {})
    if not problem:
        return unreadable(NOUN, what="JSON of a form that we don't know")
    kinds = {NOT_FOUND: TroubleKind.GONE, NOT_ALLOWED: TroubleKind.REFUSED}
    kind = kinds.get(kind_of(problem), TroubleKind.UNAVAILABLE)
    reason = " ".join(sentence_of(problem).split())[:200].rstrip(".")
    return Trouble(f"X answers: {reason}.", kind=kind)


def _reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    daily = next((name for name in _DAILY if headers.get(f"{name}-remaining") == "0"), None)
    return until_epoch(headers.get(f"{daily}-reset" if daily else "x-rate-limit-reset"), now=now)
