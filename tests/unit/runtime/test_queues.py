from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from runtime.queues import PLANS, QueueName, lanes, wait_after
from storage.jobs import JobKind


def test_every_kind_of_job_has_a_queue_that_is_worked_on() -> None:
    assert set(PLANS) == set(JobKind)
    assert {plan.queue for plan in PLANS.values()} == set(QueueName) == set(lanes(concurrency=8, polling_seconds=0.05))


def test_what_isn_t_brought_again_is_retried() -> None:
    assert all(plan.single == (plan.attempts == 1) for plan in PLANS.values())


def test_waits_grow_to_ten_minutes() -> None:
    assert [wait_after(attempt).total_seconds() for attempt in range(1, 6)] == [5, 25, 125, 600, 600]


@given(st.integers(1, 256), st.integers(1, 50))
def test_waits_and_lanes_have_bounds(concurrency: int, attempt: int) -> None:
    assert timedelta(seconds=5) <= wait_after(attempt) <= timedelta(minutes=10)
    found = lanes(concurrency=concurrency, polling_seconds=0.05)
    assert all(1 <= lane.width <= max(2, concurrency) for lane in found.values())
