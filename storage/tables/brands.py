"""The installation, brands and their numbered revisions, users and what they may see."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.labels import Role
from storage.tables.base import Big, BrandKey, Key, Row, state_column


class Installation(Row):
    """One row: who this installation is, and whether it may send (decision 13)."""

    __tablename__ = "installation"
    id: Mapped[Key]
    instance_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    # Set when the instance id outside differs; sending is off until an operator confirms.
    sending_off_reason: Mapped[str | None] = mapped_column(Text)
    # What the marks of people who are to be forgotten are keyed with; made with the first of them.
    mark_key: Mapped[str | None] = mapped_column(String(64))


class Brand(Row):
    """A company or client listened for; its settings live in its revisions."""

    __tablename__ = "brands"
    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(80))
    revision_id: Mapped[int | None] = mapped_column(Big)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class BrandRevision(Row):
    """A brand profile as it stood: drafts, findings and digests name the one they were made under."""

    __tablename__ = "brand_revisions"
    __table_args__ = (UniqueConstraint("brand_id", "number"),)
    id: Mapped[Key]
    brand_id: Mapped[BrandKey]
    number: Mapped[int]
    profile: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))


class User(Row):
    """Someone who logs in at the desk; `is_admin` sees every brand."""

    __tablename__ = "users"
    id: Mapped[Key]
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    password_hash: Mapped[str] = mapped_column(String(400))
    is_admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class Membership(Row):
    """What one user is for one brand; without a row they don't see it."""

    __tablename__ = "memberships"
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    brand_id: Mapped[BrandKey] = mapped_column(primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(state_column(Role, "role"), primary_key=True)


class WebSession(Row):
    """A log-in in one browser; the id is a hash of the cookie, so the table can't be used to log in."""

    __tablename__ = "web_sessions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(Big, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AuditEvent(Row):
    """Who did what to which object and when; ids and hashes only, never text."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_brand_id_id", "brand_id", "id"),
        Index("ix_audit_events_object", "object_kind", "object_id", "id"),
    )
    id: Mapped[Key]
    brand_id: Mapped[int | None] = mapped_column(Big, ForeignKey("brands.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(Big)
    action: Mapped[str] = mapped_column(String(80))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
