"""Keyset pages: a page ends with the key of its last row, and the next one begins after it."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from domain.errors import InvalidInput

Item = TypeVar("Item")
Part = str | int | datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """The key of the last row seen, as the columns that the list is ordered by."""

    parts: tuple[Part, ...]

    def encode(self) -> str:
        """Return the cursor as text for an address."""
        plain = [{"t": part.isoformat()} if isinstance(part, datetime) else part for part in self.parts]
        return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, *, shape: tuple[type, ...]) -> "Cursor":
        """Read what `encode` wrote; raises InvalidInput when it isn't of that shape."""
        try:
            padded = text + "=" * (-len(text) % 4)
            raw = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
            parts = tuple(datetime.fromisoformat(part["t"]) if isinstance(part, dict) else part for part in raw)
        except (ValueError, binascii.Error, TypeError, KeyError, UnicodeError):
            raise InvalidInput("The page's address is damaged; go back to the first page.") from None
        if len(parts) != len(shape) or any(type(part) is not kind for part, kind in zip(parts, shape, strict=True)):
            raise InvalidInput("The page's address belongs to another list; go back to the first page.")
        return cls(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some rows, and the cursor to the next ones; None when these are the last."""

    items: tuple[Item, ...]
    next: Cursor | None


def cut(rows: Sequence[Item], *, limit: int, key: "KeyOf[Item]") -> Page[Item]:
    """Make a page from `limit` + 1 rows that were asked for."""
    items = tuple(rows[:limit])
    return Page(items=items, next=Cursor(key(items[-1])) if len(rows) > limit else None)


class KeyOf(Generic[Item]):
    """What reads a row's key."""

    def __init__(self, *names: str) -> None:
        """Name the attributes that make the key."""
        self._names = names

    def __call__(self, item: Item) -> tuple[Part, ...]:
        """Return the key of `item`."""
        return tuple(getattr(item, name) for name in self._names)
