"""What stands in one answer of X, of either version: pages, single posts, streams, errors, receipts."""

import re
from collections.abc import Iterable
from typing import Any, Final

from domain.posts import Reject
from platforms.recordings import Answer, Reading
from platforms.x import classic, modern
from platforms.x.documents import Document
from platforms.x.gathering import Gathering
from platforms.x.problems import said_in
from platforms.x.values import as_id, items, mapping
from platforms.x.viewing import NOBODY, Viewer

_ERROR: Final = 400
# Pages whose items are posts, even where every single one is broken.
_OF_POSTS: Final = re.compile(
    r"/(tweets|mentions|search/recent|search/all|reverse_chronological|liked_tweets|quote_tweets|bookmarks|retweets"
    r"|search/stream|statuses/\w+|favorites/list)(\.json|/[\d.json]+)?$"
)
_OWNER: Final = re.compile(r"/2/users/(\d+)/tweets$")
_DESTROYED: Final = re.compile(r"/(?:statuses/destroy|tweets)/(\d+)(?:\.json)?$")


def read_answer(answer: Answer) -> Reading:
    """Return the posts of an answer, what can't be read of it, which are gone, and why there are none."""
    return read(answer, viewer=NOBODY)


def read(answer: Answer, *, viewer: Viewer) -> Reading:
    """Read it with the eyes of an account, so that posts say whether they called on it."""
    document = Document.of(answer.body)
    gathering = Gathering()
    path = answer.url.partition("?")[0]
    if answer.status >= _ERROR:
        gathering.note(f"an error {answer.status}{said_in(document.parts)}")
    elif document.is_broken:
        reason = "The answer breaks off, or isn't whole JSON."
        gathering.rejects.append(Reject(place="body", reason=reason, payload=document.text))
    elif not document.parts:
        gathering.note(document.note)
    else:
        walker = _Walker(gathering, viewer, method=answer.method.upper(), path=path)
        for number, part in enumerate(document.parts):
            walker.walk(part, f"line {number + 1}" if len(document.parts) > 1 else "")
    return gathering.reading()


class _Walker:
    """Goes through one answer's objects."""

    def __init__(self, gathering: Gathering, viewer: Viewer, *, method: str, path: str) -> None:
        self._into, self._viewer, self._method, self._path = gathering, viewer, method, path
        owner = _OWNER.search(path)
        self._owner = owner[1] if owner else None

    def walk(self, part: Any, place: str) -> None:  # noqa: ANN401 - whatever JSON held
        """Read one whole object or list."""
        if isinstance(part, list):
            self._list(part, place)
        elif not isinstance(part, dict):
            self._into.note("a bare value")
        elif "data" in part or "includes" in part:
            self._modern(part, place)
        elif classic.is_post(part):
            self._status(part, place)
        else:
            self._other(part, place)

    def _list(self, part: list[Any], place: str) -> None:
        if any(classic.is_post(item) for item in part) or _OF_POSTS.search(self._path):
            for number, item in enumerate(part):
                self._status(item, f"{place}[{number}]")
        elif any(modern.is_post(item) for item in part):
            self._modern({"data": part}, place)
        else:
            self._into.note(_name(part[0]) if part else "an empty list")

    def _status(self, item: object, place: str) -> None:
        gone = _DESTROYED.search(self._path) if self._method in {"POST", "DELETE"} else None
        if gone:
            self._into.gone(gone[1])
            return
        self._into.add(lambda: classic.read(item, viewer=self._viewer), item, place)

    def _modern(self, part: dict[str, Any], place: str) -> None:
        data, along = part.get("data"), modern.beside(part.get("includes"))
        found = data if isinstance(data, list) else [] if data is None else [data]
        if any(modern.is_post(item) for item in found) or (isinstance(data, list) and self._is_page()):
            for number, item in enumerate(found):
                where = f"{place}data[{number}]" if isinstance(data, list) else f"{place}data"
                self._into.add(self._reader(item, along), item, where)
        elif found:
            self._receipt(found)
        elif "meta" in part:
            self._into.note("an empty page")
        self._problems(part.get("errors"))

    def _reader(self, item: object, along: modern.Beside) -> Any:  # noqa: ANN401 - a closure over the item
        return lambda: modern.read(item, along=along, viewer=self._viewer, author_id=self._owner)

    def _receipt(self, found: list[Any]) -> None:
        gone = _DESTROYED.search(self._path)
        if mapping(found[0]).get("deleted") is True and gone:
            self._into.gone(gone[1])
        else:
            self._into.note(_name(found[0]))

    def _problems(self, errors: object) -> None:
        for error in items(errors):
            self._into.problem(mapping(error), of_lookup=bool(re.search(r"/2/tweets(/\d+)?$", self._path)))

    def _other(self, part: dict[str, Any], place: str) -> None:
        deleted = mapping(mapping(part.get("delete")).get("status"))
        looked_up = part.get("id")
        if deleted:
            self._into.gone(as_id(deleted.get("id_str"), deleted.get("id")))
        elif part.get("action") == "delete" and "reason" in part:
            self._into.complied(part)
        elif isinstance(looked_up, dict):
            self._looked_up(looked_up, place)
        elif pages := _pages(part):
            for name, page in pages:
                self._page(page, f"{place}{name}")
        elif "errors" in part or "error" in part:
            self._problems(part.get("errors"))
            self._into.note(f"an error{said_in([part])}")
        else:
            self._into.note(_name(part))

    def _page(self, page: Iterable[Any], place: str) -> None:
        empty = True
        for number, item in enumerate(page):
            empty = False
            self._status(item, f"{place}[{number}]")
        if empty:
            self._into.note("an empty page")

    def _looked_up(self, by_id: dict[str, Any], place: str) -> None:
        """Read a look-up with map=true: an id whose status is null is gone or not to be seen."""
        for external_id, item in by_id.items():
            if item is None:
                self._into.gone(external_id)
            else:
                self._status(item, f"{place}id.{external_id}")

    def _is_page(self) -> bool:
        return bool(_OF_POSTS.search(self._path))


