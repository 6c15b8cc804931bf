"""A reply goes out from the account that it was approved for, whatever becomes of the profile meanwhile."""

import pytest

from domain.states import ReplyState
from domain.time import ManualClock
from responders.errors import NotPermitted
from responders.publishers.memory import Fault, MemoryPublisher
from storage.database import Database
from storage.jobs import MemoryJobs
from tests.integration.responders.desk import Desk
from tests.rows import add_author, add_brand, add_draft, add_mention


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


def test_two_brands_with_one_account_answer_a_post_once_where_the_platform_wants_that(
    database: Database, jobs: MemoryJobs, clock: ManualClock
) -> None:
    desk = Desk(database, jobs, clock, publisher=MemoryPublisher(platform="x"))
    shared = {"platform": "x", "handle": "@tern", "records": {"automated_label": "2026-11-01"}}
    first = desk.add_draft(platform="x", accounts=[shared])
    with database.write() as session:
        profile = {"slug": "tern-de", "platforms": {"x": {"answer": "reviewed"}}}
        brand = add_brand(session, clock, accounts=[{**shared, "handle": "Tern"}], **profile)
        author = add_author(session, brand, clock.now(), platform="x")
        mention = add_mention(session, author, "p1", "@tern I love my kettle", clock.now())
        second = add_draft(session, mention, brand, clock.now(), account="Tern").id
    desk.reviewer.approve(draft_id=first, version=1, user_id=1)
    with pytest.raises(NotPermitted, match="one reply to a post"):
        desk.reviewer.approve(draft_id=second, version=1, user_id=1)
    desk.jobs.run_due()
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.SENT], 1)
