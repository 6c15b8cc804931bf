"""X's errors, in the shapes of both versions: what they say, and which name a post that is gone.

Shapes: docs.x.com/x-api/fundamentals/response-codes-and-errors; partial errors stand beside the data of a 200.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from platforms.x.values import as_id, as_word, items, mapping

NOT_FOUND: Final = "resource-not-found"
NOT_ALLOWED: Final = "not-authorized-for-resource"
USAGE_CAPPED: Final = "usage-capped"


def kind_of(problem: Mapping[str, Any]) -> str:
    """Return the last word of a problem's address, such as `usage-capped`."""
    return as_word(problem.get("type")).rstrip("/").rpartition("/")[2]


def sentence_of(problem: object) -> str:
    """Return what a problem says, in X's words."""
    if isinstance(problem, str):
        return problem
    found = mapping(problem)
    return next(
        (as_word(found.get(name)) for name in ("detail", "message", "title", "reason") if as_word(found.get(name))),
        "no reason given",
    )


def reason_in(parts: Iterable[object]) -> str:
    """Return the first reason that an error's body gives; empty where it gives none."""
    for part in parts:
        found = mapping(part)
        nested = items(found.get("errors"))
        for problem in (*([found] if "detail" in found or "title" in found else []), *nested, found.get("error")):
            if isinstance(problem, (str, dict)) and problem:
                return sentence_of(problem)
    return ""


def said_in(parts: Iterable[object]) -> str:
    """Return the reason behind a colon, ready to follow a noun."""
    reason = reason_in(parts)
    return f": {reason}" if reason else ""


def names_gone_post(problem: Mapping[str, Any], *, of_lookup: bool) -> str | None:
    """Return the id of the post that a partial error says is gone, None where it doesn't.

    One that may not be seen is protected or suspended where it was asked for by its id; elsewhere it may be many a
    thing, an answered post of somebody who blocks us among them.
    """
    if as_word(problem.get("resource_type")) != "tweet":
        return None
    asked_for = of_lookup and as_word(problem.get("parameter")) in {"id", "ids"}
    if kind_of(problem) == NOT_FOUND or (kind_of(problem) == NOT_ALLOWED and asked_for):
        return as_id(problem.get("resource_id"), problem.get("value"))
    return None
