"""Structured logs for people or programs; what customers wrote, and secrets, never reach them."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

from runtime.places import describe

LEFT_OUT = "(left out)"
# Names under which a private text or a secret could be handed over; as a number such a name is an id, and welcome.
PRIVATE = frozenset({
    "account", "address", "author", "authorization", "body", "content", "cookie", "email", "handle", "headers", "html",
    "input", "inputs", "login", "message", "name", "note", "parameters", "password", "payload", "query", "quote",
    "reason", "recipients", "reply", "secret", "secrets", "subject", "summary", "text", "title", "token", "url", "user",
})  # fmt: skip
# Libraries that would log addresses with keys in them, statements, or every request.
_CHATTY = ("alembic", "asyncio", "dbos", "httpcore", "httpx", "matplotlib", "multipart", "sqlalchemy")

Event = MutableMapping[str, Any]


def configure(*, level: str = "info", style: Literal["console", "json"] = "console", to: TextIO | None = None) -> None:
    """Send every log line of the process to `to` (standard error), as lines for people or as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_error,
        leave_out,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A tick that comes while its like still runs is left out, as it should be; that is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # A request's address may hold what somebody searched for.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)


def leave_out(_logger: object, _method: str, event: Event) -> Event:
    """Replace the values of private names, at any depth."""
    for key, value in event.items():
        if key != "event":
            event[key] = _clean(key, value)
    return event


def place_error(_logger: object, _method: str, event: Event) -> Event:
    """Replace an exception by its class and place: its text may quote a customer."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = describe(error)
    event.pop("stack_info", None)
    return event


def _clean(name: object, value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    if str(name).lower() in PRIVATE and not isinstance(value, int | None):
        return LEFT_OUT
    if isinstance(value, dict):
        return {key: _clean(key, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(name, inner) for inner in value]
    return describe(value) if isinstance(value, BaseException) else value
