"""What was left behind gets a fresh job; what is only late is left alone."""

from datetime import timedelta

import pytest

from domain.states import MailState, MentionState, ReplyState
from domain.time import ManualClock
from runtime.sweep import Sweep
from storage.database import Database
from storage.jobs import Job, JobKind, MemoryJobs
from storage.tables import Digest, DigestMail, Mention, Reply
from tests.rows import add_author, add_brand, add_mention


class SweptJobs(MemoryJobs):
    """Jobs in memory, some kinds of which seem to wait."""

    busy: frozenset[JobKind] = frozenset()

    def waiting(self, kind: JobKind) -> int:  # type: ignore[override]
        return int(kind in self.busy)

    @property
    def put(self) -> list[Job]:
        return [job for _, job in self._waiting.values()]


class Left:
    """A brand with rows that stand still, and the sweep that finds them."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock, self.jobs = database, clock, SweptJobs(clock)
        self.recovered: list[int] = []
        self.sweep = Sweep(database, self.jobs, clock, recover_replies=lambda: self.recovered)

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
    assert [job.kind for job in left.jobs.put] == [kind, kind]
    assert [number for job in left.jobs.put for number in job.ids] == ids
    assert len({job.key for job in left.jobs.put}) == 2
    left.clock.advance(timedelta(minutes=5))
    left.sweep.run()
    assert len({job.key for job in left.jobs.put}) == 4


def test_what_is_only_late_is_left_alone(left: Left) -> None:
    left.mentions(MentionState.COLLECTED, 3)
    left.clock.advance(timedelta(minutes=2))
    left.jobs.busy = frozenset({JobKind.CLASSIFY})
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
    assert [job.ids for job in left.jobs.put] == ([(reply_id,)] if kind else [])


def test_mails_that_nobody_sends(left: Left) -> None:
    mail_id = left.mail(state=MailState.QUEUED)
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == {JobKind.MAIL: 1}
    assert left.jobs.put[0].ids == (mail_id,)


def test_a_claim_on_a_mail_is_dead_after_ten_minutes(left: Left) -> None:
    left.mail(state=MailState.SENDING, claimed_at=left.clock.now())
    left.clock.advance(timedelta(minutes=9))
    assert left.sweep.run() == {}
    left.clock.advance(timedelta(minutes=2))
    assert left.sweep.run() == {JobKind.MAIL: 1}
