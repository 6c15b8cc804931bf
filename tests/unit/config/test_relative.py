"""Relative times: exact in every form, safe where summer time begins and ends."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.relative import RelativeTimeError, resolve_at

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 12, 15, tzinfo=UTC)
FIRST, LAST = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01")


def at(value: str, *, now: datetime = NOW, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return resolve_at(value, now=now, zone=zone)


def test_a_clock_time_keeps_the_clock_of_the_brand_across_the_end_of_summer_time() -> None:
    assert at("-1d 09:12") == datetime(2026, 11, 21, 8, 12, tzinfo=UTC)
    assert at("-34d 09:12") == datetime(2026, 10, 19, 7, 12, tzinfo=UTC)


def test_days_are_counted_in_the_zone_of_the_brand() -> None:
    just_after_midnight_there = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert at("-1d 09:12", now=just_after_midnight_there) == datetime(2026, 11, 21, 8, 12, tzinfo=UTC)


def test_hours_and_minutes_ago_are_real_hours_even_over_a_change_of_the_clock() -> None:
    assert at("-0d -3h20m") == NOW - timedelta(hours=3, minutes=20)
    assert at("-0d -45m") == NOW - timedelta(minutes=45)
    after_the_change = datetime(2026, 10, 25, 4, 0, tzinfo=UTC)
    assert at("-0d -6h", now=after_the_change) == after_the_change - timedelta(hours=6)


def test_a_clock_time_that_summer_time_skips_moves_on_by_the_gap() -> None:
    now = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
    assert at("-1d 02:30", now=now).astimezone(AMSTERDAM).strftime("%H:%M") == "03:30"


def test_a_clock_time_that_happens_twice_is_the_first() -> None:
    now = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)
    assert at("-1d 02:30", now=now) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_absolute_times_pass_and_a_missing_offset_is_the_zone_of_the_brand() -> None:
    assert at("2026-11-19T09:12:00+05:30") == datetime(2026, 11, 19, 3, 42, tzinfo=UTC)
    assert at("2026-11-19 09:12") == datetime(2026, 11, 19, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", ["", "-0d", "-0d -", "-3d", "3d 09:12", "-3d 24:00", "-3d 9:12", "yesterday"])
def test_what_cannot_be_read_is_refused_with_the_mend(value: str) -> None:
    with pytest.raises(RelativeTimeError, match="write it as"):
        at(value)


def test_a_clock_time_today_is_refused_because_it_may_lie_ahead() -> None:
    with pytest.raises(RelativeTimeError, match="future"):
        at("-0d 09:12")


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(RelativeTimeError, match="aware"):
        at("-1d 09:12", now=NOW.replace(tzinfo=None))


@given(
    now=st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)),
    days=st.integers(min_value=1, max_value=400),
    minute=st.integers(min_value=0, max_value=24 * 60 - 1),
    zone=st.sampled_from(["Europe/Amsterdam", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Chatham", "UTC"]),
)
def test_every_clock_time_lies_in_the_past_and_on_its_day(now: datetime, days: int, minute: int, zone: str) -> None:
    there = ZoneInfo(zone)
    moment = resolve_at(f"-{days}d {minute // 60:02d}:{minute % 60:02d}", now=now, zone=there)
    assert moment.tzinfo is UTC
    assert moment < now
    assert moment.astimezone(there).date() == now.astimezone(there).date() - timedelta(days=days)
