"""A collector in memory: posts that a test or a program puts in, read in order, from where the cursor stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.posts import Batch, RawPost, Signal


class MemoryCollector:
    """Holds posts; `signals` are given once each, after the batch of that number (from 1), and end the reading."""

    def __init__(self, posts: Sequence[RawPost] = (), *, platform: str = "memory", page: int = 2) -> None:
        """Start with `posts`, read `page` at a time."""
        self.platform = platform
        self.posts = list(posts)
        self.signals: dict[int, Signal] = {}
        self._page = page

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Yield the posts behind the cursor, which counts them; those before `since` are left out."""
        start = int(cursor) if cursor else 0
        for number, first in enumerate(range(start, len(self.posts), self._page), start=1):
            part = self.posts[first : first + self._page]
            wanted = tuple(post for post in part if cursor or post.posted_at >= since)
            signal = self.signals.pop(number, None)
            yield Batch(posts=wanted, cursor=str(first + len(part)), requests=1, signal=signal)
            if signal:
                return
