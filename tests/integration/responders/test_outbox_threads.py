"""A reply in several parts goes out in order, each below the one before, and stops where one of them stops."""

import pytest
from sqlalchemy import update

from domain.states import DraftState, ReplyState
from domain.time import ManualClock
from responders.publishers.memory import Fault
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.tables import Draft, Reply
from tests.integration.responders.desk import Desk


@pytest.fixture
def desk(database: Database, jobs: MemoryJobs, clock: ManualClock) -> Desk:
    """A desk on either database."""
    return Desk(database, jobs, clock)


def _states(desk: Desk) -> list[ReplyState]:
    return [reply.state for reply in desk.replies()]


def _approve_thread(desk: Desk) -> tuple[int, ...]:
    long = " ".join(["We looked into what you told us about the kettle."] * 15)
    return desk.reviewer.approve(draft_id=desk.add_draft(text=long), version=1, user_id=1, split=True).reply_ids


def test_a_thread_goes_out_in_order_each_part_below_the_one_before(desk: Desk) -> None:
    long = " ".join(["We looked into what you told us about the kettle."] * 15)
    draft_id = desk.add_draft(text=long)
    approved = desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1, split=True)
    assert len(approved.reply_ids) == 2
    desk.publisher.faults = [Fault.REFUSED]
    desk.outbox.send(approved.reply_ids[1])
    assert desk.publisher.requests == 0
    desk.wait(minutes=5)
    first, second = desk.publisher.posts
    assert first.text.endswith("(1/2)")
    assert second.text.endswith("(2/2)")
    assert second.in_reply_to == desk.replies()[0].external_id
    assert _states(desk) == [ReplyState.SENT, ReplyState.SENT]


def test_a_part_that_waits_for_the_one_before_uses_up_no_tries(desk: Desk) -> None:
    _, second = _approve_thread(desk)
    for _ in range(20):
        assert desk.outbox.send(second) is None
    assert desk.replies()[1].attempts == 0


def test_a_thread_goes_on_below_a_part_that_a_person_says_is_out(desk: Desk) -> None:
    first, _ = _approve_thread(desk)
    desk.publisher.faults = [Fault.LOST_BEFORE]
    desk.wait(minutes=60)
    assert _states(desk) == [ReplyState.UNKNOWN, ReplyState.QUEUED]
    desk.unknown.decide_sent(reply_id=first, user_id=1)
    desk.jobs.run_due()
    assert _states(desk) == [ReplyState.SENT, ReplyState.SENT]
    assert desk.publisher.posts[-1].in_reply_to == desk.replies()[0].in_reply_to


def test_withdrawing_takes_the_rest_of_the_thread_and_lets_the_post_be_answered_anew(desk: Desk) -> None:
    first, _ = _approve_thread(desk)
    desk.unknown.withdraw(reply_id=first, user_id=1)
    desk.jobs.run_due()
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.WITHDRAWN] * 2, 0)
    with desk.database.read() as session:
        assert session.get_one(Draft, desk.replies()[0].draft_id).state is DraftState.EXPIRED


def test_parts_whose_drafts_were_erased_stand_in_nobodys_way(desk: Desk) -> None:
    first, second = _approve_thread(desk)
    desk.publisher.faults = [Fault.LOST_BEFORE]
    desk.outbox.send(first)
    with desk.database.write() as session:
        other = session.get_one(Reply, second)
        row = {column.key: getattr(other, column.key) for column in Reply.__table__.columns if column.key != "id"}
        session.execute(update(Reply).values(draft_id=None))
        session.add(Reply(**{**row, "key": "other", "draft_id": None}))
    desk.unknown.decide_sent(reply_id=first, user_id=1)
    assert _states(desk) == [ReplyState.SENT, ReplyState.QUEUED, ReplyState.QUEUED]
