"""Reading what an address or form chose; an empty or unknown choice is no choice."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput

Choice = TypeVar("Choice", bound=StrEnum)


def choose(kind: type[Choice], value: str | None) -> Choice | None:
    """Return the member that `value` names, None for any other text."""
    try:
        return kind(value) if value else None
    except ValueError:
        return None


def must_choose(kind: type[Choice], value: str, *, what: str) -> Choice:
    """Return the member that `value` names; raises InvalidInput naming what there is."""
    chosen = choose(kind, value)
    if chosen is None:
        raise InvalidInput(f"“{value}” isn't a {what}; choose one of {', '.join(kind)}.")
    return chosen


def choose_name(value: str) -> str | None:
    """Return the name of a platform or language, None for anything that can't be one."""
    name = value.strip()
    return name if name and len(name) <= 40 and name.replace("-", "").replace("_", "").isalnum() else None


def choose_number(value: str | None) -> int | None:
    """Return a whole number, None when nothing was chosen; raises InvalidInput for other text."""
    if not value:
        return None
    if not value.isascii() or not value.isdecimal() or len(value) > 18:
        raise InvalidInput(f"“{value}” isn't a number; choose from the list.")
    return int(value)


def choose_day(value: str | None, zone: ZoneInfo, *, at: time = time()) -> datetime | None:
    """Return the instant of `2026-11-20` at a time of day in `zone`; raises InvalidInput for other text."""
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise InvalidInput(f"“{value}” isn't a date; write it like 2026-11-20.") from None
    return datetime.combine(day, at, zone).astimezone(UTC)


def next_day(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the midnight in `zone` that ends the day in which `instant` lies."""
    day = instant.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def choose_instant(value: str | None, zone: ZoneInfo) -> datetime | None:
    """Return the instant of `2026-11-20T09:00` on a clock in `zone`; raises InvalidInput for other text."""
    if not value:
        return None
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInput(f"“{value}” isn't a date and time; write it like 2026-11-20T09:00.") from None
    return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
