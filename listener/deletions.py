"""What a platform deletes, Earnest deletes: the words at once, everything derived from them through the erasers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from domain.ports import Eraser
from domain.states import MentionState, sources_of
from domain.time import Clock
from listener.chunks import chunks
from listener.letters import drop_letters
from listener.needles import needles_of_posts
from listener.normalisation import clean_id
from listener.rejects import scrub_rejects
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.moving import in_state
from storage.queries.threads import drop_posts
from storage.tables import ClassificationRow, Mention, Receipt

JOB_SIZE: Final = 64
REASON: Final = "deleted on the platform"
# What ids begin with that stand where others stood, of people who were forgotten.
ERASED_ID: Final = "erased-"


def delete_posts(
    session: Session, jobs: Jobs, *, brand_id: int, platform: str, source_id: int, external_ids: Sequence[str],
    now: datetime,
) -> int:  # fmt: skip
    """Blank the mentions that a platform says are gone, and have what grew from them erased; return how many."""
    gone: list[int] = []
    # As intake keeps them: one that is too long stands as its hash.
    kept = [name for name in map(clean_id, external_ids) if name]
    for part in chunks(kept):
        query = select(Mention.id).where(
            Mention.brand_id == brand_id, Mention.external_id.in_(part), Mention.state != MentionState.DELETED,
            or_(Mention.platform == platform, Mention.source_id == source_id),
        )  # fmt: skip
        gone.extend(session.scalars(query))
        drop_posts(session, brand_id=brand_id, platform=platform, external_ids=part)
    blank_mentions(session, ids=gone, now=now)
    for some in chunks(sorted(gone), width=JOB_SIZE):
        jobs.enqueue(session, Job(kind=JobKind.ERASE, key=f"erase:{some[0]}-{some[-1]}", ids=tuple(some)))
    return len(gone)


def blank_mentions(session: Session, *, ids: Sequence[int], now: datetime) -> int:
    """Take the words out of mentions and of what the model said of them; return how many rows changed."""
    touched = 0
    for part in chunks(ids):
        mentions = session.execute(
            update(Mention)
            .where(Mention.id.in_(part), Mention.state.in_(sources_of(MentionState.DELETED)))
            .values(state=MentionState.DELETED, deleted_at=now, title=None, text="", url=None, metrics={})
            .returning(Mention.id)
        )
        sorted_as = session.execute(
            update(ClassificationRow)
            .where(ClassificationRow.mention_id.in_(part))
            .values(themes=[])
            .returning(ClassificationRow.id)
        )
        touched += len(mentions.all()) + len(sorted_as.all())
    return touched


def erase_mentions(
    database: Database, clock: Clock, erasers: Iterable[Eraser], ids: Sequence[int], *,
    rejects_folder: Path | None = None,
) -> int:  # fmt: skip
    """Run every package's eraser on deleted mentions and leave a receipt without content for each; return how many.

    Can be run twice: erasing what is erased touches nothing, and a receipt stands once.
    """
    everyone = tuple(erasers)
    with database.read() as session:
        gone = session.execute(
            select(Mention.id, Mention.brand_id, Mention.platform, Mention.external_id).where(
                Mention.id.in_(ids), Mention.state == MentionState.DELETED
            )
        ).all()
    for row in gone:
        touched = {eraser.name: eraser.erase_mention(row.id) for eraser in everyone}
        digest = hash_of(brand_id=row.brand_id, platform=row.platform, external_id=row.external_id)
        with database.write() as session:
            _leave_receipt(session, brand_id=row.brand_id, digest=digest, touched=touched, now=clock.now())
    for brand_id in sorted({row.brand_id for row in gone}):
        _drop_unread(database, brand_id, [row.external_id for row in gone if row.brand_id == brand_id], rejects_folder)
    return len(gone)


def _drop_unread(database: Database, brand_id: int, external_ids: Sequence[str], folder: Path | None) -> None:
    """Delete what couldn't be read and names one of the posts; it may hold their words."""
    needles = needles_of_posts(external_ids)
    with database.write() as session:
        drop_letters(session, brand_id=brand_id, needles=needles)
    if folder is not None:
        scrub_rejects(folder, needles=needles)


def find_unerased(session: Session, *, since: datetime, until: datetime, limit: int) -> list[int]:
    """Return the mentions that were deleted between two instants and have no receipt: their erasing was lost."""
    query = select(Mention.id, Mention.brand_id, Mention.platform, Mention.external_id).where(
        in_state(MentionState.DELETED), Mention.deleted_at > since, Mention.deleted_at < until,
        # Those of people who were forgotten have their person's receipt.
        Mention.external_id.not_like(f"{ERASED_ID}%"),
    )  # fmt: skip
    rows = session.execute(query.order_by(Mention.id)).all()
    if not rows:
        return []
    done = set(session.scalars(select(Receipt.object_hash).where(Receipt.at > since)))
    left = [
        row.id for row in rows
        if hash_of(brand_id=row.brand_id, platform=row.platform, external_id=row.external_id) not in done
    ]  # fmt: skip
    return left[:limit]


def hash_of(*, brand_id: int, platform: str, external_id: str) -> str:
    """Return what a receipt calls a post, since its id must not be kept."""
    return sha256(f"{brand_id}:{platform}:{external_id}".encode()).hexdigest()


def _leave_receipt(
    session: Session, *, brand_id: int, digest: str, touched: dict[str, int], now: datetime
) -> None:  # fmt: skip
    there = select(Receipt.id).where(Receipt.brand_id == brand_id, Receipt.object_hash == digest)
    if session.scalar(there.limit(1)) is None:
        session.add(
            Receipt(
                brand_id=brand_id, object_kind="mention", object_hash=digest, reason=REASON, touched=touched, at=now
            )
        )
