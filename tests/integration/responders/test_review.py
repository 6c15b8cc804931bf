"""A decision counts for exactly what the person saw."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.brand.profile import Profile
from domain.answers import Finding, Severity
from domain.errors import StaleWrite
from domain.states import DraftState, ReplyState
from domain.time import ManualClock
from platforms.registry import capabilities_of
from responders.errors import Blocked, NotPermitted, TooLong
from responders.review import Reviewer
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.queries.brands import RevisionCache, apply_profile
from storage.queries.queue import QueueFilter, count_queue, list_queue
from storage.tables import AuditEvent, Draft, Mention, Person, Review
from tests.integration.responders.desk import ACCOUNT, Desk
from tests.rows import PROFILE


@pytest.fixture
def desk(database: Database, jobs: MemoryJobs, clock: ManualClock) -> Desk:
    """A desk on either database."""
    return Desk(database, jobs, clock)


def _draft(desk: Desk) -> Draft:
    with desk.database.read() as session:
        return session.query(Draft).one()


def test_an_edit_and_approval_sends_the_edited_text(desk: Desk) -> None:
    draft_id = desk.add_draft()
    desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1, text="  Thank you so much!  ")
    desk.jobs.run_due()
    assert [post.text for post in desk.publisher.posts] == ["Thank you so much!"]
    with desk.database.read() as session:
        assert session.query(Review).one().decision == "edited_and_approved"


def test_a_stale_version_changes_nothing(desk: Desk) -> None:
    draft_id = desk.add_draft()
    version = desk.reviewer.edit(draft_id=draft_id, version=1, user_id=1, text="Another text")
    with pytest.raises(StaleWrite, match="as it is now"):
        desk.reviewer.approve(draft_id=draft_id, version=1, user_id=2)
    assert (_draft(desk).state, desk.replies()) == (DraftState.PROPOSED, [])
    desk.reviewer.approve(draft_id=draft_id, version=version, user_id=2)
    with pytest.raises(StaleWrite):
        desk.reviewer.approve(draft_id=draft_id, version=_draft(desk).version, user_id=2)
    assert len(desk.replies()) == 1


def test_two_people_must_approve_the_same_text(desk: Desk) -> None:
    draft_id = desk.add_draft(approvals=2)
    assert desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1).reply_ids == ()
    assert desk.reviewer.approve(draft_id=draft_id, version=_draft(desk).version, user_id=1).reply_ids == ()
    changed = desk.reviewer.approve(draft_id=draft_id, version=_draft(desk).version, user_id=2, text="Cheers, Ada!")
    assert (changed.approvals, changed.needed, changed.reply_ids) == (1, 2, ())
    done = desk.reviewer.approve(draft_id=draft_id, version=_draft(desk).version, user_id=1)
    assert (done.approvals, len(done.reply_ids)) == (2, 1)
    desk.jobs.run_due()
    assert [post.text for post in desk.publisher.posts] == ["Cheers, Ada!"]


def test_a_blocking_finding_refuses_and_a_warning_does_not(desk: Desk) -> None:
    draft_id = desk.add_draft()
    desk.findings = (Finding(rule="promise", severity=Severity.BLOCK, message="“refund” isn't among the promises."),)
    with pytest.raises(Blocked, match="refund"):
        desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1)
    desk.findings = (Finding(rule="tone", severity=Severity.WARN, message="A little loud."),)
    assert desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1).reply_ids


def test_what_stands_in_the_way_is_said_before_anything_is_approved(desk: Desk) -> None:
    draft_id = desk.add_draft()
    reviewer = Reviewer(
        database=desk.database, jobs=desk.jobs, clock=desk.clock, profiles=RevisionCache(desk.database),
        guard=lambda _id, _text: (),
        obstacle=lambda _session, profile, account: f"{account.handle} of {profile.slug} has no keys.",
    )  # fmt: skip
    with pytest.raises(NotPermitted, match="@tern of tern has no keys") as refused:
        reviewer.approve(draft_id=draft_id, version=1, user_id=1)
    assert refused.value.permission.rule == "unsendable"
    with pytest.raises(NotPermitted):
        reviewer.approve_unattended(draft_id=draft_id, version=1)
    assert (_draft(desk).state, desk.replies()) == (DraftState.PROPOSED, [])


def test_the_gate_refuses_with_a_link_and_an_answer_by_hand_is_recorded(desk: Desk) -> None:
    draft_id = desk.add_draft(platforms={"mastodon": {"answer": "by_hand"}})
    with pytest.raises(NotPermitted, match="by hand") as refused:
        desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1)
    assert refused.value.permission.rule == "platform_by_hand"
    desk.reviewer.record_by_hand(draft_id=draft_id, version=1, user_id=1, text="Thanks!", url="https://m.example/1")
    (reply,) = desk.replies()
    assert (reply.state, reply.origin, reply.text) == (ReplyState.SENT, "by_hand", "Thanks!")
    with desk.database.read() as session:
        person = session.scalars(select(Person)).one()
        assert (person.contacts, person.last_contacted_at) == (1, desk.clock.now())
    desk.jobs.run_due()
    assert desk.publisher.requests == 0


def _connect(desk: Desk, **changes: object) -> None:
    with desk.database.write() as session:
        uses = {"mastodon": {"answer": "reviewed"}}
        values = {**PROFILE, "accounts": [ACCOUNT], "platforms": uses, **changes}
        apply_profile(session, profile=Profile.model_validate(values), by="test", clock=desk.clock)


def test_a_draft_that_is_older_than_the_account_goes_out_from_it(desk: Desk) -> None:
    draft_id = desk.add_draft(accounts=[], auto_send=[])
    with desk.database.write() as session:
        session.execute(update(Draft).values(account=""))
    _connect(desk)
    assert desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1).reply_ids
    desk.jobs.run_due()
    (reply,) = desk.replies()
    assert (reply.state, reply.account, _draft(desk).account) == (ReplyState.SENT, "@tern", "@tern")


def test_what_goes_out_unattended_goes_from_the_account_that_answers_by_now(desk: Desk) -> None:
    draft_id = desk.add_draft()
    _connect(desk, accounts=[{"platform": "mastodon", "handle": "@tern_help"}])
    desk.reviewer.approve_unattended(draft_id=draft_id, version=1)
    desk.jobs.run_due()
    (reply,) = desk.replies()
    assert (reply.state, reply.account) == (ReplyState.SENT, "@tern_help")


def test_an_approval_for_another_account_does_not_count(desk: Desk) -> None:
    draft_id = desk.add_draft(approvals=2)
    desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1)
    _connect(desk, approvals=2, accounts=[{"platform": "mastodon", "handle": "@tern_help"}])
    again = desk.reviewer.approve(draft_id=draft_id, version=2, user_id=2)
    assert (again.approvals, again.reply_ids) == (1, ())


def test_a_text_that_is_too_long_is_refused_with_its_count(desk: Desk) -> None:
    draft_id = desk.add_draft(text="a b " * 200)
    most = capabilities_of("mastodon").max_length
    with pytest.raises(TooLong, match=f"has 800 characters and Mastodon allows {most}"):
        desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1)
    assert desk.replies() == []


def test_a_post_that_did_not_summon_the_account_is_answered_by_hand_on_x(desk: Desk) -> None:
    account = {"platform": "x", "handle": "@someone_else", "records": {"automated_label": "2026-11-01"}}
    draft_id = desk.add_draft(platform="x", accounts=[account])
    with pytest.raises(NotPermitted, match="mentions it"):
        desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@tern I love it", True), ("(@TERN!)", True), ("thanks @tern.", True), ("@ternkettles I love it", False),
        ("write to ada@tern.example", False), ("@tern-kettles hello", False), ("@tern.example hello", False),
    ],
)  # fmt: skip
def test_a_handle_within_another_name_or_address_is_no_call(desk: Desk, text: str, called: object) -> None:
    account = {"platform": "x", "handle": "@tern", "records": {"automated_label": "2026-11-01"}}
    draft_id = desk.add_draft(platform="x", accounts=[account])
    with desk.database.write() as session:
        session.execute(update(Mention).values(text=text, addressed=None))
    try:
        desk.reviewer.approve(draft_id=draft_id, version=1, user_id=1)
        allowed = True
    except NotPermitted as refused:
        assert refused.permission.rule == "not_summoned"
        allowed = False
    assert allowed is called


def test_reject_snooze_and_assign_leave_the_queue_as_people_expect(desk: Desk) -> None:
    draft_id = desk.add_draft()
    with desk.database.read() as session:
        brand_id = session.query(Draft).one().brand_id

    def waiting() -> int:
        with desk.database.read() as session:
            filters = QueueFilter(at=desk.clock.now())
            listed = len(list_queue(session, brand_id=brand_id, filters=filters).items)
            assert listed == count_queue(session, brand_id=brand_id, at=desk.clock.now())
            return listed

    desk.reviewer.assign(draft_id=draft_id, version=1, user_id=1, assignee_id=2)
    assert waiting() == 1
    until = desk.clock.now() + timedelta(hours=1)
    desk.reviewer.snooze(draft_id=draft_id, version=2, user_id=1, until=until)
    assert waiting() == 0
    desk.clock.advance(timedelta(hours=2))
    assert waiting() == 1
    desk.reviewer.reject(draft_id=draft_id, version=3, user_id=1, reason="They only joked.")
    assert (waiting(), _draft(desk).state) == (0, DraftState.REJECTED)
    with desk.database.read() as session:
        actions = [event.action for event in session.query(AuditEvent).filter_by(object_kind="draft")]
        assert actions == ["draft.assigned", "draft.snoozed", "draft.rejected"]
