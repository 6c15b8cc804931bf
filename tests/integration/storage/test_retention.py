"""What is past its time goes, with all that hangs on it; what people still work on stays, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config.durations import parse_duration
from config.operator import Retention
from domain.labels import Intent, Priority
from domain.states import ConversationState, DraftState, FollowUpState, MentionState, ReplyState
from domain.time import ManualClock
from storage import audit
from storage.database import Database
from storage.queries.brands import Revision
from storage.queries.users import add_user
from storage.retention import clean_up
from storage.tables import (
    AuditEvent,
    Author,
    Case,
    ClassificationRow,
    Conversation,
    DeadLetter,
    Draft,
    FollowUp,
    HookDelivery,
    Idea,
    Mention,
    Note,
    Person,
    Reply,
    Row,
    Source,
    ThreadPost,
    WebSession,
)
from tests.rows import add_author, add_brand, add_draft, add_mention

YEAR = parse_duration("365d")
RETENTION = Retention(
    mentions=YEAR, filed=parse_duration("30d"), rejects=parse_duration("7d"), audit=parse_duration("100d")
)
LONG_AGO = timedelta(days=400)


class _Stage:
    """A brand a year and more ago, to which posts are added."""

    def __init__(self, session: Session, clock: ManualClock, **profile: Any) -> None:
        self.session, self.at = session, clock.now() - LONG_AGO
        self.revision: Revision = add_brand(session, clock, **profile)
        self.author = add_author(session, self.revision, self.at)

    def post(self, name: str, **changes: Any) -> Mention:
        return add_mention(self.session, self.author, name, f"About {name}", self.at, **changes)

    def case(self, mention: Mention, state: ConversationState) -> Case:
        case = Case(
            brand_id=mention.brand_id, conversation_id=mention.conversation_id, person_id=self.author.person_id,
            state=state, priority=Priority.LOW, rank=3, opened_at=self.at,
        )  # fmt: skip
        self.session.add(case)
        self.session.flush()
        mention.case_id = case.id
        return case

    def reply(self, mention: Mention, state: ReplyState) -> None:
        self.session.add(
            Reply(brand_id=mention.brand_id, conversation_id=mention.conversation_id, mention_id=mention.id,
                  platform="x", account="@tern", origin="desk", state=state, key=f"k{mention.external_id}", text="Hi",
                  in_reply_to=mention.external_id, created_at=self.at)
        )  # fmt: skip

    def follow_up(self, case: Case, state: FollowUpState) -> None:
        self.session.add(
            FollowUp(brand_id=case.brand_id, case_id=case.id, state=state, due_at=self.at, note="Ask again.")
        )


def _left(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Mention.external_id).order_by(Mention.external_id)))


def _count(database: Database, row: type[Row]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_an_old_conversation_goes_with_all_that_hangs_on_it(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        stage = _Stage(session, clock)
        old = stage.post("old")
        draft = add_draft(session, old, stage.revision, stage.at, state=DraftState.APPROVED)
        case = stage.case(old, ConversationState.RESOLVED)
        stage.follow_up(case, FollowUpState.DONE)
        stage.reply(old, ReplyState.SENT)
        session.add(Note(brand_id=1, conversation_id=old.conversation_id, text="Called.", created_at=stage.at))
        session.add(Idea(brand_id=1, mention_id=old.id, person_id=stage.author.person_id, created_at=stage.at))
        draft.case_id = case.id
        stage.at = clock.now() - timedelta(days=10)
        stage.post("young")
    gone = clean_up(database, clock, retention=RETENTION)
    assert (gone["conversations"], gone["mentions"]) == (1, 1)
    assert _left(database) == ["young"]
    for row in (Draft, Case, FollowUp, Reply, Note, Idea, ClassificationRow):
        assert _count(database, row) == 0, row
    assert clean_up(database, clock, retention=RETENTION) == {}
    if database.is_sqlite:
        with database.read() as session:
            found = session.scalars(text("SELECT rowid FROM mentions_search WHERE mentions_search MATCH 'about'")).all()
            assert len(found) == 1


def test_what_people_work_on_stays(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        stage = _Stage(session, clock)
        for state in (ConversationState.OPEN, ConversationState.PENDING, ConversationState.SNOOZED):
            stage.case(stage.post(f"case {state}"), state)
        add_draft(session, stage.post("draft"), stage.revision, stage.at)
        for reply in (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN):
            stage.reply(stage.post(f"reply {reply}"), reply)
        stage.follow_up(stage.case(stage.post("look"), ConversationState.RESOLVED), FollowUpState.PLANNED)
        stage.post("unsorted", state=MentionState.COLLECTED)
        # A post in a thread of its own, put into the open case of another one.
        open_case = session.scalars(select(Case).where(Case.state == ConversationState.OPEN)).one()
        stage.post("joined").case_id = open_case.id
        stage.post("gone")
        before = set(session.scalars(select(Mention.external_id)))
    clean_up(database, clock, retention=RETENTION)
    assert set(_left(database)) == before - {"gone"}
    assert _count(database, Case) == 4
    assert _count(database, Draft) == 1


def test_history_that_came_in_lately_stays(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        stage = _Stage(session, clock)
        mention = stage.post("imported")
        session.get_one(Conversation, mention.conversation_id).created_at = clock.now()
    assert clean_up(database, clock, retention=RETENTION) == {}


def test_filed_posts_go_sooner_unless_they_were_used(database: Database, clock: ManualClock) -> None:
    other = {"intent": Intent.OTHER}
    with database.write() as session:
        stage = _Stage(session, clock)
        stage.at = clock.now() - timedelta(days=40)
        stage.post("filed", **other)
        stage.post("lately", **other, collected_at=clock.now())
        add_draft(session, stage.post("drafted", **other), stage.revision, stage.at, state=DraftState.REJECTED)
        stage.reply(stage.post("answered", **other), ReplyState.SENT)
        stage.case(stage.post("in a case", **other), ConversationState.RESOLVED)
        noted = stage.post("noted", **other)
        session.add(Note(brand_id=1, conversation_id=noted.conversation_id, text="Hm.", created_at=stage.at))
        thread = stage.post("thread")
        stage.post("beside", **other).conversation_id = thread.conversation_id
        stage.post("abstained", intent=Intent.ABSTAINED)
        stage.at = clock.now() - timedelta(days=20)
        stage.post("young", **other)
    conversations = _count(database, Conversation)
    gone = clean_up(database, clock, retention=RETENTION)
    assert gone["mentions"] == 2
    assert _left(database) == [
        "abstained", "answered", "drafted", "in a case", "lately", "noted", "thread", "young",
    ]  # fmt: skip
    # The thread is still needed; the filed post's own isn't.
    assert _count(database, Conversation) == conversations - 1


def test_people_of_whom_nothing_is_left_are_forgotten_but_not_their_wish(
    database: Database, clock: ManualClock
) -> None:
    with database.write() as session:
        stage = _Stage(session, clock)
        stage.post("old")
        silent = add_author(session, stage.revision, stage.at, handle="silent")
        session.get_one(Person, silent.person_id).opted_out_at = stage.at
        known = add_author(session, stage.revision, stage.at, handle="known")
        session.get_one(Person, known.person_id).last_contacted_at = clock.now()
        add_author(session, stage.revision, clock.now(), handle="new")
    assert clean_up(database, clock, retention=RETENTION)["persons"] == 1
    with database.read() as session:
        assert set(session.scalars(select(Author.handle))) == {"silent", "known", "new"}


def test_rejects_audit_deliveries_and_logins_go_in_their_time(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        add_brand(session, clock)
        source = session.scalars(select(Source)).one()
        user = add_user(session, login="ada", name="Ada", password_hash="x", clock=clock)
        start = clock.now() - timedelta(days=200)
        for day in range(200):
            at = start + timedelta(days=day, hours=1)
            audit.record(session, at=at, action="tick", object_kind="day", object_id=day, brand_id=1)
            session.add(
                DeadLetter(brand_id=1, source_id=source.id, place="line 1", reason="no", payload="{}",
                           payload_hash=f"{day}", received_at=at)
            )  # fmt: skip
            session.add(HookDelivery(brand_id=1, signature=f"s{day}", received_at=at))
            session.add(
                WebSession(id=f"w{day}", user_id=user.id, csrf_token="t", created_at=at, expires_at=at + timedelta(1))
            )
        session.flush()
        # What the profile's own events left in the trail is of today.
        today = session.scalar(select(func.count()).where(AuditEvent.action != "tick")) or 0
    gone = clean_up(database, clock, retention=RETENTION, batch=30)
    assert (_count(database, AuditEvent), _count(database, DeadLetter)) == (100 + today, 7)
    assert (_count(database, HookDelivery), _count(database, WebSession)) == (1, 1)
    assert (gone["audit_events"], gone["dead_letters"]) == (100, 193)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_small_batches_go_on_where_the_last_run_ended(database: Database, clock: ManualClock, batch: int) -> None:
    with database.write() as session:
        stage = _Stage(session, clock)
        for number in range(10):
            mention = stage.post(f"p{number}")
            if number % 3 == 0:
                add_draft(session, mention, stage.revision, stage.at)
    runs = [clean_up(database, clock, retention=RETENTION, batch=batch, batches=2).get("mentions", 0) for _ in range(9)]
    assert sum(runs) == 6
    assert max(runs) <= 2 * batch
    assert _left(database) == ["p0", "p3", "p6", "p9"]


def test_a_brands_own_times_and_a_platforms_go_before_the_operators(database: Database, clock: ManualClock) -> None:
    own = {"mentions": "600d", "platforms": {"reddit": "20d"}}
    with database.write() as session:
        stage = _Stage(session, clock, retention=own)
        stage.post("a year old")
        bo = add_author(session, stage.revision, stage.at, handle="bo", platform="reddit")
        for name, days in (("old there", 21), ("young there", 19)):
            at = clock.now() - timedelta(days=days)
            add_mention(session, bo, name, "About it", at)
        cy = add_author(session, stage.revision, stage.at, handle="cy", platform="reddit")
        at = clock.now() - timedelta(days=25)
        add_mention(session, cy, "gone there", "About it", at)
        session.get_one(Person, cy.person_id).last_seen_at = at
        session.get_one(Person, bo.person_id).last_seen_at = clock.now()
    gone = clean_up(database, clock, retention=RETENTION)
    assert gone["mentions"] == 2
    assert _left(database) == ["a year old", "young there"]
    with database.read() as session:
        assert set(session.scalars(select(Author.handle))) == {"ada", "bo"}


def test_who_is_known_on_two_platforms_is_kept_as_long_as_the_longer_says(
    database: Database, clock: ManualClock
) -> None:  # fmt: skip
    with database.write() as session:
        stage = _Stage(session, clock, retention={"platforms": {"reddit": "20d"}})
        stage.at = clock.now() - timedelta(days=100)
        bo = add_author(session, stage.revision, stage.at, handle="bo", platform="reddit")
        other = add_author(session, stage.revision, stage.at, handle="bo2", platform="x")
        old = session.get_one(Person, other.person_id)
        other.person_id = bo.person_id
        session.flush()
        session.delete(old)
    clean_up(database, clock, retention=RETENTION)
    assert _handles(database) == {"bo", "bo2"}
    clock.advance(timedelta(days=300))
    clean_up(database, clock, retention=RETENTION)
    assert _handles(database) == set()


def _handles(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Author.handle)))


def test_context_goes_after_a_day(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        stage = _Stage(session, clock)
        mention = stage.post("p", posted_at=clock.now())
        session.get_one(Conversation, mention.conversation_id).last_mention_at = clock.now()
        for number, hours in enumerate((1, 23, 25, 50)):
            at = clock.now() - timedelta(hours=hours)
            session.add(
                ThreadPost(brand_id=1, conversation_id=mention.conversation_id, platform="x", external_id=str(number),
                           author_external_id="b", author_handle="b", is_own=False, text="t", posted_at=at, read_at=at)
            )  # fmt: skip
    assert clean_up(database, clock, retention=RETENTION, batch=1)["thread_posts"] == 2
    assert _count(database, ThreadPost) == 2
