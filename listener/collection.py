"""Reads one source from where it stopped: a batch, a save, the next; stops where a signal says so."""

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from domain.errors import EarnestError, StaleWrite
from domain.ports import Collector
from domain.posts import Batch, Signal, SignalKind
from domain.states import SourceState
from domain.time import Clock
from listener.condition import note_success
from listener.intake import Intake, IntakeReport
from listener.leases import new_token, renew_lease, take_lease
from listener.rejects import write_rejects
from listener.sources import SourceView, view_source
from listener.spending import is_spent
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import RevisionCache
from storage.tables import BrandRevision, Source

_log = logging.getLogger(__name__)


class Build(Protocol):
    """Makes the collector of a source."""

    def __call__(self, view: SourceView, /) -> Collector:
        """Return a collector, or raise EarnestError naming what is wrong with the settings and the mend."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionReport:
    """What one reading of a source brought; `skipped` says why it wasn't read, `signal` what ended it early."""

    source_id: int
    posts: IntakeReport = field(default_factory=IntakeReport)
    batches: int = 0
    signal: Signal | None = None
    skipped: str | None = None


def collect_source(
    database: Database, jobs: Jobs, clock: Clock, *, build: Callable[[SourceView], Collector], source_id: int,
    intake: Intake | None = None, rejects_folder: Path | None = None, force: bool = False,
) -> CollectionReport:  # fmt: skip
    """Read a source once, from its cursor to what is there now.

    One that waits, is paused, stopped, switched off or read by another is skipped, unless `force` and nobody reads it.
    `intake` is shared between calls so that queries are understood once. Rows set aside are also written as files
    into `rejects_folder`. Raises NotFound for an unknown source, and what the database raises; nothing else.
    """
    intake = intake or Intake(database, jobs, clock, RevisionCache(database))
    view = view_source(database, intake.profiles, source_id)
    token = new_token()
    cursor, skipped = _begin(database, clock, view=view, token=token, force=force)
    if skipped:
        return CollectionReport(source_id=source_id, skipped=skipped)
    reading = _Reading(database, clock, view, intake, token)
    report = reading.run(build, cursor)
    if rejects_folder and report.posts.rejected:
        write_rejects(database, folder=rejects_folder, source_id=source_id)
    return report


def _begin(
    database: Database, clock: Clock, *, view: SourceView, token: str, force: bool
) -> tuple[str | None, str | None]:  # fmt: skip
    now = clock.now()
    with database.write() as session:
        source = session.get_one(Source, view.id, with_for_update={"key_share": True})
        skipped = None if force else _why_not(session, source, view, now)
        if not skipped and not take_lease(source=source, token=token, now=now):
            skipped = "another reading of it is under way"
        return source.cursor, skipped


def _why_not(session: Session, source: Source, view: SourceView, now: datetime) -> str | None:
    if not source.enabled:
        return "it is switched off"
    if _was_mended(session, source, view):
        return None
    if source.state is SourceState.STOPPED:
        return "it is stopped until somebody mends it"
    if source.retry_at is not None and source.retry_at > now:
        return f"it waits until {source.retry_at:%Y-%m-%d %H:%M} UTC"
    return None


def _was_mended(session: Session, source: Source, view: SourceView) -> bool:
    # New settings since it failed are a reason to try at once: another address, a larger budget.
    revision = session.get_one(BrandRevision, view.revision_id)
    return source.last_error_at is None or revision.created_at > source.last_error_at


@dataclass(frozen=True, slots=True)
class _Reading:
    database: Database
    clock: Clock
    view: SourceView
    intake: Intake
    token: str

    def run(self, build: Callable[[SourceView], Collector], cursor: str | None) -> CollectionReport:
        posts, batches, signal = IntakeReport(), 0, None
        try:
            with closing(self._batches(build, cursor)) as reading:
                for batch in reading:
                    posts += self.intake.save(self.view.id, batch, lease=self.token, extra=self._renew)
                    batches += 1
                    signal = batch.signal
                    if signal:
                        break
            self._end(signal)
        except StaleWrite:
            return CollectionReport(
                source_id=self.view.id, posts=posts, batches=batches, skipped="another reading took it over"
            )
        return CollectionReport(source_id=self.view.id, posts=posts, batches=batches, signal=signal)

    def _batches(
        self, build: Callable[[SourceView], Collector], cursor: str | None
    ) -> Generator[Batch, None, None]:  # fmt: skip
        """Yield the collector's batches; what it raises becomes a signal at this one place."""
        if self._is_spent():
            yield Batch(signal=Signal(kind=SignalKind.BUDGET_SPENT, message="The month's budget for it is spent."))
            return
        reading = self._open(build, cursor)
        while True:
            try:
                batch = next(reading, None)
            except EarnestError as error:
                yield Batch(signal=Signal(kind=SignalKind.MISCONFIGURED, message=str(error)))
                return
            except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and must not stop the others
                yield Batch(signal=as_failure(self.view, error))
                return
            if batch is None:
                return
            yield batch
            if not batch.signal and batch.cost_micros and self._is_spent():
                yield Batch(signal=Signal(kind=SignalKind.BUDGET_SPENT, message="The month's budget for it is spent."))
                return

    def _open(self, build: Callable[[SourceView], Collector], cursor: str | None) -> Generator[Batch, None, None]:
        collector = build(self.view)
        yield from collector.collect(cursor=cursor, since=self.clock.now() - self.view.backfill)

    def _is_spent(self) -> bool:
        with self.database.read() as session:
            return is_spent(
                session, source_id=self.view.id, budget=self.view.budget, zone=self.view.zone, now=self.clock.now()
            )

    def _renew(self, session: Session) -> None:
        renew_lease(session, source_id=self.view.id, token=self.token, now=self.clock.now())

    def _end(self, signal: Signal | None) -> None:
        with self.database.write() as session:
            source = session.get_one(Source, self.view.id, with_for_update={"key_share": True})
            if source.lease != self.token:
                raise StaleWrite(f"Another reading has taken over the source {self.view.key}; this one ends.")
            source.lease, source.leased_until = None, None
            if signal is None:
                note_success(session, source=source, now=self.clock.now())


def as_failure(view: SourceView, error: Exception) -> Signal:
    """Return what a collector's bug means for its source, and log where it stands.

    An error's own text may quote a post or a key: its class and place are enough to find it.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "its start"
    name = type(error).__name__
    _log.error("collector failed", extra={"source_id": view.id, "error": name, "place": place})
    message = f"The collector of {view.key} failed with {name} at {place}; it is tried again, report it if it stays."
    return Signal(kind=SignalKind.UNAVAILABLE, message=message)
