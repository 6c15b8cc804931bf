"""Incidents: a wave of cases with one cause, told by many people complaining of one theme at once."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain.labels import Intent
from domain.states import MentionState
from domain.time import Clock
from storage import audit
from storage.database import Database
from storage.tables import Brand, Case, Incident, Mention

WINDOW = timedelta(hours=24)
BASELINE = timedelta(days=28)
CALM = timedelta(hours=24)
# At least so many people within the window, and so many times as many as on the usual day.
FEWEST, TIMES = 5, 4


def join_wave(session: Session, *, case: Case, mention: Mention, at: datetime) -> int | None:
    """Put a case into the open incident of its theme, opening one where this complaint makes a wave.

    Returns the incident's id only when it was opened now.
    """
    if case.theme is None:
        return None
    # This complaint counts from now on; the rest of the session is written later, in one go.
    session.execute(
        update(Mention).where(Mention.id == mention.id).values(case_id=case.id),
        execution_options={"synchronize_session": False, "autoflush": False},
    )
    if case.incident_id is not None:
        return None
    if _join_open(session, case, at):
        return None
    if not is_wave(session, brand_id=case.brand_id, theme=case.theme, at=mention.posted_at):
        return None
    # One worker at a time opens incidents for a brand; another may have done so while this one waited.
    session.execute(select(Brand.id).where(Brand.id == case.brand_id).with_for_update())
    if _join_open(session, case, at):
        return None
    return _open(session, case, mention.posted_at, at)


def is_wave(session: Session, *, brand_id: int, theme: str, at: datetime) -> bool:
    """Say whether the people who complained of `theme` in the day before `at` are many, and many more than usual."""
    people = count_people(session, brand_id=brand_id, theme=theme, start=at - WINDOW, end=at)
    if people < FEWEST:
        return False
    before = count_people(session, brand_id=brand_id, theme=theme, start=at - WINDOW - BASELINE, end=at - WINDOW)
    return people >= TIMES * before * (WINDOW / BASELINE)


def count_people(session: Session, *, brand_id: int, theme: str, start: datetime, end: datetime) -> int:
    """Return how many different people complained of `theme` after `start` up to `end`, by their cases."""
    query = (
        select(func.count(Mention.author_id.distinct()))
        .join(Case, Case.id == Mention.case_id)
        .where(Mention.brand_id == brand_id, Mention.intent == Intent.COMPLAINT, Case.theme == theme)
        .where(Mention.posted_at > start, Mention.posted_at <= end, Mention.state != MentionState.DELETED)
    )
    return session.scalar(query) or 0


def close_calm(database: Database, clock: Clock, brand_id: int) -> tuple[int, ...]:
    """Close the brand's incidents of which nobody complained for a day; return their ids. Safe to run twice."""
    now = clock.now()
    closed: list[int] = []
    with database.write() as session:
        query = select(Incident).where(Incident.brand_id == brand_id, Incident.closed_at.is_(None)).with_for_update()
        for incident in session.scalars(query).all():
            last = _last_complaint(session, incident)
            if max(last or incident.opened_at, incident.opened_at) >= now - CALM:
                continue
            incident.closed_at = now
            closed.append(incident.id)
            _record(session, incident, "incident.closed", at=now)
    return tuple(closed)


def _join_open(session: Session, case: Case, at: datetime) -> bool:
    incident = session.scalars(
        select(Incident)
        .where(Incident.brand_id == case.brand_id, Incident.cause == case.theme, Incident.closed_at.is_(None))
        .order_by(Incident.id)
    ).first()
    if incident is None:
        return False
    _join(session, incident, case, at)
    return True


def _open(session: Session, case: Case, reference: datetime, at: datetime) -> int:
    cases = session.scalars(
        select(Case)
        .join(Mention, Mention.case_id == Case.id)
        .where(Case.brand_id == case.brand_id, Case.theme == case.theme, Case.incident_id.is_(None))
        .where(Mention.posted_at > reference - WINDOW, Mention.posted_at <= reference)
        .distinct()
        .order_by(Case.id)
    ).all()
    first = min((each.opened_at for each in cases), default=reference)
    incident = Incident(brand_id=case.brand_id, cause=case.theme, opened_at=first)
    session.add(incident)
    session.flush()
    for each in cases:
        _join(session, incident, each, at)
    _record(session, incident, "incident.opened", at=at, cases=len(cases))
    return incident.id


def _join(session: Session, incident: Incident, case: Case, at: datetime) -> None:
    case.incident_id = incident.id
    case.version += 1
    audit.record(
        session, at=at, action="case.in_incident", object_kind="case", object_id=case.id, brand_id=case.brand_id,
        details={"incident": incident.id},
    )  # fmt: skip


def _last_complaint(session: Session, incident: Incident) -> datetime | None:
    query = (
        select(func.max(Mention.posted_at))
        .join(Case, Case.id == Mention.case_id)
        .where(Case.incident_id == incident.id, Mention.intent == Intent.COMPLAINT)
    )
    return session.scalar(query)


def _record(session: Session, incident: Incident, action: str, *, at: datetime, cases: int | None = None) -> None:
    audit.record(
        session, at=at, action=action, object_kind="incident", object_id=incident.id, brand_id=incident.brand_id,
        details={} if cases is None else {"cases": cases},
    )  # fmt: skip
