"""How long a server that limits wants to be left alone.

docs.joinmastodon.org/api/rate-limits: X-RateLimit-Reset is an instant in ISO 8601, by the server's own clock, and there
is no Retry-After; some other software gives seconds since 1970.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from platforms.mastodon.statuses import instant

_LEAST: Final = timedelta(seconds=1)


def until_reset(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long until the limit is reset, None where the server doesn't say; headers have small letters."""
    reset = headers.get("x-ratelimit-reset", "").strip()
    at = instant(int(reset[:13])) if reset.isdecimal() else instant(reset)
    if at is None:
        return None
    return max(at - (_date(headers.get("date")) or now), _LEAST)


def _date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value) if value else None
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
