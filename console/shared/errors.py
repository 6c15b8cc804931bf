"""Errors as one clear sentence: a page for people, JSON for programs."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from console.shared.pages import pages_of
from console.shared.security import secure_headers
from console.shared.visitors import NotLoggedIn
from domain.errors import AccessDenied, EarnestError, InvalidInput, InvalidTransition, NotFound, StaleWrite

_log = structlog.get_logger("earnest.console")
STATUS: dict[type[EarnestError], int] = {
    NotLoggedIn: 401,
    AccessDenied: 403,
    NotFound: 404,
    StaleWrite: 409,
    InvalidTransition: 409,
    InvalidInput: 422,
}
TITLES = {
    400: "That can't be read",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "It has changed meanwhile",
    413: "Too large",
    422: "Something is missing",
    500: "Something broke",
}


def status_of(error: EarnestError) -> int:
    """Return the HTTP status for one of our errors, by its nearest class."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def wants_json(request: Request) -> bool:
    """Say whether a program is asking."""
    return request.url.path.startswith(("/api/", "/hooks/", "/metrics", "/healthz", "/readyz"))


def answer_error(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """Return the error as a page or as JSON."""
    if wants_json(request):
        return JSONResponse({"error": sentence}, status_code=status, headers=headers)
    return pages_of(request).render(
        request, "shared/templates/error.html", status=status, headers=headers, title=TITLES.get(status, "Error"),
        sentence=sentence,
    )  # fmt: skip


def add_handlers(app: FastAPI) -> None:
    """Give the application its error pages."""
    app.add_exception_handler(EarnestError, _answer_ours)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    # A number that no column holds, half a character, a zero byte: the caller's mistake, whichever layer meets it.
    for kind in (OverflowError, UnicodeError, DataError):
        app.add_exception_handler(kind, _answer_unstorable)
    app.add_exception_handler(Exception, _answer_bug)


async def _answer_ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, EarnestError):  # pragma: no cover - registered for these alone
        raise error
    if isinstance(error, NotLoggedIn) and not wants_json(request):
        return RedirectResponse(f"/login?next={quote(_return_path(request))}", status_code=303)
    return answer_error(request, status_of(error), str(error))


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # pragma: no cover - registered for these alone
        raise error
    sentences = {404: "There is no such page; go back to the desk.", 405: "That can't be done at this address."}
    sentence = sentences.get(error.status_code, str(error.detail))
    return answer_error(request, error.status_code, sentence, dict(error.headers or {}))


async def _answer_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):  # pragma: no cover - registered for these alone
        raise error
    return answer_error(request, 422, say_invalid(error.errors()))


async def _answer_unstorable(request: Request, _error: Exception) -> Response:
    sentence = "Something that was sent can't be stored: a number too large, or a character that isn't text."
    return answer_error(request, 422, sentence)


async def _answer_bug(request: Request, error: Exception) -> Response:
    _log.error("desk.bug", path=request.scope.get("route_path", request.url.path), error=type(error).__name__)
    # The outermost layer answers, so the headers that another one adds to all answers don't reach this one.
    headers = secure_headers(tls=request.app.state.services.settings.server.cookies_are_secure)
    return answer_error(request, 500, "This is a fault of ours, and nothing was saved; the log has its name.", headers)


def say_invalid(errors: Sequence[Any]) -> str:
    """Return one sentence for what a form or body lacked."""
    first: dict[str, Any] = dict(errors[0]) if errors else {"loc": (), "msg": "is wrong"}
    name = next((str(part) for part in reversed(first["loc"]) if isinstance(part, str)), "something")
    if first.get("type") == "missing":
        return f"“{name}” is missing; fill it in and send it again."
    reason = str(first["msg"])
    return f"“{name}” can't be used ({reason[:1].lower()}{reason[1:]}); correct it and send it again."


def _return_path(request: Request) -> str:
    # A form that was sent can't be sent again by a redirect: go to the page that it stood on.
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
