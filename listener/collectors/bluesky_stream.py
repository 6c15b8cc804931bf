"""What a reading of Bluesky's stream keeps: the posts that somebody wants, and every deletion."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.posts import RawPost, Reject
from domain.time import Clock
from platforms.bluesky.events import micros, time_of
from platforms.bluesky.jetstream import Jetstream
from platforms.bluesky.reading import Gathering
from platforms.bluesky.values import mapping
from platforms.trouble import Trouble

# Servers differ by moments in when they met an event; what comes twice is known.
REWIND: Final = timedelta(seconds=5)
# A first reading goes back no further: the whole network writes some 50 posts a second.
FIRST: Final = timedelta(hours=1)
PART: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What some thousands of events brought, and the time of the last in microseconds."""

    posts: tuple[RawPost, ...]
    rejects: tuple[Reject, ...]
    deleted: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReading:
    """One reading; `wanted` says which posts are kept, and `ours` are the account's own DIDs."""

    stream: Jetstream
    clock: Clock
    listen_for: timedelta
    wanted: Callable[[RawPost], bool]
    ours: frozenset[str] | None = None

    def read(self, *, at: int | None, since: datetime) -> Iterator[Part]:
        """Yield parts from `at`, or from `since` on the first reading, until now; raises Trouble."""
        now = self.clock.now()
        begin = at - _micros(REWIND) if at is not None else micros(max(since, now - FIRST))
        last, gathering, trouble = at or begin, Gathering(ours=self.ours), None
        events = self.stream.listen(since=begin, until=now, listen_for=self.listen_for)
        try:
            for number, event in enumerate(events, 1):
                last = max(last, _take(event, gathering))
                if number % PART == 0:
                    yield self._part(gathering, last)
                    gathering = Gathering(ours=self.ours)
        except Trouble as error:
            trouble = error  # what came before it is kept all the same
        yield self._part(gathering, last)
        if trouble is not None:
            raise trouble

    def _part(self, gathering: Gathering, at: int) -> Part:
        posts = tuple(post for post in gathering.posts.values() if post.text.strip() and self.wanted(post))
        return Part(posts=posts, rejects=tuple(gathering.rejects), deleted=tuple(gathering.deleted), at=at)


def _take(event: object, gathering: Gathering) -> int:
    """Gather an event, and return its time; 0 where it has none."""
    if isinstance(event, Reject):
        gathering.rejects.append(event)
        return 0
    gathering.take(event)
    found = time_of(mapping(event))
    return micros(found) if found else 0


def _micros(step: timedelta) -> int:
    return int(step.total_seconds() * 1_000_000)
