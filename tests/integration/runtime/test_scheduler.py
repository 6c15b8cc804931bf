"""Ticks on a real clockwork: what is enqueued, under which keys, and who may tick."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain.states import SourceState
from domain.time import ManualClock
from runtime.scheduler import Scheduler
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.queries.brands import RevisionCache, current_revision
from storage.tables import Source
from tests.integration.runtime.conftest import wait_for
from tests.rows import add_author, add_brand, add_mention

WEEK = (1, 202646)


class Works:
    """A scheduler on a database with one brand and three sources, and what it enqueued."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock, self.jobs = database, clock, MemoryJobs(clock)
        self.leads, self.due = True, [WEEK]
        with database.write() as session:
            add_brand(
                session,
                clock,
                sources=[
                    {"id": "often", "type": "file", "path": "a.jsonl", "interval": "1s"},
                    {"id": "seldom", "type": "file", "path": "b.jsonl", "interval": "1d"},
                    {"id": "pushed", "type": "webhook", "signing_secret": "HOOK"},
                ],
            )
        self.scheduler = Scheduler(
            database, self.jobs, clock, RevisionCache(database), due_digests=self._due, leads=lambda: self.leads
        )

    def kinds(self) -> set[JobKind]:
        return {job.kind for job in self.jobs.waiting}

    def keys(self, kind: JobKind) -> list[str]:
        return [job.key for job in self.jobs.waiting if job.kind is kind]

    def source(self, session: Session, key: str) -> Source:
        return session.query(Source).filter_by(key=key).one()

    def _due(self, _session: Session) -> list[tuple[int, int]]:
        return self.due


@pytest.fixture
def works(sqlite_database: Database, clock: ManualClock) -> Iterator[Works]:
    made = Works(sqlite_database, clock)
    yield made
    made.scheduler.stop()


def test_a_start_enqueues_what_was_missed(works: Works) -> None:
    works.scheduler.start()
    wait_for(lambda: works.kinds() >= {JobKind.COLLECT, JobKind.SLA, JobKind.SWEEP, JobKind.DIGEST})
    wait_for(lambda: len(works.keys(JobKind.COLLECT)) >= 2)
    with works.database.read() as session:
        polled = {works.source(session, key).id for key in ("often", "seldom")}
    assert {ids[0] for job in works.jobs.waiting if job.kind is JobKind.COLLECT for ids in [job.ids]} == polled
    (digest,) = (job for job in works.jobs.waiting if job.kind is JobKind.DIGEST)
    assert digest.ids == WEEK
    assert digest.key.startswith("digest:1:202646")


def test_a_digest_that_stays_due_is_tried_again_within_the_hour_not_the_minute(works: Works) -> None:
    for _ in range(3):
        works.scheduler.tick_digests()
        works.clock.advance(timedelta(minutes=1))
    assert len(works.keys(JobKind.DIGEST)) == 1
    works.clock.advance(timedelta(hours=1))
    works.scheduler.tick_digests()
    assert len(works.keys(JobKind.DIGEST)) == 2


def test_one_period_is_enqueued_once_and_the_next_again(works: Works) -> None:
    works.scheduler.refresh()
    with works.database.read() as session:
        source_id = works.source(session, "seldom").id
    works.scheduler.tick_source(source_id)
    works.scheduler.tick_source(source_id)
    assert len(works.keys(JobKind.COLLECT)) == 1
    works.clock.advance(timedelta(days=1))
    works.scheduler.tick_source(source_id)
    assert len(works.keys(JobKind.COLLECT)) == 2


def test_a_source_that_backs_off_waits(works: Works) -> None:
    works.scheduler.refresh()
    with works.database.write() as session:
        row = works.source(session, "often")
        row.state, row.retry_at = SourceState.BACKING_OFF, works.clock.now() + timedelta(minutes=5)
        source_id = row.id
    works.scheduler.tick_source(source_id)
    assert works.keys(JobKind.COLLECT) == []
    works.clock.advance(timedelta(minutes=5))
    works.scheduler.tick_source(source_id)
    assert len(works.keys(JobKind.COLLECT)) == 1


def test_who_doesn_t_lead_is_silent(works: Works) -> None:
    works.leads = False
    works.scheduler.start()
    time.sleep(0.5)
    assert works.jobs.waiting == ()


def test_one_failing_tick_stops_no_other(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_anything: object) -> None:
        raise OSError

    monkeypatch.setattr(works.scheduler, "_due_digests", fail)
    works.scheduler.start()
    others = {JobKind.COLLECT, JobKind.SLA, JobKind.SWEEP}
    wait_for(lambda: works.kinds() >= others)
    assert JobKind.DIGEST not in works.kinds()


def test_edits_of_a_profile_change_the_clockwork(works: Works) -> None:
    works.scheduler.refresh()
    assert len(works.scheduler._timings) == 2
    with works.database.write() as session:
        add_brand(session, works.clock, sources=[{"id": "often", "type": "file", "path": "a.jsonl", "interval": "2h"}])
    works.scheduler.refresh()
    (timing,) = works.scheduler._timings.values()
    assert timing.interval == timedelta(hours=2)


def test_posts_that_are_due_are_looked_at_again_a_little_at_a_time(works: Works) -> None:
    with works.database.write() as session:
        author = add_author(session, current_revision(session, 1), works.clock.now(), platform="file")
        source_id = works.source(session, "often").id
        add_mention(session, author, "p1", "tern", works.clock.now(), source_id=source_id)
    works.scheduler.tick_rechecks()
    assert works.keys(JobKind.RECHECK) == []
    works.clock.advance(timedelta(hours=21))
    for minutes in (0, 5, 15):
        works.clock.advance(timedelta(minutes=minutes))
        works.scheduler.tick_rechecks()
    first, second = works.keys(JobKind.RECHECK)
    assert first.startswith(f"recheck:{source_id}:")
    assert first != second
