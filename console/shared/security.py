"""Headers on every answer, the limit of a body, and the refusal of forms that another site sent."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import AccessDenied

MAX_BODY = 1_000_000
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def secure_headers(*, tls: bool) -> dict[str, str]:
    """The headers of every answer; with HSTS where cookies travel over TLS alone."""
    return {**HEADERS, **({"strict-transport-security": "max-age=31536000"} if tls else {})}


class SecureAnswers:
    """Adds the security headers that an answer didn't set itself, and HSTS where cookies travel over TLS alone."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self._app = app
        self._headers = secure_headers(tls=tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_secured)


class LimitBody:
    """Refuses a body above `limit` bytes, announced or not, before anything reads it; `larger` is by path's start."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit, self._larger = limit, dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next((most for start, most in self._larger.items() if scope["path"].startswith(start)), self._limit)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > limit:
            answer = JSONResponse({"error": too_large(limit)}, status_code=413)
            await answer(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, too_large(limit))
        return message

    return receive_counted


def too_large(limit: int) -> str:
    """Return the sentence for a body that is too large."""
    return f"The body is larger than {limit:,} bytes; send it in smaller parts."


def refuse_other_sites(request: Request, *, address: str) -> None:
    """Raise AccessDenied when a browser says that a form came from another site; `address` is the desk's own."""
    site = request.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return
    origin = request.headers.get("origin")
    known = {request.headers.get("host", ""), urlsplit(address).netloc}
    if site is not None or (origin is not None and urlsplit(origin).netloc not in known):
        raise AccessDenied("This form came from another site, so nothing was done; open the desk and send it there.")
