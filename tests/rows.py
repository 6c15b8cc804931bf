"""Rows for tests of storage and what stands on it: small builders with sensible defaults."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.brand.profile import Profile
from domain.labels import Intent, PostKind, Priority, Sentiment
from domain.states import ConversationState, DraftState, MentionState
from domain.time import Clock
from storage.queries.brands import Revision, apply_profile
from storage.tables import Author, Conversation, Draft, Mention, Person

PROFILE: dict[str, Any] = {
    "slug": "tern",
    "name": "Tern Kettles",
    "time_zone": "Europe/Berlin",
    "languages": ["en", "de"],
    "queries": [{"name": "brand", "expression": "tern OR ternkettles"}],
    "sources": [{"id": "inbox", "type": "file", "path": "inbox.jsonl"}],
}


def add_brand(session: Session, clock: Clock, **changes: Any) -> Revision:
    """Add a brand with one file source; `changes` replace parts of its profile."""
    return apply_profile(session, profile=Profile.model_validate({**PROFILE, **changes}), by="test", clock=clock)


def add_author(session: Session, revision: Revision, at: datetime, handle: str = "ada", platform: str = "x") -> Author:
    """Add an author and the person they are."""
    person = Person(brand_id=revision.brand_id, name=handle.title(), first_seen_at=at, last_seen_at=at)
    session.add(person)
    session.flush()
    author = Author(
        brand_id=revision.brand_id, person_id=person.id, platform=platform, external_id=f"u-{handle}", handle=handle
    )
    session.add(author)
    session.flush()
    return author


def add_mention(session: Session, author: Author, external_id: str, text: str, at: datetime, **changes: Any) -> Mention:
    """Add a mention in a conversation of its own; `changes` set or replace columns."""
    conversation = Conversation(
        brand_id=author.brand_id, platform=author.platform, external_id=external_id, state=ConversationState.OPEN,
        created_at=at, last_mention_at=at,
    )  # fmt: skip
    session.add(conversation)
    session.flush()
    values: dict[str, Any] = {
        "brand_id": author.brand_id, "author_id": author.id, "conversation_id": conversation.id,
        "platform": author.platform, "external_id": external_id, "text": text, "kind": PostKind.POST,
        "state": MentionState.ROUTED, "posted_at": at, "collected_at": at + timedelta(minutes=1),
        "intent": Intent.PRAISE, "sentiment": Sentiment.POSITIVE, "language": "en",
    }  # fmt: skip
    mention = Mention(**{**values, **changes})
    session.add(mention)
    session.flush()
    return mention


def add_draft(session: Session, mention: Mention, revision: Revision, at: datetime, **changes: Any) -> Draft:
    """Add a proposed draft for a mention."""
    priority = changes.get("priority", Priority.MEDIUM)
    values: dict[str, Any] = {
        "brand_id": mention.brand_id, "mention_id": mention.id, "conversation_id": mention.conversation_id,
        "revision_id": revision.id, "state": DraftState.PROPOSED, "priority": priority, "rank": 3 - priority.rank,
        "text": "Thank you!", "original_text": "Thank you!", "language": "en", "account": "@tern",
        "thread": mention.external_id, "created_at": at, "updated_at": at,
    }  # fmt: skip
    draft = Draft(**{**values, **changes})
    session.add(draft)
    session.flush()
    return draft
