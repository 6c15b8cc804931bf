"""How much waits for people, remembered for a few seconds so that no page waits for a count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from domain.labels import INTENTS, Intent
from domain.states import ClockState, ConversationState, FollowUpState, MentionState, ReplyState
from domain.time import Clock
from storage.database import Database
from storage.queries.kept import Kept
from storage.queries.queue import count_queue
from storage.tables import Case, FollowUp, Mention, Reply, SlaClock

KEPT = timedelta(seconds=5)
WEEK = timedelta(days=7)
LIVING = tuple(state for state in ConversationState if state is not ConversationState.RESOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandCounts:
    """What waits for people at one brand."""

    drafts: int
    cases: int
    overdue: int
    follow_ups: int
    troubled_replies: int


class Counts:
    """Counts by brand, at most five seconds old; safe for several threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Start empty; nothing is counted until asked for."""
        self._database, self._clock = database, clock
        self._work = Kept(self._count_work, clock=clock, age=KEPT)
        self._intents = Kept(self._count_intents, clock=clock, age=KEPT)

    def of(self, brand_id: int) -> BrandCounts:
        """Return what waits at the brand."""
        return self._work.of(brand_id)

    def intents(self, brand_id: int) -> Mapping[Intent, int]:
        """Return how many mentions of each intent were posted in the last seven days."""
        return self._intents.of(brand_id)

    def forget(self, brand_id: int) -> None:
        """Count the brand again on the next page, after a change."""
        self._work.forget(brand_id)
        self._intents.forget(brand_id)

    def _count_work(self, brand_id: int) -> BrandCounts:
        with self._database.read() as session:
            return count_work(session, brand_id=brand_id, at=self._clock.now())

    def _count_intents(self, brand_id: int) -> Mapping[Intent, int]:
        with self._database.read() as session:
            return count_intents(session, brand_id=brand_id, since=self._clock.now() - WEEK)


def count_intents(session: Session, *, brand_id: int, since: datetime) -> dict[Intent, int]:
    """Count the brand's mentions posted since `since` by intent, each along its own stretch of the index."""
    counts: dict[Intent, int] = {}
    for intent in (*INTENTS, Intent.ABSTAINED):
        query = select(func.count()).where(
            Mention.brand_id == brand_id, Mention.intent == intent, Mention.posted_at >= since,
            Mention.state != MentionState.DELETED,
        )  # fmt: skip
        counts[intent] = session.scalar(query) or 0
    return counts


def count_work(session: Session, *, brand_id: int, at: datetime) -> BrandCounts:
    """Count what waits at one brand."""
    open_cases = and_(Case.brand_id == brand_id, Case.state.in_(LIVING))
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
