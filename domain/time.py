"""Time: aware UTC, read through a port so that a test or the demo can set it; ISO weeks in a brand's zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput


class Clock(Protocol):
    """What time it is, aware and in UTC."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that moves only when told: the demo's history and the tests run on it."""

    def __init__(self, start: datetime) -> None:
        self._now = as_utc(start)

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Jump to `instant`."""
        self._now = as_utc(instant)

    def advance(self, step: timedelta) -> None:
        """Move on by `step`."""
        self._now += step


def as_utc(instant: datetime) -> datetime:
    """Return `instant` in UTC; raises InvalidInput when it has no time zone."""
    if instant.tzinfo is None:
        raise InvalidInput(f"The time {instant.isoformat()} has no time zone; add one, such as Z or +02:00.")
    return instant.astimezone(UTC)


_WEEK = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, such as 2026-W47; its days begin at midnight in the brand's time zone."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read `2026-W47`; raises InvalidInput for anything else."""
        found = _WEEK.fullmatch(text.strip().upper())
        if not found:
            raise InvalidInput(f"“{text}” isn't an ISO week; write it like 2026-W47.")
        week = cls(int(found[1]), int(found[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
        except ValueError:
            raise InvalidInput(f"The year {week.year} has no week {week.number}; write it like 2026-W47.") from None
        return week

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> "Week":
        """Return the week in which `instant` falls in `zone`."""
        year, number, _ = as_utc(instant).astimezone(zone).isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        """The week's first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def shift(self, weeks: int) -> "Week":
        """Return the week that lies `weeks` later (earlier when negative)."""
        year, number, _ = (self.monday + timedelta(weeks=weeks)).isocalendar()
        return Week(year, number)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the week's first instant and the first one after it, in UTC."""
        first = datetime.combine(self.monday, time(), zone)
        after = datetime.combine(self.monday + timedelta(days=7), time(), zone)
        return first.astimezone(UTC), after.astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
