"""An advocate is one by what they said in thirteen weeks, since the post that tipped it, and no longer than that."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.labels import Intent
from people.advocacy import Saying, advocate_since
from tests.conftest import NOW

ZONE = ZoneInfo("Europe/Berlin")
WEEK = timedelta(weeks=1)


def praise(*weeks_ago: float, intent: Intent = Intent.PRAISE) -> list[Saying]:
    """Return what somebody said so many weeks ago."""
    return [Saying(NOW - back * WEEK, intent) for back in weeks_ago]


def test_the_post_that_tipped_it_dates_the_advocate() -> None:
    assert advocate_since(praise(6, 7, 8), zone=ZONE, at=NOW) == NOW - 6 * WEEK
    assert advocate_since(praise(0.1, 3, 6, 9), zone=ZONE, at=NOW) == NOW - 3 * WEEK


def test_who_fell_silent_is_none_any_more() -> None:
    assert advocate_since(praise(50, 51, 52), zone=ZONE, at=NOW) is None
    assert advocate_since(praise(11, 12, 13), zone=ZONE, at=NOW) is None


def test_praise_half_a_year_apart_is_not_again_and_again() -> None:
    assert advocate_since(praise(0.5, 25, 50), zone=ZONE, at=NOW) is None


def test_who_comes_back_is_one_anew() -> None:
    assert advocate_since(praise(1, 2, 3, 50, 51, 52), zone=ZONE, at=NOW) == NOW - WEEK


def test_as_many_complaints_as_praise_end_it_and_later_praise_begins_anew() -> None:
    complaints = praise(3, 4, 5, intent=Intent.COMPLAINT)
    assert advocate_since([*praise(6, 7, 8), *complaints], zone=ZONE, at=NOW) is None
    assert advocate_since([*praise(1, 6, 7, 8), *complaints], zone=ZONE, at=NOW) == NOW - WEEK


def test_nothing_said_makes_nobody_an_advocate() -> None:
    assert advocate_since([], zone=ZONE, at=NOW) is None
