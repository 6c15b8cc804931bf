"""The session cookie: a secret that only the browser keeps; the table holds its hash."""

from hashlib import sha256

from starlette.responses import Response

from config.operator import Settings
from storage.queries.sessions import LONGEST


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; the prefix makes browsers insist on TLS and on this host."""
    return "__Host-earnest" if settings.server.cookies_are_secure else "earnest"


def hash_secret(secret: str) -> str:
    """Return the id under which the session of that cookie is stored."""
    return sha256(secret.encode()).hexdigest()


def set_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Hand the browser its secret."""
    response.set_cookie(
        cookie_name(settings), secret, max_age=int(LONGEST.total_seconds()), path="/", httponly=True, samesite="lax",
        secure=settings.server.cookies_are_secure,
    )  # fmt: skip


def clear_cookie(response: Response, settings: Settings) -> None:
    """Make the browser forget its secret."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.server.cookies_are_secure
    )
