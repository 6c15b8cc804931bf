"""Log-ins in browsers; a session's id is the hash of its cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.tables import WebSession

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that is in force."""

    id: str
    user_id: int
    csrf_token: str
    created_at: datetime
    expires_at: datetime

    def wants_more(self, now: datetime) -> bool:
        """Say whether it is time to put its end off; at most once an hour, so that reading stays reading."""
        wished = min(now + IDLE, self.created_at + LONGEST)
        return wished - self.expires_at > timedelta(hours=1)


def open_session(session: Session, *, session_id: str, user_id: int, csrf_token: str, at: datetime) -> None:
    """Add a session, and sweep those of the user that have ended."""
    session.execute(delete(WebSession).where(WebSession.user_id == user_id, WebSession.expires_at <= at))
    session.add(WebSession(id=session_id, user_id=user_id, csrf_token=csrf_token, created_at=at, expires_at=at + IDLE))


def find_session(session: Session, session_id: str, *, at: datetime) -> OpenSession | None:
    """Return the session of that id when it is in force."""
    row = session.get(WebSession, session_id)
    if row is None or row.expires_at <= at:
        return None
    return OpenSession(
        id=row.id, user_id=row.user_id, csrf_token=row.csrf_token, created_at=row.created_at, expires_at=row.expires_at
    )


def extend_session(session: Session, session_id: str, *, at: datetime) -> None:
    """Put the session's end off to `IDLE` from `at`, never beyond `LONGEST` after its beginning."""
    row = session.get(WebSession, session_id)
    if row is not None:
        row.expires_at = min(at + IDLE, row.created_at + LONGEST)


def close_session(session: Session, session_id: str) -> None:
    """End one session."""
    session.execute(delete(WebSession).where(WebSession.id == session_id))


def close_sessions_of(session: Session, user_id: int) -> None:
    """End every session of a user, after a new password or when they leave."""
    session.execute(delete(WebSession).where(WebSession.user_id == user_id))
