"""A source as its collector sees it: the row's place, and its settings under the brand's revision in force."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from config.brand.profile import Profile
from config.brand.sources import Polled, SourceBase
from domain.errors import NotFound
from domain.money import Money
from storage.database import Database
from storage.queries.brands import RevisionCache, find_brand
from storage.tables import Source

BACKFILL = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source of one brand; `settings` is None where the profile no longer names it, or never did."""

    id: int
    brand_id: int
    revision_id: int
    key: str
    kind: str
    settings: SourceBase | None
    profile: Profile

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return self.profile.zone

    @property
    def platform(self) -> str:
        """The platform of posts that name none."""
        return str(getattr(self.settings, "platform", self.kind))

    @property
    def keeps_everything(self) -> bool:
        """Whether posts needn't match a query."""
        return self.settings is not None and self.settings.match == "everything"

    @property
    def language(self) -> str | None:
        """The language that all its posts are in."""
        return self.settings.language if self.settings else None

    @property
    def budget(self) -> Money | None:
        """The most it may cost a month."""
        return self.settings.budget if self.settings else None

    @property
    def calls(self) -> int | None:
        """The most requests it may make a month."""
        return self.settings.calls if self.settings else None

    @property
    def backfill(self) -> timedelta:
        """How far back its first reading goes."""
        return self.settings.backfill if isinstance(self.settings, Polled) else BACKFILL


def view_source(database: Database, profiles: RevisionCache, source_id: int) -> SourceView:
    """Return a source with its settings; raises NotFound when there is no such source."""
    with database.read() as session:
        row = session.execute(
            select(Source.brand_id, Source.key, Source.kind).where(Source.id == source_id)
        ).one_or_none()  # fmt: skip
        if row is None:
            raise NotFound(f"There is no source {source_id}; run: earnest config apply")
        revision = profiles.current_of(session, row.brand_id)
    settings = next((source for source in revision.profile.sources if source.id == row.key), None)
    return SourceView(
        id=source_id, brand_id=row.brand_id, revision_id=revision.id, key=row.key, kind=row.kind, settings=settings,
        profile=revision.profile,
    )  # fmt: skip


def find_source(database: Database, profiles: RevisionCache, *, brand: str, key: str) -> SourceView:
    """Return the source of that short name of the brand of that short name; raises NotFound naming those there are."""
    with database.read() as session:
        row = find_brand(session, brand)
        keys = dict(session.execute(select(Source.key, Source.id).where(Source.brand_id == row.id)).all())
    if key not in keys:
        known = ", ".join(sorted(keys)) or "none"
        raise NotFound(f"The brand {brand} has no source “{key}”; its sources are: {known}.")
    return view_source(database, profiles, keys[key])
