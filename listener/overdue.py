"""Which posts are to be looked at again, and which weren't in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from config.brand.sources import Polled, SourceBase
from domain.states import MentionState, SourceState
from listener.made import not_made
from listener.sources import SourceView
from platforms.registry import capabilities_of
from storage.queries.brands import RevisionCache
from storage.tables import Brand, Mention, Source

# A post is due with a sixth of its time left: four hours of twenty-four.
EARLY: Final = 5 / 6


def list_due(
    session: Session, *, view: SourceView, now: datetime, limit: int | None, before: datetime | None = None
) -> list[str]:  # fmt: skip
    """Return the platform's ids of a source's posts that are due for another look, those of longest ago first.

    Due is what wasn't looked at since `before`, which follows from the platform when left out. Posts of sources that
    are gone or switched off are looked at through any other of their brand and platform; those whose ids Earnest made
    up never are.
    """
    before = before or now - capabilities_of(view.platform).deleted_within * EARLY
    which = [*_of_source(view.id, view.brand_id, view.platform), *_young(view.settings, now)]
    never = select(Mention.external_id, Mention.collected_at, Mention.id).where(
        *which, Mention.checked_at.is_(None), Mention.collected_at < before
    )
    seen = select(Mention.external_id, Mention.checked_at, Mention.id).where(*which, Mention.checked_at < before)
    found = [
        *session.execute(never.order_by(Mention.id).limit(limit)).all(),
        *session.execute(seen.order_by(Mention.checked_at, Mention.id).limit(limit)).all(),
    ]
    return [row[0] for row in sorted(found, key=lambda row: (row[1], row[2]))[:limit]]


def sources_due(session: Session, profiles: RevisionCache, *, now: datetime) -> list[int]:
    """Return the sources that have posts to look at again and may ask now."""
    query = (
        select(Source)
        .join(Brand, Brand.id == Source.brand_id)
        .where(
            Brand.active, Source.enabled, Source.state != SourceState.STOPPED,
            or_(Source.recheck_after.is_(None), Source.recheck_after <= now),
        )
        .order_by(Source.id)
    )  # fmt: skip
    return [
        source.id for source in session.scalars(query)
        if _has_due(session, source, profiles.current_of(session, source.brand_id).profile, now)
    ]  # fmt: skip


def count_overdue(session: Session, source: Source, profile: Profile, *, now: datetime) -> int:
    """Return how many posts of a source weren't looked at within the time that its platform sets.

    Where the platform's facts don't say how deletions are followed, nobody promised it: none.
    """
    facts = capabilities_of(source.kind)
    if not source.enabled or (facts.delete_sync is None and source.recheck_error is None):
        return 0
    query = select(func.count()).where(
        *_of_source(source.id, source.brand_id, source.kind), *_young(_settings_of(profile, source.key), now),
        _looked_before(now - facts.deleted_within),
    )  # fmt: skip
    return session.scalar(query) or 0


def _has_due(session: Session, source: Source, profile: Profile, now: datetime) -> bool:
    if not isinstance(_settings_of(profile, source.key), Polled):
        return False  # what comes by itself can't be asked
    before = now - capabilities_of(source.kind).deleted_within * EARLY
    query = select(Mention.id).where(
        *_of_source(source.id, source.brand_id, source.kind), *_young(_settings_of(profile, source.key), now),
        _looked_before(before),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def _settings_of(profile: Profile, key: str) -> SourceBase | None:
    return next((source for source in profile.sources if source.id == key), None)


def _looked_before(instant: datetime) -> ColumnElement[bool]:
    return or_(Mention.checked_at < instant, Mention.checked_at.is_(None) & (Mention.collected_at < instant))


def _of_source(source_id: int, brand_id: int, platform: str) -> Sequence[ColumnElement[bool]]:
    off = select(Source.id).where(Source.brand_id == brand_id, Source.enabled.is_(False))
    return (
        Mention.brand_id == brand_id,
        Mention.platform == platform,
        Mention.state != MentionState.DELETED,
        # Of what was imported without an id the platform knows nothing, which reads like a deletion.
        *not_made(Mention.external_id),
        or_(Mention.source_id == source_id, Mention.source_id.is_(None), Mention.source_id.in_(off)),
    )


def _young(settings: SourceBase | None, now: datetime) -> Sequence[ColumnElement[bool]]:
    longest: timedelta | None = getattr(settings, "recheck", None)
    return () if longest is None else (Mention.posted_at >= now - longest,)
