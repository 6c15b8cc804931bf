"""Private notes on a conversation: a person's, or the desk's own, which never quote a customer."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.errors import InvalidInput
from storage import audit
from storage.tables import Note

LONGEST = 20_000


def add_note(
    session: Session, *, brand_id: int, conversation_id: int, text: str, at: datetime, user_id: int | None = None
) -> Note:  # fmt: skip
    """Keep a private note; raises InvalidInput for an empty or endless one."""
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInput(f"A note has 1 to {LONGEST} characters; this one has {len(text.strip())}.")
    note = Note(brand_id=brand_id, conversation_id=conversation_id, user_id=user_id, text=text.strip(), created_at=at)
    session.add(note)
    session.flush()
    audit.record(
        session, at=at, action="note.added", object_kind="conversation", object_id=conversation_id, brand_id=brand_id,
        user_id=user_id, details={"note": note.id},
    )  # fmt: skip
    return note
