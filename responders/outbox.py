"""The outbox: an approved reply is a row before it is a request. One claim, one request, then a state."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from config.secrets import MissingSecret
from domain.answers import Outcome, OutgoingReply, SendResult
from domain.errors import EarnestError
from domain.ports import Publisher
from domain.states import ReplyState, change
from domain.time import Clock
from platforms.credentials import MissingCredential
from responders.approval import is_on_record
from responders.errors import AnotherAccount
from responders.gate import account_for, permit
from responders.publishers.finding import Publishers
from responders.spending import note_lost, note_sending
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.brands import RevisionCache
from storage.tables import Brand, Installation, Mention, Reply

MOST_TRIES = 6
FIRST_LOOK = timedelta(seconds=5)
# A claim that is older than this belongs to a process that died: its request may have gone out.
CLAIM = timedelta(minutes=5)

OnSent = Callable[[Session, Reply, datetime], None]


class Outbox:
    """Sends what was approved, once. Every method may be killed anywhere and called again."""

    def __init__(
        self,
        *,
        database: Database,
        jobs: Jobs,
        clock: Clock,
        profiles: RevisionCache,
        publishers: Publishers,
        on_sent: OnSent,
    ) -> None:
        """`on_sent` runs in the transaction that records a reply as sent: it stops clocks and counts the contact."""
        self._database, self._jobs, self._clock = database, jobs, clock
        self._profiles, self._publishers, self._on_sent = profiles, publishers, on_sent

    def send(self, reply_id: int) -> ReplyState | None:
        """Claim the reply and send it; return its new state, None when there was nothing to claim."""
        claimed = self._claim(reply_id)
        if claimed is None:
            return None
        outgoing, publisher, attempt = claimed
        result = _send(publisher, outgoing)
        with self._database.write() as session:
            reply = session.get_one(Reply, reply_id, with_for_update=True)
            note_sending(session, reply=reply, attempt=attempt, result=result, now=self._clock.now())
            if reply.state is not ReplyState.SENDING or reply.attempts != attempt:
                # The claim ran out meanwhile; a look-up is on its way or a later try has it, and this answer is stale.
                return reply.state
            return self._settle(session, reply, result)

    def recover(self) -> list[int]:
        """Turn claims of processes that died into `unknown` and look them up; return the replies' ids."""
        stale = self._clock.now() - CLAIM
        with self._database.write() as session:
            ids = session.scalars(
                update(Reply)
                .where(Reply.state == ReplyState.SENDING, Reply.claimed_at < stale)
                .values(state=ReplyState.UNKNOWN, last_error="The program stopped while it was sending.")
                .returning(Reply.id)
            ).all()
            for reply_id in ids:
                reply = session.get_one(Reply, reply_id)
                profile = self._profiles.current_of(session, reply.brand_id).profile
                note_lost(session, reply=reply, profile=profile, now=self._clock.now())
                self._enqueue_look_up(session, reply, timedelta())
        return list(ids)

    def _claim(self, reply_id: int) -> tuple[OutgoingReply, Publisher, int] | None:
        now = self._clock.now()
        with self._database.write() as session:
            if sending_is_off(session):
                return None
            claimed = session.scalar(
                update(Reply)
                .where(Reply.id == reply_id, Reply.state == ReplyState.QUEUED)
                .values(state=ReplyState.SENDING, claimed_at=now, attempts=Reply.attempts + 1, next_try_at=None)
                .returning(Reply.id)
            )
            if claimed is None:
                return None
            reply = session.get_one(Reply, reply_id)
            publisher, refusal = self._way_out(session, reply)
            refusal = refusal or self._refusal(session, reply, publisher, now)
            if refusal or publisher is None:
                _fail(session, reply, refusal or "", now)
                return None
            if not _follow_thread(session, reply):
                # The part before isn't out yet; it will enqueue this one. No request was made, so no try counts.
                reply.state, reply.claimed_at = change(reply.state, ReplyState.QUEUED, noun="reply"), None
                reply.attempts -= 1
                return None
            return as_request(session, reply), publisher, reply.attempts

    def publisher_of(self, session: Session, reply: Reply) -> Publisher | None:
        """Return who sends `reply`; None when no publisher is set up for its brand and platform.

        Raises EarnestError where its account's settings or keys are wrong, or where another account answers by now.
        """
        profile = self._profiles.current_of(session, reply.brand_id).profile
        answering = account_for(profile, reply.platform)
        if answering not in {None, reply.account}:
            # What another account sends wasn't approved, and what ours sent isn't to be found there.
            raise AnotherAccount(
                f"The reply was approved for {reply.account}, and {answering} answers by now; let {reply.account} "
                "publish again, or answer by hand."
            )
        slug = session.scalars(select(Brand.slug).where(Brand.id == reply.brand_id)).one()
        return self._publishers.of(brand=slug, platform=reply.platform)

    def _way_out(self, session: Session, reply: Reply) -> tuple[Publisher | None, str | None]:
        """Return who sends, or why that can't be built: wrong settings are a person's to mend, not the engine's."""
        try:
            return self.publisher_of(session, reply), None
        except EarnestError as error:
            return None, str(error)

    def _refusal(self, session: Session, reply: Reply, publisher: Publisher | None, now: datetime) -> str | None:
        if publisher is None:
            return f"No publisher is set up for {reply.platform}; answer by hand, or connect the platform."
        if reply.mention_id is None:
            return "The post was erased; there is nothing left to answer."
        profile = self._profiles.current_of(session, reply.brand_id).profile
        # What went unattended has nobody's approval, but is bound to its exact text all the same.
        needed = 0 if reply.origin == "auto" else profile.approvals
        if reply.origin in {"desk", "auto"} and not is_on_record(session, reply, needed=needed):
            return "There is no approval on record for exactly this text; approve it again."
        mention = session.get_one(Mention, reply.mention_id)
        permission = permit(session, mention=mention, profile=profile, at=now, reply=reply)
        return None if permission.allowed else permission.reason

    def _settle(self, session: Session, reply: Reply, result: SendResult) -> ReplyState:
        now = self._clock.now()
        if result.outcome is Outcome.SENT:
            self.mark_sent(session, reply, external_id=result.external_id, url=result.url, at=now)
        elif result.outcome is Outcome.UNKNOWN:
            reply.state = change(reply.state, ReplyState.UNKNOWN, noun="reply")
            reply.last_error = result.message
            self._enqueue_look_up(session, reply, FIRST_LOOK)
        elif result.outcome is Outcome.REFUSED_BEFORE_ACTING and reply.attempts < MOST_TRIES:
            self.enqueue_send(session, reply, result.retry_after or timedelta(seconds=30) * 2**reply.attempts)
            reply.last_error = result.message
        else:
            _fail(session, reply, result.message, now)
        return reply.state

    def mark_sent(
        self, session: Session, reply: Reply, *, external_id: str | None, url: str | None, at: datetime
    ) -> None:
        """Record that `reply` is out, tell who listens, and let the next part of its thread follow."""
        reply.state = change(reply.state, ReplyState.SENT, noun="reply")
        _absorb_native(session, reply, external_id)
        reply.external_id, reply.url, reply.sent_at, reply.next_try_at = external_id, url, at, None
        reply.last_error = None
        session.flush()
        self._on_sent(session, reply, at)
        audit.record(
            session, at=at, action="reply.sent", object_kind="reply", object_id=reply.id, brand_id=reply.brand_id,
            details={"key": reply.key, "attempts": reply.attempts},
        )  # fmt: skip
        following = _part_after(session, reply)
        if following is not None and following.state is ReplyState.QUEUED:
            self.enqueue_send(session, following, timedelta())

    def enqueue_send(self, session: Session, reply: Reply, delay: timedelta) -> None:
        """Queue `reply` and wake a worker for it after `delay`."""
        if reply.state is not ReplyState.QUEUED:
            reply.state = change(reply.state, ReplyState.QUEUED, noun="reply")
        reply.claimed_at, reply.next_try_at = None, self._clock.now() + delay
        key = f"send:{reply.id}:{reply.attempts}.{reply.lookups}"
        self._jobs.enqueue(session, Job(kind=JobKind.SEND, key=key, ids=(reply.id,), delay=delay))

    def _enqueue_look_up(self, session: Session, reply: Reply, delay: timedelta) -> None:
        reply.next_try_at = self._clock.now() + delay
        key = f"look_up:{reply.id}:{reply.attempts}.{reply.lookups}"
        self._jobs.enqueue(session, Job(kind=JobKind.LOOK_UP, key=key, ids=(reply.id,), delay=delay))


