"""The listings that a source reads, each with how it is asked for and how it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from platforms.mastodon.client import PAGE, Client, Library
from platforms.mastodon.options import Options
from platforms.mastodon.pages import Page, read_page
from platforms.mastodon.reading import CALLS
from platforms.mastodon.statuses import Me
from platforms.mastodon.streams import Ear
from platforms.recordings import Answer
from platforms.trouble import unreadable

Call = Callable[[Library, str | None], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One listing, newest first; `key` names it in the cursor, `call` asks for the page below an id.

    A search goes on by a count instead of an id, and only for someone with a key.
    """

    key: str
    call: Call
    is_search: bool = False

    def ask(self, client: Client, at: str | None) -> Answer:
        """Ask for the page that begins at `at`, the first one for None; raises Trouble."""
        return client.ask(lambda library: self.call(library, at))

    def page(self, client: Client, answer: Answer, at: str | None) -> Page:
        """Read what the answer says of paging; raises Trouble when it is no listing."""
        items = _items_in(client.json_of(answer))
        if items is None:
            raise unreadable(client.host, what="something of a form that we don't know")
        if not self.is_search:
            return read_page(items, link=answer.headers.get("link"), size=PAGE)
        page = read_page(items, link=None, size=PAGE)
        below = str(int(at or 0) + page.count) if page.next_id and client.has_token else None
        return Page(ids=page.ids, times=page.times, count=page.count, next_id=below)


def feeds_of(options: Options, *, mentions: bool, me: Me) -> tuple[Feed, ...]:
    """Return what is read by these options: what calls the account first."""
    feeds: list[Feed] = []
    if mentions:
        feeds.append(Feed(key="mentions", call=_mentions))
        if me.id:
            # What was answered on the platform itself is known of too (decision 11).
            feeds.append(Feed(key="own", call=_own(me.id)))
    feeds += [Feed(key=f"tag:{tag.casefold()}", call=_tag(tag)) for tag in options.tags]
    feeds += [Feed(key=f"search:{words}", call=_search(words), is_search=True) for words in options.search]
    return tuple(feeds)


def streams_of(options: Options, *, mentions: bool) -> tuple[Callable[[Library, Ear], object], ...]:
    """Return what opens each stream that goes with these options."""
    own = (lambda library, ear: library.stream_user(ear),) if mentions else ()
    return (*own, *(_tag_stream(tag) for tag in options.tags))


def _mentions(library: Library, at: str | None) -> object:
    return library.notifications(types=list(CALLS), max_id=at, limit=PAGE)


def _own(account_id: str) -> Call:
    return lambda library, at: library.account_statuses(account_id, exclude_reblogs=True, max_id=at, limit=PAGE)


def _tag(tag: str) -> Call:
    return lambda library, at: library.timeline_hashtag(tag, max_id=at, limit=PAGE)


def _search(words: str) -> Call:
    def call(library: Library, at: str | None) -> object:
        return library.search_v2(
            words, resolve=False, result_type="statuses", exclude_unreviewed=False, limit=PAGE,
            offset=int(at) if at else None,
        )  # fmt: skip

    return call


def _tag_stream(tag: str) -> Callable[[Library, Ear], object]:
    return lambda library, ear: library.stream_hashtag(tag, ear)


def _items_in(data: Any) -> list[Any] | None:  # noqa: ANN401 - whatever JSON held
    items = data.get("statuses") if isinstance(data, dict) else data
    return items if isinstance(items, list) else None
