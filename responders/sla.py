"""The clocks of a case: first response, next response, resolution, counted in the brand's opening hours.

Clocks start when the mention reached us. A case that is pending waits for the customer, so all its clocks stand still;
a snoozed one pauses only its resolution, since the customer still waits for an answer. A clock past its time is missed
whether or not anybody looked; `stopped_at` then stays empty until the answer comes.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from config.brand.service import Target
from domain.labels import Priority
from domain.states import ClockState, change
from domain.time import Clock
from responders.opening import Opening, add_open_time, open_time_between, opening_for
from storage import audit
from storage.database import Database
from storage.tables import Case, SlaClock


class ClockKind(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


RESPONSES = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE)


def start_clock(session: Session, *, case: Case, kind: ClockKind, profile: Profile, at: datetime) -> SlaClock:
    """Start one clock of a case at `at`, due after its priority's target in opening hours."""
    due = add_open_time(opening_for(profile), at, _target(profile, case.priority, kind))
    clock = SlaClock(
        brand_id=case.brand_id, case_id=case.id, kind=kind, state=ClockState.ACTIVE, started_at=at, due_at=due
    )
    session.add(clock)
    return clock


def _target(profile: Profile, priority: Priority, kind: ClockKind) -> timedelta:
    target: Target = profile.sla.of(priority)
    return {
        ClockKind.FIRST_RESPONSE: target.first_response,
        ClockKind.NEXT_RESPONSE: target.next_response,
        ClockKind.RESOLUTION: target.resolution,
    }[kind]


def awaits_answer(session: Session, case_id: int) -> bool:
    """Say whether the customer still waits: a response clock that nobody stopped, in time or late."""
    return bool(_unstopped(session, case_id, RESPONSES))


def note_response(session: Session, *, case_id: int, at: datetime) -> None:
    """Stop a case's response clocks, because an answer went out at `at`; call it in the transaction that says so."""
    for clock in _unstopped(session, case_id, RESPONSES):
        stop(clock, at)


def stop_all(session: Session, *, case_id: int, at: datetime) -> None:
    """Stop every clock of a case, because it was resolved at `at`."""
    for clock in _unstopped(session, case_id, tuple(ClockKind)):
        stop(clock, at)


def pause(session: Session, *, case_id: int, profile: Profile, at: datetime, kinds: Collection[ClockKind]) -> None:
    """Let clocks of these kinds stand still, and keep how much open time they had left."""
    for clock in _unstopped(session, case_id, kinds):
        if clock.state is not ClockState.ACTIVE or clock.paused_at is not None:
            continue
        if clock.due_at <= at:
            clock.state = change(clock.state, ClockState.MISSED, noun="clock")
            continue
        left = open_time_between(opening_for(profile), at, clock.due_at)
        clock.paused_at, clock.left_seconds = at, int(left.total_seconds())


def resume(session: Session, *, case_id: int, profile: Profile, at: datetime) -> None:
    """Let every paused clock of a case run on from `at` with the open time it had left."""
    for clock in _unstopped(session, case_id, tuple(ClockKind)):
        if clock.paused_at is None:
            continue
        left = timedelta(seconds=clock.left_seconds or 0)
        clock.due_at = add_open_time(opening_for(profile), at, left)
        clock.paused_at = clock.left_seconds = None


def retarget(session: Session, *, case: Case, profile: Profile, was: Priority, at: datetime) -> None:
    """Give a case's clocks the time of its new priority, less what they used under the one it had until `at`.

    The time that a clock stood still is used by nobody. One that has no time left is due at once.
    """
    hours = opening_for(profile)
    for clock in _unstopped(session, case.id, tuple(ClockKind)):
        if clock.state is not ClockState.ACTIVE:
            continue
        kind = ClockKind(clock.kind)
        left = _left(clock, hours, at) + _target(profile, case.priority, kind) - _target(profile, was, kind)
        if clock.paused_at is not None:
            clock.left_seconds = max(int(left.total_seconds()), 0)
        else:
            clock.due_at = add_open_time(hours, at, left)


def _left(clock: SlaClock, hours: Opening, at: datetime) -> timedelta:
    """How much open time a clock has left at an instant; less than nothing when it ran out before."""
    if clock.paused_at is not None:
        return timedelta(seconds=clock.left_seconds or 0)
    return open_time_between(hours, at, clock.due_at) - open_time_between(hours, clock.due_at, at)


def check_clocks(database: Database, clock: Clock, brand_id: int) -> tuple[int, ...]:
    """Mark the brand's clocks that ran out as missed; return the ids of their cases. Safe to run twice."""
    now = clock.now()
    with database.write() as session:
        query = (
            select(SlaClock)
            .where(SlaClock.brand_id == brand_id, SlaClock.state == ClockState.ACTIVE, SlaClock.paused_at.is_(None))
            .where(SlaClock.due_at < now)
            .order_by(SlaClock.id)
            .with_for_update()
        )
        late = list(session.scalars(query))
        for row in late:
            row.state = change(row.state, ClockState.MISSED, noun="clock")
            audit.record(
                session, at=now, action="clock.missed", object_kind="case", object_id=row.case_id, brand_id=brand_id,
                details={"kind": row.kind, "clock": row.id},
            )  # fmt: skip
    return tuple(dict.fromkeys(row.case_id for row in late))


def _unstopped(session: Session, case_id: int, kinds: Collection[ClockKind]) -> Sequence[SlaClock]:
    query = (
        select(SlaClock)
        .where(SlaClock.case_id == case_id, SlaClock.kind.in_([str(kind) for kind in kinds]))
        .where(SlaClock.stopped_at.is_(None), SlaClock.state != ClockState.HIT)
        .order_by(SlaClock.id)
    )
    return session.scalars(query).all()


def stop(clock: SlaClock, at: datetime) -> None:
    """Stop one clock at `at`: in time, or late if it ran out before."""
    if clock.state is ClockState.ACTIVE:
        in_time = clock.paused_at is not None or at <= clock.due_at
        clock.state = change(clock.state, ClockState.HIT if in_time else ClockState.MISSED, noun="clock")
    clock.stopped_at, clock.paused_at, clock.left_seconds = at, None, None
