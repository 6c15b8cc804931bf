"""Chance that comes out the same every time: decided by what something is about, not by when it is asked."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import TypeVar

Thing = TypeVar("Thing")


def draw(*about: object) -> float:
    """Return a number from 0 up to 1 that always belongs to these things."""
    digest = sha256("\x1f".join(map(str, about)).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def pick(things: Sequence[Thing], *about: object) -> Thing:
    """Return one of `things`, always the same for the same words."""
    return things[int(draw(*about) * len(things))]


def between(shortest: timedelta, longest: timedelta, *about: object) -> timedelta:
    """Return a length between two, short ones more often than long ones."""
    return shortest + (longest - shortest) * draw(*about) ** 2
