from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.states import SourceState
from runtime.timing import Timing, is_overdue, may_read, name_weekdays
from storage.tables import Source

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def timing(**changes: Any) -> Timing:
    values: dict[str, Any] = {"source_id": 3, "interval": timedelta(minutes=10), "schedule": None, "zone": "UTC"}
    return Timing(**{**values, **changes})


@given(
    st.integers(1, 10_000),
    st.integers(1, 86_400),
    st.integers(0, 31_536_000).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)
def test_a_period_is_numbered_once(source_id: int, seconds: int, at: datetime) -> None:
    one = timing(source_id=source_id, interval=timedelta(seconds=seconds))
    first = one.trigger().get_next_fire_time(None, at)
    assert first >= at
    second = one.trigger().get_next_fire_time(first, first)
    assert second - first == one.interval
    assert one.tick(second) == one.tick(first) + 1 == one.tick(second + one.interval / 3)


def test_two_sources_tick_apart() -> None:
    moments = {timing(source_id=n).trigger().get_next_fire_time(None, NOW) for n in range(1, 30)}
    assert len(moments) > 20


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("*", "*"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("0", "sun"),
        ("7", "sun"),
        ("0,6", "sun,sat"),
        ("5-7", "fri,sat,sun"),
        ("1-5/2", "mon,wed,fri"),
        ("mon-fri", "mon-fri"),
        ("*/2", "*/2"),
    ],
)
def test_weekday_numbers_are_the_usual_ones(field: str, names: str) -> None:
    assert name_weekdays(field) == names


def test_a_schedule_ticks_in_the_brand_s_zone() -> None:
    one = timing(schedule="30 7 * * 1-5", zone="Europe/Berlin")
    first = one.trigger().get_next_fire_time(None, NOW)
    assert first == datetime(2026, 11, 19, 7, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert one.tick(first) != one.tick(first + timedelta(days=1))


def test_a_schedule_that_names_no_moment_says_so() -> None:
    with pytest.raises(InvalidInput, match="99"):
        timing(schedule="99 * * * *").trigger()


def test_what_was_missed_is_overdue() -> None:
    every_ten = timing().trigger()
    assert is_overdue(Source(last_tried_at=None), every_ten, at=NOW)
    assert is_overdue(Source(last_tried_at=NOW - timedelta(hours=9)), every_ten, at=NOW)
    assert not is_overdue(Source(last_tried_at=NOW - timedelta(seconds=1)), every_ten, at=NOW)
    daily = timing(schedule="0 6 * * *").trigger()
    assert not is_overdue(Source(last_tried_at=NOW.replace(hour=6, second=3)), daily, at=NOW)
    assert is_overdue(Source(last_tried_at=NOW - timedelta(days=1)), daily, at=NOW)


@pytest.mark.parametrize(
    ("state", "retry", "may"),
    [
        (SourceState.ACTIVE, None, True),
        (SourceState.ACTIVE, 60, True),
        (SourceState.BACKING_OFF, 60, False),
        (SourceState.BACKING_OFF, -1, True),
        (SourceState.PAUSED, 60, False),
        (SourceState.PAUSED, 0, True),
        (SourceState.STOPPED, None, True),
    ],
)
def test_a_source_is_read_only_in_its_time(state: SourceState, retry: int | None, may: bool) -> None:  # noqa: FBT001
    at = None if retry is None else NOW + timedelta(seconds=retry)
    assert may_read(Source(state=state, retry_at=at, enabled=True), at=NOW) is may
    assert not may_read(Source(state=state, retry_at=at, enabled=False), at=NOW)
