"""Jobs in memory keep the real engine's promises: seen after the commit, once by key, when they are due."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain.time import ManualClock
from storage.database import Database
from storage.jobs import Job, JobKind, MemoryJobs


def _job(key: str = "send:1:0", **changes: timedelta) -> Job:
    return Job(kind=JobKind.SEND, key=key, ids=(1,), **changes)


def test_a_job_is_there_only_after_the_commit(sqlite_database: Database, jobs: MemoryJobs) -> None:
    with sqlite_database.write() as session:
        jobs.enqueue(session, _job())
        assert not jobs.waiting
    assert jobs.waiting == (_job(),)


def test_a_rollback_drops_it(sqlite_database: Database, jobs: MemoryJobs) -> None:
    with pytest.raises(KeyError), sqlite_database.write() as session:
        jobs.enqueue(session, _job())
        raise KeyError
    assert jobs.waiting == ()


def test_what_was_rolled_back_does_not_come_with_the_sessions_next_commit(
    sqlite_database: Database, jobs: MemoryJobs
) -> None:
    with Session(sqlite_database.engine) as session:
        session.connection()
        jobs.enqueue(session, _job("lost"))
        session.rollback()
        session.connection()
        jobs.enqueue(session, _job("kept"))
        session.commit()
        session.connection()
        session.commit()
    assert [job.key for job in jobs.waiting] == ["kept"]


def test_one_key_is_one_job_even_after_it_ran(sqlite_database: Database, jobs: MemoryJobs) -> None:
    ran: list[tuple[int, ...]] = []
    jobs.handlers[JobKind.SEND] = ran.append
    for _ in range(3):
        with sqlite_database.write() as session:
            jobs.enqueue(session, _job())
            jobs.enqueue(session, _job())
        jobs.run_due()
    assert ran == [(1,)]


def test_a_delay_counts_from_when_it_was_enqueued(
    sqlite_database: Database, jobs: MemoryJobs, clock: ManualClock
) -> None:
    ran: list[tuple[int, ...]] = []
    jobs.handlers[JobKind.SEND] = ran.append
    with sqlite_database.write() as session:
        jobs.enqueue(session, _job(delay=timedelta(minutes=5)))
        clock.advance(timedelta(minutes=1))
    clock.advance(timedelta(minutes=4) - timedelta(seconds=1))
    assert jobs.run_due() == 0
    clock.advance(timedelta(seconds=1))
    assert jobs.run_due() == 1
    assert ran == [(1,)]


def test_a_job_may_enqueue_the_next_and_a_failure_comes_through(sqlite_database: Database, jobs: MemoryJobs) -> None:
    def collect(_ids: tuple[int, ...]) -> None:
        with sqlite_database.write() as session:
            jobs.enqueue(session, _job())

    def send(_ids: tuple[int, ...]) -> None:
        raise RuntimeError("the platform is down")

    jobs.handlers.update({JobKind.COLLECT: collect, JobKind.SEND: send})
    with sqlite_database.write() as session:
        jobs.enqueue(session, Job(kind=JobKind.COLLECT, key="collect:1:0", ids=(1,)))
    with pytest.raises(RuntimeError, match="down"):
        jobs.run_due()
    assert jobs.waiting == ()
