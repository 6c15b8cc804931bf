"""A day's hours as people write them, and days on which nobody is there."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from config.brand.hours import Span, format_hours, parse_hours
from config.brand.service import OpeningHours


@given(st.lists(st.integers(0, 1440), max_size=8, unique=True))
def test_what_is_written_is_read_back(edges: list[int]) -> None:
    edges.sort()
    spans = tuple(Span(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False))
    assert parse_hours(format_hours(spans)) == spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("09:00-17:00", (Span(540, 1020),)),
        ("9:00 – 12:30, 13:30-24:00", (Span(540, 750), Span(810, 1440))),
        ("Closed", ()),
    ],
)
def test_reads_hours(text: str, spans: tuple[Span, ...]) -> None:
    assert parse_hours(text) == spans


@pytest.mark.parametrize(
    "value",
    [
        "",
        "9-17",
        "09:00-08:00",
        "09:00-24:01",
        "09:60-10:00",
        "12:00-14:00, 13:00-15:00",
        "14:00-15:00, 9:00-10:00",
        9,
        ["09:00-17:00"],
    ],
)
def test_refuses_what_are_no_hours(value: object) -> None:
    with pytest.raises(PydanticCustomError):
        parse_hours(value)


def test_nobody_is_there_on_holidays() -> None:
    hours = OpeningHours.model_validate({"holidays_of": "DE-BY", "holidays": [{"on": date(2026, 11, 18)}]})
    assert hours.on(date(2026, 11, 17)) == (Span(540, 1020),)
    assert hours.on(date(2026, 11, 18)) == ()  # our own
    assert hours.on(date(2026, 1, 6)) == ()  # Epiphany, kept in Bavaria
    assert hours.on(date(2026, 11, 21)) == ()  # a Saturday
    assert OpeningHours().on(date(2026, 1, 6)) != ()


@pytest.mark.parametrize("region", ["XX", "DE-XX", "Germany"])
def test_refuses_regions_whose_holidays_are_unknown(region: str) -> None:
    with pytest.raises(ValueError, match="No public holidays"):
        OpeningHours.model_validate({"holidays_of": region})
