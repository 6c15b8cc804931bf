"""What a killed process left behind is done by its next start, or by another machine."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.durable import APPLICATION_VERSION
from runtime.presence import ServerPresence
from storage.database import Database
from storage.jobs import JobKind
from tests import parts
from tests.integration.runtime.conftest import Bench, wait_for

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.log"
    path.touch()
    return path


@pytest.fixture
def start(bench: Bench, log: Path) -> Iterator[Start]:
    """Starts worker processes, and kills those that still run in the end."""
    started: list[subprocess.Popen[bytes]] = []
    url = bench.database.url

    def begin(*words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.integration.runtime.worker", url, str(log), *words]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))  # noqa: S603
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines()


def test_a_killed_worker_s_jobs_are_run_by_its_next_start(bench: Bench, log: Path, start: Start) -> None:
    worker = start("slow")
    for number in range(4):
        bench.enqueue(JobKind.ROUTE, f"route:{number}", number)
    wait_for(lambda: len(lines(log)) == 4)
    worker.kill()
    worker.wait()
    bench.enqueue(JobKind.ROUTE, "route:4", 4)
    assert sum(depth.jobs for depth in bench.jobs.depths()) == 5
    bench.start()
    wait_for(bench.is_idle, seconds=30)
    assert sorted(ids for _, ids in bench.ran) == [(0,), (1,), (2,), (3,), (4,)]
    assert bench.jobs.failures() == []


def test_an_upgrade_goes_on_with_the_jobs_of_the_release_before(bench: Bench, log: Path, start: Start) -> None:
    # The worker is other code than this: to the library, which tells code apart by itself, two releases.
    worker = start("slow")
    bench.enqueue(JobKind.ROUTE, "route:1", 1)
    wait_for(lambda: len(lines(log)) == 1)
    bench.enqueue(JobKind.FOLLOW_UP, "follow_up:2", 2, delay=timedelta(seconds=1))
    worker.kill()
    worker.wait()
    assert {job.app_version for job in bench.jobs.client.list_workflows(status="PENDING")} == {"earnest-1"}
    bench.start()
    wait_for(bench.is_idle, seconds=30)
    assert sorted(bench.ran) == [(JobKind.FOLLOW_UP, (2,)), (JobKind.ROUTE, (1,))]
    assert APPLICATION_VERSION == "earnest-1", "a new constant strands the jobs of every installation that upgrades"


@pytest.mark.postgres
def test_another_machine_takes_a_killed_worker_s_jobs_over(bench: Bench, log: Path, start: Start) -> None:
    if bench.database.is_sqlite:
        return
    lost = start("slow", "machine=first")
    bench.enqueue(JobKind.ROUTE, "route:1", 1)
    bench.enqueue(JobKind.CLASSIFY, "classify:2", 2)
    wait_for(lambda: len(lines(log)) == 2)
    start("machine=second")
    bench.enqueue(JobKind.LOOK_UP, "look_up:3", 3)
    wait_for(lambda: "look_up 3" in log.read_text())
    assert "second route" not in log.read_text()
    lost.kill()
    lost.wait()
    wait_for(bench.is_idle, seconds=30)
    assert {"second route 1", "second classify 2"} <= set(lines(log))
    assert bench.jobs.failures() == []


@pytest.mark.postgres
def test_a_living_worker_s_jobs_are_left_to_it(postgres_template: str) -> None:
    database = Database(parts.create_database(postgres_template, "presence"))
    first, second = (ServerPresence(database, machine="m") for _ in range(2))
    first.acquire()
    second.acquire()
    assert (first.executor_id, second.executor_id) == ("m-0", "m-1")
    assert (first.is_leader, second.is_leader) == (True, False)
    with second.gone("m-0") as gone:
        assert not gone
    first.release()
    with second.gone("m-0") as gone:
        assert gone
    assert second.keep()
    assert second.is_leader
    second.release()
    database.close()


@pytest.mark.postgres
def test_a_lost_connection_gives_the_lead_away_and_the_place_back(postgres_template: str) -> None:
    database = Database(parts.create_database(postgres_template, "lost"))
    first, second = (ServerPresence(database, machine=name) for name in ("a", "b"))
    first.acquire()
    second.acquire()
    _cut(database, first)
    assert first.keep()
    assert not first.is_leader
    assert second.keep()
    assert second.is_leader
    assert first.keep()
    assert not first.is_leader
    with second.gone("a-0") as gone:
        assert not gone
    _cut(database, first)
    assert first.keep()
    usurper = ServerPresence(database, machine="a")
    usurper.acquire()
    assert not first.keep()
    for presence in (first, second, usurper):
        presence.release()
    database.close()


def _cut(database: Database, presence: ServerPresence) -> None:
    pid = presence._execute("SELECT pg_backend_pid()")
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
