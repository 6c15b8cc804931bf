"""A digest's mail on both databases: once a week, one claim, one request, then a state; never blindly twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from digests.due import make_digest
from digests.memory import MemoryMailer
from digests.sending import CLAIM, MOST_TRIES, mail_of, queue_mail, resend_mail, send_digest_mail
from domain.answers import Outcome, SendResult
from domain.errors import InvalidTransition, NotFound
from domain.mails import Mail
from domain.states import MailState
from domain.time import ManualClock
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Digest, DigestMail, Installation
from tests.integration.digests.week import MONDAY, WEEK, add_week


class Post:
    """A brand's weekly mail and everything that carries it."""

    def __init__(self, database: Database) -> None:
        """Make the digest and queue its mail."""
        self.database, self.clock = database, ManualClock(MONDAY)
        self.jobs, self.mailer = MemoryJobs(self.clock), MemoryMailer(self.clock)
        self.brand_id = add_week(database, self.clock).brand_id
        self.digest = make_digest(database, self.jobs, self.clock, brand_id=self.brand_id, week=WEEK)
        self.jobs.handlers[JobKind.MAIL] = lambda ids: void(self.send(ids[0]))

    def send(self, mail_id: int) -> MailState | None:
        """Send one mail."""
        return send_digest_mail(
            self.database, self.jobs, self.clock, self.mailer, mail_id, desk=lambda s, w: f"/{s}/{w}"
        )

    @property
    def row(self) -> DigestMail:
        """The mail's row as it is now."""
        with self.database.read() as session:
            row = mail_of(session, self.digest.id)
        assert row is not None
        return row

    def resend(self) -> None:
        """Queue the mail again, as a person does."""
        with self.database.write() as session:
            resend_mail(session, self.jobs, mail_id=self.row.id, user_id=None, at=self.clock.now())


def void(_anything: object) -> None:
    """Take a handler's answer and say nothing."""


@pytest.fixture
def post(database: Database) -> Post:
    """A mail that is queued."""
    return Post(database)


def test_it_is_sent_once_to_everybody_with_a_fixed_message_id(post: Post) -> None:
    assert post.row.state is MailState.QUEUED
    message_id = post.row.message_id
    post.jobs.run_due()
    assert (post.row.state, post.row.sent_at, post.row.attempts) == (MailState.SENT, MONDAY, 1)
    [mail] = post.mailer.delivered
    assert mail.recipients == ("ruth@example.com", "tom@example.com")
    assert mail.message_id == message_id
    assert "/tern/2026-W46" in mail.text

    make_digest(post.database, post.jobs, post.clock, brand_id=post.brand_id, week=WEEK)
    assert post.send(post.row.id) is None
    post.jobs.run_due()
    assert len(post.mailer.delivered) == 1
    with post.database.read() as session:
        assert session.scalar(select(func.count()).select_from(DigestMail)) == 1


def test_a_certain_refusal_is_tried_again_later_and_not_for_ever(post: Post) -> None:
    post.mailer.outcomes.extend([Outcome.REFUSED_BEFORE_ACTING] * 100)
    with post.database.write() as session:
        session.execute(update(DigestMail).values(attempts=MOST_TRIES - 2))
    for _ in range(4):
        post.jobs.run_due()
        post.clock.advance(timedelta(hours=3))
    assert (post.row.state, post.row.attempts) == (MailState.FAILED, MOST_TRIES)
    assert post.mailer.delivered == []
    assert "refused_before_acting" in (post.row.last_error or "")

    post.mailer.outcomes.clear()
    post.resend()
    post.jobs.run_due()
    assert (post.row.state, post.row.attempts, post.row.last_error) == (MailState.SENT, MOST_TRIES + 1, None)


