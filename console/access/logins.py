"""Logging in: from a login and a password to a session, or to one sentence that gives nothing away."""

import secrets
from dataclasses import dataclass

from console.access.passwords import check_password, hash_password, is_outdated
from console.access.throttle import Throttle
from console.services import Services
from console.shared.cookies import hash_secret
from domain.errors import EarnestError
from storage import audit
from storage.queries.sessions import close_session, open_session
from storage.queries.users import find_user
from storage.tables import User

MAX_LOGIN, MAX_PASSWORD = 120, 1024


class LoginRefused(EarnestError):
    """The login or password is wrong, or too many tries failed; the text is for the person at the form."""

    def __init__(self, sentence: str, *, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class NewSession:
    """The secret for the cookie; only its hash is stored."""

    secret: str
    user_id: int


def log_in(services: Services, throttle: Throttle, *, login: str, password: str, address: str) -> NewSession:
    """Open a session; raises LoginRefused with the same sentence and after the same time for whatever was wrong."""
    name = login.strip().casefold()[:MAX_LOGIN]
    wait = throttle.wait(address=address, login=name)
    if wait:
        seconds = int(wait.total_seconds()) + 1
        raise LoginRefused(f"Too many tries failed; wait {_say(seconds)} and try again.", retry_after=seconds)
    with services.database.read() as session:
        user = find_user(session, name)
    usable = user if user is not None and user.active and len(password) <= MAX_PASSWORD else None
    if not check_password(usable.password_hash if usable else None, password[:MAX_PASSWORD]) or usable is None:
        throttle.note_failure(address=address, login=name)
        _note_refusal(services, user)
        raise LoginRefused("The login or the password is wrong; check both and try again.")
    throttle.note_success(address=address, login=name)
    return _open(services, usable, password)


def log_out(services: Services, session_id: str, *, user_id: int) -> None:
    """End a session."""
    with services.database.write() as session:
        close_session(session, session_id)
        audit.record(
            session, at=services.clock.now(), action="user.logged_out", object_kind="user", object_id=user_id,
            user_id=user_id,
        )  # fmt: skip


def _open(services: Services, user: User, password: str) -> NewSession:
    secret, now = secrets.token_urlsafe(32), services.clock.now()
    fresh_hash = hash_password(password) if is_outdated(user.password_hash) else None
    with services.database.write() as session:
        open_session(
            session, session_id=hash_secret(secret), user_id=user.id, csrf_token=secrets.token_urlsafe(32), at=now
        )
        if fresh_hash:
            session.get_one(User, user.id).password_hash = fresh_hash
        audit.record(session, at=now, action="user.logged_in", object_kind="user", object_id=user.id, user_id=user.id)
    return NewSession(secret=secret, user_id=user.id)


def _note_refusal(services: Services, user: User | None) -> None:
    """Tell the trail, of a login that nobody has too: the time it takes gives nothing away. The throttle bounds it."""
    with services.database.write() as session:
        audit.record(
            session, at=services.clock.now(), action="user.refused", object_kind="user",
            object_id=user.id if user else "unknown",
        )  # fmt: skip


def _say(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
