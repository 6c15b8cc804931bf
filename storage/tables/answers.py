"""Drafts, what guards found, what people decided, and the outbox."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.answers import Severity
from domain.labels import Priority
from domain.states import DraftState, ReplyState
from storage.tables.base import Big, BrandKey, Key, Row, state_column


class Draft(Row):
    """A proposed reply; `binding` is the digest that an approval was given for."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_queue", "brand_id", "state", "rank", "created_at", "id"),
        Index("ix_drafts_mention", "mention_id", "id"),
        Index("ix_drafts_case", "case_id", "id"),
        Index("ix_drafts_conversation", "conversation_id", "id"),
        Index("ix_drafts_assignee", "assignee_id", "state", "rank", "created_at", "id",
              postgresql_where=text("assignee_id IS NOT NULL"), sqlite_where=text("assignee_id IS NOT NULL")),
        # One living draft a mention, whatever runs twice.
        Index("uq_drafts_living", "mention_id", unique=True, postgresql_where=text("state IN ('proposed', 'approved')"),
              sqlite_where=text("state IN ('proposed', 'approved')")),
    )  # fmt: skip
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    mention_id: Mapped[int] = mapped_column(Big, ForeignKey("mentions.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(Big, ForeignKey("conversations.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id", ondelete="SET NULL"))
    revision_id: Mapped[int] = mapped_column(Big, ForeignKey("brand_revisions.id"))
    state: Mapped[DraftState] = mapped_column(state_column(DraftState, "draft_state"))
    priority: Mapped[Priority] = mapped_column(state_column(Priority, "priority"))
    # 3 minus the priority's rank, so that the queue reads one index forwards.
    rank: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    original_text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(200))
    thread: Mapped[str] = mapped_column(String(200))
    short_code: Mapped[str | None] = mapped_column(String(80))
    facts: Mapped[list[str]] = mapped_column(default=list)
    promises: Mapped[list[str]] = mapped_column(default=list)
    binding: Mapped[str | None] = mapped_column(String(64))
    assignee_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    snoozed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class FindingRow(Row):
    """What a guard said about a draft at one version of it."""

    __tablename__ = "findings"
    __table_args__ = (Index("ix_findings_draft_id_id", "draft_id", "id"),)
    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(Big, ForeignKey("drafts.id", ondelete="CASCADE"))
    draft_version: Mapped[int]
    rule: Mapped[str] = mapped_column(String(80))
    severity: Mapped[Severity] = mapped_column(state_column(Severity, "severity"))
    message: Mapped[str] = mapped_column(Text)
    start: Mapped[int | None]
    end: Mapped[int | None]


class Review(Row):
    """A person's decision on a draft: approve, edit, reject, snooze, assign or make it a case."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_draft_id_id", "draft_id", "id"),
        Index("ix_reviews_brand_id_at", "brand_id", "at", "id"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    draft_id: Mapped[int] = mapped_column(Big, ForeignKey("drafts.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    decision: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    binding: Mapped[str] = mapped_column(String(64))
    edited: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class Reply(Row):
    """What was or will be sent: the outbox, and the record of replies typed elsewhere.

    `origin` is desk, auto, native (typed on the platform) or by_hand (recorded by a person).
    """

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("draft_id", "part"),
        UniqueConstraint("key"),
        # A platform's id stands once for each brand.
        Index("uq_replies_external", "brand_id", "platform", "external_id", unique=True,
              postgresql_where=text("external_id IS NOT NULL"), sqlite_where=text("external_id IS NOT NULL")),
        Index("ix_replies_state", "state", "next_try_at", "id"),
        Index("ix_replies_brand", "brand_id", "state", "created_at", "id"),
        Index("ix_replies_conversation", "conversation_id", "created_at", "id"),
    )  # fmt: skip
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    draft_id: Mapped[int | None] = mapped_column(Big, ForeignKey("drafts.id", ondelete="SET NULL"))
    mention_id: Mapped[int | None] = mapped_column(Big, ForeignKey("mentions.id", ondelete="SET NULL"), index=True)
    conversation_id: Mapped[int] = mapped_column(Big, ForeignKey("conversations.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(Big, ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    platform: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(20))
    state: Mapped[ReplyState] = mapped_column(state_column(ReplyState, "reply_state"))
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    part: Mapped[int] = mapped_column(default=1)
    parts: Mapped[int] = mapped_column(default=1)
    in_reply_to: Mapped[str] = mapped_column(String(200))
    visibility: Mapped[str | None] = mapped_column(String(40))
    external_id: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    lookups: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    next_try_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(Big)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
