"""A forecast stays within what can be, follows a clear trend, and is withheld where nothing can be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.brand.goals import Unit
from digests.forecasting import FEWEST, forecast

share = st.one_of(st.none(), st.floats(0, 1))


@given(series=st.lists(share, max_size=12), ahead=st.integers(-5, 200))
def test_a_share_stays_a_share_and_little_data_gives_none(series: list[float | None], ahead: int) -> None:
    told = forecast(series, weeks_ahead=ahead, unit=Unit.SHARE)

    known = sum(value is not None for value in series)
    here = bool(series) and series[-1] is not None
    assert (told.value is not None) == (known >= FEWEST if ahead > 0 else here)
    assert told.value is None or 0 <= told.value <= 1
    assert told.how


def test_a_clear_trend_is_carried_on_for_as_long_as_it_was_seen() -> None:
    series = [0.10, 0.12, None, 0.16, 0.18]

    assert forecast(series, weeks_ahead=2, unit=Unit.SHARE).value == pytest.approx(0.22)
    far = forecast(series, weeks_ahead=40, unit=Unit.SHARE)
    assert far.value == pytest.approx(0.22)
    assert far.how == "The trend of 4 weeks, carried on for 2 more and no further."


def test_weeks_without_data_at_the_end_are_part_of_the_way() -> None:
    series = [0.10, 0.12, 0.14, 0.16, None]

    assert forecast(series, weeks_ahead=1, unit=Unit.SHARE).value == pytest.approx(0.20)
    far = forecast(series, weeks_ahead=2, unit=Unit.SHARE)
    assert far.value == pytest.approx(0.20)
    assert far.how == "The trend of 4 weeks, carried on for 2 more and no further."


def test_once_the_date_is_here_only_this_weeks_figure_stands() -> None:
    assert forecast([0.1, 0.2, 0.3, 0.4, 0.5], weeks_ahead=0, unit=Unit.SHARE).value == 0.5
    assert forecast([None, 0.5], weeks_ahead=-3, unit=Unit.SHARE).value == 0.5
    none = forecast([0.1, 0.2, 0.3, 0.4, None], weeks_ahead=0, unit=Unit.SHARE)
    assert (none.value, none.how) == (None, "The date is here, and this week has no figure that could stand.")


def test_one_odd_week_does_not_make_a_trend() -> None:
    told = forecast([10, 12, 9, 300, 11, 10], weeks_ahead=10, unit=Unit.COUNT)

    assert told.value == pytest.approx(10.5)
    assert "No clear trend" in told.how


@given(series=st.lists(st.floats(1, 10**7), min_size=4, max_size=9), ahead=st.integers(0, 99))
def test_a_time_is_never_forecast_to_be_nothing(series: list[float], ahead: int) -> None:
    value = forecast(series, weeks_ahead=ahead, unit=Unit.TIME).value

    assert value is not None
    assert value > 0


def test_a_time_that_halves_goes_on_halving() -> None:
    assert forecast([8000, 4000, 2000, 1000], weeks_ahead=9, unit=Unit.TIME).value == pytest.approx(250)


def test_too_little_data_says_how_much_there_is() -> None:
    assert forecast([None, 1.0], weeks_ahead=3, unit=Unit.COUNT).how == "No forecast: 1 week with data, and it takes 4."
