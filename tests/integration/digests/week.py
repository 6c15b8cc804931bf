"""A brand with a week behind it, as the listener, the model and the desk would have left it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from domain.labels import Intent, Priority, Sentiment
from domain.states import ClockState, ConversationState, ReplyState
from domain.time import ManualClock, Week
from storage.database import Database
from storage.queries.brands import Revision
from storage.tables import (
    Author,
    Brand,
    Case,
    ClassificationRow,
    Idea,
    Installation,
    LedgerEntry,
    Mention,
    Reply,
    SlaClock,
    Source,
    SourceGap,
)
from tests.rows import add_author, add_brand, add_mention

WEEK = Week(2026, 46)
SINCE = datetime(2026, 11, 8, 23, tzinfo=UTC)  # Monday, midnight in Berlin
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
DESK: dict[str, Any] = {
    "digest": {"recipients": ["ruth@example.com", "tom@example.com"], "weekday": "mon", "hour": 8},
    "goals": [
        {"id": "answered", "metric": "answered_share", "target": "90%", "by": "2027-06-30"},
        {"id": "voice", "metric": "share_of_voice", "target": "50%", "by": "2027-06-30"},
    ],
    "budget": {"gestures": "100.00 EUR", "agency": "900.00 EUR"},
    "queries": [
        {"name": "brand", "expression": "tern"},
        {"name": "gull", "expression": "gull", "rival": "Gull", "purpose": "watch"},
    ],
}


@dataclass(kw_only=True)
class Seen:
    """What was put into the week."""

    revision: Revision
    ada: int
    bo: int
    praise: int
    second_praise: int
    complaint: int
    idea: int

    @property
    def brand_id(self) -> int:
        """The brand."""
        return self.revision.brand_id


def add_week(database: Database, clock: ManualClock, **changes: Any) -> Seen:
    """Add a brand that was listened to for nine weeks, and one week with praise, a complaint and an idea."""
    with database.write() as session:
        revision = add_brand(session, clock, **{**DESK, **changes})
        session.add(Installation(instance_id="here", created_at=SINCE))
        session.get_one(Brand, revision.brand_id).created_at = SINCE - timedelta(weeks=9)
        source = session.query(Source).one()
        source.last_ok_at = source.last_tried_at = MONDAY
        ada, bo = add_author(session, revision, SINCE, "ada"), add_author(session, revision, SINCE, "bo")
        seen = Seen(
            revision=revision, ada=ada.person_id, bo=bo.person_id,
            praise=speak(session, ada, "p1", "Best kettle that I ever had, honestly.", 10),
            second_praise=speak(session, bo, "p2", "The lid closes with such a lovely click.", 30),
            complaint=speak(session, bo, "c1", "Mine arrived with a cracked base. Again.", 40, Intent.COMPLAINT),
            idea=speak(session, ada, "i1", "Could you sell the lid by itself?", 50, Intent.SUGGESTION),
        )  # fmt: skip
        speak(session, bo, "g1", "Gull makes kettles too.", 60, Intent.OTHER, queries=["gull"])
        cy = add_author(session, revision, SINCE, "cy")
        for week in range(1, 9):
            # With two older praises the week's own makes Ada an advocate.
            speak(session, ada if week < 3 else cy, f"old{week}", "Nice kettle.", 20 - 168 * week)
        _answer(session, seen, ada)
        _open_case(session, seen)
        session.add(Idea(brand_id=seen.brand_id, mention_id=seen.idea, person_id=ada.person_id, created_at=MONDAY))
        session.add(
            LedgerEntry(brand_id=seen.brand_id, kind="gestures", reference="g", micros=12_500_000, currency="EUR",
                        at=SINCE + timedelta(days=2))
        )  # fmt: skip
        session.add(
            SourceGap(brand_id=seen.brand_id, source_id=source.id, started_at=SINCE - timedelta(weeks=2),
                      ended_at=SINCE - timedelta(weeks=1), reason="The disk was full.")
        )  # fmt: skip
    return seen


def speak(  # noqa: PLR0917 - a story reads best in order
    session: Session, author: Author, key: str, text: str, hours: float, intent: Intent = Intent.PRAISE, **changes: Any
) -> int:  # fmt: skip
    """Let an author say something so many hours into the week, sorted by one model; return the mention's id."""
    at = SINCE + timedelta(hours=hours)
    tone = {Intent.PRAISE: Sentiment.POSITIVE, Intent.COMPLAINT: Sentiment.NEGATIVE}.get(intent, Sentiment.NEUTRAL)
    mention = add_mention(
        session, author, key, text, at, **{"intent": intent, "sentiment": tone, "queries": ["brand"], **changes}
    )
    session.add(
        ClassificationRow(
            mention_id=mention.id, model="m1", intent=intent, sentiment=tone, intent_scores={}, sentiment_scores={},
            urgency=0.1, toxicity=0.0, urgent=False, toxic=False, themes=["lid"], created_at=at,
        )
    )  # fmt: skip
    return mention.id


def _answer(session: Session, seen: Seen, ada: Author) -> None:
    mention = session.get_one(Mention, seen.praise)
    sent = mention.posted_at + timedelta(hours=2)
    session.add(
        Reply(
            brand_id=seen.brand_id, mention_id=mention.id, conversation_id=mention.conversation_id,
            person_id=ada.person_id, platform="x", account="@tern", origin="desk", state=ReplyState.SENT, key="k1",
            text="Thank you, Ada!", in_reply_to="p1", created_at=sent, sent_at=sent,
        )
    )  # fmt: skip


def _open_case(session: Session, seen: Seen) -> None:
    mention = session.get_one(Mention, seen.complaint)
    case = Case(
        brand_id=seen.brand_id, conversation_id=mention.conversation_id, person_id=seen.bo, theme="lid",
        state=ConversationState.OPEN, priority=Priority.HIGH, rank=1, opened_at=mention.posted_at, version=1,
    )  # fmt: skip
    session.add(case)
    session.flush()
    session.add(
        SlaClock(
            brand_id=seen.brand_id, case_id=case.id, kind="first_response", state=ClockState.MISSED,
            started_at=mention.posted_at, due_at=mention.posted_at + timedelta(hours=4),
        )
    )  # fmt: skip
