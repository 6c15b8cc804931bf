"""What has been kept as long as the settings say, and what has served its purpose, goes; a little at a time."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from config.operator import Retention
from domain.labels import Intent
from domain.states import MentionState
from domain.time import Clock
from storage.database import Database
from storage.tables import AuditEvent, Conversation, DeadLetter, Draft, HookDelivery, Mention, Row, WebSession

# A signature older than this is refused by its timestamp alone.
DELIVERIES = timedelta(days=1)
MOST = 500


def clean_up(database: Database, clock: Clock, *, retention: Retention) -> dict[str, int]:
    """Delete up to 500 rows of each kind that are past their time; return how many went, by table.

    A conversation goes as a whole, with its mentions, drafts, replies and cases, once its newest post is past it.
    """
    now = clock.now()
    tired = now - retention.mentions
    past: list[tuple[type[Row], tuple[ColumnElement[bool], ...]]] = [
        (DeadLetter, (DeadLetter.received_at < now - retention.rejects,)),
        (HookDelivery, (HookDelivery.received_at < now - DELIVERIES,)),
        (WebSession, (WebSession.expires_at < now,)),
        (AuditEvent, (AuditEvent.at < now - retention.audit,)),
        (Mention, _unused(now - retention.filed)),
        (Conversation, (Conversation.last_mention_at < tired, Conversation.created_at < tired)),
    ]
    gone: dict[str, int] = {}
    for row, conditions in past:
        # One short transaction each: nobody waits long for the write lock.
        with database.write() as session:
            gone[row.__tablename__] = _delete(session, row, conditions)
    return {table: count for table, count in gone.items() if count}


def _unused(before: datetime) -> tuple[ColumnElement[bool], ...]:
    drafted = select(Draft.id).where(Draft.mention_id == Mention.id).exists()
    return (
        Mention.state == MentionState.ROUTED,
        Mention.intent == Intent.OTHER,
        Mention.collected_at < before,
        Mention.case_id.is_(None),
        ~drafted,
    )


def _delete(session: Session, row: type[Row], conditions: tuple[ColumnElement[bool], ...]) -> int:
    (key,) = row.__mapper__.primary_key
    ids = session.scalars(select(key).where(*conditions).limit(MOST)).all()
    session.execute(delete(row).where(key.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)
