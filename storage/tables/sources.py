"""Sources, how far each was read, what couldn't be read, and where the data has gaps."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.states import SourceState
from storage.tables.base import Big, BrandKey, Key, Row, state_column


class Source(Row):
    """One place that one brand is listened for in; `cursor` is saved with the mentions it covers."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[SourceState] = mapped_column(state_column(SourceState, "source_state"), default=SourceState.ACTIVE)
    cursor: Mapped[str | None] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    last_tried_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    last_post_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    last_error_at: Mapped[datetime | None]
    collected: Mapped[int] = mapped_column(default=0)
    # What it brought is looked at again beside its reading: not before this, and what stopped the last look.
    recheck_after: Mapped[datetime | None]
    recheck_error: Mapped[str | None] = mapped_column(Text)
    # Who reads it now and until when that is believed: one reading of a source at a time.
    lease: Mapped[str | None] = mapped_column(String(200))
    leased_until: Mapped[datetime | None]


class SourceGap(Row):
    """A stretch of time in which a source couldn't be read: a digest shows it and never draws it as zero."""

    __tablename__ = "source_gaps"
    __table_args__ = (Index("ix_source_gaps_brand_id_started_at", "brand_id", "started_at"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    source_id: Mapped[int] = mapped_column(Big, ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)


class DeadLetter(Row):
    """A post or row that couldn't be read, with the reason and itself, for a replay after a fix."""

    __tablename__ = "dead_letters"
    __table_args__ = (Index("ix_dead_letters_brand_id_id", "brand_id", "id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    source_id: Mapped[int] = mapped_column(Big, ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    place: Mapped[str] = mapped_column(String(400))
    reason: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    payload_hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    replayed_at: Mapped[datetime | None]


class HookDelivery(Row):
    """A webhook delivery that was accepted: the same signature is never accepted again."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (UniqueConstraint("brand_id", "signature"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    signature: Mapped[str] = mapped_column(String(128))
    received_at: Mapped[datetime] = mapped_column(index=True)


class Credential(Row):
    """A key or token of one account, encrypted; `use` tells those that may read from those that may write."""

    __tablename__ = "credentials"
    __table_args__ = (UniqueConstraint("brand_id", "platform", "account", "use", "name"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    platform: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(200), default="")
    use: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    ciphertext: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
