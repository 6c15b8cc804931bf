"""What a digest looks at: one brand, one ISO week in its zone, the weeks before it, and until when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol

from config.brand.listening import Answering, Purpose
from config.brand.profile import Profile
from domain.labels import Intent
from domain.time import Week

WEEKS_BEFORE = 8
# What deserves an answer; the rest is filed, or a person first says what it is.
TELLING = (Intent.PRAISE, Intent.COMPLAINT, Intent.QUESTION, Intent.SUGGESTION)


class Answerable(Protocol):
    """A post, or several alike, with what says whether it wants an answer."""

    @property
    def queries(self) -> Collection[str]:
        """The queries that it matched."""
        ...

    @property
    def platform(self) -> str:
        """Where it was posted."""
        ...

    @property
    def intent(self) -> Intent | None:
        """What it says, None before it is sorted."""
        ...

    @property
    def counted_only(self) -> bool:
        """Whether it was too old to be answered when it came in."""
        ...

    @property
    def opted_out(self) -> bool:
        """Whether its author asked not to be contacted."""
        ...


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One brand's week under one profile; `as_of` is when the figures were taken."""

    brand_id: int
    week: Week
    profile: Profile
    as_of: datetime
    weeks_before: int = WEEKS_BEFORE

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks that are compared, the oldest first and the digest's own last."""
        return tuple(self.week.shift(-back) for back in range(self.weeks_before, -1, -1))

    @cached_property
    def since(self) -> datetime:
        """The first instant of the digest's week."""
        return self.week.bounds(self.profile.zone)[0]

    @cached_property
    def until(self) -> datetime:
        """The first instant after the digest's week."""
        return self.week.bounds(self.profile.zone)[1]

    @cached_property
    def last_day(self) -> date:
        """The week's last day that money is told up to: Sunday, or the day on which the figures were taken."""
        return min(self.week.monday + timedelta(days=6), self.as_of.astimezone(self.profile.zone).date())

    @cached_property
    def closed_month(self) -> date | None:
        """The first day of the month that ended within the week, before its last day; None in most weeks."""
        monday = self.week.monday
        return monday.replace(day=1) if monday.month != self.last_day.month else None

    @property
    def partial(self) -> bool:
        """True while the week isn't over."""
        return self.as_of < self.until

    def is_running(self, week: Week) -> bool:
        """Say whether a week isn't over."""
        return self.partial and week == self.week

    def bounds(self, week: Week) -> tuple[datetime, datetime]:
        """Return a week's first instant and the first after it, or after the figures were taken."""
        start, end = week.bounds(self.profile.zone)
        return start, min(end, self.as_of)

    def seen_at(self, week: Week) -> datetime:
        """Return when a week is judged: as long after its end as the digest's own, so that weeks compare fairly."""
        end = week.bounds(self.profile.zone)[1]
        return min(end + max(self.as_of - self.until, timedelta()), self.as_of)

    @cached_property
    def rivals(self) -> dict[str, str]:
        """The rival that each rival query watches, by the query's name."""
        return {query.name: query.rival for query in self.profile.queries if query.rival}

    @cached_property
    def _silent(self) -> frozenset[str]:
        watched = {query.name for query in self.profile.queries if query.purpose is Purpose.WATCH}
        return frozenset(watched | set(self.rivals))

    def is_own(self, queries: Collection[str]) -> bool:
        """Say whether a mention is about the brand, and not about rivals alone."""
        return not queries or any(name not in self.rivals for name in queries)

    def wants_answer(self, post: Answerable) -> bool:
        """Say whether somebody should have answered: it says something, and its author may be written to there."""
        if post.counted_only or post.opted_out or post.intent not in TELLING:
            return False
        watched = bool(post.queries) and all(name in self._silent for name in post.queries)
        return not watched and self.profile.use_of(post.platform).answer is not Answering.NEVER
