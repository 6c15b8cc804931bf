"""Replies whose fate isn't known: looked up over the platform's lag, then a person decides. Never blindly retried."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.answers import LookUp
from domain.errors import EarnestError, NotFound, StaleWrite
from domain.states import DraftState, ReplyState, change
from domain.time import Clock
from responders.outbox import Outbox, as_request
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.tables import Draft, Installation, Reply

# Looks are spread over twice the lag that the platform states, the first ones close together.
LOOKS = (0.1, 0.25, 0.5, 1.0, 2.0)
SHORTEST = timedelta(seconds=5)

_log = structlog.get_logger(__name__)


class UnknownReplies:
    """Finds out what became of a reply, or takes a person's word for it."""

    def __init__(self, *, database: Database, jobs: Jobs, clock: Clock, outbox: Outbox) -> None:
        """`outbox` sends again what is certainly not out."""
        self._database, self._jobs, self._clock, self._outbox = database, jobs, clock, outbox

    def look_up(self, reply_id: int) -> ReplyState | None:
        """Look for the reply on its platform once; return its state now, None when it isn't unknown any more."""
        with self._database.read() as session:
            reply = session.get(Reply, reply_id)
            if reply is None or reply.state is not ReplyState.UNKNOWN:
                return None
            asked_at = (reply.attempts, reply.lookups)
            try:
                request, publisher = as_request(session, reply), self._outbox.publisher_of(session, reply)
            except EarnestError:
                # Its account can't be asked with; what became of the reply stays unknown, and the desk shows it.
                publisher = None
        if publisher is None:
            return ReplyState.UNKNOWN
        found = publisher.find_reply(request)
        if found.message:
            _log.warning("a look for a reply failed", reply=reply_id, why=found.message)
        with self._database.write() as session:
            reply = session.get_one(Reply, reply_id, with_for_update=True)
            if reply.state is not ReplyState.UNKNOWN or (reply.attempts, reply.lookups) != asked_at:
                # Somebody else looked or sent meanwhile: what was seen before that says nothing of it.
                return reply.state
            reply.lookups += 1
            if found.found is LookUp.FOUND:
                self._outbox.mark_sent(
                    session, reply, external_id=found.external_id, url=found.url, at=self._clock.now()
                )
            elif found.found is LookUp.ABSENT_FOR_CERTAIN:
                self._outbox.enqueue_send(session, reply, timedelta())
            else:
                self._look_again(session, reply, publisher.lag)
            return reply.state

    def _look_again(self, session: Session, reply: Reply, lag: timedelta) -> None:
        if reply.lookups >= len(LOOKS):
            # Nothing more to learn by looking: the desk asks a person.
            reply.next_try_at = None
            return
        delay = max(lag * LOOKS[reply.lookups], SHORTEST)
        reply.next_try_at = self._clock.now() + delay
        key = f"look_up:{reply.id}:{reply.attempts}.{reply.lookups}"
        self._jobs.enqueue(session, Job(kind=JobKind.LOOK_UP, key=key, ids=(reply.id,), delay=delay))

    def decide_sent(self, *, reply_id: int, user_id: int, url: str | None = None) -> None:
        """Take a person's word that the reply is out; raises StaleWrite when it neither failed nor is in doubt."""
        with self._database.write() as session:
            reply = self._load_troubled(session, reply_id)
            self._outbox.mark_sent(session, reply, external_id=None, url=url, at=self._clock.now())
            self._note(session, reply, user_id, "decided_sent")

    def decide_resend(self, *, reply_id: int, user_id: int) -> None:
        """Send again because a person looked and it isn't there, or because a failure was mended.

        Raises StaleWrite when the reply neither failed nor is in doubt: somebody else had it sent meanwhile.
        """
        with self._database.write() as session:
            reply = self._load_troubled(session, reply_id)
            reply.lookups += 1
            self._outbox.enqueue_send(session, reply, timedelta())
            self._note(session, reply, user_id, "decided_resend")

    def withdraw(self, *, reply_id: int, user_id: int) -> None:
        """Never send the reply, nor the parts of its thread that wait for it; what is sent can't be withdrawn here.

        When nothing of it went out, the post may be answered anew.
        """
        with self._database.write() as session:
            reply = self._load(session, reply_id)
            for each in (reply, *_parts_after(session, reply)):
                each.state = change(each.state, ReplyState.WITHDRAWN, noun="reply")
                each.next_try_at = None
                self._note(session, each, user_id, "withdrawn")
            session.flush()
            _let_go(session, reply, self._clock.now())

    def _load(self, session: Session, reply_id: int) -> Reply:
        reply = session.scalars(select(Reply).where(Reply.id == reply_id).with_for_update()).one_or_none()
        if reply is None:
            raise NotFound(f"There is no reply {reply_id}; it may have been erased with its post.")
        return reply

    def _load_troubled(self, session: Session, reply_id: int) -> Reply:
        reply = self._load(session, reply_id)
        # Asked under the lock: a reply on its way, sent again, would reach the customer twice.
        if reply.state not in {ReplyState.FAILED, ReplyState.UNKNOWN}:
            raise StaleWrite(f"This reply is {reply.state} by now; reload the page and look again.")
        return reply

    def _note(self, session: Session, reply: Reply, user_id: int, what: str) -> None:
        audit.record(
            session, at=self._clock.now(), action=f"reply.{what}", object_kind="reply", object_id=reply.id,
            brand_id=reply.brand_id, user_id=user_id,
        )  # fmt: skip


