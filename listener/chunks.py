"""Cuts long lists of ids into what one statement may hold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

# Both databases take more variables than this in one statement.
WIDTH: Final = 5_000


def chunks(items: Sequence[Item], *, width: int = WIDTH) -> Iterator[Sequence[Item]]:
    """Yield `items` in runs of at most `width`."""
    for start in range(0, len(items), width):
        yield items[start : start + width]


def by_platform(keys: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each platform with its ids, so that a query is served by the unique index."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for platform, external_id in keys:
        ids[platform].append(external_id)
    for platform, found in ids.items():
        for part in chunks(found):
            yield platform, part
