"""Languages, time zones, money, addresses and days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from config.places import read_language, read_money, read_month_day, read_web_address, read_zone, write_money
from domain.money import Money


def mend_of(error: pytest.ExceptionInfo[PydanticCustomError]) -> str:
    assert error.value.context is not None
    return str(error.value.context["mend"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("en", "en"),
        ("PT-br", "pt-BR"),
        ("zh_hant", "zh-Hant"),
        ("es-419", "es-419"),
        ("no", "no"),
        ("af", "af"),
        ("hi", "hi"),
    ],
)
def test_reads_languages_in_one_spelling(written: str, read: str) -> None:
    assert read_language(written) == read


def test_says_the_code_of_a_language_that_is_named() -> None:
    with pytest.raises(PydanticCustomError) as error:
        read_language("Afrikaans")
    assert mend_of(error) == "Write af."


@pytest.mark.parametrize("written", ["", "e", "xx", "en-", "english please", "en-GBR-x"])
def test_refuses_what_is_no_language(written: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_language(written)


@pytest.mark.parametrize(
    ("written", "meant"), [("berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin"), ("cape town", "")]
)
def test_guesses_the_time_zone_that_was_meant(written: str, meant: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        read_zone(written)
    assert meant in mend_of(error)


@given(st.integers(0, 10**15), st.sampled_from(["EUR", "USD", "ZAR", "INR"]))
def test_money_is_written_exactly_and_read_back(micros: int, currency: str) -> None:
    money = Money(micros=micros, currency=currency)
    assert read_money(write_money(money)) == money


@pytest.mark.parametrize("written", ["12.50", "12.50 EURO", "EUR 12", "-1 EUR", "1 XQQ", 12, "NaN EUR", "Infinity EUR"])
def test_refuses_what_is_no_money(written: object) -> None:
    with pytest.raises(PydanticCustomError):
        read_money(written)


def test_refuses_a_password_in_an_address_without_showing_it() -> None:
    with pytest.raises(PydanticCustomError) as error:
        read_web_address("https://mia:hunter2@example.com/feed")
    assert "hunter2" not in f"{error.value}{error.value.context}"


@pytest.mark.parametrize(
    "written", ["example.com/feed", "ftp://example.com", "https://", "http://[", "javascript:alert(1)"]
)
def test_refuses_what_is_no_web_address(written: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_web_address(written)


def test_reads_a_day_of_every_year() -> None:
    assert read_month_day("02-29") == "02-29"
    assert read_month_day(date(2026, 3, 14)) == "03-14"
    with pytest.raises(PydanticCustomError):
        read_month_day("02-30")
