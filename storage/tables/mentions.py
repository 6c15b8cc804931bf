"""Conversations, the mentions in them, and what the model said of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.labels import Intent, PostKind, Priority, Sentiment
from domain.states import ConversationState, MentionState
from storage.tables.base import Big, BrandKey, Key, Row, state_column

MOVING = "state = 'collected' OR state = 'classified'"


class Conversation(Row):
    """The thread around a mention, with who looks after it; `version` rises with each change."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("brand_id", "platform", "external_id"),
        Index("ix_conversations_state", "brand_id", "state", "last_mention_at", "id"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    platform: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[ConversationState] = mapped_column(state_column(ConversationState, "conversation_state"))
    priority: Mapped[Priority] = mapped_column(state_column(Priority, "priority"), default=Priority.MEDIUM)
    assignee_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    team: Mapped[str | None] = mapped_column(String(80))
    labels: Mapped[list[str]] = mapped_column(default=list)
    snoozed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_mention_at: Mapped[datetime]
    # When the posts around were last read from the platform, for `ThreadPost`.
    thread_read_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ThreadPost(Row):
    """A post of a conversation that is no mention: read from the platform for context, and kept for a while."""

    __tablename__ = "thread_posts"
    __table_args__ = (
        UniqueConstraint("brand_id", "platform", "external_id"),
        Index("ix_thread_posts_conversation", "conversation_id", "posted_at", "id"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    conversation_id: Mapped[int] = mapped_column(Big, ForeignKey("conversations.id", ondelete="CASCADE"))
    platform: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    in_reply_to: Mapped[str | None] = mapped_column(String(200))
    author_external_id: Mapped[str] = mapped_column(String(200))
    author_handle: Mapped[str] = mapped_column(String(200))
    author_name: Mapped[str | None] = mapped_column(String(200))
    is_own: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    posted_at: Mapped[datetime]
    read_at: Mapped[datetime]


class Mention(Row):
    """One post that matched a query, unique by brand, platform and the platform's id.

    Intent, sentiment and the rest repeat the current classification, so that the desk's filters use one index.
    """

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("brand_id", "platform", "external_id"),
        Index("ix_mentions_newest", "brand_id", "posted_at", "id"),
        Index("ix_mentions_intent", "brand_id", "intent", "posted_at", "id"),
        Index("ix_mentions_sentiment", "brand_id", "sentiment", "posted_at", "id"),
        Index("ix_mentions_platform", "brand_id", "platform", "posted_at", "id"),
        Index("ix_mentions_language", "brand_id", "language", "posted_at", "id"),
        Index("ix_mentions_conversation", "conversation_id", "posted_at", "id"),
        Index("ix_mentions_author", "author_id", "posted_at", "id"),
        Index("ix_mentions_case", "case_id", "posted_at", "id"),
        Index("ix_mentions_urgent", "brand_id", "posted_at", "id", postgresql_where=text("urgent"),
              sqlite_where=text("urgent = 1")),
        # Workers look only at what still has to move; written as one state or the other, so that SQLite sees that a
        # query for one of them (storage.queries.moving) is served.
        Index("ix_mentions_moving", "state", "id", postgresql_where=text(MOVING), sqlite_where=text(MOVING)),
        # Rows are looked at again by platform, those first that were asked about longest ago.
        Index("ix_mentions_checked", "platform", "checked_at", "id"),
        Index("ix_mentions_deleted", "brand_id", "id", postgresql_where=text("state = 'deleted'"),
              sqlite_where=text("state = 'deleted'")),
    )  # fmt: skip
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    source_id: Mapped[int | None] = mapped_column(Big, ForeignKey("sources.id", ondelete="SET NULL"))
    conversation_id: Mapped[int] = mapped_column(Big, ForeignKey("conversations.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(Big, ForeignKey("authors.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id", ondelete="SET NULL"))
    platform: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[PostKind] = mapped_column(state_column(PostKind, "post_kind"), default=PostKind.POST)
    state: Mapped[MentionState] = mapped_column(state_column(MentionState, "mention_state"))
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str | None] = mapped_column(String(40))
    in_reply_to: Mapped[str | None] = mapped_column(String(200))
    queries: Mapped[list[str]] = mapped_column(default=list)
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    posted_at: Mapped[datetime]
    collected_at: Mapped[datetime]
    # Older than the brand's answer window when it came in: counted, never drafted, clocked or notified.
    counted_only: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None]
    # Whether its author called on our account, by the platform's own marks; None where it doesn't say.
    addressed: Mapped[bool | None]
    # When the platform was last asked whether it still stands there as we keep it.
    checked_at: Mapped[datetime | None]
    intent: Mapped[Intent | None] = mapped_column(state_column(Intent, "intent"))
    sentiment: Mapped[Sentiment | None] = mapped_column(state_column(Sentiment, "sentiment"))
    urgent: Mapped[bool] = mapped_column(default=False)
    toxic: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(16))


class ClassificationRow(Row):
    """What one model revision, or a person, said of a mention; the newest one is current."""

    __tablename__ = "classifications"
    __table_args__ = (Index("ix_classifications_mention_id_id", "mention_id", "id"),)
    id: Mapped[Key]
    mention_id: Mapped[int] = mapped_column(Big, ForeignKey("mentions.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(120))
    intent: Mapped[Intent] = mapped_column(state_column(Intent, "intent"))
    sentiment: Mapped[Sentiment] = mapped_column(state_column(Sentiment, "sentiment"))
    intent_scores: Mapped[dict[str, Any]]
    sentiment_scores: Mapped[dict[str, Any]]
    also: Mapped[list[str]] = mapped_column(default=list)
    urgency: Mapped[float]
    toxicity: Mapped[float]
    urgent: Mapped[bool]
    toxic: Mapped[bool]
    language: Mapped[str | None] = mapped_column(String(16))
    themes: Mapped[list[str]] = mapped_column(default=list)
    corrected_by: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
