"""What couldn't be read is kept as a dead letter, once, with where it stood and why."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.posts import Reject
from listener.chunks import chunks
from listener.needles import Needles
from listener.normalisation import clean
from storage.tables import DeadLetter, Source

PAYLOAD_CAP: Final = 20_000


def keep_rejects(session: Session, *, source: Source, rejects: Sequence[Reject], now: datetime) -> int:
    """Write a batch's rejects, but for those that a reading before brought already; return how many were new."""
    letters: dict[tuple[str, str], DeadLetter] = {}
    for reject in rejects:
        letter = _letter(source, reject, now)
        letters[letter.place, letter.payload_hash] = letter
    kept = _kept(session, source.id, sorted({digest for _, digest in letters}))
    fresh = [letter for key, letter in letters.items() if key not in kept]
    session.add_all(fresh)
    return len(fresh)


def drop_letters(session: Session, *, brand_id: int, needles: Needles) -> int:
    """Delete a brand's dead letters in which one of the words stands; return how many."""
    query = select(DeadLetter.id, DeadLetter.place, DeadLetter.payload, DeadLetter.reason).where(
        DeadLetter.brand_id == brand_id
    )
    found = [
        row.id for row in session.execute(query.execution_options(yield_per=500))
        if needles.found_in(row.payload) or needles.found_in(row.place) or needles.found_in(row.reason)
    ]  # fmt: skip
    for part in chunks(found):
        session.execute(delete(DeadLetter).where(DeadLetter.id.in_(part)))
    return len(found)


def _letter(source: Source, reject: Reject, now: datetime) -> DeadLetter:
    payload = clean(reject.payload, cap=PAYLOAD_CAP)
    digest = sha256(reject.payload.encode(errors="surrogatepass")).hexdigest()
    return DeadLetter(
        brand_id=source.brand_id, source_id=source.id, place=clean(reject.place, cap=400),
        reason=clean(reject.reason, cap=2_000), payload=payload, payload_hash=digest, received_at=now,
        replayed_at=None,
    )  # fmt: skip


def _kept(session: Session, source_id: int, digests: Sequence[str]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for part in chunks(digests):
        query = select(DeadLetter.place, DeadLetter.payload_hash).where(
            DeadLetter.source_id == source_id, DeadLetter.payload_hash.in_(part)
        )
        found.update(session.execute(query).all())
    return found
