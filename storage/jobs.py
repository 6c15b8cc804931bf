"""Jobs: what is to be done soon, enqueued in the same transaction as the row it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session

from domain.time import Clock


class JobKind(StrEnum):
    """Every kind of job; its ids are row ids, never text."""

    COLLECT = "collect"  # source
    CLASSIFY = "classify"  # mentions
    ROUTE = "route"  # mentions
    REPROCESS = "reprocess"  # run, brand or 0, since (seconds since 1970) or 0, batch size, the last mention done
    SEND = "send"  # reply
    LOOK_UP = "look_up"  # reply
    SLA = "sla"  # brand
    FOLLOW_UP = "follow_up"  # follow-up
    DIGEST = "digest"  # brand, ISO week as yyyyww
    MAIL = "mail"  # digest mail
    ERASE = "erase"  # mentions that their platform deleted
    RECHECK = "recheck"  # source: asks whether what it brought still stands there
    NOTIFY = "notify"  # brand: tells its webhooks what was erased
    THREAD = "thread"  # conversation: reads the posts around it
    SWEEP = "sweep"  # none: picks up whatever a crash left behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to do; two jobs with one `key` are one job. `delay` puts it off."""

    kind: JobKind
    key: str
    ids: tuple[int, ...] = ()
    delay: timedelta = timedelta()


class Jobs(Protocol):
    """Where jobs are put; the engine behind it runs each at least once after the transaction commits."""

    def enqueue(self, session: Session, job: Job, /) -> None:
        """Put `job` into the same transaction as `session`; a key that is there already is left as it is."""
        ...


Handler = Callable[[tuple[int, ...]], None]


class MemoryJobs:
    """Jobs in memory, run when told: the engine of the tests, the one-shot demo and the benchmarks.

    Like the real engine it sees a job only after its transaction commits.
    """

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._clock = clock
        self._waiting: dict[str, tuple[datetime, Job]] = {}
        self._seen: set[str] = set()
        self._pending: WeakKeyDictionary[Session, list[tuple[datetime, Job]]] = WeakKeyDictionary()
        self.handlers: dict[JobKind, Handler] = {}

    def enqueue(self, session: Session, job: Job, /) -> None:
        """Keep `job` until `session` commits, then let it wait for its turn."""
        if session not in self._pending:
            self._pending[session] = []
            event.listen(session, "after_commit", self._keep)
            event.listen(session, "after_rollback", self._drop)
        self._pending[session].append((self._clock.now() + job.delay, job))

    def _keep(self, session: Session) -> None:
        for due, job in self._pending[session]:
            if job.key not in self._seen:
                self._seen.add(job.key)
                self._waiting[job.key] = (due, job)
        self._pending[session].clear()

    def _drop(self, session: Session) -> None:
        self._pending[session].clear()

    @property
    def waiting(self) -> tuple[Job, ...]:
        """The jobs not yet run, in the order they came."""
        return tuple(job for _, job in self._waiting.values())

    def run_due(self) -> int:
        """Run what is due until nothing more is; return how many jobs ran. A handler's exception comes through."""
        ran = 0
        while due := [job for at, job in self._waiting.values() if at <= self._clock.now()]:
            for job in due:
                del self._waiting[job.key]
                self.handlers[job.kind](job.ids)
                ran += 1
        return ran
