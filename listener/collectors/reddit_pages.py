"""How far Reddit's listings are read: a page at a time until one meets what it has, and each in its turn."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.posts import RawPost
from listener.collectors.reddit_listings import Listing
from platforms.recordings import Reading
from platforms.reddit import NAME
from platforms.reddit.reading import read_data
from platforms.reddit.things import Setting
from platforms.trouble import unreadable

PAGE: Final = 100
# Reddit never shows more of a listing, whatever is asked for.
DEPTH: Final = 1000
# So much is read again each time: a filter may hold a post back for a while, and it then appears in its old place.
OVERLAP: Final = timedelta(hours=1)
# So many items in a row must be old before a page counts as met; one may stand in a wrong place.
_TAIL: Final = 5
_TURN: Final = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing: what was read, and where the next one begins."""

    reading: Reading
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How far a listing is read: down to `floor` (seconds since 1970), and how far the reading under way has come."""

    floor: int
    after: str | None = None
    newest: int = 0
    pages: int = 0

    @classmethod
    def read(cls, kept: object, *, since: datetime) -> "Window":
        """Return what a cursor keeps, the window from `since` on where it keeps nothing that can be used."""
        values = kept if isinstance(kept, dict) else {}
        numbers = {name: values[name] for name in ("floor", "newest", "pages") if type(values.get(name)) is int}
        if "floor" not in numbers:
            return cls(floor=int(since.timestamp()))
        after = values.get("after")
        return cls(**numbers, after=after if isinstance(after, str) else None)

    def kept(self) -> dict[str, Any]:
        """Return what a cursor keeps of it."""
        if self.after is None:
            return {"floor": self.floor}
        return {"floor": self.floor, "after": self.after, "newest": self.newest, "pages": self.pages}

    def following(self, page: Page, *, now: datetime) -> "Window":
        """Return where the reading stands after `page`: further down, or at its end."""
        times = [int(post.posted_at.timestamp()) for post in page.reading.posts]
        # A post from the future must not hide what comes before it.
        newest, pages = min(max([self.newest, *times]), int(now.timestamp())), self.pages + 1
        met = bool(times) and all(at <= self.floor for at in times[-_TAIL:])
        if page.after and page.after != self.after and not met and pages * PAGE < DEPTH:
            return Window(floor=self.floor, after=page.after, newest=newest, pages=pages)
        return Window(floor=max(self.floor, newest - int(OVERLAP.total_seconds())))


@dataclass(slots=True, kw_only=True)
class Places:
    """Where the reading of each listing stands, and which is read first next time."""

    listings: Sequence[Listing]
    windows: dict[str, Window]
    turn: str

    @classmethod
    def read(cls, cursor: str | None, listings: Sequence[Listing], *, since: datetime) -> "Places":
        """Return what a cursor keeps; what it doesn't keep begins at `since`."""
        found = json.loads(cursor) if cursor else {}
        kept = found if isinstance(found, dict) else {}
        windows = {listing.key: Window.read(kept.get(listing.key), since=since) for listing in listings}
        return cls(listings=listings, windows=windows, turn=str(kept.get(_TURN)))

    def in_turn(self) -> list[Listing]:
        """Return the listings, that whose turn it is first."""
        start = next((place for place, each in enumerate(self.listings) if each.key == self.turn), 0)
        return [*self.listings[start:], *self.listings[:start]]

    def pass_on(self, listing: Listing) -> None:
        """Make it the turn of the one after `listing`."""
        place = self.listings.index(listing) + 1
        self.turn = self.listings[place % len(self.listings)].key

    def kept(self) -> str:
        """Return the cursor."""
        return json.dumps({**{key: window.kept() for key, window in self.windows.items()}, _TURN: self.turn})


def read_page(data: Any, *, place: str) -> Page:  # noqa: ANN401 - whatever JSON held
    """Read one page; raises Trouble when it isn't a listing at all."""
    inner = data.get("data") if isinstance(data, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("children"), list):
        raise unreadable(NAME, what="a page of a shape that we don't know")
    after = inner.get("after")
    reading = read_data(data, setting=Setting(strict=True), place=place)
    return Page(reading=reading, after=after if isinstance(after, str) and after else None)


def newer(posts: Sequence[RawPost], *, since: datetime, floor: int) -> tuple[RawPost, ...]:
    """Return those of the posts that lie within the time that is wanted: since then, or since the last reading."""
    return tuple(post for post in posts if post.posted_at >= since or post.posted_at.timestamp() >= floor)
