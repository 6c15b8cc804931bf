"""Every list that the desk shows is served by an index: nothing reads a big table through, or sorts all of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, func, select
from sqlalchemy.orm import Session

from bench.filling import RARE, fill
from domain.labels import Intent, Sentiment
from domain.states import ConversationState, DraftState, MentionState, ReplyState
from domain.time import ManualClock
from people.history import summarise_many
from people.standing import read_spoken
from storage.database import Database
from storage.migration import upgrade
from storage.queries import around, casework, condition
from storage.queries.counts import count_intents, count_work
from storage.queries.mentions import (
    MentionFilter,
    classification_of,
    history_of,
    list_mentions,
    replies_in,
    thread_of,
)
from storage.queries.moving import in_state, still_moving
from storage.queries.paging import Cursor
from storage.queries.queue import QueueFilter, due_follow_ups, list_cases, list_queue, list_replies
from storage.tables import Draft, Mention, Row
from tests import parts
from tests.conftest import NOW
from tests.plans import Plan, explain
from tests.rows import add_brand

BIG = {
    "mentions", "mentions_search", "conversations", "classifications", "authors", "persons", "drafts", "reviews",
    "replies", "audit_events",
}  # fmt: skip
MENTIONS = 20_000
# So many rows may be sorted: what one person, thread or case has, or what waits for people, not what there is.
FEW = 500
# So many may be read: PostgreSQL joins a few rows to the two thousand people by walking along all of these.
MOST = 3_000
Ask = Callable[[Session], object]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of either kind with twenty thousand mentions of four brands."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('full')}/earnest.db")
    else:
        database = Database(parts.create_database(request.getfixturevalue("postgres_template"), "full"))
    upgrade(database)
    clock = ManualClock(NOW)
    with database.write() as session:
        revisions = [add_brand(session, clock, slug=slug, name=slug) for slug in ("tern", "gull", "plover", "knot")]
    fill(database, revisions=revisions, mentions=MENTIONS, at=NOW)
    yield database
    database.close()


def _look(database: Database, ask: Ask) -> list[Plan]:
    plans = explain(database, ask)
    assert plans
    for plan in plans:
        assert not plan.scanned & BIG, f"reads {plan.scanned & BIG} through:\n{plan.sql}\n{plan.text}"
    return plans


AFTER = Cursor((NOW - timedelta(days=30), 10_000))
MENTION_FILTERS = {
    "none": (MentionFilter(), {"ix_mentions_newest"}),
    "intent": (MentionFilter(intent=Intent.COMPLAINT), {"ix_mentions_intent"}),
    "sentiment": (MentionFilter(sentiment=Sentiment.NEGATIVE), {"ix_mentions_sentiment"}),
    "platform": (MentionFilter(platform="reddit"), {"ix_mentions_platform"}),
    "language": (MentionFilter(language="hi"), {"ix_mentions_language"}),
    "urgent": (MentionFilter(urgent=True), {"ix_mentions_urgent"}),
    "since": (MentionFilter(since=NOW - timedelta(days=7)), {"ix_mentions_newest"}),
    "before": (MentionFilter(before=NOW - timedelta(days=300)), {"ix_mentions_newest"}),
    "intent and platform": (
        MentionFilter(intent=Intent.PRAISE, platform="x"), {"ix_mentions_intent", "ix_mentions_platform"},
    ),
    "intent that nobody has": (MentionFilter(intent=Intent.ABSTAINED), {"ix_mentions_intent"}),
}  # fmt: skip


@pytest.mark.parametrize("name", MENTION_FILTERS)
@pytest.mark.parametrize("after", [None, AFTER], ids=["first page", "later page"])
@pytest.mark.parametrize("brand_id", [1, 4], ids=["big brand", "small brand"])
def test_mentions_are_read_along_an_index(full: Database, name: str, after: Cursor | None, brand_id: int) -> None:
    filters, indices = MENTION_FILTERS[name]
    (plan,) = _look(full, lambda session: list_mentions(session, brand_id=brand_id, filters=filters, after=after))
    assert plan.sorted_rows < FEW, plan.text
    assert plan.read_rows < MOST, plan.text
    assert plan.indices & indices, plan.text


@pytest.mark.parametrize("words", ["lovely kettle", RARE, "unheardof"], ids=["common", "rare", "unknown"])
@pytest.mark.parametrize(
    "filters", [MentionFilter(), MentionFilter(intent=Intent.PRAISE, platform="x")], ids=["all", "filtered"]
)
@pytest.mark.parametrize("after", [None, AFTER], ids=["first page", "later page"])
def test_search_asks_the_full_text_index(
    full: Database, words: str, filters: MentionFilter, after: Cursor | None
) -> None:
    wanted = replace(filters, words=words)
    plans = _look(full, lambda session: list_mentions(session, brand_id=1, filters=wanted, after=after))
    if full.is_sqlite:
        assert "mentions_search" in plans[0].indices
        assert all(plan.sorted_rows == 0 for plan in plans)
        return
    # The newest five thousand are looked at without it, and no more than those; the rest only through it.
    used = [plan.indices for plan in plans]
    assert sum(plan.read_rows for plan in plans) < 5_000 + MOST
    assert words == "lovely kettle" or {"ix_mentions_search"} in used


def test_what_still_moves_and_what_is_gone_have_indices_of_their_own(full: Database) -> None:
    moving = select(Mention.id).where(in_state(MentionState.COLLECTED)).order_by(Mention.id).limit(100)
    counted = select(Mention.state, func.count()).where(still_moving()).group_by(Mention.state)
    gone = select(Mention.id).where(Mention.brand_id == 1, in_state(MentionState.DELETED))
    for query, index in (
        (moving, "ix_mentions_moving"),
        (counted, "ix_mentions_moving"),
        (gone, "ix_mentions_deleted"),
    ):
        (plan,) = _look(full, lambda session, query=query: session.execute(query).all())  # type: ignore[misc]
        assert index in plan.indices, plan.text


QUEUE_FILTERS = {
    "none": QueueFilter(at=NOW),
    "intent": QueueFilter(at=NOW, intent=Intent.PRAISE),
    "platform": QueueFilter(at=NOW, platform="x"),
    "language": QueueFilter(at=NOW, language="hi"),
    "assignee": QueueFilter(at=NOW, assignee_id=7),
}


@pytest.mark.parametrize("name", QUEUE_FILTERS)
@pytest.mark.parametrize("state", [DraftState.PROPOSED, DraftState.APPROVED])
@pytest.mark.parametrize("after", [None, Cursor((1, NOW - timedelta(days=200), 9_000))], ids=["first", "later"])
def test_the_queue_is_read_in_its_order(full: Database, name: str, state: DraftState, after: Cursor | None) -> None:
    (plan,) = _look(
        full,
        lambda session: list_queue(session, brand_id=1, filters=QUEUE_FILTERS[name], state=state, after=after),
    )
    assert plan.indices & {"ix_drafts_queue", "ix_drafts_assignee"}, plan.text
    assert plan.sorted_rows < FEW, plan.text


BOUNDED = {
    "history", "a person's cases", "follow-ups of a case", "living draft", "due times", "clocks", "due follow-ups",
    "planned looks", "troubled replies",
}  # fmt: skip
LISTS: dict[str, tuple[Ask, set[str]]] = {
    "cases by state": (
        lambda s: list_cases(s, brand_id=1, state=ConversationState.OPEN), {"ix_cases_queue"},
    ),
    "cases by state, later": (
        lambda s: list_cases(
            s, brand_id=1, state=ConversationState.RESOLVED, after=Cursor((1, NOW - timedelta(days=90), 99))
        ),
        {"ix_cases_queue"},
    ),
    "all cases": (lambda s: list_cases(s, brand_id=1), {"ix_cases_newest"}),
    "all cases, later": (lambda s: list_cases(s, brand_id=1, after=AFTER), {"ix_cases_newest"}),
    "my cases": (
        lambda s: list_cases(s, brand_id=1, state=ConversationState.OPEN, assignee_id=7),
        {"ix_cases_queue", "ix_cases_assignee"},
    ),
    "sent replies": (lambda s: list_replies(s, brand_id=1, state=ReplyState.SENT), {"ix_replies_brand"}),
    "failed replies, later": (
        lambda s: list_replies(s, brand_id=1, state=ReplyState.FAILED, after=AFTER),
        {"ix_replies_brand", "ix_replies_state"},
    ),
    "due follow-ups": (lambda s: due_follow_ups(s, brand_id=1, at=NOW), {"ix_follow_ups_state_due_at"}),
    "planned looks": (lambda s: casework.planned_looks(s, brand_id=1), {"ix_follow_ups_state_due_at"}),
    "thread": (lambda s: thread_of(s, conversation_id=505), {"ix_mentions_conversation"}),
    "replies in a thread": (lambda s: replies_in(s, conversation_id=505), {"ix_replies_conversation"}),
    "history": (lambda s: history_of(s, person_id=5), {"ix_mentions_author"}),
    "classification": (lambda s: classification_of(s, 505), {"ix_classifications_mention_id_id"}),
    "confidences": (lambda s: around.confidences(s, [1, 2, 3]), {"ix_classifications_mention_id_id"}),
    "decisions": (lambda s: around.decisions_on(s, 505), {"ix_reviews_draft_id_id"}),
    "replies to a draft": (
        lambda s: around.replies_to_draft(s, 505), {"uq_replies_draft_id_part", "sqlite_autoindex_replies_1"},
    ),
    "a person's accounts": (lambda s: around.authors_of(s, 5), {"ix_authors_person_id"}),
    "a person's cases": (lambda s: around.cases_of(s, person_id=5), {"ix_cases_person_id"}),
    "replies to a person": (lambda s: casework.replies_to_person(s, 5), {"ix_replies_person_id"}),
    "clocks": (lambda s: around.clocks_of(s, 505), {"ix_sla_clocks_case"}),
    "due times": (lambda s: around.due_times(s, [5, 55, 105]), {"ix_sla_clocks_case", "ix_sla_clocks_running"}),
    "notes": (lambda s: around.notes_of(s, 505), {"ix_notes_conversation_id_id"}),
    "mentions of a case": (lambda s: casework.mentions_of_case(s, 505), {"ix_mentions_case"}),
    "living draft": (lambda s: casework.living_draft(s, [505, 510]), {"ix_drafts_mention", "uq_drafts_living"}),
    "findings": (lambda s: around.findings_of(s, s.get_one(Draft, 505)), {"ix_findings_draft_id_id"}),
    "first posts of cases": (lambda s: around.openings_of(s, [505, 555]), {"ix_mentions_case"}),
    "troubled replies": (lambda s: condition.troubled_replies(s, 1), {"ix_replies_brand", "ix_replies_state"}),
    "set aside": (lambda s: condition.letters_of(s, 1), {"ix_dead_letters_brand_id_id"}),
    "summaries of people": (
        lambda s: summarise_many(s, person_ids=[1, 11, 21], brand_ids=[1]), {"ix_authors_person_id"},
    ),
    "what a person wrote": (
        lambda s: read_spoken(s, {1: (), 11: ()}), {"ix_mentions_author"},
    ),
    "drafted": (lambda s: casework.drafted(s, [505, 510]), {"ix_drafts_mention", "uq_drafts_living"}),
    "drafts of a mention": (lambda s: casework.drafts_of(s, 505), {"ix_drafts_mention"}),
    "verdicts": (lambda s: casework.verdicts_on(s, 505), {"ix_classifications_mention_id_id"}),
    "follow-ups of a case": (lambda s: casework.follow_ups_of(s, 505), {"ix_follow_ups_case_id"}),
    "events": (lambda s: casework.events_of(s, kind="draft", object_id=505), {"ix_audit_events_object"}),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_its_index(full: Database, name: str) -> None:
    ask, indices = LISTS[name]
    plans = _look(full, ask)
    assert set().union(*(plan.indices for plan in plans)) & indices, plans[0].text
    for plan in plans:
        # SQLite doesn't say how much it sorts; these are what one person or case has, or what waits at one brand.
        assert plan.sorted_rows < FEW or (full.is_sqlite and name in BOUNDED), plan.text
        assert plan.read_rows < MOST, plan.text


def test_counts_walk_indices(full: Database) -> None:
    plans = _look(full, lambda session: count_work(session, brand_id=1, at=NOW))
    plans += _look(full, lambda session: count_intents(session, brand_id=1, since=NOW - timedelta(days=7)))
    assert max(plan.read_rows for plan in plans) < MOST


def test_no_deletion_reads_a_table_through() -> None:
    """What refers to a row that goes is looked up once for each such row, so every reference begins an index."""
    rare = {"brands", "users", "brand_revisions", "sources"}
    bare = []
    for table in Row.metadata.sorted_tables:
        first = {next(iter(index.columns)).name for index in table.indexes if not index.dialect_kwargs}
        first |= {
            next(iter(constraint.columns)).name
            for constraint in table.constraints
            if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
        }
        for column in table.columns:
            bare += [
                f"{table.name}.{column.name}"
                for key in column.foreign_keys
                if key.column.table.name not in rare and column.name not in first
            ]
    assert bare == []
