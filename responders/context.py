"""What a draft needs to know of the talk around its mention, asked for where it isn't known."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from listener.surroundings import AGE, ask_to_read
from platforms.registry import capabilities_of
from storage.jobs import Jobs
from storage.queries.threads import is_fresh, parents_of
from storage.tables import Conversation, Mention


def ask_for_parents(session: Session, jobs: Jobs, *, mention_ids: Collection[int], now: datetime) -> None:
    """Enqueue the reading of those threads in which a mention answers a post that nobody here has seen."""
    query = (
        select(Mention.id, Mention.platform, Mention.conversation_id, Conversation.thread_read_at)
        .join(Conversation, Conversation.id == Mention.conversation_id)
        .where(Mention.id.in_(mention_ids), Mention.in_reply_to.is_not(None))
        .order_by(Mention.id)
    )
    answering = [
        row for row in session.execute(query)
        if capabilities_of(row.platform).can_read_threads and not is_fresh(row.thread_read_at, since=now - AGE)
    ]  # fmt: skip
    known = parents_of(session, [row.id for row in answering])
    for place in dict.fromkeys(row.conversation_id for row in answering if row.id not in known):
        ask_to_read(session, jobs, conversation_id=place, now=now)
