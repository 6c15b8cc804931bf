"""Authors on platforms, the people they are, and what is known of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.labels import Stage, Tier
from domain.states import FollowUpState
from storage.tables.base import Big, BrandKey, Key, Row, state_column


class Person(Row):
    """One human as one brand knows them; they may be several authors."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_brand_id_last_seen_at", "brand_id", "last_seen_at", "id"),
        Index("ix_persons_brand_id_praises", "brand_id", "praises", "id"),
    )
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    name: Mapped[str | None] = mapped_column(String(200))
    tier: Mapped[Tier] = mapped_column(state_column(Tier, "tier"), default=Tier.LEAD)
    stage: Mapped[Stage] = mapped_column(state_column(Stage, "stage"), default=Stage.REACH)
    # The person asked not to be contacted: no draft is made and the gate refuses.
    opted_out_at: Mapped[datetime | None]
    advocate_since: Mapped[datetime | None]
    account_manager: Mapped[str | None] = mapped_column(String(200))
    referred_by: Mapped[int | None] = mapped_column(Big)
    mentions: Mapped[int] = mapped_column(default=0)
    praises: Mapped[int] = mapped_column(default=0)
    complaints: Mapped[int] = mapped_column(default=0)
    contacts: Mapped[int] = mapped_column(default=0)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    last_contacted_at: Mapped[datetime | None]


class Author(Row):
    """Who wrote mentions on one platform, kept apart for each brand so that clients never share them."""

    __tablename__ = "authors"
    __table_args__ = (UniqueConstraint("brand_id", "platform", "external_id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    person_id: Mapped[int] = mapped_column(Big, ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    handle: Mapped[str] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(Text)
    followers: Mapped[int | None]
    is_bot: Mapped[bool] = mapped_column(default=False)


class SpecialDay(Row):
    """A birthday or another day a person told us of; the year is kept only if they gave it."""

    __tablename__ = "special_days"
    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(Big, ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    month: Mapped[int]
    day: Mapped[int]
    year: Mapped[int | None]


class Idea(Row):
    """A customer's suggestion, kept and credited."""

    __tablename__ = "ideas"
    __table_args__ = (Index("ix_ideas_brand_id_created_at", "brand_id", "created_at", "id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    mention_id: Mapped[int] = mapped_column(Big, ForeignKey("mentions.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int | None] = mapped_column(Big, ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    theme: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


class FollowUp(Row):
    """A dated promise to look again, after a case was resolved or a reply was sent."""

    __tablename__ = "follow_ups"
    __table_args__ = (Index("ix_follow_ups_state_due_at", "brand_id", "state", "due_at", "id"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(Big, ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    state: Mapped[FollowUpState] = mapped_column(state_column(FollowUpState, "follow_up_state"))
    due_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    done_by: Mapped[int | None] = mapped_column(Big)
    done_at: Mapped[datetime | None]
