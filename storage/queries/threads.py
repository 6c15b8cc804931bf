"""Posts of a conversation that are no mentions: kept for a while, for whoever reads or answers one."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, aliased

from storage.tables import Mention, Reply, ThreadPost

PostKey = tuple[str, str]
# A deleted mention has no words, and an erased reply says so.
_NOTHING = ("", "[erased]")


def posts_around(session: Session, *, conversation_id: int, limit: int = 200) -> list[ThreadPost]:
    """Return what was read around a conversation, oldest first."""
    query = select(ThreadPost).where(ThreadPost.conversation_id == conversation_id)
    return list(session.scalars(query.order_by(ThreadPost.posted_at, ThreadPost.id).limit(limit)))


def parents_of(session: Session, mention_ids: Collection[int]) -> dict[int, str]:
    """Return the words of the post that each mention answers, where it is known: a mention, our reply, or context."""
    found: dict[int, str] = {}
    if not mention_ids:
        return found
    above = aliased(Mention)
    for row in (ThreadPost, Reply, above):
        query = (
            select(Mention.id, row.text)
            .join(
                row,
                (row.brand_id == Mention.brand_id)
                & (row.platform == Mention.platform)
                & (row.external_id == Mention.in_reply_to),
            )
            .where(Mention.id.in_(mention_ids))
        )
        found.update({mention_id: text for mention_id, text in session.execute(query) if text not in _NOTHING})
    return found


def drop_posts(session: Session, *, brand_id: int, platform: str, external_ids: Collection[str]) -> int:
    """Delete context that became a mention or a reply, or is gone on its platform; return how many rows went."""
    return drop_context(
        session,
        (ThreadPost.brand_id == brand_id)
        & (ThreadPost.platform == platform)
        & ThreadPost.external_id.in_(external_ids),
    )


def drop_context(session: Session, which: ColumnElement[bool]) -> int:
    """Delete the context that `which` names; return how many rows went."""
    return len(session.execute(delete(ThreadPost).where(which).returning(ThreadPost.id)).all())


def known_posts(session: Session, *, brand_id: int, keys: Mapping[str, Collection[str]]) -> set[PostKey]:
    """Return those of a brand's posts, ids by platform, that are mentions or replies already."""
    found: set[PostKey] = set()
    for platform, ids in keys.items():
        for row in (Mention, Reply):
            query = select(row.external_id).where(
                row.brand_id == brand_id, row.platform == platform, row.external_id.in_(ids)
            )
            found.update((platform, str(external_id)) for external_id in session.scalars(query))
    return found


def is_fresh(read_at: datetime | None, *, since: datetime) -> bool:
    """Say whether a thread was read lately enough."""
    return read_at is not None and read_at > since
