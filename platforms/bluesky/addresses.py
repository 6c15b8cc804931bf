"""Addresses of records (at://DID/COLLECTION/KEY), of pages on bsky.app, and keys made of time."""

from hashlib import sha256
from typing import Final, NamedTuple

POSTS: Final = "app.bsky.feed.post"
PAGE: Final = "https://bsky.app/profile"
# atproto.com/specs/tid: 53 bits of microseconds, ten of a clock's number, in an alphabet that sorts as it counts.
_ALPHABET: Final = "234567abcdefghijklmnopqrstuvwxyz"
_WIDTH: Final = 13
# No key is older than the network, in microseconds; and where a post's key holds no time, the day it opened counts.
_BEGINNING: Final = 1_577_836_800_000_000
_OPENING: Final = 1_707_177_600_000_000


class Place(NamedTuple):
    """Where a record stands."""

    did: str
    collection: str
    key: str

    @property
    def uri(self) -> str:
        """Its address."""
        return f"at://{self.did}/{self.collection}/{self.key}"


def read_place(uri: object) -> Place | None:
    """Return where an address points; None for anything that is no record's address."""
    if not isinstance(uri, str) or not uri.startswith("at://"):
        return None
    parts = uri.removeprefix("at://").split("/")
    return Place(*parts) if len(parts) == 3 and all(parts) and parts[0].startswith("did:") else None


def page_of(uri: str, *, handle: str | None = None) -> str | None:
    """Return the page on which people read a post."""
    place = read_place(uri)
    return f"{PAGE}/{handle or place.did}/post/{place.key}" if place else None


def key_for(key: str, *, answering: str) -> str:
    """Return the record's key for a reply: the same for every try of it, and a moment after the post it answers.

    `key` is the reply's idempotency key, `answering` the post's address.
    """
    number = int.from_bytes(sha256(key.encode()).digest()[:4])
    place = read_place(answering)
    before = _micros_of(place.key) if place else None
    micros = (_OPENING if before is None else before) + 1 + (number >> 10 & 0xFFFFF)
    return _write((micros << 10) | (number & 0x3FF))


def _micros_of(key: str) -> int | None:
    if len(key) != _WIDTH or not set(key) <= set(_ALPHABET):
        return None
    number = 0
    for sign in key:
        number = number << 5 | _ALPHABET.index(sign)
    micros = number >> 10
    return micros if _BEGINNING < micros < 2**52 else None


def _write(number: int) -> str:
    signs = []
    for _ in range(_WIDTH):
        signs.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(signs))
