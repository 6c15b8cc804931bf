"""Weeks begin at the brand's own midnight, whatever its clocks do; the manual clock stands still."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.time import ManualClock, Week, as_utc

ZONES = st.sampled_from(
    [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Pacific/Kiritimati", "Africa/Cairo", "Asia/Kathmandu", "Atlantic/Azores",
    ]
).map(ZoneInfo)  # fmt: skip
INSTANTS = st.datetimes(datetime(1975, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - drawn
WEEKS = INSTANTS.map(lambda instant: Week.of(instant, ZoneInfo("UTC")))


@given(week=WEEKS, zone=ZONES)
def test_a_weeks_bounds_hold_it_and_nothing_else(week: Week, zone: ZoneInfo) -> None:
    first, after = week.bounds(zone)
    tick = timedelta(microseconds=1)
    assert Week.of(first, zone) == week == Week.of(after - tick, zone)
    assert Week.of(first - tick, zone) == week.shift(-1)
    assert Week.of(after, zone) == week.shift(1)
    assert after == week.shift(1).bounds(zone)[0]
    assert first.tzinfo is after.tzinfo is UTC


@given(week=WEEKS)
def test_a_week_is_read_as_it_is_written(week: Week) -> None:
    assert Week.parse(str(week)) == Week.parse(f" {str(week).lower()} ") == week
    assert week.shift(5).shift(-5) == week
    assert (week < week.shift(1)) and (str(week) < str(week.shift(1)))


@pytest.mark.parametrize(
    ("text", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W30", 168)], ids=["forward", "back", "plain"]
)
def test_a_week_is_as_long_as_the_clocks_make_it(text: str, hours: int) -> None:
    first, after = Week.parse(text).bounds(ZoneInfo("Europe/Berlin"))
    assert after - first == timedelta(hours=hours)


def test_a_year_has_its_own_last_week() -> None:
    assert Week.parse("2026-W53").monday.isoformat() == "2026-12-28"
    assert Week.parse("2026-W53").shift(1) == Week(2027, 1)
    assert Week.of(datetime(2027, 1, 3, 12, tzinfo=UTC), ZoneInfo("UTC")) == Week(2026, 53)
    with pytest.raises(InvalidInput, match="has no week 53"):
        Week.parse("2027-W53")


@pytest.mark.parametrize("text", ["", "2026", "2026-47", "2026-W7", "2026-W00", "2026-W99", "26-W47", "2026-W47x"])
def test_other_texts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="2026-W47"):
        Week.parse(text)


def test_sunday_night_belongs_to_the_brands_own_week() -> None:
    late = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    assert str(Week.of(late, ZoneInfo("Europe/London"))) == "2026-W46"
    assert str(Week.of(late, ZoneInfo("Europe/Berlin"))) == "2026-W47"


@given(instant=INSTANTS, zone=ZONES, step=st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_the_manual_clock_moves_only_when_told_and_speaks_utc(
    instant: datetime, zone: ZoneInfo, step: timedelta
) -> None:
    clock = ManualClock(instant.astimezone(zone))
    assert clock.now() == clock.now() == instant
    clock.advance(step)
    assert clock.now() == instant + step
    clock.set(instant.astimezone(zone))
    assert clock.now() == instant
    assert clock.now().tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        as_utc(datetime(2026, 11, 18))  # noqa: DTZ001 - that is the point
