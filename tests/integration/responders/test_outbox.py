"""An approved reply goes out once, whatever the platform does and wherever the process dies."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from domain.answers import LookUpResult, OutgoingReply, SendResult
from domain.errors import StaleWrite
from domain.states import ReplyState
from domain.time import ManualClock
from platforms.credentials import MemoryCredentials
from responders.outbox import CLAIM
from responders.publishers.memory import Fault
from responders.unknown import doubt_everything, look_up_doubted
from storage.database import Database
from storage.instance import confirm_sending
from storage.jobs import MemoryJobs
from storage.tables import Draft, Installation, Mention, Person, Reply
from tests.integration.responders.desk import Desk


@pytest.fixture
def desk(database: Database, jobs: MemoryJobs, clock: ManualClock) -> Desk:
    """A desk on either database."""
    return Desk(database, jobs, clock)


def _approve(desk: Desk, **draft: object) -> int:
    draft_id = desk.add_draft(**draft)  # type: ignore[arg-type]
    return desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1).reply_ids[0]


def _states(desk: Desk) -> list[ReplyState]:
    return [reply.state for reply in desk.replies()]


def test_an_approved_reply_is_sent_once(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.jobs.run_due()
    assert desk.outbox.send(reply_id) is None
    assert [post.text for post in desk.publisher.posts] == ["Thank you, Ada!"]
    (reply,) = desk.replies()
    assert (reply.state, reply.external_id, desk.sent) == (ReplyState.SENT, f"m-{reply.key[:16]}", [reply.id])


def test_a_refusal_before_acting_is_tried_again_later(desk: Desk) -> None:
    _approve(desk)
    desk.publisher.faults = [Fault.REFUSED, Fault.REFUSED]
    desk.jobs.run_due()
    assert _states(desk) == [ReplyState.QUEUED]
    desk.wait(minutes=5)
    assert _states(desk) == [ReplyState.SENT]
    assert (desk.publisher.requests, len(desk.publisher.posts)) == (3, 1)


def test_endless_refusals_end_as_failed(desk: Desk) -> None:
    _approve(desk)
    desk.publisher.faults = [Fault.REFUSED] * 100
    desk.wait(minutes=120)
    assert _states(desk) == [ReplyState.FAILED]
    assert desk.publisher.requests == 6


def test_a_rejection_is_failed_and_says_why(desk: Desk) -> None:
    _approve(desk)
    desk.publisher.faults = [Fault.REJECTED]
    desk.wait(minutes=60)
    (reply,) = desk.replies()
    assert (reply.state, reply.last_error, desk.publisher.requests) == (
        ReplyState.FAILED, "the platform refuses this reply", 1,
    )  # fmt: skip


def test_a_key_that_is_nowhere_fails_the_reply_and_says_what_to_do(desk: Desk) -> None:
    _approve(desk)

    def ask_for_key() -> None:
        MemoryCredentials().get("token")

    desk.publisher.before_request = ask_for_key
    desk.jobs.run_due()
    (reply,) = desk.replies()
    assert reply.state is ReplyState.FAILED
    assert "run: earnest connect memory" in (reply.last_error or "")
    assert desk.publisher.posts == []


def test_a_connection_lost_after_the_write_is_found_and_never_repeated(desk: Desk) -> None:
    _approve(desk)
    desk.publisher.faults = [Fault.LOST_AFTER]
    desk.jobs.run_due()
    assert _states(desk) == [ReplyState.UNKNOWN]
    desk.wait(minutes=5)
    assert _states(desk) == [ReplyState.SENT]
    assert (desk.publisher.requests, len(desk.publisher.posts), len(desk.sent)) == (1, 1, 1)


def test_a_lost_reply_that_is_not_seen_waits_for_a_person(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.publisher.faults = [Fault.LOST_BEFORE]
    desk.wait(minutes=60)
    (reply,) = desk.replies()
    assert (reply.state, reply.lookups, reply.next_try_at) == (ReplyState.UNKNOWN, 5, None)
    assert desk.publisher.requests == 1
    desk.unknown.decide_resend(reply_id=reply_id, user_id=1)
    desk.jobs.run_due()
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.SENT], 2)


def test_a_lost_reply_goes_again_where_the_platform_guarantees_absence(desk: Desk) -> None:
    _approve(desk)
    desk.publisher.faults, desk.publisher.absence_is_certain = [Fault.LOST_BEFORE], True
    desk.wait(minutes=5)
    assert (_states(desk), len(desk.publisher.posts)) == ([ReplyState.SENT], 1)


def test_a_process_that_dies_while_sending_leaves_a_reply_that_is_looked_up(desk: Desk) -> None:
    _approve(desk)

    def die() -> None:
        raise KeyboardInterrupt

    desk.publisher.before_answer = die
    with pytest.raises(KeyboardInterrupt):
        desk.jobs.run_due()
    desk.publisher.before_answer = None
    assert (_states(desk), desk.outbox.recover()) == ([ReplyState.SENDING], [])
    desk.clock.advance(CLAIM + timedelta(seconds=1))
    desk.outbox.recover()
    desk.wait(minutes=5)
    assert (_states(desk), desk.publisher.requests, len(desk.sent)) == ([ReplyState.SENT], 1, 1)


def test_what_changed_after_the_approval_is_not_sent(desk: Desk) -> None:
    _approve(desk)
    with desk.database.write() as session:
        session.execute(update(Draft).values(text="Have a free kettle!"))
    desk.jobs.run_due()
    (reply,) = desk.replies()
    assert (reply.state, desk.publisher.requests) == (ReplyState.FAILED, 0)
    assert "approval on record" in (reply.last_error or "")


@pytest.mark.parametrize(
    ("table", "change", "reason"),
    [
        (Person, {"opted_out_at": "now"}, "asked not to be contacted"),
        (Mention, {"state": "deleted"}, "was deleted"),
    ],
)
def test_the_gate_is_asked_again_just_before_sending(
    desk: Desk, table: type[Person] | type[Mention], change: dict[str, object], reason: str
) -> None:
    _approve(desk)
    values = {key: desk.clock.now() if value == "now" else value for key, value in change.items()}
    with desk.database.write() as session:
        session.execute(update(table).values(**values))
    desk.jobs.run_due()
    (reply,) = desk.replies()
    assert (reply.state, desk.publisher.requests) == (ReplyState.FAILED, 0)
    assert reason in (reply.last_error or "")


def test_a_copy_of_the_database_sends_nothing_until_confirmed(desk: Desk, tmp_path: Path) -> None:
    reply_id = _approve(desk)
    with desk.database.write() as session:
        session.add(Installation(instance_id="a", created_at=desk.clock.now(), sending_off_reason="Is this a copy?"))
        session.flush()
        assert doubt_everything(session) == 1
    desk.wait(minutes=1)
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.UNKNOWN], 0)
    with desk.database.write() as session:
        confirm_sending(session, data_dir=tmp_path, clock=desk.clock, user_id=1)
    desk.unknown.decide_resend(reply_id=reply_id, user_id=1)
    desk.jobs.run_due()
    assert _states(desk) == [ReplyState.SENT]


def test_a_sent_reply_cannot_be_withdrawn_and_a_queued_one_can(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.unknown.withdraw(reply_id=reply_id, user_id=1)
    desk.jobs.run_due()
    assert (_states(desk), desk.publisher.requests) == ([ReplyState.WITHDRAWN], 0)
    with pytest.raises(StaleWrite, match="withdrawn"):
        desk.unknown.decide_resend(reply_id=reply_id, user_id=1)


def test_send_again_pressed_twice_sends_one_reply(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.publisher.faults = [Fault.LOST_BEFORE]
    desk.outbox.send(reply_id)
    desk.unknown.decide_resend(reply_id=reply_id, user_id=1)
    with pytest.raises(StaleWrite, match="queued by now"):
        desk.unknown.decide_resend(reply_id=reply_id, user_id=2)
    seen: list[str] = []

    def press() -> None:
        for decide in (desk.unknown.decide_resend, desk.unknown.decide_sent):
            with pytest.raises(StaleWrite) as refused:
                decide(reply_id=reply_id, user_id=2)
            seen.append(str(refused.value))

    desk.publisher.before_answer = press
    assert desk.outbox.send(reply_id) is ReplyState.SENT
    desk.wait(minutes=1)
    assert len(seen) == 2
    assert all("sending by now" in sentence for sentence in seen)
    assert len(desk.publisher.posts) == 1


def test_two_workers_that_claim_at_once_send_one_reply(desk: Desk) -> None:
    reply_id = _approve(desk)
    inner: list[ReplyState | None] = []
    desk.publisher.before_answer = lambda: inner.append(desk.outbox.send(reply_id))
    desk.outbox.send(reply_id)
    assert (inner, desk.publisher.requests, _states(desk)) == ([None], 1, [ReplyState.SENT])


def test_what_was_doubted_is_looked_up_once_an_operator_confirmed(desk: Desk) -> None:
    _approve(desk)
    desk.publisher.absence_is_certain = True
    with desk.database.write() as session:
        session.add(Installation(instance_id="a", created_at=desk.clock.now(), sending_off_reason="Is this a copy?"))
        session.flush()
        doubt_everything(session)
    with desk.database.write() as session:
        session.execute(update(Installation).values(sending_off_reason=None))
        assert look_up_doubted(session, desk.jobs, at=desk.clock.now()) == 1
    desk.jobs.run_due()
    assert (_states(desk), len(desk.publisher.posts)) == ([ReplyState.SENT], 1)


def test_a_late_answer_to_a_lost_claim_settles_nothing(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.publisher.faults = [Fault.REJECTED]
    inner = desk.publisher.send

    def slow(request: OutgoingReply, /) -> SendResult:
        with desk.database.write() as session:
            session.execute(update(Reply).values(attempts=2))  # the claim ran out, and a later try has it
        return inner(request)

    desk.publisher.send = slow  # type: ignore[method-assign]
    assert desk.outbox.send(reply_id) is ReplyState.SENDING


def test_a_look_that_began_before_a_resend_says_nothing_of_it(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.publisher.faults, desk.publisher.absence_is_certain = [Fault.LOST_BEFORE, Fault.LOST_AFTER], True
    desk.outbox.send(reply_id)
    look = desk.publisher.find_reply

    def slow(request: OutgoingReply, /) -> LookUpResult:
        seen = look(request)
        desk.unknown.decide_resend(reply_id=reply_id, user_id=1)
        desk.outbox.send(reply_id)
        return seen

    desk.publisher.find_reply = slow  # type: ignore[method-assign]
    assert desk.unknown.look_up(reply_id) is ReplyState.UNKNOWN
    desk.publisher.find_reply = look  # type: ignore[method-assign]
    desk.wait(minutes=10)
    assert (_states(desk), len(desk.publisher.posts)) == ([ReplyState.SENT], 1)


def test_a_reply_that_a_collector_met_with_other_words_is_one_reply(desk: Desk) -> None:
    reply_id = _approve(desk)
    desk.publisher.faults = [Fault.LOST_AFTER]
    desk.outbox.send(reply_id)
    (ours,) = desk.replies()
    with desk.database.write() as session:
        session.add(
            Reply(
                brand_id=ours.brand_id, conversation_id=ours.conversation_id, platform=ours.platform, account="tern",
                origin="native", state=ReplyState.SENT, key="native", text="Thank you, Ada! …",
                external_id=f"m-{ours.key[:16]}", in_reply_to=ours.in_reply_to, created_at=desk.clock.now(),
                sent_at=desk.clock.now(),
            )
        )  # fmt: skip
    assert desk.unknown.look_up(reply_id) is ReplyState.SENT
    assert [reply.id for reply in desk.replies()] == [reply_id]
