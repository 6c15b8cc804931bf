"""The time inside an id of X: milliseconds since November 2010, 22 bits up (github.com/twitter-archive/snowflake)."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
# Ids below were counted up, one a post, and hold no time.
FIRST: Final = 29_700_859_247
_BITS: Final = 22


def time_of(external_id: str) -> datetime | None:
    """Return when the post of that id was made; None where the id doesn't say."""
    if not (external_id.isascii() and external_id.isdecimal() and len(external_id) <= 19):
        return None
    number = int(external_id)
    return EPOCH + timedelta(milliseconds=number >> _BITS) if number > FIRST else None


def id_before(moment: datetime) -> str:
    """Return the largest id that is older than every post made at `moment` or later."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return str(max((milliseconds << _BITS) - 1, 1))
