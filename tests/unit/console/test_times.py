"""Times for people."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.shared.times import exact, relative, span, time_tag

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=364), "364 d"),
        (timedelta(days=800), "2 y"),
        (timedelta(hours=-3), "3 h"),
    ],
)
def test_lengths_are_rounded_down_to_one_unit(length: timedelta, text: str) -> None:
    assert span(length) == text


def test_what_is_past_and_what_is_to_come_read_differently() -> None:
    assert relative(NOW - timedelta(hours=3), now=NOW) == "3 h ago"
    assert relative(NOW + timedelta(days=2), now=NOW) == "in 2 d"
    assert relative(NOW, now=NOW) == "now"


def test_the_exact_time_is_the_brands() -> None:
    assert exact(NOW, BERLIN) == "Wed 18 Nov 2026, 11:00 CET"
    assert exact(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), BERLIN) == "Thu 2 Jul 2026, 00:30 CEST"


def test_a_tag_carries_both() -> None:
    tag = time_tag(NOW - timedelta(hours=3), now=NOW, zone=BERLIN)
    assert tag == '<time datetime="2026-11-18T07:00:00+00:00" title="Wed 18 Nov 2026, 08:00 CET">3 h ago</time>'
    assert "never" in time_tag(None, now=NOW, zone=BERLIN)


@given(st.timedeltas(min_value=timedelta(days=-4000), max_value=timedelta(days=4000)))
def test_every_length_has_few_letters(length: timedelta) -> None:
    assert 1 <= len(span(length)) <= 8
