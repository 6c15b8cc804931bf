"""How a source is doing: its state after each reading, when it is tried again, and the gaps in its data."""

import random
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.posts import Signal, SignalKind
from domain.states import SourceState, may_become
from listener.spending import next_month
from storage.tables import Source, SourceGap

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
# However long a platform asks us to wait, we look again within this.
LONGEST_ASKED: Final = timedelta(days=1)

_STATES: Final = {
    SignalKind.RATE_LIMITED: SourceState.BACKING_OFF,
    SignalKind.UNAVAILABLE: SourceState.BACKING_OFF,
    SignalKind.BUDGET_SPENT: SourceState.PAUSED,
    SignalKind.REFUSED: SourceState.STOPPED,
    SignalKind.MISCONFIGURED: SourceState.STOPPED,
}


def note_signal(session: Session, *, source: Source, signal: Signal, zone: ZoneInfo, now: datetime) -> None:
    """Write down what stopped a reading, when it is tried again, and that data is missing from here on."""
    state = _STATES[signal.kind]
    source.failures += 1
    source.last_error, source.last_error_at = signal.message[:1000], now
    if state is not source.state and may_become(source.state, state):
        source.state = state
    source.retry_at = _retry_at(source, signal=signal, zone=zone, now=now)
    if _open_gap(session, source.id) is None:
        gap = SourceGap(
            brand_id=source.brand_id, source_id=source.id, reason=signal.message[:1000],
            started_at=source.last_ok_at or now, ended_at=None,
        )  # fmt: skip
        session.add(gap)


def note_success(session: Session, *, source: Source, now: datetime) -> None:
    """Write down that a source was read to its end: any gap is closed."""
    if source.state is not SourceState.ACTIVE and may_become(source.state, SourceState.ACTIVE):
        source.state = SourceState.ACTIVE
    source.failures, source.retry_at, source.last_ok_at = 0, None, now
    session.execute(
        update(SourceGap).where(SourceGap.source_id == source.id, SourceGap.ended_at.is_(None)).values(ended_at=now)
    )


def restart_source(session: Session, *, source_id: int, now: datetime) -> bool:
    """Let a source be read at once, after a person mended it; False when there is no such source or none is needed."""
    found = session.execute(
        update(Source)
        .where(Source.id == source_id, Source.state != SourceState.ACTIVE)
        .values(state=SourceState.ACTIVE, failures=0, retry_at=now)
        .returning(Source.id)
    )
    return found.scalar() is not None


def wait_after(failures: int, *, spread: float) -> timedelta:
    """Return how long to wait after so many failures in a row: 30 s, doubled each time, at most an hour.

    `spread` between 0 and 1 moves it by up to a fifth either way, so that sources don't all come back at once.
    """
    doublings = max(0, min(failures - 1, 16))
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return wait * (0.8 + 0.4 * spread)


def _retry_at(source: Source, *, signal: Signal, zone: ZoneInfo, now: datetime) -> datetime | None:
    if source.state is SourceState.STOPPED:
        return None
    if signal.retry_after is not None:
        return now + min(max(signal.retry_after, timedelta(seconds=1)), LONGEST_ASKED)
    if source.state is SourceState.PAUSED:
        return next_month(now, zone)
    return now + wait_after(source.failures, spread=random.random())  # noqa: S311 - not a secret


def _open_gap(session: Session, source_id: int) -> int | None:
    return session.scalar(
        select(SourceGap.id).where(SourceGap.source_id == source_id, SourceGap.ended_at.is_(None)).limit(1)
    )
