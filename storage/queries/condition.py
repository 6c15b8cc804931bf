"""How a brand's listening and sending do: sources, gaps, what couldn't be read, replies that need a person."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.states import ReplyState
from storage.tables import DeadLetter, Digest, DigestMail, Reply, Source, SourceGap

LATELY = timedelta(days=14)


def sources_of(session: Session, brand_id: int) -> list[Source]:
    """Return the brand's sources, those in use first."""
    return list(
        session.scalars(select(Source).where(Source.brand_id == brand_id).order_by(Source.enabled.desc(), Source.key))
    )


def get_source(session: Session, *, source_id: int, brand_id: int) -> Source:
    """Return one source of the brand; raises NotFound when it has none of that id."""
    source = session.get(Source, source_id)
    if source is None or source.brand_id != brand_id:
        raise NotFound(f"There is no source {source_id}.")
    return source


def gaps_of(session: Session, brand_id: int, *, at: datetime) -> list[SourceGap]:
    """Return the brand's gaps that are open or ended lately, the newest first."""
    query = select(SourceGap).where(
        SourceGap.brand_id == brand_id, or_(SourceGap.ended_at.is_(None), SourceGap.ended_at >= at - LATELY)
    )
    return list(session.scalars(query.order_by(SourceGap.started_at.desc()).limit(50)))


def count_letters(session: Session, brand_id: int) -> int:
    """Return how many posts of the brand's couldn't be read and were not replayed."""
    query = select(func.count()).where(DeadLetter.brand_id == brand_id, DeadLetter.replayed_at.is_(None))
    return session.scalar(query) or 0


def letters_of(session: Session, brand_id: int, *, limit: int = 20) -> list[DeadLetter]:
    """Return the latest posts of the brand's that couldn't be read."""
    query = select(DeadLetter).where(DeadLetter.brand_id == brand_id, DeadLetter.replayed_at.is_(None))
    return list(session.scalars(query.order_by(DeadLetter.id.desc()).limit(limit)))


def get_reply(session: Session, *, reply_id: int, brand_id: int) -> Reply:
    """Return one reply of the brand; raises NotFound when it has none of that id."""
    reply = session.get(Reply, reply_id)
    if reply is None or reply.brand_id != brand_id:
        raise NotFound(f"There is no reply {reply_id}; it may have been erased with its post.")
    return reply


def troubled_replies(session: Session, brand_id: int, *, limit: int = 50) -> list[Reply]:
    """Return the brand's replies that failed or may have gone out, the oldest first."""
    query = select(Reply).where(
        Reply.brand_id == brand_id, Reply.state.in_((ReplyState.FAILED, ReplyState.UNKNOWN))
    )  # fmt: skip
    return list(session.scalars(query.order_by(Reply.created_at, Reply.id).limit(limit)))


def get_digest(session: Session, *, week: str, brand_id: int) -> Digest:
    """Return the brand's digest of one week; raises NotFound when there is none."""
    digest = session.scalars(select(Digest).where(Digest.brand_id == brand_id, Digest.week == week)).one_or_none()
    if digest is None:
        raise NotFound(f"There is no digest of {week} yet.")
    return digest


def mails_of(session: Session, brand_id: int) -> dict[int, DigestMail]:
    """Return the mails of the brand's digests by digest."""
    rows = session.scalars(select(DigestMail).where(DigestMail.brand_id == brand_id))
    return {row.digest_id: row for row in rows}


def digests_of(session: Session, brand_id: int, *, limit: int = 60) -> list[Digest]:
    """Return the brand's digests, the newest week first."""
    return list(
        session.scalars(select(Digest).where(Digest.brand_id == brand_id).order_by(Digest.week.desc()).limit(limit))
    )
