"""Relabelling as jobs: one a batch, each enqueuing the next; people's standing follows, cases and drafts stay."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bench.crashing.scene import Scene
from config.loading import SETTINGS_FILE
from domain.labels import Intent
from domain.time import ManualClock
from runtime.application import Application
from runtime.presence import build_presence, somebody_works
from runtime.reprocessing import Order, read_order
from runtime.wiring import build
from sentiment.keywords import KeywordClassifier
from sentiment.relabelling import Selection, count_left
from storage.database import Database
from storage.jobs import Job, JobKind, MemoryJobs
from storage.tables import Case, ClassificationRow, Draft, Mention, Person, Source

POSTS = 20


class Sorted:
    """An installation whose posts an old model took for suggestions, all of them."""

    def __init__(self, folder: Path) -> None:
        random.seed(1)
        scene = Scene.make(folder)
        settings = json.loads((folder / SETTINGS_FILE).read_text())
        (folder / SETTINGS_FILE).write_text(json.dumps({**settings, "outbox": {"to": "file"}}))
        self.clock = ManualClock(datetime.now(UTC) + timedelta(minutes=1))
        self.jobs = MemoryJobs(self.clock)
        self.parts: Application = build(
            scene.load(), clock=self.clock, jobs=self.jobs, classifier=KeywordClassifier()
        )  # fmt: skip
        self.jobs.handlers = self.parts.handlers
        scene.write_posts(POSTS, first=0)
        with self.parts.database.read() as session:
            source_id = session.scalars(select(Source.id)).one()
        self.enqueue(Job(kind=JobKind.COLLECT, key="collect", ids=(source_id,)))
        self.jobs.run_due()
        with self.parts.database.write() as session:
            self.praised = session.scalar(select(func.sum(Person.praises))) or 0
            session.execute(update(Mention).values(intent=Intent.SUGGESTION))
            session.execute(update(ClassificationRow).values(intent=Intent.SUGGESTION, model="m1"))
            session.execute(update(Person).values(praises=0, complaints=0))

    def enqueue(self, job: Job) -> None:
        with self.parts.database.write() as session:
            self.jobs.enqueue(session, job)

    def left(self) -> int:
        with self.parts.database.read() as session:
            return count_left(session, model=self.parts.classifier.revision, selection=Selection())

    def counts(self) -> tuple[int, int]:
        """(drafts, cases)."""
        with self.parts.database.read() as session:
            counts = (session.scalar(select(func.count(row.id))) or 0 for row in (Draft, Case))
            return next(counts), next(counts)


@pytest.fixture
def sorted_once(tmp_path: Path) -> Iterator[Sorted]:
    made = Sorted(tmp_path / "works")
    yield made
    made.parts.close()


def test_batch_after_batch_until_nothing_is_left(sorted_once: Sorted) -> None:
    before = sorted_once.counts()
    assert sorted_once.left() == POSTS
    sorted_once.enqueue(Order(run=1, selection=Selection(), size=8).job)
    assert sorted_once.jobs.run_due() == 4  # 8, 8, 4 and a look that finds nothing
    assert sorted_once.left() == 0
    assert sorted_once.counts() == before
    with sorted_once.parts.database.read() as session:
        assert session.scalar(select(func.sum(Person.praises))) == sorted_once.praised > 0


def test_a_job_that_runs_twice_does_no_harm(sorted_once: Sorted) -> None:
    job = Order(run=1, selection=Selection(), size=8).job
    sorted_once.parts.handlers[JobKind.REPROCESS](job.ids)
    sorted_once.parts.handlers[JobKind.REPROCESS](job.ids)
    assert sorted_once.left() == POSTS - 16
    sorted_once.jobs.run_due()
    assert sorted_once.left() == 0
    with sorted_once.parts.database.read() as session:
        assert session.scalar(select(func.count(ClassificationRow.id))) == POSTS * 2


def test_an_order_survives_its_job() -> None:
    since = datetime(2026, 10, 1, tzinfo=UTC)
    for selection in (Selection(), Selection(brand_id=3, since=since)):
        order = Order(run=17, selection=selection, size=8, after=5)
        assert read_order(order.job.ids) == order
        assert order.job.key == "reprocess:17:5"


def test_whether_somebody_works_is_known(database: Database) -> None:
    presence = build_presence(database)
    assert not somebody_works(database)
    presence.acquire()
    assert somebody_works(database)
    presence.release()
    assert not somebody_works(database)
