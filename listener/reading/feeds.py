"""Reads RSS, Atom and JSON Feed into entries; what is ill-formed gives what can be read of it."""

import calendar
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from domain.errors import EarnestError, InvalidInput
from domain.time import as_utc
from platforms.markup import LenientParser, to_text

FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_JSON_VERSION: Final = "jsonfeed.org/version/"


class NotAFeed(EarnestError):
    """What came is no feed; the text names a feed that the page offers, if it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry in plain text; `posted_at` is None where the feed gives no date."""

    id: str
    title: str
    text: str
    url: str | None
    author: str
    author_url: str | None
    posted_at: datetime | None
    language: str | None


def read_feed(body: bytes, *, content_type: str, url: str) -> list[Entry]:
    """Return a feed's entries in its order; raises NotAFeed for anything else. Never opens anything."""
    if _is_json(body, content_type):
        return list(_read_json(body))
    # Without the feed's address, which the library would put before an id such as 17 too.
    headers = {"content-type": content_type or "application/xml"}
    # A stream, not bytes: those the library would also try as a file's name.
    # Its markup becomes plain words here, so the library needn't make it safe, which may take the square of the time.
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )  # fmt: skip
    entries = [_entry(entry, parsed.feed, url) for entry in parsed.entries]
    readable = [entry for entry in entries if entry.title or entry.text]
    if not readable and not parsed.get("version"):
        raise NotAFeed(f"This is no feed.{_hint(body, url)}")
    return readable


def _entry(entry: Any, feed: Any, base: str) -> Entry:  # noqa: ANN401 - the library's own dictionaries
    contents = [part.get("value") or "" for part in entry.get("content") or ()]
    text = to_text(max(contents, key=len, default="") or entry.get("summary") or "")
    title = to_text(entry.get("title") or "")
    link = entry.get("link")
    detail = entry.get("author_detail") or {}
    author = detail.get("name") or entry.get("author") or feed.get("author") or feed.get("title") or ""
    return Entry(
        id=str(entry.get("id") or link or ""), title=title, text=text, url=_join(base, link),
        author=to_text(str(author)), author_url=detail.get("href"), posted_at=_instant(entry),
        language=entry.get("language") or feed.get("language"),
    )  # fmt: skip


def _join(base: str, link: str | None) -> str | None:
    try:
        return urljoin(base, link) if link else None
    except ValueError:
        return None


def _instant(entry: Any) -> datetime | None:  # noqa: ANN401
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        # Past the library's own way, which warns where one date stands in for another.
        if moment := dict.get(entry, name):
            try:
                return datetime.fromtimestamp(calendar.timegm(moment), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None


def _is_json(body: bytes, content_type: str) -> bool:
    return "json" in content_type.lower() or body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def _read_json(body: bytes) -> Iterator[Entry]:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAFeed("This is neither a feed nor JSON that can be read.") from None
    if not isinstance(feed, dict) or _JSON_VERSION not in str(feed.get("version")):
        raise NotAFeed("This is JSON, but no JSON Feed: its `version` names none.")
    items = feed.get("items")
    for item in items if isinstance(items, list) else ():
        entry = _json_entry(item, feed) if isinstance(item, dict) else None
        if entry and (entry.title or entry.text):
            yield entry


def _json_entry(item: Mapping[str, Any], feed: Mapping[str, Any]) -> Entry:
    authors = [*_list(item.get("authors")), item.get("author"), *_list(feed.get("authors")), feed.get("author")]
    author = next((person for person in authors if isinstance(person, dict)), {})
    plain = item.get("content_text") or to_text(str(item.get("content_html") or item.get("summary") or ""))
    link = item.get("url") or item.get("external_url")
    return Entry(
        id=str(item.get("id") or link or ""), title=to_text(str(item.get("title") or "")), text=str(plain),
        url=str(link) if link else None, author=str(author.get("name") or feed.get("title") or ""),
        author_url=str(author["url"]) if author.get("url") else None,
        posted_at=_json_instant(item.get("date_published") or item.get("date_modified")),
        language=str(item.get("language") or feed.get("language") or "") or None,
    )  # fmt: skip


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON held
    return value if isinstance(value, list) else []


def _json_instant(value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON held
    try:
        return as_utc(datetime.fromisoformat(str(value)))
    except (ValueError, OverflowError, InvalidInput):
        return None


def _hint(body: bytes, url: str) -> str:
    finder = _FeedLinks()
    finder.feed(body[:200_000].decode("utf-8", "replace"))
    if not finder.found:
        return " Check its address."
    return f" The page offers one: {(_join(url, finder.found[0]) or '')[:300]}"


class _FeedLinks(LenientParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and (values.get("type") or "").lower() in FEED_TYPES and values.get("href"):
            self.found.append(values["href"] or "")