def _parts_after(session: Session, reply: Reply) -> Sequence[Reply]:
    if reply.draft_id is None:
        return ()
    query = select(Reply).where(
        Reply.draft_id == reply.draft_id, Reply.part > reply.part, Reply.state == ReplyState.QUEUED
    )
    return session.scalars(query.order_by(Reply.part).with_for_update()).all()


def _let_go(session: Session, reply: Reply, at: datetime) -> None:
    # A post has one living draft: this one would keep it from ever being answered.
    if reply.draft_id is None:
        return
    left = select(Reply.id).where(Reply.draft_id == reply.draft_id, Reply.state != ReplyState.WITHDRAWN)
    draft = session.get_one(Draft, reply.draft_id, with_for_update=True)
    if draft.state is DraftState.APPROVED and session.scalar(left.limit(1)) is None:
        draft.state = change(draft.state, DraftState.EXPIRED, noun="draft")
        draft.updated_at, draft.version = at, draft.version + 1


def look_up_doubted(session: Session, jobs: Jobs, *, at: datetime) -> int:
    """Look for the replies that were doubted, once an operator confirmed that this is no copy; return how many."""
    query = select(Reply).where(
        Reply.state == ReplyState.UNKNOWN, Reply.next_try_at.is_(None), Reply.lookups < len(LOOKS)
    )
    doubted = session.scalars(query.order_by(Reply.id).with_for_update()).all()
    for reply in doubted:
        reply.next_try_at = at
        key = f"look_up:{reply.id}:{reply.attempts}.{reply.lookups}.confirmed.{int(at.timestamp())}"
        jobs.enqueue(session, Job(kind=JobKind.LOOK_UP, key=key, ids=(reply.id,)))
    return len(doubted)


def doubt_everything(session: Session) -> int:
    """Turn `queued` and `sending` into `unknown` where this installation looks like a copy; return how many."""
    off = session.scalar(select(Installation.sending_off_reason))
    if off is None:
        return 0
    doubted = session.execute(
        update(Reply)
        .where(Reply.state.in_((ReplyState.QUEUED, ReplyState.SENDING)))
        .values(state=ReplyState.UNKNOWN, last_error=off, next_try_at=None)
        .returning(Reply.id)
    )
    return len(doubted.all())
