"""Answers in X's shapes (docs.x.com/x-api/fundamentals/response-codes-and-errors)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulators.loopback import Answer, Request


def as_json(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a body as X sends it."""
    content = json.dumps(body).encode()
    return Answer(
        status=status,
        headers={
            "Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(content)), **(headers or {}),
        },
        body=content,
    )  # fmt: skip


def problem(status: int, title: str, detail: str, *, kind: str = "about:blank", **headers: str) -> Answer:
    """Return a refusal; `headers` with _ for -."""
    body = {"title": title, "detail": detail, "type": kind, "status": status}
    return as_json(body, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def invalid(message: str) -> Answer:
    """Return the answer to a request with a parameter that can't be."""
    body = {
        "errors": [{"message": message, "parameters": {}}], "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }  # fmt: skip
    return as_json(body, status=400)


def nobody(value: str) -> dict[str, Any]:
    """Return the partial error for a person who isn't there."""
    return {
        "value": value, "detail": f"Could not find user with username: [{value}].", "title": "Not Found Error",
        "resource_type": "user", "parameter": "username", "resource_id": value,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }  # fmt: skip


def moment(value: str | None) -> datetime | None:
    """Read a start_time."""
    return datetime.fromisoformat(value) if value else None


def made(post: Mapping[str, Any]) -> datetime:
    """Return when a post was made."""
    return datetime.fromisoformat(post["created_at"]).astimezone(UTC)


def body_of(request: Request) -> dict[str, Any]:
    """Return a request's JSON."""
    found = json.loads(request.body or b"{}")
    return found if isinstance(found, dict) else {}


def public(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job without what is ours."""
    return {name: value for name, value in job.items() if not name.startswith("_")}