def _send(publisher: Publisher, outgoing: OutgoingReply) -> SendResult:
    try:
        return publisher.send(outgoing)
    except (MissingCredential, MissingSecret) as error:
        # A key is asked for before anything goes out.
        return SendResult(outcome=Outcome.REJECTED, message=str(error), requests=0)


def as_request(session: Session, reply: Reply) -> OutgoingReply:
    """Return what is sent for `reply`."""
    mention = session.get(Mention, reply.mention_id) if reply.mention_id else None
    return OutgoingReply(
        key=reply.key, platform=reply.platform, account=reply.account, text=reply.text, in_reply_to=reply.in_reply_to,
        conversation_id=mention.external_id if mention else None, visibility=reply.visibility,
    )  # fmt: skip


def sending_is_off(session: Session) -> bool:
    """Say whether this installation may not send, because it looks like a copy (decision 13)."""
    return session.scalar(select(Installation.sending_off_reason)) is not None


def _follow_thread(session: Session, reply: Reply) -> bool:
    if reply.part == 1:
        return True
    before = session.scalars(
        select(Reply).where(Reply.draft_id == reply.draft_id, Reply.part == reply.part - 1)
    ).one()  # fmt: skip
    if before.state is not ReplyState.SENT:
        return False
    # Known to be out only by a person's word, it has no id: then this part answers what that one answered.
    reply.in_reply_to = before.external_id or before.in_reply_to
    return True


def _part_after(session: Session, reply: Reply) -> Reply | None:
    if reply.draft_id is None:
        return None
    query = select(Reply).where(Reply.draft_id == reply.draft_id, Reply.part == reply.part + 1)
    return session.scalars(query).one_or_none()


def _absorb_native(session: Session, reply: Reply, external_id: str | None) -> None:
    # A collector may have met the post while its fate was unknown, in words that the platform changed: it is one.
    if external_id is not None:
        same = (Reply.brand_id == reply.brand_id, Reply.platform == reply.platform, Reply.external_id == external_id)
        session.execute(delete(Reply).where(*same, Reply.origin == "native", Reply.id != reply.id))


def _fail(session: Session, reply: Reply, reason: str, at: datetime) -> None:
    reply.state = change(reply.state, ReplyState.FAILED, noun="reply")
    reply.last_error, reply.next_try_at = reason, None
    audit.record(
        session, at=at, action="reply.failed", object_kind="reply", object_id=reply.id, brand_id=reply.brand_id,
        details={"attempts": reply.attempts},
    )  # fmt: skip
