"""How many drafts wait and cases are open, remembered for a few seconds so that no page waits for a count."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from domain.states import ClockState, ConversationState, FollowUpState, ReplyState
from domain.time import Clock
from storage.database import Database
from storage.queries.queue import count_queue
from storage.tables import Case, FollowUp, Reply, SlaClock

KEPT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandCounts:
    """What waits for people at one brand."""

    drafts: int
    cases: int
    overdue: int
    follow_ups: int
    troubled_replies: int


class Counts:
    """Counts by brand, at most five seconds old."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Start empty; nothing is counted until asked for."""
        self._database, self._clock = database, clock
        self._known: dict[int, tuple[datetime, BrandCounts]] = {}

    def of(self, brand_id: int) -> BrandCounts:
        """Return the brand's counts."""
        now = self._clock.now()
        kept = self._known.get(brand_id)
        if kept is None or not now - KEPT < kept[0] <= now:
            with self._database.read() as session:
                kept = (now, count_work(session, brand_id=brand_id, at=now))
            self._known[brand_id] = kept
        return kept[1]

    def forget(self, brand_id: int) -> None:
        """Count the brand again on the next page, after a change."""
        self._known.pop(brand_id, None)


def count_work(session: Session, *, brand_id: int, at: datetime) -> BrandCounts:
    """Count what waits at one brand."""
    open_cases = and_(Case.brand_id == brand_id, Case.state != ConversationState.RESOLVED)
    late = select(func.count(Case.id.distinct())).join(SlaClock, SlaClock.case_id == Case.id).where(
        open_cases, SlaClock.stopped_at.is_(None), SlaClock.paused_at.is_(None),
        (SlaClock.state == ClockState.MISSED) | ((SlaClock.state == ClockState.ACTIVE) & (SlaClock.due_at < at)),
    )  # fmt: skip
    due = select(func.count()).where(
        FollowUp.brand_id == brand_id, FollowUp.state.in_((FollowUpState.PLANNED, FollowUpState.DUE)),
        FollowUp.due_at <= at,
    )  # fmt: skip
    troubled = select(func.count()).where(
        Reply.brand_id == brand_id, Reply.state.in_((ReplyState.FAILED, ReplyState.UNKNOWN))
    )
    return BrandCounts(
        drafts=count_queue(session, brand_id=brand_id, at=at),
        cases=session.scalar(select(func.count()).where(open_cases)) or 0,
        overdue=session.scalar(late) or 0,
        follow_ups=session.scalar(due) or 0,
        troubled_replies=session.scalar(troubled) or 0,
    )
