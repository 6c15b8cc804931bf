"""Money is exact: it is read as it is written, adds up, and never mixes currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.money import Money

AMOUNTS = st.integers(-(10**12), 10**12)


@given(cents=AMOUNTS)
def test_money_is_read_as_it_is_written(cents: int) -> None:
    money = Money(micros=cents * 10_000, currency="EUR")
    assert Money.parse(str(money)) == money


@given(one=AMOUNTS, two=AMOUNTS)
def test_sums_are_exact(one: int, two: int) -> None:
    total = Money(micros=one, currency="ZAR") + Money(micros=two, currency="ZAR")
    assert total == Money(micros=one + two, currency="ZAR")


def test_tenths_add_up() -> None:
    assert sum((Money.parse("0.10 EUR") for _ in range(9)), Money.parse("0.1 EUR")) == Money.parse("1 EUR")
    assert Money.parse("0.000001 USD").micros == 1


def test_two_currencies_never_add_up() -> None:
    with pytest.raises(InvalidInput, match="USD and EUR"):
        Money.parse("1 USD") + Money.parse("1 EUR")


@pytest.mark.parametrize(
    "text",
    ["", "12", "EUR", "12,50 EUR", "12 eur", "12 EURO", "12 €", "NaN EUR", "Infinity EUR", "1 E1R", "0.0000001 EUR"],
)
def test_other_texts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"12\.50 EUR"):
        Money.parse(text)


@pytest.mark.parametrize(
    ("micros", "written"),
    [
        (0, "0.00 USD"), (11_500, "0.0115 USD"), (1, "0.000001 USD"), (-1_150, "-0.00115 USD"), (10_000, "0.01 USD"),
        (99_999, "0.099999 USD"), (115_000, "0.12 USD"), (1_234_567, "1.23 USD"),
    ],
)  # fmt: skip
def test_a_small_sum_is_not_written_as_nothing(micros: int, written: str) -> None:
    assert str(Money(micros=micros, currency="USD")) == written
