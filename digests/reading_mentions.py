"""Reads mentions for a digest: counted by week, the answers to them, and what praise and complaints are about."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from digests.frame import Frame
from digests.material import Answer, Cell, ModelRow, Said, WeekRows
from domain.classification import BY_HAND
from domain.labels import Intent
from domain.states import MentionState, ReplyState
from domain.time import Week
from storage.tables import Author, ClassificationRow, Mention, Person, Reply

# No answer is owed to who asked not to be contacted.
OPTED_OUT = Person.opted_out_at.is_not(None).label("opted_out")
# What people corrected isn't a model's.
_BY_MODEL = (ClassificationRow.corrected_by.is_(None), ClassificationRow.model != BY_HAND)


def read_week(session: Session, frame: Frame, week: Week) -> WeekRows:
    """Return one week's mentions counted, their first answers, and the models that sorted them."""
    start, end = frame.bounds(week)
    mine = and_(
        Mention.brand_id == frame.brand_id, Mention.posted_at >= start, Mention.posted_at < end,
        Mention.state != MentionState.DELETED,
    )  # fmt: skip
    if end <= start:
        return WeekRows(week=week)
    return WeekRows(
        week=week, cells=_cells(session, mine), answers=_answers(session, mine, frame), models=_models(session, mine)
    )


def _cells(session: Session, mine: ColumnElement[bool]) -> tuple[Cell, ...]:
    alike = (Mention.queries, Mention.platform, Mention.intent, Mention.sentiment, Mention.counted_only, OPTED_OUT)
    query = (
        select(*alike, func.count())
        .join(Author, Author.id == Mention.author_id)
        .join(Person, Person.id == Author.person_id)
        .where(mine)
        .group_by(*alike)
    )
    return tuple(
        Cell(queries=_names(queries), platform=platform, intent=intent, sentiment=sentiment, counted_only=old, count=n,
             opted_out=out)
        for queries, platform, intent, sentiment, old, out, n in session.execute(query)
    )  # fmt: skip


def _answers(session: Session, mine: ColumnElement[bool], frame: Frame) -> tuple[Answer, ...]:
    query = (
        select(
            Mention.id, Mention.queries, Mention.platform, Mention.intent, Mention.counted_only, Mention.posted_at,
            OPTED_OUT, func.min(Reply.sent_at),
        )
        .join(Author, Author.id == Mention.author_id)
        .join(Person, Person.id == Author.person_id)
        .join(Reply, _answers_mention())
        .where(mine, Reply.sent_at <= frame.as_of)
        .group_by(Mention.id, Person.id)
    )  # fmt: skip
    return tuple(
        Answer(mention_id=key, queries=_names(queries), platform=platform, intent=intent, counted_only=old,
               posted_at=posted, sent_at=sent, opted_out=out)
        for key, queries, platform, intent, old, posted, out, sent in session.execute(query)
        if sent is not None
    )  # fmt: skip


def _answers_mention() -> ColumnElement[bool]:
    # An answer is to the post itself, or to its author in the same conversation after it.
    return and_(
        Reply.conversation_id == Mention.conversation_id,
        Reply.state == ReplyState.SENT,
        or_(
            Reply.mention_id == Mention.id,
            and_(Reply.person_id == Author.person_id, Reply.sent_at >= Mention.posted_at),
        ),
    )


def was_answered(frame: Frame) -> ColumnElement[bool]:
    """Return a condition on Mention: an answer to exactly this post was out when the figures were taken."""
    return (
        select(Reply.id)
        .where(Reply.mention_id == Mention.id, Reply.state == ReplyState.SENT, Reply.sent_at <= frame.as_of)
        .exists()
    )


def _models(session: Session, mine: ColumnElement[bool]) -> tuple[tuple[str, int], ...]:
    # Relabelled mentions keep their earlier classifications; the newest of a model's is the one that counts.
    newest = (
        select(func.max(ClassificationRow.id))
        .where(ClassificationRow.mention_id == Mention.id, *_BY_MODEL)
        .correlate(Mention)
        .scalar_subquery()
    )
    query = (
        select(ClassificationRow.model, func.count())
        .select_from(Mention)
        .join(ClassificationRow, ClassificationRow.id == newest)
        .where(mine)
        .group_by(ClassificationRow.model)
        .order_by(func.count().desc(), ClassificationRow.model)
    )
    return tuple((model, count) for model, count in session.execute(query))


def read_models(session: Session, frame: Frame) -> tuple[ModelRow, ...]:
    """Return the models that ever sorted the weeks' mentions, in the order in which they came."""
    start, end = frame.bounds(frame.weeks[0])[0], frame.bounds(frame.week)[1]
    since = func.min(ClassificationRow.created_at)
    query = (
        select(ClassificationRow.model, since)
        .join(Mention, Mention.id == ClassificationRow.mention_id)
        .where(Mention.brand_id == frame.brand_id, Mention.posted_at >= start, Mention.posted_at < end, *_BY_MODEL)
        .where(ClassificationRow.created_at <= frame.as_of)
        .group_by(ClassificationRow.model)
        .order_by(since, ClassificationRow.model)
    )
    return tuple(ModelRow(model=model, since=at) for model, at in session.execute(query))


def read_said(session: Session, frame: Frame) -> tuple[Said, ...]:
    """Return this week's and last week's praise and complaints with their themes, the newest first."""
    since, until = frame.week.shift(-1).bounds(frame.profile.zone)[0], frame.bounds(frame.week)[1]
    newest = (
        select(func.max(ClassificationRow.id))
        .where(ClassificationRow.mention_id == Mention.id)
        .correlate(Mention)
        .scalar_subquery()
    )
    query = (
        select(
            Mention.id.label("mention_id"), Author.person_id, Mention.queries, Mention.intent, ClassificationRow.themes,
            Mention.posted_at, func.length(Mention.text).label("length"), Mention.toxic, Mention.platform,
            Mention.counted_only, OPTED_OUT,
        )
        .join(Author, Author.id == Mention.author_id)
        .join(Person, Person.id == Author.person_id)
        .outerjoin(ClassificationRow, ClassificationRow.id == newest)
        .where(Mention.brand_id == frame.brand_id, Mention.posted_at >= since, Mention.posted_at < until)
        .where(Mention.state != MentionState.DELETED, Mention.intent.in_((Intent.PRAISE, Intent.COMPLAINT)))
        .order_by(Mention.posted_at.desc(), Mention.id.desc())
    )  # fmt: skip
    rows = session.execute(query).mappings().all()
    answered = _first_answers(session, frame, since, until)
    return tuple(_said(dict(row), answered) for row in rows)


def _said(row: dict[str, Any], answered: dict[int, datetime]) -> Said:
    key = row["mention_id"]
    return Said(
        **{**row, "queries": _names(row["queries"]), "themes": tuple(dict.fromkeys(_names(row["themes"] or ())))},
        answered_at=answered.get(key),
    )


def _first_answers(session: Session, frame: Frame, since: datetime, until: datetime) -> dict[int, datetime]:
    query = (
        select(Mention.id, func.min(Reply.sent_at))
        .join(Author, Author.id == Mention.author_id)
        .join(Reply, _answers_mention())
        .where(Mention.brand_id == frame.brand_id, Mention.posted_at >= since, Mention.posted_at < until)
        .where(Reply.sent_at <= frame.as_of)
        .group_by(Mention.id)
    )
    return {key: sent for key, sent in session.execute(query) if sent is not None}


def _names(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
