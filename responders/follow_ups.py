"""Dated promises to look again: after a case is resolved, or whenever a person plans one."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.errors import InvalidInput, NotFound
from domain.states import FollowUpState, change, sources_of
from domain.time import Clock
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.tables import Case, FollowUp

DEFAULT_NOTE = "Ask how things are since the case was resolved."


def plan(
    session: Session,
    *,
    brand_id: int,
    due_at: datetime,
    at: datetime,
    case_id: int | None = None,
    person_id: int | None = None,
    note: str = DEFAULT_NOTE,
    user_id: int | None = None,
    jobs: Jobs | None = None,
) -> FollowUp:
    """Plan to look again at `due_at`; with `jobs` it is surfaced by a delayed job, otherwise by `surface_due`."""
    if due_at < at:
        raise InvalidInput("A follow-up can't lie in the past; choose a later date.")
    row = FollowUp(
        brand_id=brand_id, case_id=case_id, person_id=person_id, state=FollowUpState.PLANNED, due_at=due_at,
        note=note.strip() or DEFAULT_NOTE,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, row, "follow_up.planned", at=at, user_id=user_id)
    if jobs is not None:
        job = Job(kind=JobKind.FOLLOW_UP, key=f"follow_up:{row.id}", ids=(row.id,), delay=due_at - at)
        jobs.enqueue(session, job)
    return row


def surface(database: Database, clock: Clock, follow_up_id: int) -> bool:
    """Make one planned follow-up due if its time has come; return whether it is due now. Safe to run twice."""
    with database.write() as session:
        row = session.get(FollowUp, follow_up_id, with_for_update=True)
        if row is None:
            return False
        if row.state is FollowUpState.PLANNED and row.due_at <= clock.now():
            _make_due(session, row, clock.now())
        return row.state is FollowUpState.DUE


def surface_due(database: Database, clock: Clock, brand_id: int) -> tuple[int, ...]:
    """Make the brand's follow-ups whose time has come due; return their ids."""
    now = clock.now()
    with database.write() as session:
        query = (
            select(FollowUp)
            .where(FollowUp.brand_id == brand_id, FollowUp.state == FollowUpState.PLANNED, FollowUp.due_at <= now)
            .order_by(FollowUp.due_at, FollowUp.id)
            .with_for_update()
        )
        rows = list(session.scalars(query))
        for row in rows:
            _make_due(session, row, now)
    return tuple(row.id for row in rows)


def finish(session: Session, *, follow_up_id: int, user_id: int, at: datetime) -> FollowUp:
    """Say that somebody looked again; raises InvalidTransition when it is done or cancelled already."""
    return _end(session, follow_up_id, FollowUpState.DONE, user_id=user_id, at=at)


def cancel(session: Session, *, follow_up_id: int, user_id: int | None, at: datetime) -> FollowUp:
    """Drop a follow-up; raises InvalidTransition when it is done or cancelled already."""
    return _end(session, follow_up_id, FollowUpState.CANCELLED, user_id=user_id, at=at)


def cancel_for_case(session: Session, *, case: Case, at: datetime) -> None:
    """Drop what was planned after a case that is open again: there is more to do than to ask."""
    session.execute(
        update(FollowUp)
        .where(FollowUp.case_id == case.id, FollowUp.state.in_(sources_of(FollowUpState.CANCELLED)))
        .values(state=FollowUpState.CANCELLED, done_at=at)
    )


def _end(
    session: Session, follow_up_id: int, wanted: FollowUpState, *, user_id: int | None, at: datetime
) -> FollowUp:  # fmt: skip
    row = session.get(FollowUp, follow_up_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no follow-up {follow_up_id}.")
    row.state = change(row.state, wanted, noun="follow-up")
    row.done_by, row.done_at = user_id, at
    _record(session, row, f"follow_up.{wanted}", at=at, user_id=user_id)
    return row


def _make_due(session: Session, row: FollowUp, at: datetime) -> None:
    row.state = change(row.state, FollowUpState.DUE, noun="follow-up")
    _record(session, row, "follow_up.due", at=at, user_id=None)


def _record(session: Session, row: FollowUp, action: str, *, at: datetime, user_id: int | None) -> None:
    audit.record(
        session, at=at, action=action, object_kind="follow_up", object_id=row.id, brand_id=row.brand_id,
        user_id=user_id, details={"case": row.case_id, "person": row.person_id},
    )  # fmt: skip
