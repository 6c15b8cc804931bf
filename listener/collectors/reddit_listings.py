"""Which of Reddit's listings a source reads, and how far one is read: a page at a time until it meets what it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from config.brand.profile import Profile
from domain.posts import RawPost
from listener.matching.expression import Kind
from listener.matching.parser import parse_query
from listener.matching.terms import wanted_terms
from platforms.recordings import Reading
from platforms.reddit import NAME, PLATFORM
from platforms.reddit.options import QUERY_CAP, Options
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
_INBOX: Final = {"mentions": "mentions", "comments": "answers to comments", "selfreply": "answers to submissions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing, newest first; `key` is its place in the cursor, `label` what people read of it."""

    key: str
    label: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)


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


def listings_of(options: Options, *, profile: Profile, account: str, inbox: bool) -> tuple[Listing, ...]:
    """Return what is read, what was said to the account first."""
    found: list[Listing] = []
    if inbox:
        found += [
            Listing(key=f"inbox:{name}", label=f"the {noun}", path=f"/message/{name}", params={"mark": "false"})
            for name, noun in _INBOX.items()
        ]
    if inbox and account:
        found.append(
            Listing(key="own", label="what the account wrote", path=f"/user/{account}/comments", params={"sort": "new"})
        )
    names = "+".join(options.subreddits)
    for kind in (("new", "comments") if options.comments else ("new",)) if names else ():
        found.append(Listing(key=f"{kind}:{names.casefold()}", label=f"r/{names}/{kind}", path=f"/r/{names}/{kind}"))
    words = (options.words or words_of(profile)) if options.search else ()
    for number, query in enumerate(searches_for(words), start=1):
        params = {"q": query, "sort": "new", "type": "link", "t": "all"}
        found.append(Listing(key=f"search:{query}", label=f"search {number}", path="/search", params=params))
    return tuple(found)


def words_of(profile: Profile) -> tuple[str, ...]:
    """Return the words of the brand's queries, those that a handle or hashtag is made of too."""
    found: dict[str, None] = {}
    for query in profile.queries:
        if query.platforms and PLATFORM not in query.platforms:
            continue
        for term in wanted_terms(parse_query(query.expression)):
            if term.kind is Kind.TEXT or not found:
                found[term.text] = None
    return tuple(found)


def searches_for(words: Sequence[str]) -> list[str]:
    """Return searches that together find any of the words, as few as Reddit's length allows."""
    searches: list[str] = []
    for word in words:
        quoted = f'"{word.replace(chr(34), " ")}"'
        if searches and len(searches[-1]) + len(quoted) + 4 <= QUERY_CAP:
            searches[-1] += f" OR {quoted}"
        else:
            searches.append(quoted[:QUERY_CAP])
    return searches


def read_page(data: Any, *, place: str) -> Page:  # noqa: ANN401 - whatever JSON held
    """Read one page; raises Trouble when it isn't a listing at all."""
    inner = data.get("data") if isinstance(data, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("children"), list):
        raise unreadable(NAME, what="a page of a shape that we don't know")
    after = inner.get("after")
    reading = read_data(data, setting=Setting(strict=True), place=place)
    return Page(reading=reading, after=after if isinstance(after, str) and after else None)


def newer(posts: Sequence[RawPost], since: datetime) -> tuple[RawPost, ...]:
    """Return those of the posts that lie within the time that is wanted."""
    return tuple(post for post in posts if post.posted_at >= since)
