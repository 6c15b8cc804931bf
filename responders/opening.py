"""Opening-hours arithmetic: how far a stretch of open time reaches, and how much of it lies between two instants.

Hours that never open count as always open, so that no clock stands still for ever; the brand's zone and its changes
of the clock are kept: an hour that occurs twice counts twice, one that is skipped not at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.brand.hours import Span, holidays_in
from config.brand.profile import Profile
from config.brand.service import OpeningHours
from domain.time import as_utc

Stretch = tuple[datetime, datetime]
_FARTHEST = timedelta(days=3_660)
_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """A brand's opening hours in its time zone, with each day's stretches remembered."""

    hours: OpeningHours
    zone: ZoneInfo
    _days: dict[date, tuple[Stretch, ...]] = field(default_factory=dict, repr=False)

    @property
    def never_opens(self) -> bool:
        """True when no weekday has hours."""
        hours = self.hours
        return not any((hours.mon, hours.tue, hours.wed, hours.thu, hours.fri, hours.sat, hours.sun))

    def on(self, day: date) -> tuple[Stretch, ...]:
        """Return when somebody is there on a local day, as stretches in UTC, in order and apart."""
        if day not in self._days:
            self._days[day] = tuple(self._stretches(day))
        return self._days[day]

    def next_opening(self, instant: datetime) -> datetime | None:
        """Return `instant` if somebody is there, else when somebody next is; None when nobody is for a year."""
        day = instant.astimezone(self.zone).date()
        for ahead in range(367):
            for opens, closes in self.on(day + timedelta(days=ahead)):
                if closes > instant:
                    return max(opens, as_utc(instant))
        return None

    def _stretches(self, day: date) -> Iterator[Stretch]:
        last: datetime | None = None
        for span in self._spans(day):
            opens = _instant(day, span.opens, self.zone, fold=0)
            closes = _instant(day, span.closes, self.zone, fold=1)
            opens = max(opens, last) if last else opens
            if closes > opens:
                yield opens, closes
                last = closes

    def _spans(self, day: date) -> tuple[Span, ...]:
        hours = self.hours
        if any(holiday.on == day for holiday in hours.holidays):
            return ()
        if hours.holidays_of and day in _holidays(hours.holidays_of, day.year):
            return ()
        return (hours.mon, hours.tue, hours.wed, hours.thu, hours.fri, hours.sat, hours.sun)[day.weekday()]


@lru_cache(maxsize=256)
def opening_of(hours: OpeningHours, time_zone: str) -> Opening:
    """Return the hours of one time zone; the same ones share what they remember."""
    return Opening(hours, ZoneInfo(time_zone))


def opening_for(profile: Profile) -> Opening:
    """Return a brand's opening hours."""
    return opening_of(profile.opening_hours, profile.time_zone)


def add_open_time(hours: Opening, start: datetime, duration: timedelta) -> datetime:
    """Return the first instant by which `duration` of open time has passed since `start`, in UTC.

    Nothing added is `start` itself. Where ten years don't hold that much open time, that is how far it goes.
    """
    start, left = as_utc(start), duration
    if left <= timedelta():
        return start
    if hours.never_opens:
        return start + left
    limit = start + _FARTHEST
    for opens, closes in _stretches_from(hours, start):
        if opens > limit:
            break
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return limit


def open_time_between(hours: Opening, start: datetime, end: datetime) -> timedelta:
    """Return how much open time lies between two instants; nothing when `end` isn't after `start`."""
    start, end = as_utc(start), as_utc(end)
    if end <= start:
        return timedelta()
    if hours.never_opens:
        return end - start
    total = timedelta()
    for opens, closes in _stretches_from(hours, start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def is_open(hours: Opening, instant: datetime) -> bool:
    """Say whether somebody is there; hours that never open say no."""
    instant = as_utc(instant)
    day = instant.astimezone(hours.zone).date()
    return any(opens <= instant < closes for opens, closes in hours.on(day))


def _stretches_from(hours: Opening, start: datetime) -> Iterator[Stretch]:
    """Yield the stretches after `start`, the first cut to it, without end but for a month past the farthest."""
    day, last = start.astimezone(hours.zone).date(), start
    until = day + _FARTHEST + _MONTH
    while day < until:
        for opens, closes in hours.on(day):
            if closes > last:
                yield max(opens, last), closes
                last = closes
        day += timedelta(days=1)


def _instant(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    if minutes == 1440:
        day, minutes = day + timedelta(days=1), 0
    # The day ends where the next one begins, whichever of two midnights that is.
    local = datetime.combine(day, time(minutes // 60, minutes % 60, fold=fold if minutes else 0), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return _end_of_gap(local, zone)
    return instant


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock jumped over a time that never was."""
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(second=0, microsecond=0)


@lru_cache(maxsize=512)
def _holidays(region: str, year: int) -> frozenset[date]:
    return frozenset(holidays_in(region, year))
