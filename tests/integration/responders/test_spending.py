"""What replies cost stands in the ledger, try by try, and an account's budget is never passed."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.answers import OutgoingReply, SendResult
from domain.states import ReplyState
from domain.time import ManualClock
from responders.errors import NotPermitted
from responders.publishers.memory import Fault, MemoryPublisher
from responders.spending import KIND
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.tables import LedgerEntry
from tests.integration.responders.desk import Desk

CENT = 10_000


@dataclass
class Charging(MemoryPublisher):
    """Charges a cent for what went out, as X does for a summoned reply; a refusal costs nothing."""

    def send(self, reply: OutgoingReply, /) -> SendResult:
        before = len(self.posts)
        result = super().send(reply)
        return replace(result, cost_micros=CENT * (len(self.posts) - before))


@pytest.fixture
def desk(database: Database, jobs: MemoryJobs, clock: ManualClock) -> Desk:
    return Desk(database, jobs, clock, publisher=Charging(platform="x"))


def _draft(desk: Desk, *, budget: str | None, text: str = "Thank you, Ada!", **account: Any) -> int:
    handle = {"platform": "x", "handle": "@tern", "records": {"automated_label": "2026-11-01"}}
    limits = {"budget": budget} if budget else {}
    return desk.add_draft(platform="x", text=text, accounts=[{**handle, **limits, **account}])


def _approve(desk: Desk, draft_id: int) -> int:
    return desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1).reply_ids[0]


def _ledger(desk: Desk) -> list[tuple[str, int, int, str]]:
    with desk.database.read() as session:
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == KIND).order_by(LedgerEntry.id)).all()
        return [(row.reference, row.calls, row.micros, row.currency) for row in rows]


def _spend(desk: Desk, reply_id: int, micros: int, *, ago: timedelta = timedelta()) -> None:
    with desk.database.write() as session:
        brand_id = desk.replies()[0].brand_id
        session.add(
            LedgerEntry(
                brand_id=brand_id, source_id=None, kind=KIND, reference=f"reply:{reply_id}:9", micros=micros,
                currency="USD", seconds=0, calls=1, at=desk.clock.now() - ago,
            )
        )  # fmt: skip


def test_every_try_stands_once_with_its_cost(desk: Desk) -> None:
    reply_id = _approve(desk, _draft(desk, budget=None))
    desk.publisher.faults = [Fault.REFUSED]
    desk.wait(minutes=5)
    assert [reply.state for reply in desk.replies()] == [ReplyState.SENT]
    assert _ledger(desk) == [(f"reply:{reply_id}:1", 1, 0, "USD"), (f"reply:{reply_id}:2", 1, CENT, "USD")]


def test_the_cost_of_an_answer_that_came_too_late_is_kept(desk: Desk) -> None:
    reply_id = _approve(desk, _draft(desk, budget=None))

    def take_long() -> None:
        desk.clock.advance(timedelta(minutes=6))
        desk.outbox.recover()

    desk.publisher.before_answer = take_long
    desk.jobs.run_due()
    assert _ledger(desk) == [(f"reply:{reply_id}:1", 1, CENT, "USD")]


def test_a_try_that_a_dead_process_made_counts_with_the_most_that_it_may_have_cost(desk: Desk) -> None:
    reply_id = _approve(desk, _draft(desk, budget="1 USD"))

    def die() -> None:
        raise KeyboardInterrupt

    desk.publisher.before_answer = die
    with pytest.raises(KeyboardInterrupt):
        desk.jobs.run_due()
    desk.clock.advance(timedelta(minutes=6))
    desk.outbox.recover()
    assert _ledger(desk) == [(f"reply:{reply_id}:1", 1, 15_000, "USD")]


def test_a_reply_goes_out_to_the_last_cent_and_none_beyond(desk: Desk) -> None:
    # The dearest that a text without a link may cost is $0.015; half a cent is left once the first cent is spent.
    draft_id = _draft(desk, budget="0.215 USD")
    reply_id = _approve(desk, draft_id)
    _spend(desk, reply_id, 20 * CENT)
    desk.jobs.run_due()
    assert [reply.state for reply in desk.replies()] == [ReplyState.SENT]
    assert sum(micros for _, _, micros, _ in _ledger(desk)) == 21 * CENT


def test_a_reply_that_would_pass_the_budget_is_not_sent_and_says_why(desk: Desk) -> None:
    reply_id = _approve(desk, _draft(desk, budget="0.215 USD"))
    _spend(desk, reply_id, 20 * CENT + 1)
    desk.jobs.run_due()
    (reply,) = desk.replies()
    assert (reply.state, desk.publisher.requests) == (ReplyState.FAILED, 0)
    assert "budget" in (reply.last_error or "")


def test_last_month_is_another_budget(desk: Desk) -> None:
    reply_id = _approve(desk, _draft(desk, budget="0.215 USD"))
    _spend(desk, reply_id, 100 * CENT, ago=timedelta(days=18))
    desk.jobs.run_due()
    assert [reply.state for reply in desk.replies()] == [ReplyState.SENT]


def test_an_approval_counts_with_the_dearest_price(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match=r"may cost 0\.20 USD"):
        _approve(desk, _draft(desk, budget="0.19 USD"))


def test_the_operators_own_prices_count(desk: Desk) -> None:
    prices = {"prices": {"post_with_link": "0.05 USD", "post": "0.01 USD"}}
    _approve(desk, _draft(desk, budget="0.05 USD", options=prices))
    assert [reply.state for reply in desk.replies()] == [ReplyState.QUEUED]


def test_a_budget_in_another_currency_is_no_limit_that_could_be_kept(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="write the budget"):
        _approve(desk, _draft(desk, budget="50 EUR"))


def test_what_no_person_approves_wants_the_platforms_word(desk: Desk) -> None:
    with pytest.raises(NotPermitted, match="ai_replies_approval"):
        desk.reviewer.approve_unattended(draft_id=_draft(desk, budget=None), version=1)


def test_what_no_person_approves_goes_out_once_that_is_recorded(desk: Desk) -> None:
    records = {"automated_label": "2026-11-01", "ai_replies_approval": "2026-11-02"}
    desk.reviewer.approve_unattended(draft_id=_draft(desk, budget=None, records=records), version=1)
    desk.jobs.run_due()
    assert [reply.state for reply in desk.replies()] == [ReplyState.SENT]
