"""Times written relative to today, so that example posts never grow old.

Three forms are understood, and no others:

- ``-34d 09:12``: the clock showed 09:12 in the brand's zone, 34 calendar days before today there.
- ``-0d -3h20m`` (or ``-0d -45m``): so long before now.
- ``2026-11-19T09:12:00+01:00``: an ISO 8601 time; without an offset it is read in the brand's zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput

_CLOCK = re.compile(r"-(\d{1,4})d (\d{2}):(\d{2})", re.ASCII)
_AGO = re.compile(r"-0d -(?:(\d{1,3})h)?(?:(\d{1,4})m)?", re.ASCII)
_MEND = "write it as “-34d 09:12”, “-0d -3h20m” or an ISO 8601 time."


class RelativeTimeError(InvalidInput):
    """A time that none of the three forms fits; the message quotes it and says how to write it."""


def resolve_at(value: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the aware UTC time that ``value`` means when it is ``now``.

    ``now`` must be aware. A clock time that summer time skips is moved on by the gap, and one that
    happens twice is the first of the two. Raises RelativeTimeError.
    """
    if now.tzinfo is None:
        raise RelativeTimeError("The time to count from has no time zone; pass an aware datetime.")
    text = value.strip()
    if match := _AGO.fullmatch(text):
        return _ago(text, hours=match[1], minutes=match[2], now=now)
    if match := _CLOCK.fullmatch(text):
        return _clock(text, days=int(match[1]), hour=int(match[2]), minute=int(match[3]), now=now, zone=zone)
    return _absolute(text, zone=zone)


def _ago(text: str, *, hours: str | None, minutes: str | None, now: datetime) -> datetime:
    if hours is None and minutes is None:
        raise RelativeTimeError(f"“{text}” says no hours or minutes; {_MEND}")
    return now.astimezone(UTC) - timedelta(hours=int(hours or 0), minutes=int(minutes or 0))


def _clock(text: str, *, days: int, hour: int, minute: int, now: datetime, zone: ZoneInfo) -> datetime:
    if days == 0:
        # A clock time today may still lie ahead, and a post from the future is never what was meant.
        raise RelativeTimeError(f"“{text}” may lie in the future; for today write it as “-0d -3h20m”.")
    if hour > 23 or minute > 59:
        raise RelativeTimeError(f"“{text}” has no such clock time; {_MEND}")
    day = now.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


def _absolute(text: str, *, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RelativeTimeError(f"“{text}” isn't a time that can be read; {_MEND}") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
