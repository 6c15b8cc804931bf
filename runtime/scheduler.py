"""The clockwork: it only enqueues, its ticks coalesce after sleep, and it is built anew from tables."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import InvalidInput
from domain.time import Clock
from listener.overdue import sources_due
from runtime.places import describe
from runtime.timing import Timing, is_overdue, list_timings, may_read
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.brands import RevisionCache
from storage.tables import Brand, Source

REFRESH_EVERY = timedelta(seconds=15)
SWEEP_EVERY = timedelta(minutes=5)
RECHECK_EVERY = timedelta(minutes=15)

DueDigests = Callable[[Session], list[tuple[int, int]]]

_log = structlog.get_logger(__name__)


class Scheduler:
    """Ticks while this process leads; every tick enqueues under a key that two machines would share."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        clock: Clock,
        profiles: RevisionCache,
        *,
        due_digests: DueDigests,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start nothing yet; `due_digests` gives brands and weeks (yyyyww) whose digest is due."""
        self._database, self._jobs, self._clock, self._profiles = database, jobs, clock, profiles
        self._due_digests, self._leads = due_digests, leads
        self._timings: dict[int, Timing] = {}
        self._clockwork = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(4)},
            # However late a tick is, it runs once.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin to tick; what was missed while the process was off is enqueued at once."""
        every = self._clockwork.add_job
        now = datetime.now(UTC)
        every(self._guarded, "interval", [self.refresh], seconds=REFRESH_EVERY.total_seconds(), next_run_time=now)
        every(self._guarded, "interval", [self.tick_sweep], seconds=SWEEP_EVERY.total_seconds(), next_run_time=now)
        seconds = RECHECK_EVERY.total_seconds()
        every(self._guarded, "interval", [self.tick_rechecks], seconds=seconds, next_run_time=now)
        every(self._guarded, "interval", [self.tick_digests], minutes=1, next_run_time=now)
        every(self._guarded, "interval", [self.tick_clocks], minutes=1, next_run_time=now)
        self._clockwork.start()

    def stop(self) -> None:
        """Tick no more; a tick that runs is a short transaction and may end."""
        if self._clockwork.running:
            self._clockwork.shutdown(wait=False)

    def refresh(self) -> None:
        """Match the clockwork to the sources there are now; a new or overdue one is read at once."""
        with self._database.read() as session:
            wanted = {timing.source_id: timing for timing in list_timings(session, self._profiles)}
            rows = {row.id: row for row in session.scalars(select(Source).where(Source.id.in_(wanted)))}
        for source_id in self._timings.keys() - wanted.keys():
            self._drop(source_id)
        for source_id, timing in wanted.items():
            if self._timings.get(source_id) != timing:
                self._time(timing, rows[source_id])

    def tick_source(self, source_id: int) -> None:
        """Enqueue one reading of a source, unless it backs off, is paused, stopped, or being read."""
        timing = self._timings[source_id]
        now = self._clock.now()
        with self._database.write() as session:
            row = session.get(Source, source_id)
            if row is not None and may_read(row, at=now):
                key = f"collect:{source_id}:{timing.tick(now)}"
                self._jobs.enqueue(session, Job(kind=JobKind.COLLECT, key=key, ids=(source_id,)))

    def tick_clocks(self) -> None:
        """Enqueue the look at each brand's SLA clocks."""
        minute = int(self._clock.now().timestamp()) // 60
        with self._database.write() as session:
            for brand_id in session.scalars(select(Brand.id).where(Brand.active)):
                self._jobs.enqueue(session, Job(kind=JobKind.SLA, key=f"sla:{brand_id}:{minute}", ids=(brand_id,)))

    def tick_digests(self) -> None:
        """Enqueue the digests that are due, also those of a morning on which the machine was off."""
        with self._database.read() as session:
            due = self._due_digests(session)
        if not due:
            return
        hour = int(self._clock.now().timestamp()) // 3600
        with self._database.write() as session:
            for brand_id, week in due:
                # One that failed for good is tried again, but not each minute.
                key = f"digest:{brand_id}:{week}:{hour}"
                self._jobs.enqueue(session, Job(kind=JobKind.DIGEST, key=key, ids=(brand_id, week)))

    def tick_rechecks(self) -> None:
        """Enqueue another look at what sources brought, a little at a time, so that it is spread over the day."""
        number = int(self._clock.now().timestamp() // RECHECK_EVERY.total_seconds())
        with self._database.read() as session:
            due = sources_due(session, self._profiles, now=self._clock.now())
        if not due:
            return
        with self._database.write() as session:
            for source_id in due:
                key = f"recheck:{source_id}:{number}"
                self._jobs.enqueue(session, Job(kind=JobKind.RECHECK, key=key, ids=(source_id,)))

    def tick_sweep(self) -> None:
        """Enqueue the search for what a crash or a failed job left behind."""
        number = int(self._clock.now().timestamp() // SWEEP_EVERY.total_seconds())
        with self._database.write() as session:
            self._jobs.enqueue(session, Job(kind=JobKind.SWEEP, key=f"sweep:{number}"))

    def _time(self, timing: Timing, source: Source) -> None:
        self._timings[timing.source_id] = timing
        try:
            trigger = timing.trigger()
        except InvalidInput as error:
            _log.error("source can't be timed", source=timing.source_id, error=describe(error))
            return
        now = datetime.now(UTC)
        overdue = is_overdue(source, trigger, at=self._clock.now())
        self._clockwork.add_job(
            self._guarded,
            trigger,
            [self.tick_source, timing.source_id],
            id=str(timing.source_id),
            replace_existing=True,
            next_run_time=now if overdue else trigger.get_next_fire_time(None, now),
        )

    def _drop(self, source_id: int) -> None:
        del self._timings[source_id]
        try:
            self._clockwork.remove_job(str(source_id))
        except JobLookupError:
            _log.debug("source was not timed", source=source_id)

    def _guarded(self, tick: Callable[..., None], *ids: int) -> None:
        if not self._leads():
            return
        try:
            tick(*ids)
        except Exception as error:  # noqa: BLE001 - a tick that fails comes again, and stops no other
            _log.warning("tick failed", tick=tick.__name__, ids=ids, error=describe(error))
