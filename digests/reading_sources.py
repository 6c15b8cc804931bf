"""Reads where a brand was listened to and since when, and where listening failed."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from digests.material import GapRow, SourceRow
from storage.tables import Brand, BrandRevision, Mention, Source, SourceGap


def read_sources(session: Session, brand_id: int) -> tuple[SourceRow, ...]:
    """Return the brand's sources, with when those that are off were switched off."""
    sources = session.scalars(select(Source).where(Source.brand_id == brand_id).order_by(Source.id)).all()
    off = [source.key for source in sources if not source.enabled]
    since = _switched_off(session, brand_id, off) if off else {}
    return tuple(
        SourceRow(
            id=source.id, key=source.key, kind=source.kind, state=source.state, enabled=source.enabled,
            last_ok_at=source.last_ok_at,
            disabled_at=None if source.enabled else since.get(source.key, source.last_tried_at),
        )
        for source in sources
    )  # fmt: skip


def read_gaps(session: Session, brand_id: int, first: datetime, as_of: datetime) -> tuple[GapRow, ...]:
    """Return the stretches since `first` in which a source couldn't be read."""
    query = (
        select(SourceGap.source_id, SourceGap.started_at, SourceGap.ended_at, SourceGap.reason)
        .where(SourceGap.brand_id == brand_id, SourceGap.started_at < as_of)
        .where(or_(SourceGap.ended_at.is_(None), SourceGap.ended_at > first))
        .order_by(SourceGap.started_at, SourceGap.id)
    )
    return tuple(GapRow(**row._mapping) for row in session.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


class Beginnings(TypedDict):
    """When a brand was set up, what its oldest post is, and the first reading that is known of."""

    brand_created_at: datetime | None
    first_posted_at: datetime | None
    first_read_at: datetime | None


def read_beginnings(session: Session, brand_id: int) -> Beginnings:
    """Return when things began; a reading is known of that brought a mention, or that ended a gap."""
    mine = Mention.brand_id == brand_id
    # Ids rise as mentions come in.
    brought = select(Mention.collected_at).where(mine).order_by(Mention.id).limit(1).scalar_subquery()
    mended = select(func.min(SourceGap.ended_at)).where(SourceGap.brand_id == brand_id).scalar_subquery()
    posted = select(func.min(Mention.posted_at)).where(mine).scalar_subquery()
    query = select(Brand.created_at, posted, brought, mended).where(Brand.id == brand_id)
    created_at, posted_at, *read = session.execute(query).one()
    return Beginnings(
        brand_created_at=created_at, first_posted_at=posted_at,
        first_read_at=min((at for at in read if at is not None), default=None),
    )  # fmt: skip


def _switched_off(session: Session, brand_id: int, keys: Collection[str]) -> dict[str, datetime]:
    """Return since which revision of the profile each of these sources is off."""
    query = (
        select(BrandRevision.created_at, BrandRevision.profile["sources"])
        .where(BrandRevision.brand_id == brand_id)
        .order_by(BrandRevision.number)
    )
    off: dict[str, datetime] = {}
    for at, sources in session.execute(query):
        on = {source["id"] for source in sources or () if source.get("enabled", True)}
        for key in keys:
            if key in on:
                off.pop(key, None)
            else:
                off.setdefault(key, at)
    return off
