"""A database filled as one that was used for a while: rows of every table that grows, written in bulk from a seed.

Of a hundred mentions, twenty have drafts (four of them waiting), ten have replies, two are in a case; every tenth
mention has a new author. Times go back two years, the newest first.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select, text

from domain.labels import INTENTS, PostKind, Priority, Sentiment
from domain.states import ClockState, ConversationState, DraftState, FollowUpState, MentionState, ReplyState
from storage.database import Database
from storage.queries.brands import Revision
from storage.tables import (
    AuditEvent,
    Author,
    Case,
    ClassificationRow,
    Conversation,
    Draft,
    FollowUp,
    Mention,
    Note,
    Person,
    Reply,
    Review,
    Row,
    SlaClock,
)  # fmt: skip

SEED: Final = 4_711
SPAN: Final = timedelta(days=730)
PLATFORMS: Final = ("x", "reddit", "mastodon", "bluesky", "feed")
LANGUAGES: Final = ("en", "en", "en", "es", "de", "fr", "pt", "nl", "hi")
WORDS: Final = (
    "kettle", "boils", "lovely", "thanks", "broken", "again", "waiting", "parcel", "refund", "colour", "quiet", "lid",
    "handle", "morning", "tea", "shop", "bought", "second", "week", "service", "answer", "nobody", "phone", "happy",
    "friend", "sister", "recommend", "spout", "drips", "heavy", "light", "price", "worth",
)  # fmt: skip
RARE: Final = "zwieback"
Rows = Iterator[tuple[type[Row], dict[str, Any]]]


def fill(database: Database, *, revisions: Sequence[Revision], mentions: int, at: datetime, chunk: int = 5_000) -> None:
    """Add `mentions` mentions before `at` and what belongs to them: half to the first brand, the rest shared evenly."""
    made = _Maker(revisions, first=_highest(database) + 1, count=mentions, at=at)
    for start in range(0, mentions, chunk):
        by_table: dict[type[Row], list[dict[str, Any]]] = {}
        for number in range(start, min(start + chunk, mentions)):
            for kind, row in made.rows_of(number):
                by_table.setdefault(kind, []).append(row)
        with database.write() as session:
            for kind in _ORDER:
                if rows := by_table.get(kind):
                    session.connection().execute(insert(kind.__table__), rows)  # type: ignore[arg-type]
    _settle(database)


_ORDER: Final = (
    Person, Author, Conversation, Case, Mention, ClassificationRow, Draft, Review, Reply, Note, SlaClock, FollowUp,
    AuditEvent,
)  # fmt: skip


class _Maker:
    """Makes the rows of one mention after another; rows of one mention carry its id, so none is read back."""

    def __init__(self, revisions: Sequence[Revision], *, first: int, count: int, at: datetime) -> None:
        self._revisions, self._first, self._count, self._at = revisions, first, count, at
        self._chance = random.Random(SEED + first)
        self._authors: dict[int, int] = {}

    def rows_of(self, number: int) -> Rows:
        key = self._first + number
        share = number % (2 * len(self._revisions))
        revision = self._revisions[share // 2 if share % 2 else 0]
        posted = self._at - SPAN * (1 - (number + 1) / self._count)
        brand = {"brand_id": revision.brand_id}
        if revision.brand_id not in self._authors or self._chance.random() < 0.1:
            self._authors[revision.brand_id] = key
            yield from self._person(key, brand, posted)
        person = self._authors[revision.brand_id]
        case = key if number % 50 == 0 else None
        yield from self._place(key, brand, posted, person, case)
        yield from self._mention(key, brand, posted, person, case)
        if number % 5 == 0:
            yield from self._draft(key, brand, posted, revision, case)
        if number % 10 == 0:
            yield from self._reply(key, brand, posted, person)
        if case:
            yield from self._around_case(key, brand, posted, person)

    def _person(self, key: int, brand: dict[str, Any], at: datetime) -> Rows:
        counts = {"mentions": 10, "praises": 3, "complaints": 1, "contacts": 1}
        yield Person, {"id": key, **brand, **counts, "name": f"Person {key}", "tier": "lead", "stage": "reach",
                       "first_seen_at": at, "last_seen_at": at}  # fmt: skip
        yield Author, {"id": key, **brand, "person_id": key, "platform": "x", "external_id": f"u{key}",
                       "handle": f"person{key}", "is_bot": False}  # fmt: skip

    def _place(self, key: int, brand: dict[str, Any], at: datetime, person: int, case: int | None) -> Rows:
        resolved = self._chance.random() < 0.9
        yield Conversation, {
            "id": key, **brand, "platform": "x", "external_id": f"c{key}", "priority": Priority.MEDIUM, "labels": [],
            "state": ConversationState.RESOLVED if resolved else ConversationState.OPEN, "created_at": at,
            "last_mention_at": at, "version": 1,
        }  # fmt: skip
        if case:
            priority = self._chance.choice(list(Priority))
            yield Case, {
                "id": key, **brand, "conversation_id": key, "person_id": person, "priority": priority,
                "rank": 3 - priority.rank, "state": ConversationState.RESOLVED if resolved else ConversationState.OPEN,
                "theme": "delivery", "opened_at": at, "resolved_at": at if resolved else None, "version": 1,
            }  # fmt: skip

    def _mention(self, key: int, brand: dict[str, Any], at: datetime, person: int, case: int | None) -> Rows:
        chance = self._chance
        intent = chance.choices(INTENTS, (30, 20, 20, 10, 20))[0]
        sentiment, language = chance.choice(list(Sentiment)), chance.choice(LANGUAGES)
        words = " ".join(chance.choices(WORDS, k=max(4, min(80, round(chance.lognormvariate(2.8, 0.6))))))
        flags = {"urgent": chance.random() < 0.03, "toxic": False}
        yield Mention, {
            "id": key, **brand, **flags, "conversation_id": key, "author_id": person, "case_id": case,
            "platform": chance.choice(PLATFORMS), "external_id": f"p{key}", "kind": PostKind.POST,
            "state": MentionState.ROUTED, "text": f"{words} {RARE}" if key % 2_000 == 7 else words, "queries": [],
            "metrics": {}, "posted_at": at, "collected_at": at, "counted_only": False, "intent": intent,
            "sentiment": sentiment, "language": language,
        }  # fmt: skip
        yield ClassificationRow, {
            "id": key, **flags, "mention_id": key, "model": "filling", "intent": intent, "sentiment": sentiment,
            "intent_scores": {str(intent): 0.9}, "sentiment_scores": {str(sentiment): 0.9}, "also": [],
            "urgency": 0.1, "toxicity": 0.0, "language": language, "themes": [], "created_at": at,
        }  # fmt: skip

    def _draft(self, key: int, brand: dict[str, Any], at: datetime, revision: Revision, case: int | None) -> Rows:
        priority = self._chance.choice(list(Priority))
        state = self._chance.choices(list(DraftState), (4, 10, 4, 2))[0]
        yield Draft, {
            "id": key, **brand, "mention_id": key, "conversation_id": key, "case_id": case, "revision_id": revision.id,
            "state": state, "priority": priority, "rank": 3 - priority.rank, "text": "Thank you!",
            "original_text": "Thank you!", "language": "en", "account": "@tern", "thread": f"c{key}", "facts": [],
            "promises": [], "created_at": at, "updated_at": at, "version": 1,
            "snoozed_until": self._at + timedelta(days=1) if self._chance.random() < 0.1 else None,
        }  # fmt: skip
        yield Review, {"id": key, **brand, "draft_id": key, "decision": "approve", "binding": "0" * 64,
                       "edited": False, "at": at}  # fmt: skip
        yield AuditEvent, {"id": key, **brand, "action": "draft.approved", "object_kind": "draft",
                           "object_id": str(key), "details": {}, "at": at}  # fmt: skip

    def _reply(self, key: int, brand: dict[str, Any], at: datetime, person: int) -> Rows:
        state = self._chance.choices((ReplyState.SENT, ReplyState.FAILED, ReplyState.UNKNOWN), (97, 2, 1))[0]
        yield Reply, {
            "id": key, **brand, "draft_id": key, "mention_id": key, "conversation_id": key, "person_id": person,
            "platform": "x", "account": "@tern", "origin": "desk", "state": state, "key": f"k{key}",
            "text": "Thank you!", "part": 1, "parts": 1, "in_reply_to": f"p{key}", "external_id": f"r{key}",
            "attempts": 1, "lookups": 0, "created_at": at, "sent_at": at,
        }  # fmt: skip

    def _around_case(self, key: int, brand: dict[str, Any], at: datetime, person: int) -> Rows:
        yield Note, {"id": key, **brand, "conversation_id": key, "text": "Called back.", "created_at": at}
        yield SlaClock, {"id": key, **brand, "case_id": key, "kind": "first_response", "state": ClockState.HIT,
                         "started_at": at, "due_at": at, "stopped_at": at}  # fmt: skip
        state = self._chance.choices((FollowUpState.DONE, FollowUpState.PLANNED), (9, 1))[0]
        yield FollowUp, {"id": key, **brand, "case_id": key, "person_id": person, "state": state,
                         "due_at": at + timedelta(days=7), "note": "Ask how it is."}  # fmt: skip


def _highest(database: Database) -> int:
    with database.read() as session:
        return max(session.scalar(select(func.max(kind.id))) or 0 for kind in _ORDER)


def _settle(database: Database) -> None:
    with database.write() as session:
        if not database.is_sqlite:
            for kind in _ORDER:
                sequence = func.pg_get_serial_sequence(kind.__tablename__, "id")
                session.execute(select(func.setval(sequence, select(func.max(kind.id)).scalar_subquery())))
        session.execute(text("ANALYZE"))
