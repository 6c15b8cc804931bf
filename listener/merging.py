"""Joins conversations that turn out to be one: answers came before the post they answer."""

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain.states import ConversationState
from listener.chunks import by_platform
from listener.sieve import PostKey
from storage.tables import Case, Conversation, Draft, Mention, Note, Reply, ThreadPost

_MOVED = (Mention, Draft, Reply, Case, Note, ThreadPost)


def merge_strays(session: Session, *, brand_id: int, homes: Mapping[PostKey, int]) -> int:
    """Move what hangs under a conversation named after one of these posts to the post's own; return how many moved.

    Two conversations that both have a living case stay apart: people work on each.
    """
    merged = 0
    for platform, ids in by_platform(homes):
        query = select(Conversation.external_id, Conversation.id).where(
            Conversation.brand_id == brand_id, Conversation.platform == platform, Conversation.external_id.in_(ids)
        )
        for external_id, stray in session.execute(query).all():
            home = homes[platform, external_id]
            if stray != home and not _both_worked_on(session, stray, home):
                _move(session, stray, home)
                merged += 1
    return merged


def _both_worked_on(session: Session, *ids: int) -> bool:
    query = select(Case.conversation_id).where(
        Case.conversation_id.in_(ids), Case.state != ConversationState.RESOLVED
    )  # fmt: skip
    return len(set(session.scalars(query))) == len(ids)


def _move(session: Session, stray: int, home: int) -> None:
    for row in _MOVED:
        session.execute(update(row).where(row.conversation_id == stray).values(conversation_id=home))
    last = select(Conversation.last_mention_at).where(Conversation.id == stray).scalar_subquery()
    session.execute(
        update(Conversation)
        .where(Conversation.id == home, Conversation.last_mention_at < last)
        .values(last_mention_at=last)
    )
    session.execute(delete(Conversation).where(Conversation.id == stray))
