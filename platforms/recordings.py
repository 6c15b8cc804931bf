"""One answer of a platform as it came, and what a platform's reader makes of it.

A collector's pages and `earnest replay` go through the same reader, so that what is replayed is what would be kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from domain.posts import RawPost, Reject

GROUP: Final = "earnest.readers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: what was asked for, and the status, headers (small letters) and whole body that came.

    `url` is empty where only a body is known.
    """

    body: bytes
    method: str = "GET"
    url: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands in an answer: posts, what couldn't be read, ids that are gone, and why there is nothing, if so."""

    posts: tuple[RawPost, ...] = ()
    rejects: tuple[Reject, ...] = ()
    deleted: tuple[str, ...] = ()
    note: str = ""


Reader = Callable[[Answer], Reading]


@cache
def find_readers() -> Mapping[str, Callable[[], Reader]]:
    """Return what loads each installed reader, by its platform; nothing is imported until it is called."""
    return {point.name: _loader(point) for point in entry_points(group=GROUP)}


def _loader(point: EntryPoint) -> Callable[[], Reader]:
    def load() -> Reader:
        reader: Reader = point.load()
        return reader

    return load
