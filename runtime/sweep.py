"""The sweep: rows that a crash, a failed job or a lost one left behind get a fresh job."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from domain.states import MailState, MentionState, ReplyState
from domain.time import Clock
from listener.deletions import find_unerased
from listener.notices import brands_waiting
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.moving import in_state
from storage.tables import DigestMail, Mention, Reply

# What is younger still has its own job.
SETTLED = timedelta(minutes=1)
# A digest's mail is claimed for as long as one conversation with a mail server may take, and more.
CLAIM = timedelta(minutes=10)
# How far back deletions without a receipt are looked for; a restored backup may be some weeks old.
ERASABLE = timedelta(days=30)
CHUNK = 64
MOST = 10_000

_log = structlog.get_logger(__name__)


class Sweep:
    """Finds what stands still and wakes it; where jobs of a kind wait, that kind is only late and is left alone."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        clock: Clock,
        *,
        recover_replies: Callable[[], Sequence[int]],
        is_busy: Callable[[JobKind], bool],
    ) -> None:
        """`recover_replies` turns the outbox's dead claims into `unknown`; `is_busy` says whether such jobs wait."""
        self._database, self._jobs, self._clock = database, jobs, clock
        self._recover_replies, self._is_busy = recover_replies, is_busy

    def run(self) -> dict[JobKind, int]:
        """Enqueue fresh jobs for what was left behind; return how many of each kind."""
        recovered = self._recover_replies()
        if recovered:
            _log.warning("claims of a process that died", replies=list(recovered))
        found = {
            JobKind.CLASSIFY: self._wake_mentions(MentionState.COLLECTED, JobKind.CLASSIFY),
            JobKind.ROUTE: self._wake_mentions(MentionState.CLASSIFIED, JobKind.ROUTE),
            JobKind.SEND: self._wake_replies(ReplyState.QUEUED, JobKind.SEND),
            JobKind.LOOK_UP: self._wake_replies(ReplyState.UNKNOWN, JobKind.LOOK_UP),
            JobKind.MAIL: self._wake_mails(),
            JobKind.ERASE: self._wake_erasures(),
            JobKind.NOTIFY: self._wake_notices(),
        }
        woken = {kind: count for kind, count in found.items() if count}
        if woken:
            _log.warning("left behind and taken up again", **{kind.value: count for kind, count in woken.items()})
        return woken

    def _wake_mentions(self, state: MentionState, kind: JobKind) -> int:
        if self._is_busy(kind):
            return 0
        settled = self._clock.now() - SETTLED
        query = select(Mention.id).where(in_state(state), Mention.collected_at < settled)
        with self._database.write() as session:
            ids = session.scalars(query.order_by(Mention.id).limit(MOST)).all()
            chunks = list(_chunks(ids))
            for chunk in chunks:
                self._enqueue(session, kind, f"{chunk[0]}-{chunk[-1]}", chunk)
        return len(chunks)

    def _wake_erasures(self) -> int:
        if self._is_busy(JobKind.ERASE):
            return 0
        now = self._clock.now()
        with self._database.write() as session:
            ids = find_unerased(session, since=now - ERASABLE, until=now - SETTLED, limit=MOST)
            chunks = list(_chunks(ids))
            for chunk in chunks:
                self._enqueue(session, JobKind.ERASE, f"{chunk[0]}-{chunk[-1]}", chunk)
        return len(chunks)

    def _wake_notices(self) -> int:
        if self._is_busy(JobKind.NOTIFY):
            return 0
        with self._database.write() as session:
            brands = brands_waiting(session, now=self._clock.now() - SETTLED)
            for brand_id in brands:
                self._enqueue(session, JobKind.NOTIFY, str(brand_id), (brand_id,))
        return len(brands)

    def _wake_replies(self, state: ReplyState, kind: JobKind) -> int:
        settled = self._clock.now() - SETTLED
        due = Reply.next_try_at < settled
        if state is ReplyState.QUEUED:
            # An unknown reply without a next look waits for a person.
            due = or_(due, Reply.next_try_at.is_(None) & (Reply.created_at < settled))
        return self._wake(kind, Reply, Reply.state == state, due)

    def _wake_mails(self) -> int:
        now = self._clock.now()
        queued = (DigestMail.state == MailState.QUEUED) & (DigestMail.created_at < now - SETTLED)
        dead = (DigestMail.state == MailState.SENDING) & (DigestMail.claimed_at < now - CLAIM)
        return self._wake(JobKind.MAIL, DigestMail, or_(queued, dead))

    def _wake(self, kind: JobKind, row: type[Reply | DigestMail], *which: ColumnElement[bool]) -> int:
        if self._is_busy(kind):
            return 0
        with self._database.write() as session:
            ids = session.scalars(select(row.id).where(*which).order_by(row.id).limit(MOST)).all()
            for row_id in ids:
                self._enqueue(session, kind, str(row_id), (row_id,))
        return len(ids)

    def _enqueue(self, session: Session, kind: JobKind, what: str, ids: Sequence[int]) -> None:
        key = f"{kind.value}:{what}:sweep:{_minute(self._clock.now())}"
        self._jobs.enqueue(session, Job(kind=kind, key=key, ids=tuple(ids)))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
