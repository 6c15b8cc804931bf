"""Hours of a day as people write them, and the public holidays of a region."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from config.base import wrong

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", re.ASCII)
_MEND = "Write hours like 09:00-17:00, several with commas between them, 00:00-24:00 for all day, or closed."


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one day, in minutes since its midnight; `closes` is 1440 at most and after `opens`."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{self.opens // 60:02d}:{self.opens % 60:02d}-{self.closes // 60:02d}:{self.closes % 60:02d}"


def parse_hours(value: Any) -> tuple[Span, ...]:  # noqa: ANN401  (whatever YAML held)
    """Read `09:00-12:30, 13:30-18:00` or `closed`; raises PydanticCustomError for anything else."""
    if isinstance(value, tuple) and all(isinstance(span, Span) for span in value):
        return value
    if not isinstance(value, str):
        raise wrong(f"{value!r} isn't a day's hours.", _MEND)
    if value.strip().lower() == "closed":
        return ()
    spans = tuple(_parse_span(part) for part in value.split(","))
    for before, after in pairwise(spans):
        if after.opens < before.closes:
            raise wrong(f"{after} begins before {before} ends.", "Write the hours in order, without overlap.")
    return spans


def _parse_span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise wrong(f"“{text.strip()}” isn't a stretch of hours.", _MEND)
    opens, closes = (int(found[hour]) * 60 + int(found[hour + 1]) for hour in (1, 3))
    if max(int(found[2]), int(found[4])) > 59 or closes > 1440:
        raise wrong(f"“{text.strip()}” has no such time of day.", _MEND)
    if closes <= opens:
        raise wrong(f"“{text.strip()}” ends before it begins.", "End at 24:00 and begin the next day at 00:00.")
    return Span(opens, closes)


def format_hours(spans: tuple[Span, ...]) -> str:
    """Write hours the way `parse_hours` reads them."""
    return ", ".join(map(str, spans)) or "closed"


@lru_cache(maxsize=128)
def holidays_in(region: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of `DE` or `DE-BY` in a year, with their names."""
    import holidays  # noqa: PLC0415  (slow to import, and few need it)

    country, _, part = region.partition("-")
    return MappingProxyType(dict(holidays.country_holidays(country, subdiv=part or None, years=year)))


def _check_region(value: str) -> str:
    import holidays  # noqa: PLC0415  (slow to import, and few need it)

    country, _, part = value.upper().partition("-")
    known = holidays.list_supported_countries()
    if country not in known or (part and part not in known[country]):
        mend = "Write a country code, such as ZA, or a country and region, such as DE-BY."
        raise wrong(f"No public holidays are known for “{value}”.", mend)
    return f"{country}-{part}" if part else country


DayHours = Annotated[
    tuple[Span, ...],
    PlainValidator(parse_hours),
    PlainSerializer(format_hours, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["09:00-17:00", "09:00-12:30, 13:30-18:00", "closed"]}),
]
HolidayRegion = Annotated[
    str,
    AfterValidator(_check_region),
    WithJsonSchema({"type": "string", "examples": ["ZA", "DE-BY"]}),
]
