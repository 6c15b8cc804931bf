"""A budget for a platform is in the currency that it charges in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.checks import Checks
from listener.checks import currencies
from tests.unit.config.samples import brand, faults

CHECKS = Checks(currencies={"x": "USD"})


@pytest.mark.parametrize(
    ("part", "entry"),
    [("sources", {"id": "search", "type": "x"}), ("accounts", {"platform": "x", "handle": "mug"})],
)
def test_a_budget_in_another_currency_is_a_fault(part: str, entry: dict[str, Any]) -> None:
    found = faults(brand(**{part: [entry | {"budget": "20.00 EUR"}]}), CHECKS)
    assert found[f"{part}[0].budget"].startswith("What x costs is charged in USD. Write the budget in USD.")
    assert f"{part}[0].budget" not in faults(brand(**{part: [entry | {"budget": "20.00 USD"}]}), CHECKS)
    assert f"{part}[0].budget" not in faults(brand(**{part: [entry | {"budget": "20.00 EUR"}]}))


def test_where_nothing_is_charged_any_currency_will_do() -> None:
    assert faults(brand(sources=[{"id": "blog", "type": "feed", "budget": "1.00 EUR"}]), CHECKS) == {}


@given(st.none() | st.integers() | st.text(st.characters(categories=["L", "P"])) | st.lists(st.integers(), max_size=2))
def test_what_is_no_money_is_left_to_others(value: object) -> None:
    sources = [{"id": "a", "type": value, "budget": value}, {"type": "x", "budget": value}]
    assert not [message for message in faults(brand(sources=sources), CHECKS).values() if "is charged in" in message]


def test_the_installed_platforms_say_what_they_charge_in() -> None:
    charged = currencies()
    assert charged["x"] == "USD"
    assert "mastodon" not in charged
