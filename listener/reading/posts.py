"""Turns a record's values, from a CSV row, a JSON line or a webhook's body, into a post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput
from domain.labels import PostKind
from domain.posts import RawAuthor, RawPost
from listener.made import ROW, ROW_WIDTH
from listener.reading.instants import read_instant

# Each of our names, and what else files call it.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("id",),
    "platform": (),
    "text": ("body", "content", "comment", "message"),
    "title": ("subject",),
    "url": ("link", "permalink"),
    "language": ("lang",),
    "at": ("posted_at", "created_at", "date", "timestamp", "time"),
    "author": ("handle", "username", "user"),
    "author_id": (),
    "author_name": ("name",),
    "author_url": (),
    "author_followers": ("followers",),
    "author_is_bot": (),
    "in_reply_to": ("parent_id", "reply_to"),
    "conversation_id": ("thread_id",),
    "kind": ("type",),
    "visibility": (),
}
METRICS: Final = ("likes", "reposts", "replies", "shares", "views", "score", "rating")
_TRUE: Final = frozenset({"1", "true", "yes", "y"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the records of one source are read: `columns` gives theirs for each of our names, `today` anchors times."""

    platform: str
    zone: ZoneInfo
    today: datetime
    columns: Mapping[str, str] = field(default_factory=dict)


def read_post(values: Mapping[str, Any], *, shape: Shape, now: datetime, number: int | str = 0) -> RawPost:
    """Return the post that a record holds; raises InvalidInput saying what is missing.

    One without an id gets a hash of what it says, so it stays the same when the file is read again; without an author
    `number` (its line, or its place in a delivery) tells it from another person's with the same words and date.
    """
    get = _Getter(values, shape.columns)
    text, title = get.text("text"), get.text("title")
    if not text and not title:
        raise InvalidInput(f"The row has no text; its columns are {', '.join(map(str, values))[:200] or 'none'}.")
    platform = (get.text("platform") or shape.platform).lower()
    at, handle, author_id = get.raw("at"), get.text("author"), get.text("author_id")
    posted_at = now if _is_empty(at) else read_instant(at, today=shape.today, zone=shape.zone)
    # Two who say the same on the same day are two; one whose line is read twice is one.
    who = (author_id,) if author_id else ()
    told_by = "" if handle or author_id else number
    external_id = get.text("external_id") or _hash(platform, handle, at, title, text, told_by, *who)
    # Nobody is a person of their own: two nameless posts are not one faithful customer.
    stable = author_id or handle or f"anonymous:{external_id}"
    return RawPost(
        platform=platform,
        external_id=external_id,
        text=text,
        title=title or None,
        author=_author(get, handle=handle, stable=stable),
        posted_at=posted_at,
        kind=_kind(get.text("kind"), replies=bool(get.text("in_reply_to"))),
        url=get.text("url") or None,
        language=get.text("language") or None,
        conversation_id=get.text("conversation_id") or None,
        in_reply_to=get.text("in_reply_to") or None,
        visibility=get.text("visibility") or None,
        metrics=_metrics(get),
    )


def has_words(names: Sequence[str], shape: Shape) -> bool:
    """Say whether a table with these columns can hold posts: one of them is the text or the title."""
    get = _Getter(dict.fromkeys(names, "x"), shape.columns)
    return bool(get.text("text") or get.text("title"))


@dataclass(frozen=True, slots=True)
class _Getter:
    values: Mapping[str, Any]
    columns: Mapping[str, str]

    def raw(self, name: str) -> Any:  # noqa: ANN401 - whatever a file holds
        if name in self.columns:
            return self.values.get(self.columns[name])
        found = (self.values.get(key) for key in (name, *NAMES.get(name, ())))
        return next((value for value in found if not _is_empty(value)), None)

    def text(self, name: str) -> str:
        value = self.raw(name)
        if value is None or isinstance(value, (dict, list)):
            return ""
        return str(value).strip()

    def number(self, name: str) -> int | None:
        try:
            return int(float(self.text(name)))
        except (ValueError, OverflowError):
            return None


def _author(get: _Getter, *, handle: str, stable: str) -> RawAuthor:
    return RawAuthor(
        external_id=stable,
        handle=handle or get.text("author_name") or "anonymous",
        name=get.text("author_name") or None,
        url=get.text("author_url") or None,
        followers=get.number("author_followers"),
        is_bot=get.text("author_is_bot").lower() in _TRUE,
    )


def _kind(value: str, *, replies: bool) -> PostKind:
    known = {kind.value: kind for kind in PostKind}
    return known.get(value.lower(), PostKind.REPLY if replies else PostKind.POST)


def _metrics(get: _Getter) -> dict[str, int]:
    found = {name: get.number(name) for name in METRICS}
    return {name: count for name, count in found.items() if count is not None}


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _hash(*said: object) -> str:
    joined = "\x1f".join(str(part or "") for part in said)
    return f"{ROW}{sha256(joined.encode(errors='surrogatepass')).hexdigest()[:ROW_WIDTH]}"
