"""What JSON holds, read without trust: a value of the right type, or nothing."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

Json = Mapping[str, Any]
NOTHING: Final[Json] = {}
_PAYLOAD: Final = 20_000


def mapping(value: object) -> Json:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else NOTHING


def items(value: object) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """Return text that isn't empty; a number is text too, since some servers write ids so."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return whole(str(value)).strip() or None


def whole(value: str) -> str:
    """Return text without halves of characters, which JSON can hold and nothing else can."""
    return value if value.isascii() else value.encode(errors="replace").decode()


def count(value: object) -> int | None:
    """Return a whole number of things."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def moment(value: object) -> datetime | None:
    """Return an instant in UTC; one without a zone is taken for UTC, as the network does."""
    if not isinstance(value, str) or not 10 <= len(value) <= 64:
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_of_micros(value: object) -> datetime | None:
    """Return the instant of so many microseconds since 1970."""
    number = count(value)
    return datetime.fromtimestamp(number / 1_000_000, UTC) if number is not None and number < 2**52 else None


def payload(value: object) -> str:
    """Return a value as JSON for the dead-letter table."""
    return json.dumps(value, default=str)[:_PAYLOAD]


def parse(body: bytes) -> object:
    """Return what a body holds; raises ValueError where it is no JSON."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None


def lines(body: bytes) -> Iterator[bytes]:
    """Yield a body's lines that aren't empty."""
    yield from (line.strip() for line in body.splitlines() if line.strip())
