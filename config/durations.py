"""Durations as people write them: `30m`, `4h`, `2d`, `1h30m`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from config.base import wrong

UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
LONGEST = timedelta(days=36_500)
_PATTERN = "".join(rf"(?:(\d+){unit})?" for unit in UNITS)
_SHAPE = re.compile(_PATTERN, re.ASCII)
_MEND = "Write a number and a unit, such as 30m, 4h, 2d, 1w or 1h30m."


def parse_duration(value: Any) -> timedelta:  # noqa: ANN401  (whatever YAML held)
    """Read `1h30m` and its like, largest unit first; a day is 24 hours, a week 7 days.

    Raises PydanticCustomError for anything else, for zero, and for more than a hundred years.
    """
    if isinstance(value, timedelta):
        return _within_bounds(value)
    if not isinstance(value, str):
        raise wrong(f"{value!r} has no unit of time.", _MEND)
    found = _SHAPE.fullmatch(value.strip().lower())
    if not found or not found.group():
        raise wrong(f"“{value}” isn't a duration.", _MEND)
    counts = zip(found.groups(default="0"), UNITS.values(), strict=True)
    total = sum(int(count[:12]) * seconds for count, seconds in counts)
    return _within_bounds(timedelta(seconds=min(total, LONGEST.total_seconds() + 1)))


def _within_bounds(duration: timedelta) -> timedelta:
    if duration <= timedelta():
        raise wrong("The duration is zero or less.", "Write at least 1s, or remove the line to take the default.")
    if duration > LONGEST:
        raise wrong("The duration is longer than a hundred years.", "Write at most a hundred years.")
    return duration


def format_duration(duration: timedelta) -> str:
    """Write a duration the way `parse_duration` reads it: whole days as days, anything else from hours down."""
    left, text = int(duration.total_seconds()), ""
    for unit in "d" if left and left % UNITS["d"] == 0 else "hms":
        count, left = divmod(left, UNITS[unit])
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def parse_open_time(value: Any) -> timedelta:  # noqa: ANN401  (whatever YAML held)
    """Read a duration that is counted in opening hours, where a day has no fixed length and so isn't allowed."""
    duration = parse_duration(value)
    if isinstance(value, str) and re.search("[dw]", value.lower()):
        raise wrong(
            f"“{value}” is counted in opening hours, where days differ in length.",
            "Write hours: a working day of 09:00-17:00 is 8h, two are 16h.",
        )
    return duration


def format_open_time(duration: timedelta) -> str:
    """Write a duration the way `parse_open_time` reads it."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    parts = ((minutes // 60, "h"), (minutes % 60, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^(?=.){_PATTERN}$", "examples": ["30m", "4h", "2d", "1h30m"]}),
]
OpenTime = Annotated[
    timedelta,
    BeforeValidator(parse_open_time),
    PlainSerializer(format_open_time, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$", "examples": ["30m", "8h"]}
    ),
]
