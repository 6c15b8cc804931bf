"""Reads what one digest needs: a few queries, each bounded by the brand and a stretch of time."""

from datetime import datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from digests.frame import Frame
from digests.material import (
    AdvocateRow,
    CaseRow,
    ClockRow,
    GapRow,
    IdeaRow,
    IncidentRow,
    LedgerRow,
    Material,
    ReferralRow,
    SourceRow,
)
from digests.reading_mentions import read_models, read_said, read_week, was_answered
from digests.reading_trouble import read_trouble
from domain.states import MentionState
from storage.tables import (
    Author,
    Brand,
    Case,
    Idea,
    Incident,
    LedgerEntry,
    Mention,
    Person,
    SlaClock,
    Source,
    SourceGap,
)


def read_material(session: Session, frame: Frame) -> Material:
    """Return everything that the digest of `frame` is computed from."""
    first = frame.bounds(frame.weeks[0])[0]
    month = month_start(frame)
    brand_id = frame.brand_id
    return Material(
        weeks=tuple(read_week(session, frame, week) for week in frame.weeks),
        models=read_models(session, frame),
        said=read_said(session, frame),
        clocks=_clocks(session, brand_id, first),
        cases=_cases(session, brand_id, first, frame.as_of),
        ideas=_ideas(session, frame, first),
        advocates=_advocates(session, brand_id),
        sources=_sources(session, brand_id),
        gaps=_gaps(session, brand_id, first, frame.as_of),
        incidents=_incidents(session, frame),
        referrals=_referrals(session, frame),
        ledger_week=_ledger(session, brand_id, frame.since, frame.until),
        ledger_month=_ledger(session, brand_id, month, frame.until),
        trouble=read_trouble(session, frame),
        brand_created_at=session.scalar(select(Brand.created_at).where(Brand.id == brand_id)),
        first_posted_at=session.scalar(select(func.min(Mention.posted_at)).where(Mention.brand_id == brand_id)),
    )


def month_start(frame: Frame) -> datetime:
    """Return the first instant of the month in which the digest's week ends."""
    zone = frame.profile.zone
    last = frame.week.monday + timedelta(days=6)
    return datetime.combine(last.replace(day=1), time(), zone)


def _clocks(session: Session, brand_id: int, first: datetime) -> tuple[ClockRow, ...]:
    query = select(
        SlaClock.case_id, SlaClock.kind, SlaClock.state, SlaClock.started_at, SlaClock.due_at, SlaClock.stopped_at,
        SlaClock.paused_at,
    )  # fmt: skip
    query = query.where(SlaClock.brand_id == brand_id, or_(SlaClock.stopped_at.is_(None), SlaClock.stopped_at >= first))
    return tuple(ClockRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def _cases(session: Session, brand_id: int, first: datetime, as_of: datetime) -> tuple[CaseRow, ...]:
    query = (
        select(Case.id, Case.person_id, Case.theme, Case.priority, Case.opened_at, Case.resolved_at, Case.incident_id)
        .where(Case.brand_id == brand_id, Case.opened_at < as_of)
        .where(or_(Case.resolved_at.is_(None), Case.resolved_at >= first))
    )
    return tuple(CaseRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


def _ideas(session: Session, frame: Frame, first: datetime) -> tuple[IdeaRow, ...]:
    query = (
        select(Idea.mention_id, Idea.person_id, Idea.theme, Mention.posted_at, was_answered(frame).label("answered"))
        .join(Mention, Mention.id == Idea.mention_id)
        .where(Idea.brand_id == frame.brand_id, Mention.posted_at >= first, Mention.posted_at < frame.until)
        .where(Mention.state != MentionState.DELETED)
        .order_by(Mention.posted_at.desc(), Mention.id.desc())
    )
    return tuple(IdeaRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


def _advocates(session: Session, brand_id: int) -> tuple[AdvocateRow, ...]:
    query = select(Person.id, Person.advocate_since).where(
        Person.brand_id == brand_id, Person.advocate_since.is_not(None)
    )  # fmt: skip
    return tuple(AdvocateRow(person_id=key, since=since) for key, since in session.execute(query) if since is not None)


def _sources(session: Session, brand_id: int) -> tuple[SourceRow, ...]:
    query = select(Source.id, Source.key, Source.kind, Source.state, Source.enabled, Source.last_ok_at)
    query = query.where(Source.brand_id == brand_id).order_by(Source.id)
    return tuple(SourceRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


def _gaps(session: Session, brand_id: int, first: datetime, as_of: datetime) -> tuple[GapRow, ...]:
    query = (
        select(SourceGap.source_id, SourceGap.started_at, SourceGap.ended_at, SourceGap.reason)
        .where(SourceGap.brand_id == brand_id, SourceGap.started_at < as_of)
        .where(or_(SourceGap.ended_at.is_(None), SourceGap.ended_at > first))
        .order_by(SourceGap.started_at, SourceGap.id)
    )
    return tuple(GapRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001


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


def _ledger(session: Session, brand_id: int, since: datetime, until: datetime) -> tuple[LedgerRow, ...]:
    query = (
        select(
            LedgerEntry.kind, LedgerEntry.currency, func.sum(LedgerEntry.micros), func.sum(LedgerEntry.seconds),
            func.sum(LedgerEntry.calls), func.count(),
        )
        .where(LedgerEntry.brand_id == brand_id, LedgerEntry.at >= since, LedgerEntry.at < until)
        .group_by(LedgerEntry.kind, LedgerEntry.currency)
        .order_by(LedgerEntry.kind, LedgerEntry.currency)
    )  # fmt: skip
    return tuple(
        LedgerRow(kind=kind, currency=currency, micros=int(micros), seconds=int(seconds), calls=int(calls), entries=n)
        for kind, currency, micros, seconds, calls, n in session.execute(query)
    )
