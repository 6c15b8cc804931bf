"""Reads the times that files hold: ISO 8601, seconds or milliseconds since 1970, mail dates, and relative ones."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.relative import RelativeTimeError, resolve_at
from domain.errors import InvalidInput

_NUMBER: Final = re.compile(r"\d{9,16}(\.\d+)?", re.ASCII)
_MONTH: Final = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.ASCII | re.IGNORECASE)
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def read_instant(value: Any, *, today: datetime, zone: ZoneInfo) -> datetime:  # noqa: ANN401 - whatever a file holds
    """Return an aware UTC time; one without an offset is in `zone`, a relative one counts from `today`.

    Raises InvalidInput for anything else, and for years before 1990 or after 2199.
    """
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    instant = _read(text, today=today, zone=zone)
    if not _EARLIEST <= instant < _LATEST:
        raise InvalidInput(f"The time “{text[:40]}” lies outside 1990 to 2199.")
    return instant


def _read(text: str, *, today: datetime, zone: ZoneInfo) -> datetime:
    try:
        if _NUMBER.fullmatch(text):
            return _from_epoch(float(text))
        if _MONTH.search(text):
            moment = parsedate_to_datetime(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        return resolve_at(text, now=today, zone=zone)
    except (RelativeTimeError, ValueError, OverflowError, OSError, TypeError, IndexError):
        mend = "write it like 2026-11-19T09:12:00+01:00"
        raise InvalidInput(f"The time “{text[:40]}” can't be read; {mend}.") from None


def _from_epoch(number: float) -> datetime:
    for factor in (1, 1_000, 1_000_000):
        seconds = number / factor
        if seconds < _LATEST.timestamp():
            return datetime.fromtimestamp(seconds, UTC)
    raise ValueError
