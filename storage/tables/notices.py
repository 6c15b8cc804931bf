"""What other systems have yet to be told; a row goes when it is told."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import BrandKey, Key, Row


class Notice(Row):
    """One erased post that one of the brand's webhooks hasn't been told of; it holds the post's id and no word."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("brand_id", "webhook", "platform", "external_id"),
        Index("ix_notices_next_try_at", "next_try_at"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    webhook: Mapped[str] = mapped_column(String(80))
    platform: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
