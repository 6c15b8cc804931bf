"""Reads a list that stands newest first, a window of time at a reading: from what is new down to what is known.

A window that a signal or a kill cuts short is gone on with: its place in the list is kept with each page.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from domain.posts import RawPost, Reject
from domain.time import Clock
from platforms.bluesky.reading import Gathering
from platforms.bluesky.values import Json, items, mapping, moment, text
from platforms.trouble import Trouble

# The rest is read next time; a list that never ends must not hold a worker.
MOST_PAGES: Final = 40
_MOST_EMPTY: Final = 5
# The network's servers answer so to a place in a list that they don't know any more.
_OUTDATED: Final = frozenset({400, 500, 502})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its posts, the place of the next, and the instants that it is sorted by."""

    posts: tuple[RawPost, ...]
    rejects: tuple[Reject, ...]
    next: str | None
    newest: datetime | None
    oldest: datetime | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How far a list is read: all before `floor`, and of what is newer all from `top` down to the place `page`."""

    floor: datetime
    top: datetime | None = None
    page: str | None = None

    def write(self) -> dict[str, str]:
        """Return it as JSON's values."""
        held = {"floor": self.floor.isoformat()}
        if self.top is not None:
            held["top"] = self.top.isoformat()
        return held if self.page is None else {**held, "page": self.page}


def read_window(value: object, *, since: datetime) -> Window:
    """Return a kept window, a new one from `since` on where none is kept."""
    kept = mapping(value)
    return Window(
        floor=moment(kept.get("floor")) or since, top=moment(kept.get("top")), page=text(kept.get("page"))
    )  # fmt: skip


Fetch = Callable[[str | None, datetime], Page]


def read_down(
    fetch: Fetch, *, state: MutableMapping[str, Any], key: str, since: datetime, overlap: timedelta, clock: Clock
) -> Iterator[Page]:  # fmt: skip
    """Yield pages until one meets what is known; `state[key]` is the window to keep with each.

    `fetch` takes a place and the window's floor. Raises Trouble, with the window in `state` to go on from.
    """
    window, empty = read_window(state.get(key), since=since), 0
    for _ in range(MOST_PAGES):
        try:
            page = fetch(window.page, window.floor)
        except Trouble as trouble:
            if window.page is not None and trouble.status in _OUTDATED:
                state[key] = replace(window, page=None).write()
            raise
        empty = 0 if page.size else empty + 1
        window = _moved(window, page, is_last=_is_last(window, page, empty), overlap=overlap, now=clock.now())
        state[key] = window.write()
        yield page
        if window.page is None:
            return


def gather(data: Json, *, name: str, gathering: Gathering, floor: datetime) -> Page:
    """Return the page in an answer; its items stand under `name`, and what lies below `floor` is passed over."""
    listed = items(data.get(name))
    sorted_at = [_sorted_at(mapping(item)) for item in listed]
    instants = [at for at in sorted_at if at is not None]
    kept = [item for item, at in zip(listed, sorted_at, strict=True) if at is None or at >= floor]
    gathering.take({name: kept})
    return Page(
        posts=tuple(post for post in gathering.posts.values() if post.text.strip()),
        rejects=tuple(gathering.rejects),
        next=text(data.get("cursor")),
        newest=max(instants, default=None),
        oldest=min(instants, default=None),
        size=len(listed),
    )


def _sorted_at(item: Mapping[str, Any]) -> datetime | None:
    # The lists give under this name what they sort by: the earlier of a post's own time and the one it was met at.
    return moment(item.get("indexedAt")) or moment(mapping(item.get("post")).get("indexedAt"))


def _is_last(window: Window, page: Page, empty: int) -> bool:
    if page.next is None or page.next == window.page or empty >= _MOST_EMPTY:
        return True
    return page.oldest is not None and page.oldest < window.floor


def _moved(window: Window, page: Page, *, is_last: bool, overlap: timedelta, now: datetime) -> Window:
    top = window.top or page.newest
    if not is_last:
        return replace(window, top=top, page=page.next)
    if top is None:
        return Window(floor=window.floor)
    return Window(floor=max(window.floor, min(top, now) - overlap))