def _pages(part: dict[str, Any]) -> list[tuple[str, Iterable[Any]]]:
    """Return the lists of statuses in an object: a search's, a webhook's, a collection's."""
    found: list[tuple[str, Iterable[Any]]] = [
        (name, part[name]) for name in ("statuses", "tweet_create_events") if isinstance(part.get(name), list)
    ]
    objects = mapping(part.get("objects"))
    if isinstance(objects.get("tweets"), dict):
        users = mapping(objects.get("users"))
        statuses = [mapping(each) for each in objects["tweets"].values()]
        whole = [{**each, "user": users.get(str(mapping(each.get("user")).get("id_str")), {})} for each in statuses]
        found.append(("objects.tweets", whole))
    return found


# What an object is by a field that only it has, the telling ones first.
_KINDS: Final = (
    ("access_token", "a token"),
    ("oauth_token", "a token"),
    ("token_type", "a token"),
    ("message_create", "a private message"),
    ("sender_id", "a private message"),
    ("sender", "a private message"),
    ("dm_conversation_id", "a private message"),
    ("events", "private messages"),
    ("event", "a private message"),
    ("event_type", "a private message"),
    ("users", "people"),
    ("screen_name", "a person"),
    ("username", "a person"),
    ("ids", "ids of people"),
    ("friends", "ids of people"),
    ("lists", "lists of people"),
    ("member_count", "a list of people"),
    ("full_name", "a list of people"),
    ("trends", "trends"),
    ("woeid", "a place of trends"),
    ("trend_name", "trends"),
    ("relationship", "how two people stand"),
    ("media_id", "a picture or film"),
    ("media_key", "a picture or film"),
    ("resources", "rate limits"),
    ("html", "a post to embed, as HTML"),
    ("upload_url", "a compliance job"),
    ("tweet_count", "figures"),
    ("query", "a saved search"),
    ("value", "a rule of the stream"),
    ("place_type", "a place"),
    ("result", "a result"),
    ("limit", "a limit of the stream"),
    ("disconnect", "a disconnection"),
    ("scrub_geo", "a notice about places"),
    ("status_withheld", "a notice about a withheld post"),
    ("liked", "a receipt"),
    ("retweeted", "a receipt"),
    ("deleted", "a receipt"),
    ("following", "a receipt"),
    ("hidden", "a receipt"),
    ("bookmarked", "a receipt"),
    ("meta", "an empty page"),
)


def _name(item: object) -> str:
    found = mapping(item)
    return next((name for field, name in _KINDS if field in found), "something without posts")
