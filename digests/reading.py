"""Reads what one digest needs: a few queries, each bounded by the brand and a stretch of time."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from digests.frame import Frame
from digests.material import (
    CaseRow,
    ClockRow,
    IdeaRow,
    IncidentRow,
    Material,
    ReferralRow,
)
from digests.reading_ledger import read_ledger
from digests.reading_mentions import OPTED_OUT, read_models, read_said, read_week, was_answered
from digests.reading_people import read_spoke
from digests.reading_sources import read_beginnings, read_gaps, read_sources
from digests.reading_trouble import read_trouble
from domain.states import MentionState, ReplyState
from storage.tables import (
    Author,
    Case,
    Idea,
    Incident,
    Mention,
    Person,
    Reply,
    SlaClock,
)


def read_material(session: Session, frame: Frame) -> Material:
    """Return everything that the digest of `frame` is computed from."""
    first = frame.bounds(frame.weeks[0])[0]
    brand_id = frame.brand_id
    return Material(
        weeks=tuple(read_week(session, frame, week) for week in frame.weeks),
        models=read_models(session, frame),
        said=read_said(session, frame),
        clocks=_clocks(session, brand_id, first),
        cases=_cases(session, brand_id, first, frame.as_of),
        ideas=_ideas(session, frame, first),
        spoke=read_spoke(session, frame),
        sources=read_sources(session, brand_id),
        gaps=read_gaps(session, brand_id, first, frame.as_of),
        incidents=_incidents(session, frame),
        referrals=_referrals(session, frame),
        **read_ledger(session, frame),
        trouble=read_trouble(session, frame),
        **read_beginnings(session, brand_id),
    )


def _clocks(session: Session, brand_id: int, first: datetime) -> tuple[ClockRow, ...]:
    query = select(
        SlaClock.case_id, SlaClock.kind, SlaClock.state, SlaClock.started_at, SlaClock.due_at, SlaClock.stopped_at,
        SlaClock.paused_at, _was_answered().label("answered"), OPTED_OUT,
    ).join(Case, Case.id == SlaClock.case_id).join(Person, Person.id == Case.person_id)  # fmt: skip
    query = query.where(SlaClock.brand_id == brand_id, or_(SlaClock.stopped_at.is_(None), SlaClock.stopped_at >= first))
    return tuple(ClockRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def _was_answered() -> ColumnElement[bool]:
    """Resolving a case stops its clocks as well; only a reply that was out by then is an answer."""
    # One that was typed on the platform may be older than our knowing of the post.
    early = and_(Reply.sent_at <= SlaClock.stopped_at, Reply.sent_at >= SlaClock.started_at)
    return (
        select(Reply.id)
        .where(Reply.conversation_id == Case.conversation_id, Reply.state == ReplyState.SENT)
        .where(or_(early, Reply.sent_at == SlaClock.stopped_at))
        .correlate(Case, SlaClock)
        .exists()
    )


def _cases(session: Session, brand_id: int, first: datetime, as_of: datetime) -> tuple[CaseRow, ...]:
    query = (
        select(Case.id, Case.person_id, Case.theme, Case.priority, Case.opened_at, Case.resolved_at, Case.incident_id)
        .where(Case.brand_id == brand_id, Case.opened_at < as_of)
        .where(or_(Case.resolved_at.is_(None), Case.resolved_at >= first))
    )
    return tuple(CaseRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


def _ideas(session: Session, frame: Frame, first: datetime) -> tuple[IdeaRow, ...]:
    query = (
        select(
            Idea.mention_id, Idea.person_id, Idea.theme, Mention.posted_at, was_answered(frame).label("answered"),
            Mention.queries, Mention.platform, Mention.counted_only, OPTED_OUT,
        )
        .join(Mention, Mention.id == Idea.mention_id)
        .outerjoin(Person, Person.id == Idea.person_id)
        .where(Idea.brand_id == frame.brand_id, Mention.posted_at >= first, Mention.posted_at < frame.until)
        .where(Mention.state != MentionState.DELETED)
        .order_by(Mention.posted_at.desc(), Mention.id.desc())
    )  # fmt: skip
    return tuple(IdeaRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


def _incidents(session: Session, frame: Frame) -> tuple[IncidentRow, ...]:
    query = (
        select(Incident.id, Incident.cause, Incident.opened_at, Incident.closed_at)
        .where(Incident.brand_id == frame.brand_id, Incident.opened_at < frame.until)
        .where(or_(Incident.closed_at.is_(None), Incident.closed_at >= frame.since))
        .order_by(Incident.opened_at, Incident.id)
    )
    return tuple(IncidentRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


def _referrals(session: Session, frame: Frame) -> tuple[ReferralRow, ...]:
    first = func.min(Mention.posted_at)
    query = (
        select(Person.id, Person.referred_by)
        .join(Author, Author.person_id == Person.id)
        .join(Mention, Mention.author_id == Author.id)
        .where(Person.brand_id == frame.brand_id, Person.referred_by.is_not(None))
        .group_by(Person.id, Person.referred_by)
        .having(first >= frame.since, first < frame.until)
        .order_by(Person.id)
    )
    return tuple(ReferralRow(person_id=key, referred_by=by) for key, by in session.execute(query) if by is not None)
