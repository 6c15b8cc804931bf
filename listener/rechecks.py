"""Looks again at posts that a source brought: what is gone there goes here, and what was edited reads as it does now.

It stands beside the normal reading: a limit or failure ends this look alone, and what it saw by then is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.errors import EarnestError, StaleWrite
from domain.ports import Collector, Rechecker
from domain.posts import Batch, Signal, SignalKind
from domain.states import SourceState
from domain.time import Clock
from listener.chunks import chunks
from listener.collection import as_failure
from listener.intake import Intake, IntakeReport
from listener.leases import borrow_lease, renew_lease
from listener.overdue import list_due
from listener.sources import SourceView, view_source
from platforms.registry import capabilities_of
from storage.database import Database
from storage.tables import Mention, Source

# So many ids a call, by the port; so many posts a job, so that looking is spread over the day.
WIDTH: Final = 100
MOST: Final = 1_000
# A key, a right or a bill isn't mended within minutes; a limit that names no time is asked again with the next job.
LONG_WAIT: Final = timedelta(hours=6)
LONGEST_WAIT: Final = timedelta(days=1)
_LONG: Final = frozenset({SignalKind.BUDGET_SPENT, SignalKind.REFUSED, SignalKind.MISCONFIGURED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A person's wish to look now: at posts that weren't looked at since `before`, however many.

    With `at_once` also where the source waits, or is stopped; `progress` is told how many were asked about.
    """

    before: datetime
    at_once: bool = False
    progress: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckReport:
    """What one look at a source's posts brought; `skipped` says why there was none, `signal` what ended it early."""

    source_id: int
    asked: int = 0
    posts: IntakeReport = field(default_factory=IntakeReport)
    signal: Signal | None = None
    skipped: str | None = None


def recheck_source(
    database: Database, clock: Clock, *, build: Callable[[SourceView], Collector], source_id: int, intake: Intake,
    most: int = MOST, wish: Wish | None = None,
) -> RecheckReport:  # fmt: skip
    """Ask a source's platform about the posts that were looked at longest ago, and follow what it says.

    Posts it says nothing of are asked about again next time. A person's wish has no `most`. Raises NotFound for an
    unknown source.
    """
    view = view_source(database, intake.profiles, source_id)
    now = clock.now()
    with database.read() as session:
        source = session.get_one(Source, source_id)
        if skipped := _why_not(source, now, at_once=wish is not None and wish.at_once):
            return RecheckReport(source_id=source_id, skipped=skipped)
        before = wish.before if wish else None
        due = list_due(session, view=view, now=now, limit=None if wish else most, before=before)
    if not due:
        return RecheckReport(source_id=source_id)
    look = _Look(database, clock, view, intake, wish.progress if wish else lambda _: None)
    try:
        collector = build(view)
    except EarnestError as error:
        return look.end(IntakeReport(), 0, Signal(kind=SignalKind.MISCONFIGURED, message=str(error)), asked_for=False)
    if not isinstance(collector, Rechecker):
        look.put_off(LONGEST_WAIT, error=None)
        return RecheckReport(source_id=source_id, skipped="its platform can't be asked about posts again")
    with borrow_lease(database, clock, view=view) as token:
        if token is None:
            return RecheckReport(source_id=source_id, skipped="another reading of it is under way")
        return look.run(collector, due, token)


@dataclass(frozen=True, slots=True)
class _Look:
    database: Database
    clock: Clock
    view: SourceView
    intake: Intake
    progress: Callable[[int], None]

    def run(self, collector: Rechecker, due: Sequence[str], token: str) -> RecheckReport:
        posts, asked, signal = IntakeReport(), 0, None
        try:
            for part in chunks(due, width=WIDTH):
                batch = self._ask(collector, part)
                posts += self._save(batch, part, token)
                asked, signal = asked + len(part), batch.signal
                self.progress(len(part))
                if signal:
                    break
        except StaleWrite:
            return RecheckReport(
                source_id=self.view.id, asked=asked, posts=posts, skipped="another reading took the source over"
            )
        return self.end(posts, asked, signal)

    def end(
        self, posts: IntakeReport, asked: int, signal: Signal | None, *, asked_for: bool = True
    ) -> RecheckReport:  # fmt: skip
        """Note how the look went; `asked_for` says that the platform is known to answer such questions."""
        if signal is None:
            self.put_off(None, error=None)
        else:
            wait = signal.retry_after or (LONG_WAIT if signal.kind in _LONG else timedelta())
            promised = asked_for or capabilities_of(self.view.platform).delete_sync is not None
            self.put_off(min(wait, LONGEST_WAIT), error=signal.message[:1000] if promised else None)
        return RecheckReport(source_id=self.view.id, asked=asked, posts=posts, signal=signal)

    def put_off(self, wait: timedelta | None, *, error: str | None) -> None:
        after = None if wait is None else self.clock.now() + wait
        with self.database.write() as session:
            session.execute(
                update(Source).where(Source.id == self.view.id).values(recheck_after=after, recheck_error=error)
            )

    def _ask(self, collector: Rechecker, ids: Sequence[str]) -> Batch:
        try:
            return collector.recheck(ids)
        except EarnestError as error:
            return Batch(signal=Signal(kind=SignalKind.MISCONFIGURED, message=str(error)))
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and must not stop the others
            return Batch(signal=as_failure(self.view, error))

    def _save(self, batch: Batch, ids: Sequence[str], token: str) -> IntakeReport:
        asked = set(ids)
        # What wasn't asked for is the reading's business: here it would come in whatever the queries say.
        posts = tuple(post for post in batch.posts if post.external_id in asked)
        deleted = tuple(each for each in batch.deleted if each in asked)
        told = {*deleted, *(post.external_id for post in posts), *asked.intersection(batch.standing)}
        beside = replace(batch, posts=posts, deleted=deleted, cursor=None, signal=None)
        return self.intake.save(
            self.view.id, beside, everything=True, aside=True, lease=token or None,
            extra=lambda session: self._note(session, told, token),
        )  # fmt: skip

    def _note(self, session: Session, told: set[str], token: str) -> None:
        renew_lease(session, source_id=self.view.id, token=token, now=self.clock.now())
        for part in chunks(sorted(told)):
            session.execute(
                update(Mention)
                .where(
                    Mention.brand_id == self.view.brand_id, Mention.platform == self.view.platform,
                    Mention.external_id.in_(part),
                )
                .values(checked_at=self.clock.now())
            )  # fmt: skip


def _why_not(source: Source, now: datetime, *, at_once: bool) -> str | None:
    if not source.enabled:
        return "it is switched off"
    if at_once:
        return None
    # One that is paused may still be asked: what a look may cost is limited anyway, and on some platforms it is free.
    if source.state is SourceState.STOPPED:
        return f"it is {source.state}"
    if source.recheck_after is not None and source.recheck_after > now:
        return f"it waits until {source.recheck_after:%Y-%m-%d %H:%M} UTC"
    return None
