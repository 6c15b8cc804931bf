"""The installation, brands, users and the audit trail."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_brands()
    _create_installation()
    _create_users()
    _create_audit_events()
    _create_brand_revisions()
    _create_memberships()
    _create_web_sessions()


def _create_brands() -> None:
    op.create_table(
        "brands",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=80), nullable=False),
        sa.Column("revision_id", Big, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
        sa.UniqueConstraint("slug", name=op.f("uq_brands_slug")),
    )


def _create_installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sending_off_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("password_hash", sa.String(length=400), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )


def _create_audit_events() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=True),
        sa.Column("user_id", Big, nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_audit_events_brand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_brand_id_id", "audit_events", ["brand_id", "id"], unique=False)
    op.create_index("ix_audit_events_object", "audit_events", ["object_kind", "object_id", "id"], unique=False)


def _create_brand_revisions() -> None:
    op.create_table(
        "brand_revisions",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_brand_revisions_brand_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_revisions")),
        sa.UniqueConstraint("brand_id", "number", name=op.f("uq_brand_revisions_brand_id_number")),
    )


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("user_id", Big, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column(
            "role",
            one_of("admin", "community_manager", "support", "marketing", name="role"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_memberships_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "brand_id", "role", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_brand_id"), "memberships", ["brand_id"], unique=False)


def _create_web_sessions() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", Big, nullable=False),
        sa.Column("csrf_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_web_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sessions")),
    )
    op.create_index(op.f("ix_web_sessions_user_id"), "web_sessions", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_web_sessions_user_id"), table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_index(op.f("ix_memberships_brand_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("brand_revisions")
    op.drop_index("ix_audit_events_object", table_name="audit_events")
    op.drop_index("ix_audit_events_brand_id_id", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("users")
    op.drop_table("installation")
    op.drop_table("brands")
