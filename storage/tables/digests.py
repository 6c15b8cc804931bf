"""Digests and their mails, money and time spent, and receipts of what was erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.states import MailState
from storage.tables.base import Big, BrandKey, Key, Row, state_column


class Digest(Row):
    """A week's snapshot; a later model or correction doesn't change it."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("brand_id", "week"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    revision_id: Mapped[int] = mapped_column(Big, ForeignKey("brand_revisions.id"))
    week: Mapped[str] = mapped_column(String(8))
    model: Mapped[str] = mapped_column(String(120))
    figures: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class DigestMail(Row):
    """One digest's mail: a row before it is a request; `message_id` stays the same for every try."""

    __tablename__ = "digest_mails"
    __table_args__ = (Index("ix_digest_mails_state", "state", "id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    digest_id: Mapped[int] = mapped_column(Big, ForeignKey("digests.id", ondelete="CASCADE"), unique=True)
    state: Mapped[MailState] = mapped_column(state_column(MailState, "mail_state"))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    recipients: Mapped[list[str]]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class LedgerEntry(Row):
    """Money or time that was spent: `kind` as in the brand's budget; `reference` makes it stand once."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("brand_id", "kind", "reference"),
        Index("ix_ledger_entries_brand_id_at", "brand_id", "at", "id"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    source_id: Mapped[int | None] = mapped_column(Big, ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(200))
    micros: Mapped[int] = mapped_column(Big, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    seconds: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class Receipt(Row):
    """What was erased and why, without its content.

    One of kind `author` is a mark: by it a later post of somebody who is to stay forgotten is told and dropped.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        Index("ix_receipts_brand_id_at", "brand_id", "at", "id"),
        Index("ix_receipts_object", "brand_id", "object_kind", "object_hash"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    object_kind: Mapped[str] = mapped_column(String(40))
    object_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(200))
    touched: Mapped[dict[str, Any]]
    at: Mapped[datetime]
