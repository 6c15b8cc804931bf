import threading
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import InvalidInput
from runtime import engine as engine_module
from runtime import queues
from runtime.engine import Engine
from runtime.presence import AlreadyRunning, build_presence
from storage.database import Database
from storage.jobs import Job, JobKind
from storage.tables import Brand
from tests.integration.runtime.conftest import Bench, wait_for


def test_a_job_is_there_exactly_when_its_transaction_commits(bench: Bench) -> None:
    bench.start()
    with bench.database.write() as session:
        bench.jobs.enqueue(session, Job(kind=JobKind.ROUTE, key="route:1-2", ids=(1, 2)))
        assert not bench.ran
    with pytest.raises(RuntimeError, match="never mind"), bench.database.write() as session:
        bench.jobs.enqueue(session, Job(kind=JobKind.ROUTE, key="route:3-4", ids=(3, 4)))
        raise RuntimeError("never mind")
    wait_for(lambda: bool(bench.ran) and bench.is_idle())
    assert bench.ran == [(JobKind.ROUTE, (1, 2))]


def test_its_row_and_its_job_come_together(bench: Bench) -> None:
    with bench.database.write() as session:
        session.add(Brand(slug="b", name="B", time_zone="UTC", created_at=datetime.now(UTC)))
        session.flush()
        bench.jobs.enqueue(session, Job(kind=JobKind.ROUTE, key="route:1-1", ids=(1,)))
        session.rollback()
    with bench.database.read() as session:
        assert session.query(Brand).count() == 0
    assert bench.is_idle()


def test_a_key_runs_once_whoever_enqueues_it_again(bench: Bench) -> None:
    for _ in range(3):
        bench.enqueue(JobKind.ROUTE, "route:1-1", 1)
    bench.start()
    wait_for(lambda: bool(bench.ran) and bench.is_idle())
    bench.enqueue(JobKind.ROUTE, "route:1-1", 1)
    bench.enqueue(JobKind.SEND, "send:1:0", 1)
    wait_for(lambda: len(bench.ran) > 1 and bench.is_idle())
    assert bench.ran == [(JobKind.ROUTE, (1,)), (JobKind.SEND, (1,))]


def test_a_delayed_job_waits(bench: Bench) -> None:
    bench.start()
    bench.enqueue(JobKind.FOLLOW_UP, "follow_up:1", 1, delay=timedelta(seconds=3))
    bench.enqueue(JobKind.FOLLOW_UP, "follow_up:2", 2)
    wait_for(lambda: bool(bench.ran))
    assert bench.ran == [(JobKind.FOLLOW_UP, (2,))]
    assert [(depth.queue, depth.status) for depth in bench.jobs.depths() if depth.status == "DELAYED"]
    wait_for(lambda: len(bench.ran) == 2)


def test_a_source_is_never_read_twice_at_once(bench: Bench) -> None:
    go = threading.Event()

    def read(ids: tuple[int, ...]) -> None:
        bench.ran.append((JobKind.COLLECT, ids))
        assert go.wait(20)

    bench.handlers[JobKind.COLLECT] = read
    bench.start()
    bench.enqueue(JobKind.COLLECT, "collect:1:1", 1)
    wait_for(lambda: bool(bench.ran))
    bench.enqueue(JobKind.COLLECT, "collect:1:2", 1)
    bench.enqueue(JobKind.COLLECT, "collect:2:2", 2)
    wait_for(lambda: len(bench.ran) == 2)
    go.set()
    wait_for(bench.is_idle)
    bench.enqueue(JobKind.COLLECT, "collect:1:3", 1)
    wait_for(lambda: len(bench.ran) == 3 and bench.is_idle())
    assert [ids for _, ids in bench.ran] == [(1,), (2,), (1,)]


def test_a_tick_that_overlaps_leaves_its_transaction_whole(bench: Bench) -> None:
    bench.enqueue(JobKind.SLA, "sla:1:1", 1)
    with bench.database.write() as session:
        session.add(Brand(slug="b", name="B", time_zone="UTC", created_at=datetime.now(UTC)))
        bench.jobs.enqueue(session, Job(kind=JobKind.SLA, key="sla:1:2", ids=(1,)))
    with bench.database.read() as session:
        assert session.query(Brand).count() == 1
    assert sum(depth.jobs for depth in bench.jobs.depths()) == 1


