"""Replies whose fate isn't known: looked up over the platform's lag, then a person decides. Never blindly retried."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.answers import LookUp
from domain.errors import NotFound
from domain.states import ReplyState, change
from domain.time import Clock
from responders.outbox import Outbox, as_request
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.tables import Installation, Reply

# Looks are spread over twice the lag that the platform states, the first ones close together.
LOOKS = (0.1, 0.25, 0.5, 1.0, 2.0)
SHORTEST = timedelta(seconds=5)


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
            request, publisher = as_request(session, reply), self._outbox.publisher_of(session, reply)
        if publisher is None:
            return ReplyState.UNKNOWN
        found = publisher.find_reply(request)
        with self._database.write() as session:
            reply = session.get_one(Reply, reply_id)
            if reply.state is not ReplyState.UNKNOWN:
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
        """Take a person's word that the reply is out."""
        with self._database.write() as session:
            reply = self._load(session, reply_id)
            self._outbox.mark_sent(session, reply, external_id=None, url=url, at=self._clock.now())
            self._note(session, reply, user_id, "decided_sent")

    def decide_resend(self, *, reply_id: int, user_id: int) -> None:
        """Send again because a person looked and it isn't there, or because a failure was mended."""
        with self._database.write() as session:
            reply = self._load(session, reply_id)
            reply.lookups += 1
            self._outbox.enqueue_send(session, reply, timedelta())
            self._note(session, reply, user_id, "decided_resend")

    def withdraw(self, *, reply_id: int, user_id: int) -> None:
        """Never send the reply; what is sent can't be withdrawn here."""
        with self._database.write() as session:
            reply = self._load(session, reply_id)
            reply.state = change(reply.state, ReplyState.WITHDRAWN, noun="reply")
            reply.next_try_at = None
            self._note(session, reply, user_id, "withdrawn")

    def _load(self, session: Session, reply_id: int) -> Reply:
        reply = session.scalars(select(Reply).where(Reply.id == reply_id).with_for_update()).one_or_none()
        if reply is None:
            raise NotFound(f"There is no reply {reply_id}; it may have been erased with its post.")
        return reply

    def _note(self, session: Session, reply: Reply, user_id: int, what: str) -> None:
        audit.record(
            session, at=self._clock.now(), action=f"reply.{what}", object_kind="reply", object_id=reply.id,
            brand_id=reply.brand_id, user_id=user_id,
        )  # fmt: skip


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
