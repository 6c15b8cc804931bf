"""What was agreed with the client: goals, the money for them, and how the work began."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from config.base import Part, wrong
from config.durations import format_duration, parse_duration
from config.names import Identifier


class Unit(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    TIME = "time"
    COUNT = "count"


class Metric(StrEnum):
    """What a goal can be measured by; none can be reached by being loud alone."""

    ANSWERED_SHARE = "answered_share"
    ON_TIME_SHARE = "on_time_share"
    THANKED_SHARE = "thanked_share"
    RESOLVED_SHARE = "resolved_share"
    PRAISE_SHARE = "praise_share"
    COMPLAINT_SHARE = "complaint_share"
    SHARE_OF_VOICE = "share_of_voice"
    MEDIAN_FIRST_RESPONSE = "median_first_response"
    MEDIAN_RESOLUTION = "median_resolution"
    ADVOCATES = "advocates"
    IDEAS = "ideas"
    CASES_OVERDUE = "cases_overdue"

    @property
    def unit(self) -> Unit:
        """What its figures count."""
        if self.value.startswith("median_"):
            return Unit.TIME
        return Unit.SHARE if "share" in self.value else Unit.COUNT

    @property
    def less_is_better(self) -> bool:
        """True where a lower figure is the better one."""
        return self.unit is Unit.TIME or self in {Metric.COMPLAINT_SHARE, Metric.CASES_OVERDUE}


VANITY = frozenset({"followers", "likes", "impressions", "reach", "views", "shares", "retweets", "clicks", "mentions"})


def _refuse_vanity(value: Any) -> Any:  # noqa: ANN401  (whatever YAML held)
    if isinstance(value, str) and value.strip().lower() in VANITY and value not in set(Metric):
        known = ", ".join(Metric)
        raise wrong(f"“{value}” counts attention, not care, so it can't be a goal.", f"Choose one of {known}.")
    return value


@dataclass(frozen=True, slots=True)
class Figure:
    """A target or baseline: a share from 0 to 1, a time in seconds, or a count."""

    value: float
    unit: Unit

    def __str__(self) -> str:
        if self.unit is Unit.TIME:
            return format_duration(parse_duration(f"{int(self.value)}s"))
        if self.unit is Unit.SHARE:
            return f"{self.value * 100:.10g}%"
        return f"{self.value:.15g}"


_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%", re.ASCII)


def parse_figure(value: Any) -> Figure:  # noqa: ANN401  (whatever YAML held)
    """Read `80%`, `2h` or `25`; raises PydanticCustomError for anything else."""
    if isinstance(value, Figure):
        return value
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        return Figure(float(found[1]) / 100, Unit.SHARE)
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15:
        return Figure(float(value), Unit.COUNT)
    if isinstance(value, str) and not value.startswith("-"):
        return Figure(parse_duration(value).total_seconds(), Unit.TIME)
    raise wrong(f"“{value}” isn't a figure.", "Write a share such as 80%, a time such as 2h, or a count such as 25.")


FigureText = Annotated[
    Figure,
    PlainValidator(parse_figure),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["80%", "2h", 25]}),
]


class Goal(Part):
    """Something agreed at the start and measured every week."""

    id: Identifier = Field(description="A short name that stays the same.")
    name: str = Field(default="", description="How it is put to the client.")
    metric: Annotated[Metric, BeforeValidator(_refuse_vanity)] = Field(description="What is measured.")
    target: FigureText = Field(description="What it should be: a share such as 80%, a time such as 2h, or a count.")
    by: date = Field(description="The day by which.")
    baseline: FigureText | None = Field(default=None, description="What it was when the work began.")


def _check_kind(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", value):
        raise wrong(
            f"“{value}” isn't a kind of spending.", "Use small letters and underscores, such as platform_calls."
        )
    return value


SpendKind = Annotated[str, AfterValidator(_check_kind)]
