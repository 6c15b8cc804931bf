"""The engine on either database, started when a test asks and stopped behind it."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.durable import DurableJobs, migrate
from runtime.engine import Engine, JobRun
from runtime.presence import build_presence
from storage.database import Database
from storage.jobs import Handler, Job, JobKind
from tests.integration.runtime.quay import Quay, install


def wait_for(condition: Callable[[], bool], *, seconds: float = 15) -> None:
    """Return as soon as `condition` holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.01)


class Bench:
    """A database with an engine whose jobs note that they ran."""

    def __init__(self, database: Database) -> None:
        self.database = database
        migrate(database)
        self.jobs = DurableJobs(database)
        self.ran: list[tuple[JobKind, tuple[int, ...]]] = []
        self.runs: list[JobRun] = []
        self.handlers: dict[JobKind, Handler] = {kind: self._noting(kind) for kind in JobKind}
        self.lost = threading.Event()
        self.engine: Engine | None = None

    def start(self) -> Engine:
        self.engine = Engine(
            self.database,
            jobs=self.jobs,
            handlers=self.handlers,
            presence=build_presence(self.database),
            on_run=self.runs.append,
            on_lost=self.lost.set,
        )
        self.engine.start()
        return self.engine

    def stop(self) -> None:
        if self.engine is not None:
            self.engine.stop(grace=2)
        self.engine = None

    def enqueue(self, kind: JobKind, key: str, *ids: int, delay: timedelta = timedelta()) -> None:
        with self.database.write() as session:
            self.jobs.enqueue(session, Job(kind=kind, key=key, ids=ids, delay=delay))

    def is_idle(self) -> bool:
        return not self.jobs.depths()

    def _noting(self, kind: JobKind) -> Handler:
        return lambda ids: self.ran.append((kind, ids))


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    """An engine's parts on a fresh database of either kind."""
    made = Bench(database)
    yield made
    made.stop()


@pytest.fixture
def quay(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quay]:
    """A desk with an outsider's platform installed beside it."""
    with install(tmp_path / "site-packages", monkeypatch) as harbour:
        yield Quay.make(tmp_path / "quay", harbour.SEA, template=sqlite_template)
