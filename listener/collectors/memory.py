"""A collector in memory: posts that a test or a program puts in, read in order, from where the cursor stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.posts import Batch, RawPost, Signal


class MemoryCollector:
    """Holds posts; `signals` are given once each, after the batch of that number (from 1), and end the reading.

    `gone` are ids that were deleted, `silent` those that a second look learns nothing of, and `looks` the ids that each
    such look asked for; `trouble` is given with the next one, or with the next thread.
    """

    def __init__(self, posts: Sequence[RawPost] = (), *, platform: str = "memory", page: int = 2) -> None:
        """Start with `posts`, read `page` at a time."""
        self.platform = platform
        self.posts = list(posts)
        self.signals: dict[int, Signal] = {}
        self.gone: set[str] = set()
        self.silent: set[str] = set()
        self.looks: list[tuple[str, ...]] = []
        self.trouble: Signal | None = None
        self.price = 0
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

    def recheck(self, external_ids: Sequence[str], /) -> Batch:
        """Return those of the posts that are there, and which are gone."""
        self.looks.append(tuple(external_ids))
        asked = set(external_ids) - self.silent
        return Batch(
            posts=tuple(post for post in self.posts if post.external_id in asked - self.gone),
            deleted=tuple(each for each in external_ids if each in asked & self.gone),
            requests=1, cost_micros=self.price, signal=self._trouble(),
        )  # fmt: skip

    def read_thread(self, external_id: str, /) -> Batch:
        """Return the posts of its conversation."""
        places = {post.conversation_id for post in self.posts if post.external_id == external_id}
        posts = tuple(post for post in self.posts if post.conversation_id in places - {None})
        return Batch(posts=posts, requests=1, cost_micros=self.price, signal=self._trouble())

    def _trouble(self) -> Signal | None:
        trouble, self.trouble = self.trouble, None
        return trouble
