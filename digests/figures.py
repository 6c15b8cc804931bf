"""A digest's snapshot: every figure of one brand's week, typed, JSON-able, without a word that a customer wrote."""

from collections.abc import Iterator
from datetime import datetime

from digests.advocates import Advocates, compute_advocates
from digests.coverage import Coverage, cover
from digests.failures import Failure, compute_failures
from digests.frame import Frame
from digests.goals import GoalLine, compute_goals
from digests.ideas import Ideas, compute_ideas
from digests.incidents import IncidentLine, Referral, compute_incidents, compute_referrals
from digests.material import Material
from digests.metrics import Context
from digests.sections import Section
from digests.service import Service, compute_service
from digests.spending import Spending, compute_spending
from digests.themes import Themes, compute_themes
from digests.touchpoint import Told, Touchpoint, compute_touchpoint
from digests.volumes import Volumes, compute_volumes

VERSION = 1


class Figures(Section):
    """One brand's week. Customers appear as mention and person ids; `digests.texts` fills in words and names."""

    version: int = VERSION
    brand_id: int
    brand: str
    slug: str
    zone: str
    week: str
    since: datetime
    until: datetime
    made_at: datetime
    partial: bool
    revision: int
    model: str
    coverage: Coverage
    goals: tuple[GoalLine, ...]
    spending: Spending
    failures: tuple[Failure, ...]
    advocates: Advocates
    themes: Themes
    ideas: Ideas
    volumes: Volumes
    service: Service
    incidents: tuple[IncidentLine, ...]
    referrals: tuple[Referral, ...]
    touchpoint: Touchpoint

    def mention_ids(self) -> Iterator[int]:
        """Yield the mentions that may be quoted."""
        for speaker in self.advocates.speakers:
            yield from speaker.mention_ids
        for line in (*self.themes.praised, *self.themes.complained):
            yield from line.mention_ids
        for idea in self.ideas.listed:
            yield idea.mention_id

    def person_ids(self) -> Iterator[int]:
        """Yield the people who are named."""
        for speaker in self.advocates.speakers:
            yield speaker.person_id
        for idea in self.ideas.listed:
            if idea.person_id is not None:
                yield idea.person_id
        for referral in self.referrals:
            yield from (referral.person_id, referral.referred_by)


def compute_figures(frame: Frame, material: Material, *, revision: int) -> Figures:
    """Compute the whole snapshot from what was read; pure."""
    profile = frame.profile
    coverage = cover(frame, material, frame.week)
    context = Context(frame=frame, material=material, week=frame.week, coverage=coverage)
    told = Told(
        goals=compute_goals(frame, material),
        spending=compute_spending(frame, material),
        failures=compute_failures(frame, material, context),
        advocates=compute_advocates(frame, material),
        themes=compute_themes(frame, material),
        ideas=compute_ideas(frame, material),
        service=compute_service(frame, material, context),
        incidents=compute_incidents(frame, material),
    )
    volumes = compute_volumes(frame, material)
    return Figures(
        brand_id=frame.brand_id, brand=profile.name, slug=profile.slug, zone=profile.time_zone, week=str(frame.week),
        since=frame.since, until=frame.until, made_at=frame.as_of, partial=frame.partial, revision=revision,
        model=volumes.now.model or "", coverage=coverage, volumes=volumes, referrals=compute_referrals(material),
        touchpoint=compute_touchpoint(frame, told), **{name: getattr(told, name) for name in Told.model_fields},
    )  # fmt: skip
