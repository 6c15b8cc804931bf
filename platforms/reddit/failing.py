"""What is wrong with a write stands in an answer that looks like a success: Reddit's own errors, as Trouble."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from platforms.reddit import NAME
from platforms.trouble import Trouble, TroubleKind, unreadable

# The error's name in www.reddit.com/dev/api, and what it means; any other is a no.
_KINDS: Final = {
    "RATELIMIT": TroubleKind.RATE_LIMITED,
    "QUOTA_FILLED": TroubleKind.RATE_LIMITED,
    "SOMETHING_IS_BROKEN": TroubleKind.UNAVAILABLE,
    "USER_REQUIRED": TroubleKind.REFUSED,
    "DELETED_COMMENT": TroubleKind.GONE,
    "DELETED_LINK": TroubleKind.GONE,
    "NO_THING_ID": TroubleKind.GONE,
}
_WAIT: Final = re.compile(r"(\d{1,4}) (millisecond|second|minute|hour)s?")
_UNITS: Final = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}


def things_in(answer: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - whatever JSON held
    """Return the data of the things that a write made; raises Trouble for what Reddit says is wrong with it."""
    wrapped = answer.get("json") if isinstance(answer, dict) else None
    if not isinstance(wrapped, dict):
        raise unreadable(NAME, what="something that says nothing of the comment")
    errors = wrapped.get("errors")
    if isinstance(errors, list) and errors:
        raise _trouble(errors[0], wrapped)
    inner = wrapped.get("data")
    things = inner.get("things") if isinstance(inner, dict) else None
    found = [thing.get("data") for thing in things or () if isinstance(thing, dict)] if isinstance(things, list) else []
    return [data for data in found if isinstance(data, dict)]


def _trouble(error: object, wrapped: Mapping[str, Any]) -> Trouble:
    parts = [str(part) for part in error if part] if isinstance(error, list) else [str(error)]
    name = parts[0] if parts else "an error without a name"
    said = " ".join(": ".join(parts[:2]).split())[:200].rstrip(".")
    kind = _KINDS.get(name, TroubleKind.WRONG)
    wait = _wait(wrapped.get("ratelimit"), said) if kind is TroubleKind.RATE_LIMITED else None
    return Trouble(f"{NAME} doesn't take the comment: {said}.", kind=kind, retry_after=wait)


def _wait(seconds: object, said: str) -> timedelta | None:
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds < 1e6:
        return timedelta(seconds=float(seconds))
    found = _WAIT.search(said)
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]] + 1) if found else None
