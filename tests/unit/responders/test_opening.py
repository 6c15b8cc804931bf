"""Opening-hours arithmetic over weekends, holidays and changes of the clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.brand.service import OpeningHours
from responders.opening import Opening, add_open_time, is_open, open_time_between, opening_of

NEVER = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "closed")
ALWAYS = dict.fromkeys(NEVER, "00:00-24:00")


def hours(zone: str = "Europe/Berlin", **days: Any) -> Opening:
    return opening_of(OpeningHours.model_validate(days), zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "added", "end"),
    [
        # Berlin is an hour ahead in winter, two in summer; 9 to 17 there.
        ("2026-11-18T10:00", timedelta(hours=2), "2026-11-18T12:00"),
        ("2026-11-18T15:00", timedelta(hours=2), "2026-11-19T09:00"),
        ("2026-11-20T15:30", timedelta(hours=1), "2026-11-23T08:30"),
        ("2026-11-21T12:00", timedelta(hours=1), "2026-11-23T09:00"),
        ("2026-11-18T02:00", timedelta(hours=8), "2026-11-18T16:00"),
        ("2026-11-18T10:00", timedelta(), "2026-11-18T10:00"),
        # Over the night of 25 October, when the clock goes back.
        ("2026-10-23T14:00", timedelta(hours=2), "2026-10-26T09:00"),
    ],
)
def test_adding_open_time(start: str, added: timedelta, end: str) -> None:
    assert add_open_time(hours(), at(start), added) == at(end)


def test_holidays_are_kept() -> None:
    berlin = hours(holidays_of="DE", holidays=[{"on": "2026-12-28"}])
    # 24 December is a working day; 25 and 26 are holidays, then comes a Sunday, and 28 was named.
    assert add_open_time(berlin, at("2026-12-24T15:00"), timedelta(hours=2)) == at("2026-12-29T09:00")


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_skipped_not_at_all() -> None:
    nights = hours(**{**NEVER, "sun": "00:00-06:00"})
    autumn, spring = at("2026-10-24T12:00"), at("2026-03-28T12:00")
    assert open_time_between(nights, autumn, autumn + timedelta(days=1)) == timedelta(hours=7)
    assert open_time_between(nights, spring, spring + timedelta(days=1)) == timedelta(hours=5)
    assert (
        open_time_between(hours(**{**NEVER, "sun": "02:30-03:00"}), spring, spring + timedelta(days=1)) == timedelta()
    )
    assert open_time_between(hours(**{**NEVER, "sun": "02:30-04:00"}), spring, spring + timedelta(days=1)) == timedelta(
        hours=1
    )


def test_always_open_is_plain_time_and_never_open_counts_the_same() -> None:
    start = at("2026-10-24T12:34")
    for days in (ALWAYS, NEVER):
        assert add_open_time(hours(**days), start, timedelta(hours=40)) == start + timedelta(hours=40)
        assert open_time_between(hours(**days), start, start + timedelta(days=9)) == timedelta(days=9)
    assert is_open(hours(**ALWAYS), start)
    assert not is_open(hours(**NEVER), start)
    assert hours(**NEVER).next_opening(start) is None


def test_the_next_opening() -> None:
    assert hours().next_opening(at("2026-11-21T12:00")) == at("2026-11-23T08:00")
    assert hours().next_opening(at("2026-11-18T12:00")) == at("2026-11-18T12:00")


def test_more_than_ten_years_hold_is_ten_years() -> None:
    little = hours(**{**NEVER, "mon": "09:00-09:01"})
    start = at("2026-11-18T12:00")
    assert add_open_time(little, start, timedelta(days=3_000)) == start + timedelta(days=3_660)


instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
durations = st.timedeltas(timedelta(), timedelta(hours=60))
zones = st.sampled_from(
    ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "Africa/Cairo"]
)
days = st.sampled_from(
    ["closed", "09:00-17:00", "00:00-24:00", "01:30-02:45, 02:45-09:00", "22:00-24:00", "00:00-03:00"]
)
weeks = st.builds(
    lambda zone, *each: hours(zone, **dict(zip(NEVER, each, strict=True))), zones, *(days for _ in range(7))
)


@given(weeks, instants, durations, durations)
def test_adding_in_two_steps_is_adding_at_once(
    week: Opening, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert add_open_time(week, add_open_time(week, start, one), other) == add_open_time(week, start, one + other)


@given(weeks, instants, durations, durations)
def test_more_time_never_ends_sooner(week: Opening, start: datetime, one: timedelta, other: timedelta) -> None:
    less, more = sorted((one, other))
    assert start <= add_open_time(week, start, less) <= add_open_time(week, start, more)
    assert add_open_time(week, start, one) <= add_open_time(week, start + other, one)


@given(weeks, instants, durations)
def test_what_was_added_lies_between(week: Opening, start: datetime, added: timedelta) -> None:
    assert open_time_between(week, start, add_open_time(week, start, added)) == added


@given(weeks, instants, instants, instants)
def test_stretches_add_up(week: Opening, one: datetime, two: datetime, three: datetime) -> None:
    first, second, third = sorted((one, two, three))
    second, third = min(second, first + timedelta(days=60)), min(third, first + timedelta(days=120))
    parts = open_time_between(week, first, second) + open_time_between(week, second, third)
    assert parts == open_time_between(week, first, third)
