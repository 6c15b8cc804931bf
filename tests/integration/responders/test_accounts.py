"""A reply goes out from the account that it was approved for, whatever becomes of the profile meanwhile."""

import pytest

from domain.states import ReplyState
from domain.time import ManualClock
from responders.publishers.memory import Fault
from storage.database import Database
from storage.jobs import MemoryJobs
from tests.integration.responders.desk import Desk
from tests.rows import add_brand


@pytest.fixture
def desk(database: Database, jobs: MemoryJobs, clock: ManualClock) -> Desk:
    """A desk on either database, with an approved reply of @tern."""
    desk = Desk(database, jobs, clock)
    desk.reviewer.approve(draft_id=desk.add_draft(), version=1, user_id=1)
    return desk


def _let_another_answer(desk: Desk) -> None:
    accounts = [{"platform": "mastodon", "handle": "@other"}]
    with desk.database.write() as session:
        add_brand(session, desk.clock, accounts=accounts, platforms={"mastodon": {"answer": "reviewed"}})


def _states(desk: Desk) -> list[ReplyState]:
    return [reply.state for reply in desk.replies()]


def test_it_goes_out_from_no_other(desk: Desk) -> None:
    _let_another_answer(desk)
    desk.jobs.run_due()
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.FAILED], 0)
    (reply,) = desk.replies()
    assert "@tern" in (reply.last_error or "")
    assert "@other" in (reply.last_error or "")


def test_a_lost_one_is_not_looked_for_in_another_and_sent_from_there(desk: Desk) -> None:
    desk.publisher.faults = [Fault.LOST_AFTER]
    desk.jobs.run_due()
    assert _states(desk) == [ReplyState.UNKNOWN]
    _let_another_answer(desk)
    desk.publisher.posts.clear()  # the other account wrote nothing
    desk.publisher.absence_is_certain = True
    desk.wait(minutes=10)
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.UNKNOWN], 1)
