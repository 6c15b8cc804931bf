"""A day of the year comes next within a year, and leap days don't vanish."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.special_days import next_on


@given(day=st.dates(date(2000, 1, 1), date(2000, 12, 31)), today=st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_next_time_is_never_past_nor_more_than_a_year_off(day: date, today: date) -> None:
    found = next_on(month=day.month, day=day.day, today=today)

    assert timedelta() <= found - today <= timedelta(days=366)
    assert found.month == day.month
    assert found.day == day.day or (day.month, day.day, found.day) == (2, 29, 28)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 3, 1), date(2027, 2, 28)),
    ],
)
def test_a_leap_day_is_kept_on_the_28th_in_other_years(today: date, expected: date) -> None:
    assert next_on(month=2, day=29, today=today) == expected