def test_between_tries_it_waits_whoever_wakes_it(post: Post) -> None:
    post.mailer.outcomes.append(Outcome.REFUSED_BEFORE_ACTING)
    post.jobs.run_due()
    assert post.send(post.row.id) is None
    assert post.row.state is MailState.QUEUED
    post.clock.advance(timedelta(minutes=2))
    assert post.send(post.row.id) is MailState.SENT


def test_a_mail_that_may_have_gone_out_waits_for_a_person(post: Post) -> None:
    post.mailer.outcomes.append(Outcome.UNKNOWN)
    post.jobs.run_due()
    assert post.row.state is MailState.UNKNOWN
    post.clock.advance(timedelta(days=1))
    post.jobs.run_due()
    assert post.send(post.row.id) is None
    assert len(post.mailer.delivered) == 1

    post.resend()
    post.jobs.run_due()
    first, second = post.mailer.delivered
    assert (post.row.state, first.message_id) == (MailState.SENT, second.message_id)


def test_a_process_that_died_while_sending_leaves_it_unknown(post: Post) -> None:
    def die(_mail: Mail) -> SendResult:
        raise KeyboardInterrupt

    post.mailer.send = die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        post.send(post.row.id)
    assert post.row.state is MailState.SENDING
    assert post.send(post.row.id) is None
    post.clock.advance(CLAIM + timedelta(seconds=1))
    assert post.send(post.row.id) is MailState.UNKNOWN
    assert post.row.last_error == "The program stopped while it was sending."


def test_an_answer_that_comes_after_the_claim_ran_out_changes_nothing(post: Post) -> None:
    deliver: Callable[[Mail], SendResult] = post.mailer.send

    def dawdle(mail: Mail) -> SendResult:
        post.clock.advance(CLAIM + timedelta(seconds=1))
        assert send_digest_mail(post.database, post.jobs, post.clock, MemoryMailer(post.clock), post.row.id)
        return deliver(mail)

    post.mailer.send = dawdle  # type: ignore[method-assign]
    assert post.send(post.row.id) is MailState.UNKNOWN
    assert post.row.last_error == "A late answer says: sent."


def test_a_final_no_is_a_failure_with_its_reason(post: Post) -> None:
    post.mailer.outcomes.append(Outcome.REJECTED)
    post.jobs.run_due()

    assert (post.row.state, post.row.attempts) == (MailState.FAILED, 1)
    assert "rejected" in (post.row.last_error or "")


def test_a_copy_of_the_database_mails_nothing(post: Post) -> None:
    with post.database.write() as session:
        session.execute(update(Installation).values(sending_off_reason="A copy?"))
    post.jobs.run_due()
    assert (post.row.state, post.mailer.delivered) == (MailState.QUEUED, [])

    with post.database.write() as session:
        session.execute(update(Installation).values(sending_off_reason=None))
    assert post.send(post.row.id) is MailState.SENT


def test_a_fault_in_the_page_is_not_taken_for_a_mail_on_its_way(post: Post) -> None:
    with post.database.write() as session:
        session.execute(update(Digest).values(figures={"broken": True}))
    with pytest.raises(ValueError, match="Field required"):
        post.send(post.row.id)

    assert post.row.state is MailState.QUEUED


def test_what_is_queued_or_unknown_to_us_cannot_be_resent(post: Post) -> None:
    with pytest.raises(InvalidTransition):
        post.resend()
    with post.database.write() as session, pytest.raises(NotFound):
        resend_mail(session, post.jobs, mail_id=999, user_id=None, at=MONDAY)
    assert post.send(999) is None


def test_a_brand_without_recipients_has_a_page_only(database: Database) -> None:
    clock = ManualClock(MONDAY)
    jobs = MemoryJobs(clock)
    seen = add_week(database, clock, digest={"weekday": "mon"})
    digest = make_digest(database, jobs, clock, brand_id=seen.brand_id, week=WEEK)
    with database.write() as session:
        assert queue_mail(session, jobs, digest=digest, at=MONDAY) is None
        assert mail_of(session, digest.id) is None
    assert jobs.waiting == ()
