"""Reads what people said of the brand, week by week and person by person: who is an advocate is told from it."""

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from digests.frame import Frame
from digests.material import SpokeRow
from domain.labels import Intent
from domain.states import MentionState
from domain.time import Week
from people.rules import ADVOCACY_PRAISES, ADVOCACY_SPAN
from storage.tables import Author, Mention


def read_spoke(session: Session, frame: Frame) -> tuple[SpokeRow, ...]:
    """Return praise and complaints by person and week, from thirteen weeks before the end of the first week on."""
    weeks = tuple(frame.weeks[0].shift(back) for back in range(1 - ADVOCACY_SPAN, 0)) + frame.weeks
    mine = _between(frame, weeks[0].bounds(frame.profile.zone)[0], frame.bounds(frame.week)[1])
    placed = (
        select(Author.person_id, _place(frame, weeks).label("place"), Mention.intent, Mention.queries)
        .join(Author, Author.id == Mention.author_id)
        .where(mine, Mention.intent.in_((Intent.PRAISE, Intent.COMPLAINT)))
        .where(Author.person_id.in_(_praising(mine)))
        .subquery()
    )
    columns = placed.c
    query = select(columns.person_id, columns.place, columns.intent, columns.queries, func.count()).group_by(*columns)
    counts: Counter[tuple[int, int, Intent | None]] = Counter()
    for person_id, number, intent, queries, count in session.execute(query):
        if frame.is_own(queries):
            counts[person_id, number, intent] += count
    return tuple(
        SpokeRow(
            person_id=person_id, week=weeks[number], praises=counts[person_id, number, Intent.PRAISE],
            complaints=counts[person_id, number, Intent.COMPLAINT],
        )
        for person_id, number in sorted({(person_id, number) for person_id, number, _ in counts})
    )  # fmt: skip


def _between(frame: Frame, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(
        Mention.brand_id == frame.brand_id, Mention.posted_at >= since, Mention.posted_at < until,
        Mention.state != MentionState.DELETED,
    )  # fmt: skip


def _praising(mine: ColumnElement[bool]) -> Select[int]:
    # Most people praise once; only the others can be advocates.
    return (
        select(Author.person_id)
        .join(Mention, Mention.author_id == Author.id)
        .where(mine, Mention.intent == Intent.PRAISE)
        .group_by(Author.person_id)
        .having(func.count() >= ADVOCACY_PRAISES)
    )


def _place(frame: Frame, weeks: tuple[Week, ...]) -> ColumnElement[int]:
    """The number of the week in which a mention was posted; weeks are the brand's, which no database knows."""
    ends = [(Mention.posted_at < week.bounds(frame.profile.zone)[1], place) for place, week in enumerate(weeks)]
    return case(*ends, else_=len(weeks) - 1)
