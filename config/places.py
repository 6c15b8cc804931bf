"""Languages, time zones, money, web addresses and calendar days, as people write them in settings."""

import re
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel import Locale
from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from config.base import wrong
from domain.errors import InvalidInput
from domain.money import MICROS
from domain.money import Money as Amount

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", re.IGNORECASE | re.ASCII)


def read_language(value: str) -> str:
    """Return a language tag in its usual spelling, such as `pt-BR`; raises PydanticCustomError for an unknown one."""
    known = Locale("en").languages
    found = _TAG.fullmatch(value)
    if not found or found[1].lower() not in known:
        by_name = {name.lower(): code for code, name in known.items()}
        guess = by_name.get(value.lower())
        mend = f"Write {guess}." if guess else "Write a language code, such as en, de, pt-BR or zh-Hant."
        raise wrong(f"“{value}” isn't a language code.", mend)
    script, region = found[2], found[3]
    return "-".join(filter(None, (found[1].lower(), script and script.title(), region and region.upper())))


def read_zone(value: str) -> str:
    """Return `value` if it names an IANA time zone; raises PydanticCustomError otherwise."""
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = available_timezones()  # walks the disk, so only when it is needed
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zones)}
    close = get_close_matches(value, zones, n=1) or get_close_matches(value.lower().replace(" ", "_"), by_city, n=1)
    guess = by_city.get(close[0], close[0]) if close else "Europe/Berlin"
    raise wrong(f"“{value}” isn't a time zone.", f"Write an IANA name, such as {guess}.")


def read_money(value: Any) -> Amount:  # noqa: ANN401  (whatever YAML held)
    """Read `12.50 EUR`; raises PydanticCustomError for an unknown currency or an amount below zero."""
    if isinstance(value, Amount):
        return value
    try:
        money = Amount.parse(value if isinstance(value, str) else f"{value} ")
    except InvalidInput as error:
        raise wrong(str(error).partition(";")[0] + ".", "Write an amount and a currency, such as 12.50 EUR.") from None
    if money.currency not in Locale("en").currencies:
        raise wrong(f"“{money.currency}” isn't a currency.", "Write its three-letter code, such as EUR, USD or ZAR.")
    if money.micros < 0:
        raise wrong(f"“{value}” is below zero.", "Write zero or more.")
    return money


def write_money(money: Amount) -> str:
    """Write money exactly, the way `read_money` reads it."""
    whole, part = divmod(money.micros, MICROS)
    return f"{whole}.{f'{part:06d}'.rstrip('0').ljust(2, '0')} {money.currency}"


def read_web_address(value: str) -> str:
    """Return an http or https address; one that holds a password is refused and not echoed."""
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise wrong("This isn't a web address.", "Write it in full, such as https://example.com/feed.xml.")
    if parts.password:
        raise wrong("A password is written into the address.", "Remove it; sources name their secrets in credentials.")
    return value


def read_month_day(value: Any) -> str:  # noqa: ANN401  (whatever YAML held)
    """Return `MM-DD`, a day that comes every year; the year of a full date is dropped."""
    if isinstance(value, date):
        return f"{value:%m-%d}"
    try:
        return f"{date.fromisoformat(f'2000-{value}'):%m-%d}"
    except ValueError:
        raise wrong(f"“{value}” isn't a day of the year.", "Write month and day, such as 11-05.") from None


Language = Annotated[
    str, AfterValidator(read_language), WithJsonSchema({"type": "string", "examples": ["en", "pt-BR"]})
]
TimeZone = Annotated[str, AfterValidator(read_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})]
Money = Annotated[
    Amount,
    BeforeValidator(read_money),
    PlainSerializer(write_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? [A-Z]{3}$", "examples": ["12.50 EUR"]}),
]
WebAddress = Annotated[str, AfterValidator(read_web_address), WithJsonSchema({"type": "string", "format": "uri"})]
MonthDay = Annotated[
    str,
    BeforeValidator(read_month_day),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d-\d\d$", "examples": ["11-05"]}),
]
