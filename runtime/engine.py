"""The engine: one process's workers on DBOS, which run the jobs that DurableJobs enqueued."""

import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from time import monotonic

import structlog
from dbos import DBOS, WorkflowSerializationFormat

from domain.errors import EarnestError
from runtime.durable import APPLICATION, APPLICATION_VERSION, SCHEMA, DurableJobs, build_engine, quiet_library
from runtime.places import describe
from runtime.presence import Presence
from runtime.queues import PLANS, QueueName, lanes, wait_after
from runtime.takeover import take_over
from storage.database import Database
from storage.jobs import Handler, Job, JobKind

# A job that takes its process down with it this often is left alone and shown.
MOST_RECOVERIES = 50
KEEP_EVERY = 2.0

_log = structlog.get_logger(__name__)


class JobFailed(EarnestError):
    """A job raised in its last attempt; the health page shows it, and the sweep takes its rows up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One attempt that ended: `outcome` is done, retried or failed."""

    kind: JobKind
    outcome: str
    seconds: float


class Engine:
    """Runs jobs until stopped; one a process, because the library behind it is."""

    def __init__(
        self,
        database: Database,
        *,
        jobs: DurableJobs,
        handlers: Mapping[JobKind, Handler],
        presence: Presence,
        concurrency: int = 8,
        polling_seconds: float = 0.05,
        queues: Collection[QueueName] = tuple(QueueName),
        on_run: Callable[[JobRun], None] = lambda _run: None,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        """Start nothing yet; jobs outside `queues` are left to other processes.

        `on_lost` is called when another process took this one's place: end at once then.
        """
        self._database = database
        self._jobs = jobs
        self._queues = frozenset(queues)
        self._handlers = {kind: handler for kind, handler in handlers.items() if PLANS[kind].queue in self._queues}
        self._presence = presence
        self._concurrency = concurrency
        self._polling = polling_seconds
        self._on_run, self._on_lost = on_run, on_lost
        self._running: set[str] = set()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="earnest-keeper", daemon=True)

    @property
    def running(self) -> frozenset[str]:
        """The keys of the jobs that run at this moment."""
        return frozenset(self._running)

    def start(self) -> None:
        """Take the place, bring the library's tables up to date, take up this place's old jobs, and work."""
        self._presence.acquire()
        self._sql = build_engine(self._database, connections=self._concurrency * 2 + 8)
        quiet_library()
        DBOS(
            config={
                "name": APPLICATION,
                "application_version": APPLICATION_VERSION,
                "executor_id": self._presence.executor_id,
                "system_database_engine": self._sql,
                "dbos_system_schema": SCHEMA,
                "notification_listener_polling_interval_sec": 0.25,
                "log_level": "WARNING",
            }
        )
        for kind in self._handlers:
            self._register(kind)
        DBOS.listen_queues([name.value for name in self._queues])
        DBOS.launch()
        for name, lane in lanes(concurrency=self._concurrency, polling_seconds=self._polling).items():
            if name not in self._queues:
                continue
            DBOS.register_queue(
                name.value,
                worker_concurrency=lane.width,
                polling_interval_sec=lane.polling_seconds,
                on_conflict="always_update",
            )
        self._keeper.start()
        _log.info("engine started", executor=self._presence.executor_id, leads=self._presence.is_leader)

    def stop(self, *, grace: float = 3.0) -> bool:
        """Take no more jobs, give those that run `grace` seconds, and leave; False when some still ran.

        What still runs then is taken up again by the next start: every job may be run twice.
        """
        self._stopping.set()
        # The library looks once a second; with nothing running there is nothing to wait for.
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=ceil(grace) if self._running else 0)
        left = self.running
        with suppress(RuntimeError):
            self._keeper.join(timeout=1)
        self._sql.dispose()
        self._presence.release()
        _log.info("engine stopped", left_running=len(left))
        return not left

    def _register(self, kind: JobKind) -> None:
        def run(ids: list[int], attempt: int) -> str:
            return self._run(kind, str(DBOS.workflow_id), tuple(ids), attempt)

        DBOS.workflow(
            name=kind.value,
            max_recovery_attempts=MOST_RECOVERIES,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
        )(run)

    def _run(self, kind: JobKind, key: str, ids: tuple[int, ...], attempt: int) -> str:
        started = monotonic()
        outcome = "done"
        self._running.add(key)
        try:
            self._handlers[kind](ids)
        except Exception as error:  # noqa: BLE001 - whatever a job raises, it is retried or shown
            outcome = "failed"
            outcome = self._retry(Job(kind=kind, key=key, ids=ids), attempt, describe(error))
        finally:
            self._running.discard(key)
            self._on_run(JobRun(kind=kind, outcome=outcome, seconds=monotonic() - started))
        return outcome

    def _retry(self, job: Job, attempt: int, error: str) -> str:
        _log.warning("job failed", key=job.key, kind=job.kind.value, attempt=attempt, error=error)
        if attempt >= PLANS[job.kind].attempts:
            raise JobFailed(f"{job.kind.value} failed {attempt} time(s), the last time with {error}.") from None
        again = replace(job, key=f"{job.key.partition('~')[0]}~{attempt + 1}", delay=wait_after(attempt))
        try:
            with self._database.write() as session:
                self._jobs.put(session, again, attempt=attempt + 1)
        except Exception as second:  # noqa: BLE001 - the sweep finds its rows when even this fails
            raise JobFailed(f"{job.kind.value} failed with {error}, its retry with {describe(second)}.") from None
        return "retried"

    def _keep(self) -> None:
        while not self._stopping.wait(KEEP_EVERY):
            try:
                if not self._presence.keep():
                    _log.error("another process took this one's place", executor=self._presence.executor_id)
                    self._on_lost()
                    return
                if self._presence.is_leader:
                    take_over(self._jobs, self._presence)
            except Exception as error:  # noqa: BLE001 - the keeper outlives a database that is away for a while
                _log.warning("keeping the place failed", error=describe(error))
