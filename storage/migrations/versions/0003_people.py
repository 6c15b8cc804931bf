"""People and authors."""

import sqlalchemy as sa
from alembic import op

from storage.columns import one_of
from storage.tables.base import Big, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_persons()
    _create_authors()
    _create_special_days()


def _create_persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column(
            "tier",
            one_of("platinum", "gold", "iron", "lead", name="tier"),
            nullable=False,
        ),
        sa.Column(
            "stage",
            one_of("reach", "acquisition", "development", "retention", "advocacy", name="stage"),
            nullable=False,
        ),
        sa.Column("opted_out_at", UtcDateTime(), nullable=True),
        sa.Column("advocate_since", UtcDateTime(), nullable=True),
        sa.Column("account_manager", sa.String(length=200), nullable=True),
        sa.Column("referred_by", Big, nullable=True),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("praises", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_contacted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_persons_brand_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index("ix_persons_brand_id_last_seen_at", "persons", ["brand_id", "last_seen_at", "id"], unique=False)
    op.create_index("ix_persons_brand_id_praises", "persons", ["brand_id", "praises", "id"], unique=False)


def _create_authors() -> None:
    op.create_table(
        "authors",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("brand_id", Big, nullable=False),
        sa.Column("person_id", Big, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("handle", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_authors_brand_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_authors_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authors")),
        sa.UniqueConstraint(
            "brand_id", "platform", "external_id", name=op.f("uq_authors_brand_id_platform_external_id")
        ),
    )
    op.create_index(op.f("ix_authors_person_id"), "authors", ["person_id"], unique=False)


def _create_special_days() -> None:
    op.create_table(
        "special_days",
        sa.Column("id", Big, autoincrement=True, nullable=False),
        sa.Column("person_id", Big, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_special_days_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_days")),
    )
    op.create_index(op.f("ix_special_days_person_id"), "special_days", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_special_days_person_id"), table_name="special_days")
    op.drop_table("special_days")
    op.drop_index(op.f("ix_authors_person_id"), table_name="authors")
    op.drop_table("authors")
    op.drop_index("ix_persons_brand_id_praises", table_name="persons")
    op.drop_index("ix_persons_brand_id_last_seen_at", table_name="persons")
    op.drop_table("persons")
