"""What was left behind gets a fresh job; what is only late is left alone."""

from datetime import timedelta

import pytest

from domain.states import MailState, MentionState, ReplyState
from domain.time import ManualClock
from listener.deletions import blank_mentions, erase_mentions
from runtime.sweep import Sweep
from storage.database import Database
from storage.jobs import JobKind, MemoryJobs
from storage.tables import Digest, DigestMail, Mention, Reply
from tests.rows import add_author, add_brand, add_mention


class Left:
    """A brand with rows that stand still, and the sweep that finds them."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock, self.jobs = database, clock, MemoryJobs(clock)
        self.busy: set[JobKind] = set()
        self.sweep = Sweep(database, self.jobs, clock, recover_replies=list, is_busy=self.busy.__contains__)

    def mentions(self, state: MentionState, number: int) -> list[int]:
        with self.database.write() as session:
            author = add_author(session, add_brand(session, self.clock), self.clock.now())
            return [
                add_mention(
                    session, author, str(place), "hello", self.clock.now(), state=state, collected_at=self.clock.now()
                ).id
                for place in range(number)
            ]

    def reply(self, **columns: object) -> int:
        (mention_id,) = self.mentions(MentionState.ROUTED, 1)
        with self.database.write() as session:
            mention = session.get_one(Mention, mention_id)
            row = Reply(
                brand_id=mention.brand_id, mention_id=mention.id, conversation_id=mention.conversation_id,
                platform="x", account="tern", origin="desk", key="k", text="thanks", in_reply_to="0",
                created_at=self.clock.now(), **columns,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def mail(self, **columns: object) -> int:
        with self.database.write() as session:
            revision = add_brand(session, self.clock)
            digest = Digest(
                brand_id=revision.brand_id, revision_id=revision.id, week="2026-W46", model="m", figures={},
                created_at=self.clock.now(),
            )  # fmt: skip
            session.add(digest)
            session.flush()
            row = DigestMail(
                brand_id=revision.brand_id, digest_id=digest.id, message_id="m", recipients=[],
                created_at=self.clock.now(), **columns,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id


@pytest.fixture
def left(database: Database, clock: ManualClock) -> Left:
    return Left(database, clock)


@pytest.mark.parametrize(
    ("state", "kind"), [(MentionState.COLLECTED, JobKind.CLASSIFY), (MentionState.CLASSIFIED, JobKind.ROUTE)]
)
def test_mentions_that_stand_still_are_woken_in_chunks(left: Left, state: MentionState, kind: JobKind) -> None:
    ids = left.mentions(state, 70)
    assert left.sweep.run() == {}
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == {kind: 2}
    assert [job.kind for job in left.jobs.waiting] == [kind, kind]
    assert [number for job in left.jobs.waiting for number in job.ids] == ids
    assert len({job.key for job in left.jobs.waiting}) == 2
    left.clock.advance(timedelta(minutes=5))
    left.sweep.run()
    assert len({job.key for job in left.jobs.waiting}) == 4


def test_what_is_only_late_is_left_alone(left: Left) -> None:
    left.mentions(MentionState.COLLECTED, 3)
    left.clock.advance(timedelta(minutes=2))
    left.busy.add(JobKind.CLASSIFY)
    assert left.sweep.run() == {}


def test_mentions_that_arrived_are_left_alone(left: Left) -> None:
    left.mentions(MentionState.ROUTED, 3)
    left.clock.advance(timedelta(days=2))
    assert left.sweep.run() == {}


@pytest.mark.parametrize(
    ("state", "minutes", "kind"),
    [
        (ReplyState.QUEUED, None, JobKind.SEND),
        (ReplyState.QUEUED, 0, JobKind.SEND),
        (ReplyState.QUEUED, 60, None),
        (ReplyState.UNKNOWN, 0, JobKind.LOOK_UP),
        # Nothing more to learn by looking: a person decides.
        (ReplyState.UNKNOWN, None, None),
        (ReplyState.SENT, None, None),
        (ReplyState.FAILED, None, None),
    ],
)
def test_replies_whose_time_has_passed(
    left: Left, state: ReplyState, minutes: int | None, kind: JobKind | None
) -> None:
    at = None if minutes is None else left.clock.now() + timedelta(minutes=minutes)
    reply_id = left.reply(state=state, next_try_at=at)
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == ({kind: 1} if kind else {})
    assert [job.ids for job in left.jobs.waiting] == ([(reply_id,)] if kind else [])


def test_mails_that_nobody_sends(left: Left) -> None:
    mail_id = left.mail(state=MailState.QUEUED)
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == {JobKind.MAIL: 1}
    assert left.jobs.waiting[0].ids == (mail_id,)


def test_a_claim_on_a_mail_is_dead_after_ten_minutes(left: Left) -> None:
    left.mail(state=MailState.SENDING, claimed_at=left.clock.now())
    left.clock.advance(timedelta(minutes=9))
    assert left.sweep.run() == {}
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == {JobKind.MAIL: 1}


def test_deletions_whose_erasing_was_lost_are_erased_after_all(left: Left) -> None:
    gone = left.mentions(MentionState.ROUTED, 3)[:2]
    with left.database.write() as session:
        blank_mentions(session, ids=gone, now=left.clock.now())
    assert left.sweep.run() == {}
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == {JobKind.ERASE: 1}
    assert [(job.kind, job.ids) for job in left.jobs.waiting] == [(JobKind.ERASE, tuple(gone))]
    # A receipt ends it.
    erase_mentions(left.database, left.clock, (), gone)
    left.clock.advance(timedelta(minutes=5))
    assert left.sweep.run() == {}
