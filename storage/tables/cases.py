"""Escalated complaints, their clocks, notes and gestures, and the incidents that join them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.labels import Priority
from domain.states import ClockState, ConversationState
from storage.tables.base import Big, BrandKey, Key, Row, state_column


class Incident(Row):
    """A wave of cases with one cause."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_brand_id_opened_at", "brand_id", "opened_at", "id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    cause: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Case(Row):
    """A complaint that somebody owns until it is solved, and a while longer."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_queue", "brand_id", "state", "rank", "opened_at", "id"),
        Index("ix_cases_newest", "brand_id", "opened_at", "id"),
        Index("ix_cases_assignee", "assignee_id", "state", "id"),
        Index("ix_cases_conversation", "conversation_id", "id"),
        # A conversation has one living case.
        Index("uq_cases_living", "conversation_id", unique=True, postgresql_where=text("state <> 'resolved'"),
              sqlite_where=text("state <> 'resolved'")),
    )  # fmt: skip
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    conversation_id: Mapped[int] = mapped_column(Big, ForeignKey("conversations.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(Big, ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    incident_id: Mapped[int | None] = mapped_column(Big, ForeignKey("incidents.id", ondelete="SET NULL"), index=True)
    theme: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[ConversationState] = mapped_column(state_column(ConversationState, "case_state"))
    priority: Mapped[Priority] = mapped_column(state_column(Priority, "priority"))
    rank: Mapped[int]
    assignee_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    team: Mapped[str | None] = mapped_column(String(80))
    snoozed_until: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class SlaClock(Row):
    """One clock of a case in the brand's opening hours; `kind` is first_response, next_response or resolution.

    A paused clock (the case waits for the customer) has `paused_at` and keeps `left_seconds` of opening time.
    """

    __tablename__ = "sla_clocks"
    __table_args__ = (
        Index("ix_sla_clocks_due", "state", "due_at", "id"),
        Index("ix_sla_clocks_case", "case_id", "kind", "id"),
        Index("ix_sla_clocks_brand", "brand_id", "started_at", "id"),
        Index(
            "ix_sla_clocks_running",
            "brand_id",
            "due_at",
            "id",
            postgresql_where=text("stopped_at IS NULL"),
            sqlite_where=text("stopped_at IS NULL"),
        ),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[ClockState] = mapped_column(state_column(ClockState, "clock_state"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    left_seconds: Mapped[int | None]


class Note(Row):
    """A private note on a conversation or case; customers never see it."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_conversation_id_id", "conversation_id", "id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    conversation_id: Mapped[int] = mapped_column(Big, ForeignKey("conversations.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Gesture(Row):
    """Goodwill that was offered, and what it cost in micro-units of `currency`."""

    __tablename__ = "gestures"
    __table_args__ = (UniqueConstraint("case_id", "kind"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(80))
    micros: Mapped[int] = mapped_column(Big)
    currency: Mapped[str] = mapped_column(String(3))
    offered_by: Mapped[int | None] = mapped_column(Big, ForeignKey("users.id", ondelete="SET NULL"))
    offered_at: Mapped[datetime]
