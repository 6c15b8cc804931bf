"""What addresses and forms chose."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.queue.deciding import clean_text, wake_time
from console.shared.choices import (
    choose,
    choose_day,
    choose_instant,
    choose_name,
    choose_number,
    must_choose,
    next_day,
)
from domain.errors import InvalidInput
from domain.labels import Intent, Priority

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday


def test_a_choice_is_a_member_or_nothing() -> None:
    assert choose(Intent, "praise") is Intent.PRAISE
    assert choose(Intent, "PRAISE") is choose(Intent, "") is choose(Intent, None) is None
    with pytest.raises(InvalidInput, match="low, medium, high, urgent"):
        must_choose(Priority, "soon", what="priority")


@pytest.mark.parametrize("value", ["-1", "1e3", "٣", "x", "9" * 30])
def test_numbers_are_plain(value: str) -> None:
    with pytest.raises(InvalidInput):
        choose_number(value)
    assert choose_number("") is None
    assert choose_number("12") == 12


@pytest.mark.parametrize("value", ["", " ", "a b", "x" * 41, "'--", "<b>", "%", "."])
def test_names_hold_letters_alone(value: str) -> None:
    assert choose_name(value) is None


def test_days_begin_where_the_brand_is() -> None:
    assert choose_day("2026-11-20", BERLIN) == datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert choose_day("2026-11-20", BERLIN, at=time(9)) == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    # The day on which summer time ends has 25 hours.
    day = choose_day("2026-10-25", BERLIN)
    assert day
    assert next_day(day, BERLIN) - day == timedelta(hours=25)
    with pytest.raises(InvalidInput, match="2026-11-20"):
        choose_day("20.11.2026", BERLIN)


def test_instants_are_read_in_the_brands_zone_unless_they_have_one() -> None:
    assert choose_instant("2026-11-20T09:00", BERLIN) == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert choose_instant("2026-11-20T09:00Z", BERLIN) == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        choose_instant("soon", BERLIN)


@pytest.mark.parametrize(
    ("until", "wakes"),
    [
        ("1h", datetime(2026, 11, 18, 11, 0, tzinfo=UTC)),
        ("4h", datetime(2026, 11, 18, 14, 0, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 11, 19, 8, 0, tzinfo=UTC)),
        ("monday", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("2026-12-01T12:00", datetime(2026, 12, 1, 11, 0, tzinfo=UTC)),
    ],
)
def test_drafts_wake_when_people_mean(until: str, wakes: datetime) -> None:
    assert wake_time(until, now=NOW, zone=BERLIN) == wakes


@pytest.mark.parametrize("until", ["", "never", "2026-11-18T10:59"])
def test_nothing_sleeps_into_the_past(until: str) -> None:
    with pytest.raises(InvalidInput):
        wake_time(until, now=NOW, zone=BERLIN)


def test_texts_lose_what_forms_add() -> None:
    assert clean_text(" one\r\ntwo\rthree\x00 \n") == "one\ntwo\nthree"
    for text in ("", " \r\n "):
        with pytest.raises(InvalidInput, match="empty"):
            clean_text(text)
    with pytest.raises(InvalidInput, match="20,000"):
        clean_text("x" * 20_001)
