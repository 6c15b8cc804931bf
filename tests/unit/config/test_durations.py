"""Durations: every one that is written is read back, and nothing else passes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from config.durations import (
    LONGEST,
    UNITS,
    format_duration,
    format_open_time,
    parse_duration,
    parse_open_time,
)

seconds = st.integers(min_value=1, max_value=int(LONGEST.total_seconds()))


@given(seconds)
def test_what_is_written_is_read_back(count: int) -> None:
    duration = timedelta(seconds=count)
    assert parse_duration(format_duration(duration)) == duration
    assert parse_open_time(format_open_time(duration)) == duration


@given(st.dictionaries(st.sampled_from(list(UNITS)), st.integers(0, 400), min_size=1))
def test_units_add_up(counts: dict[str, int]) -> None:
    text = "".join(f"{counts[unit]}{unit}" for unit in UNITS if unit in counts)
    total = sum(count * UNITS[unit] for unit, count in counts.items())
    if total:
        assert parse_duration(text) == timedelta(seconds=total)
    else:
        with pytest.raises(PydanticCustomError, match="zero"):
            parse_duration(text)


@given(st.text(max_size=12))
def test_any_text_is_a_duration_or_a_plain_refusal(text: str) -> None:
    try:
        duration = parse_duration(text)
    except PydanticCustomError as error:
        assert error.context is not None
        assert error.context["mend"]
    else:
        assert timedelta() < duration <= LONGEST


@pytest.mark.parametrize(
    "value", ["", "2", "h", "-2h", "2.5h", "30m1h", "2 h 3", "٣h", "0m", "999999999w", 30, 2.5, True, None]
)
def test_refuses_what_is_no_duration(value: object) -> None:
    with pytest.raises(PydanticCustomError):
        parse_duration(value)


def test_reads_case_and_space_kindly() -> None:
    assert parse_duration(" 1H30M ") == timedelta(minutes=90)


@pytest.mark.parametrize("text", ["2d", "1w", "1d4h"])
def test_days_have_no_length_in_opening_hours(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="opening hours"):
        parse_open_time(text)


def test_keeps_hours_as_hours_in_opening_time() -> None:
    assert format_open_time(timedelta(hours=40)) == "40h"
    assert format_duration(timedelta(hours=48)) == "2d"