def test_a_failed_job_comes_again_and_is_then_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "wait_after", lambda _attempt: timedelta(milliseconds=1))
    monkeypatch.setitem(queues.PLANS, JobKind.ROUTE, queues.Plan(queue=queues.QueueName.WORK, attempts=3))

    def fail(ids: tuple[int, ...]) -> None:
        bench.ran.append((JobKind.ROUTE, ids))
        raise InvalidInput("my card is 4111 1111 1111 1111")

    bench.handlers[JobKind.ROUTE] = fail
    bench.start()
    bench.enqueue(JobKind.ROUTE, "route:7-7", 7)
    wait_for(lambda: bool(bench.jobs.failures()), seconds=30)
    assert len(bench.ran) == 3
    assert [run.outcome for run in bench.runs] == ["retried", "retried", "failed"]
    (failure,) = bench.jobs.failures()
    assert (failure.key, failure.kind) == ("route:7-7~3", "route")
    assert "InvalidInput at tests/integration/runtime/test_engine.py" in failure.error
    assert "4111" not in failure.error


def test_what_a_tick_brings_again_is_not_retried(bench: Bench) -> None:
    def fail(ids: tuple[int, ...]) -> None:
        bench.ran.append((JobKind.COLLECT, ids))
        raise OSError("connection to customer@example.org refused")

    bench.handlers[JobKind.COLLECT] = fail
    bench.start()
    bench.enqueue(JobKind.COLLECT, "collect:1:1", 1)
    wait_for(lambda: bool(bench.jobs.failures()))
    assert bench.is_idle()
    assert len(bench.ran) == 1
    bench.enqueue(JobKind.COLLECT, "collect:1:2", 1)
    wait_for(lambda: len(bench.ran) == 2)


def test_a_slow_queue_holds_up_no_other(bench: Bench) -> None:
    go = threading.Event()

    def think(_ids: tuple[int, ...]) -> None:
        assert go.wait(20)

    bench.handlers[JobKind.CLASSIFY] = think
    bench.start()
    for number in range(5):
        bench.enqueue(JobKind.CLASSIFY, f"classify:{number}", number)
    bench.enqueue(JobKind.SEND, "send:1:0", 1)
    wait_for(lambda: (JobKind.SEND, (1,)) in bench.ran)
    go.set()
    wait_for(bench.is_idle)


def test_a_stop_lets_running_jobs_end_and_leaves_the_rest(bench: Bench) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(ids: tuple[int, ...]) -> None:
        begun.set()
        go.wait(10)
        bench.ran.append((JobKind.ROUTE, ids))

    bench.handlers[JobKind.ROUTE] = work
    engine = bench.start()
    bench.enqueue(JobKind.ROUTE, "route:1-1", 1)
    assert begun.wait(10)
    threading.Timer(0.3, go.set).start()
    assert engine.stop(grace=5)
    bench.engine = None
    bench.enqueue(JobKind.ROUTE, "route:2-2", 2)
    assert bench.ran == [(JobKind.ROUTE, (1,))]
    bench.start()
    wait_for(lambda: len(bench.ran) == 2 and bench.is_idle())
    assert bench.ran == [(JobKind.ROUTE, (1,)), (JobKind.ROUTE, (2,))]


def test_finished_jobs_are_forgotten(bench: Bench) -> None:
    bench.start()
    for number in range(3):
        bench.enqueue(JobKind.ROUTE, f"route:{number}", number)
    wait_for(lambda: len(bench.ran) == 3 and bench.is_idle())
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert bench.jobs.forget(before=later - timedelta(days=1)) == 0
    assert bench.jobs.forget(before=later, limit=2) == 2
    assert bench.jobs.forget(before=later) == 1
    # A forgotten key is a new one; the stages compare before they write.
    bench.enqueue(JobKind.ROUTE, "route:1", 1)
    wait_for(lambda: len(bench.ran) == 4)


def test_a_sqlite_file_has_one_engine(sqlite_database: Database) -> None:
    bench = Bench(sqlite_database)
    bench.start()
    second = Engine(sqlite_database, jobs=bench.jobs, handlers={}, presence=build_presence(sqlite_database))
    with pytest.raises(AlreadyRunning, match="already works on this database"):
        second.start()
    bench.stop()
